from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parking.citation import CitationEvent, EventKind
from parking.right import Right, RightSource
from tests.fakes.clock import NOON
from tests.unit.ui_supervisor.samples import citation, held_row, hold, name, payment, permit
from ui.supervisor.story_state import StoryState, story_state
from ui.widgets.charts import TimelineView
from ui.widgets.shapes import Mark

HOUR = timedelta(hours=1)
STATION: dict[str, Any] = {"source": RightSource.PAY_STATION, "source_ref": "K-11"}


def _story(
    right: Right | None, *, cover: str = "exact", after: timedelta = HOUR, **changes: Any
) -> StoryState:
    of = citation(12873, NOON, **changes)
    return story_state(held_row(of, right, hold(of, right, NOON + after, cover)))


def _timeline(story: StoryState) -> TimelineView:
    assert story.timeline is not None
    return story.timeline


def _lines(story: StoryState) -> dict[str, Mark]:
    return {line.text: line.mark for line in story.lines}


def test_the_head_says_which_citation_for_what() -> None:
    story = _story(payment(1, NOON - HOUR, NOON + HOUR))
    assert (story.plate.number, story.plate.state) == ("BK-47291", "Connecticut")
    assert story.number.startswith("SC-4-012873")
    assert story.what == "Expired meter · $25.00"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert _story(None, violation_code="999").what == "999 · $25.00"


@pytest.mark.parametrize(
    ("right", "cover", "words"),
    [
        (payment(1, NOON - HOUR, NOON + HOUR), "exact", "A payment covers the time it was seen"),
        (permit(1, NOON - HOUR, NOON + HOUR), "exact", "A permit covers the time it was seen"),
        (payment(1, NOON - HOUR, NOON), "exit_grace", "The payment had just ended"),
        (permit(1, NOON - HOUR, NOON), "exit_grace", "The permit had just ended"),
        (payment(1, NOON, NOON + HOUR), "entry_grace", "Paid just after it was seen"),
        (permit(1, NOON, NOON + HOUR), "entry_grace", "The permit was about to begin"),
        (None, "supervisor", "A person holds it"),
        (None, "plate_conflict", "Its plate is disputed"),
    ],
)
def test_the_heading_says_why(right: Right | None, cover: str, words: str) -> None:
    assert _story(right, cover=cover).heading == words


def test_a_plain_case_speaks_for_the_driver() -> None:
    story = _story(payment(1, NOON - HOUR, NOON + HOUR))
    assert _lines(story) == {
        "Exact plate and state": Mark.OK,
        "Same zone 112, $2.00 paid": Mark.OK,
        "App: paid at 11:00, before it was seen": Mark.OK,
        "No late fee is added while it is held": Mark.INFO,
    }


def test_what_is_odd_is_told() -> None:
    right = payment(
        *(1, NOON - HOUR, NOON + HOUR),
        plate_state="",
        zone_id="204",
        price_cents=0,
        made_utc=NOON + timedelta(minutes=9),
        revoked_utc=NOON + timedelta(minutes=20),
        **STATION,
    )
    assert _lines(_story(right)) == {
        "Exact plate, state not known": Mark.INFO,
        "Zone 204 also covers 112": Mark.INFO,
        "K-11: paid at 12:09, after it was seen": Mark.CAUTION,
        "Stopped or refunded at 12:20": Mark.CAUTION,
        "No late fee is added while it is held": Mark.INFO,
    }


def test_grace_says_how_much_it_is() -> None:
    ended = payment(1, NOON - HOUR, NOON - timedelta(minutes=3))
    assert "Seen 3 min after it ended, within grace" in _lines(_story(ended, cover="exit_grace"))
    begins = payment(1, NOON + timedelta(minutes=4), NOON + HOUR, source=RightSource.MANUAL)
    lines = _lines(_story(begins, cover="entry_grace"))
    assert lines["Seen 4 min before it began, within grace"] is Mark.UNKNOWN
    assert "Entered by hand: paid at 12:04, after it was seen" in lines


def test_money_that_was_paid_is_told() -> None:
    of = citation(1, NOON)
    right = payment(1, NOON - HOUR, NOON + HOUR)
    paid = CitationEvent(
        citation_event_id=name("paid"),
        citation_id=of.citation_id,
        kind=EventKind.PAID,
        at_utc=NOON + HOUR,
        amount_cents=2500,
    )
    story = story_state(held_row(of, right, hold(of, right, NOON + HOUR), paid))
    assert _lines(story)["The driver already paid $25.00"] is Mark.CAUTION


def test_a_hold_by_hand_has_no_picture_but_its_words() -> None:
    of = citation(1, NOON)
    by_hand = replace(hold(of, None, NOON + HOUR, "supervisor"), text="Doctor on call")
    story = story_state(held_row(of, None, by_hand))
    assert story.timeline is None
    assert list(_lines(story))[:2] == ["Held by a person at 13:00", "Doctor on call"]


def test_a_right_that_is_still_on_its_way_is_told() -> None:
    of = citation(1, NOON)
    right = payment(1, NOON - HOUR, NOON + HOUR)
    story = story_state(held_row(of, None, hold(of, right, NOON + HOUR)))
    assert story.heading == "What covers it is not here yet"
    assert "Held at 13:00; the record behind it is on its way" in _lines(story)


def test_a_plate_that_was_disputed_stays_held_also_when_the_officers_agreed_since() -> None:
    lines = _lines(_story(None, cover="plate_conflict"))
    assert "Held at 13:00: its plate was corrected in two ways. A person releases it" in lines


def test_the_picture_puts_right_sighting_and_knowledge_in_order() -> None:
    view = _timeline(_story(payment(1, NOON - HOUR, NOON + HOUR / 2)))
    assert view.heard is not None
    assert 0 <= view.right_start < view.seen.at < view.right_end < view.heard.at <= 1
    assert view.right_words == "app 11:00 - 12:30"
    assert view.seen.words == "seen 12:00"
    assert (view.heard.words, view.heard.sub) == ("both known 13:00", "1 h 00 after it was seen")
    assert [tick.words for tick in view.ticks] == ["10:00", "11:00", "12:00", "13:00", "14:00"]


def test_a_permit_of_months_does_not_squeeze_the_day() -> None:
    months = permit(1, NOON - timedelta(days=90), NOON + timedelta(days=90))
    view = _timeline(_story(months))
    assert view.right_words == "permit until Sun, May 30"
    assert view.right_end - view.right_start < 1
    assert len(view.ticks) <= 5


def test_a_citation_that_came_days_later_shows_days() -> None:
    view = _timeline(_story(payment(1, NOON - HOUR, NOON + HOUR), after=timedelta(days=3)))
    assert [tick.words for tick in view.ticks][:2] == ["3/1", "3/2"]
    assert view.heard is not None
    assert view.heard.words == "both known 12:00 Thu, Mar 4"


@pytest.mark.parametrize("after_h", [0, 1, 5, 30, 24 * 7, 24 * 60, 24 * 400])
def test_the_ticks_always_hold_everything(after_h: int) -> None:
    view = _timeline(
        _story(payment(1, NOON - HOUR, NOON + HOUR, **STATION), after=timedelta(hours=after_h))
    )
    assert len(view.ticks) >= 2
    assert view.ticks[0].at == 0
    assert view.ticks[-1].at == 1
    assert view.heard is not None
    assert view.seen.at <= view.heard.at <= 1


def test_the_day_of_the_autumn_change_is_drawn() -> None:
    night = datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    of = citation(1, night)
    right = payment(1, night - HOUR, night + 3 * HOUR)
    view = _timeline(story_state(held_row(of, right, hold(of, right, night + 2 * HOUR))))
    assert view.right_start < view.seen.at < view.right_end


def test_a_citation_of_an_unknown_zone_is_drawn_in_the_citys_time() -> None:
    of = citation(1, NOON, zone_id="999")
    right = payment(1, NOON - HOUR, NOON + HOUR, zone_id="999")
    story = story_state(held_row(of, right, hold(of, right, NOON + HOUR)))
    assert _timeline(story).seen.words == "seen 12:00"


@pytest.mark.parametrize(
    ("source", "ref", "words"),
    [
        (RightSource.PAY_STATION, "K-11", "K-11 11:00 - 13:00"),
        (RightSource.PAY_STATION, "", "pay station 11:00 - 13:00"),
        (RightSource.MANUAL, "", "by hand 11:00 - 13:00"),
    ],
)
def test_the_bar_says_who_sold_it(source: RightSource, ref: str, words: str) -> None:
    right = payment(1, NOON - HOUR, NOON + HOUR, source=source, source_ref=ref)
    assert _timeline(_story(right)).right_words == words
