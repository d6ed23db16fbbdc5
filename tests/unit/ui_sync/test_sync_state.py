from dataclasses import replace
from datetime import timedelta

import pytest

from app.last_exchange import Exchange, LastExchange
from app.ports import NetState, SyncNews, ToSend
from app.post import Post
from app.usecases.sync_status import Durability, SyncStatus, sync_status
from parking.zone import Zone
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor.samples import laptop
from tests.unit.ui_sync.samples import refused, said, waiting
from ui.sync.sync_state import Asked, SyncView, summary, sync_view
from ui.widgets.shapes import Mark

NOTHING = ToSend(count=0, oldest_utc=None, parked=0)
LATER = NOON + timedelta(minutes=9)


def _status(
    *news: SyncNews, to_send: ToSend = NOTHING, parked: int = 0, durability: bytes = b""
) -> SyncStatus:
    store, last = MemoryStore(), LastExchange()
    store.fresh(NOON)
    store.waiting, store.refused = to_send, refused()[:parked]
    store.settings["durability"] = durability
    for at, each in enumerate(news):
        last.heard(each, NOON + timedelta(minutes=at))
    post = Post(store=store, clock=StillClock(), terminal=laptop(1))
    return sync_status(post, last.exchange)


def _view(
    status: SyncStatus | None, asked: Asked | None = None, *, at_desk: bool = False
) -> SyncView:
    zone: Zone | None = None if at_desk else MemoryStore().zone("112")
    return sync_view(status, asked or Asked(), LATER, zone=zone, at_desk=at_desk, most_parked=2)


def test_before_anything_is_read_it_says_that_it_looks() -> None:
    view = _view(None)
    assert (view.mark, view.title) == (Mark.INFO, "Looking what waits here")


def test_an_empty_terminal_is_praised() -> None:
    view = _view(_status(said(), durability=b"archived"))
    assert (view.mark, view.title) == (Mark.OK, "Everything is at city hall")
    assert view.line.startswith("Checked at 12:00:00.")
    assert dict(view.exchange) == {
        "Last answer": "12:00:00",
        "Result": "all well",
        "City hall's clock": "0.3 s ahead ± 0.2 s",
        "Kept here until": "city hall's backup has it",
    }


def test_what_waits_is_told_by_lane_with_the_age_of_the_oldest() -> None:
    view = _view(_status(said(), to_send=waiting()))
    assert view.title == "19 records wait for city hall"
    assert dict(view.waiting) == {
        "What money depends on": "0",
        "Citations and shifts": "3",
        "Checks, changes": "12",
        "Photos": "4",
        "The oldest waits": "23 min",
    }


@pytest.mark.parametrize("at_desk", [False, True])
def test_without_contact_it_says_since_when_and_what_still_works(at_desk: bool) -> None:
    view = _view(_status(said(), said(NetState.OFFLINE), said(NetState.OFFLINE)), at_desk=at_desk)
    assert view.title == "No contact with city hall since 12:00"
    assert view.mark is Mark.CAUTION
    assert ("Checks, citations and printing go on" in view.line) is not at_desk
    assert dict(view.exchange)["Result"] == "City hall cannot be reached"


def test_without_contact_since_the_start_it_says_when_it_tried_first() -> None:
    view = _view(_status(said(NetState.OFFLINE)))
    assert view.title == "No contact with city hall since 12:00"
    assert dict(view.exchange)["Last answer"] == "none since the start"


def test_a_terminal_that_city_hall_refuses_says_who_can_help() -> None:
    view = _view(_status(said(NetState.REFUSED, sentence="This terminal was revoked.")))
    assert (view.mark, view.title) == (Mark.BAD, "City hall refuses this terminal")
    assert view.line == "This terminal was revoked. Everything is kept here. Tell IT."


def test_a_terminal_that_heard_nothing_yet_says_so() -> None:
    view = _view(_status())
    assert view.title == "City hall has not answered yet"
    assert dict(view.exchange)["City hall's clock"] == "not measured yet"


def test_refused_records_say_what_why_and_what_to_do() -> None:
    view = _view(_status(said(), parked=3, to_send=waiting(parked=5)))
    assert view.title == "City hall refused 5 records"
    assert [row.what for row in view.parked] == [
        "Citation SC-4-0128737, plate BK-47291, 11:35",
        "Check of plate ABC123, Sun, Feb 28 11:35",
    ]
    assert view.parked[0].why == "This number was issued by another terminal."
    assert view.parked[0].todo == "The paper stays valid. Tell your supervisor the number."
    assert view.parked_more == "and 2 more"


def test_a_supervisor_is_led_to_the_sync_issues() -> None:
    view = _view(_status(said(), parked=1, to_send=waiting(parked=3)), at_desk=True)
    assert view.parked[0].todo.startswith("It is under Sync issues")
    assert view.parked[1].what == "2 photos"


def test_ages_past_their_limit_are_marked_in_the_street_alone() -> None:
    street, desk = _view(_status(said())), _view(_status(said()), at_desk=True)
    assert [line.mark for line in street.sources] == [
        Mark.CAUTION,
        Mark.CAUTION,
        Mark.OK,
        Mark.OK,
    ]
    assert street.sources[0].text == "Pay stations: 9 min old · 2 min allowed"
    assert {line.mark for line in desk.sources} == {Mark.INFO}


def test_a_source_never_heard_is_said_to_be_so() -> None:
    status = replace(_status(said()), sources_as_of={})
    assert _view(status).sources[1].text == "App: never heard"


def test_a_pull_shows_how_far_it_is_and_how_long_it_takes() -> None:
    status = _status(said(remaining=90_000, remaining_s=42))
    view = _view(status, Asked(first_remaining=120_000))
    assert view.progress is not None
    assert view.progress.words == "Fetching 90,000 rows"
    assert view.progress.share == pytest.approx(0.25)
    assert view.progress.left == "about 40 s left"


@pytest.mark.parametrize(
    ("left_s", "words"),
    [(None, ""), (0, ""), (2, "about 5 s left"), (99, "about 100 s left"),
     (150, "about 2 min left")],
)  # fmt: skip
def test_how_long_a_pull_takes_in_words(left_s: int | None, words: str) -> None:
    progress = _view(_status(said(remaining=9, remaining_s=left_s))).progress
    assert progress is not None
    assert (progress.left, progress.share) == (words, None)


def test_a_short_exchange_shows_only_that_it_runs() -> None:
    view = _view(_status(said()), Asked(running=True))
    assert view.progress is not None
    assert (view.progress.share, view.progress.left) == (None, "")
    assert not view.sync.enabled


@pytest.mark.parametrize(
    ("word", "durability"),
    [(b"archived", Durability.ARCHIVED), (b"committed", Durability.COMMITTED),
     (b"", Durability.UNKNOWN), (b"\xffnew", Durability.UNKNOWN)],
)  # fmt: skip
def test_a_word_for_durability_that_is_not_known_says_nothing_wrong(
    word: bytes, durability: Durability
) -> None:
    status = _status(durability=word)
    assert status.durability is durability
    assert dict(_view(status).exchange)["Kept here until"] in {
        "city hall's backup has it",
        "city hall has stored it",
        "city hall says it is safe",
    }


def test_one_sentence_where_the_panel_has_no_room() -> None:
    assert summary(None, None) == "City hall has not answered since the start."
    assert summary(NOTHING, NetState.ONLINE) == "Everything is at city hall."
    assert summary(waiting(), NetState.ONLINE) == "19 records wait for city hall"
    assert summary(waiting(), NetState.OFFLINE).startswith("No contact with city hall. 19")
    assert summary(waiting(parked=1), NetState.ONLINE) == "City hall refused 1 record"


def test_the_first_failure_is_remembered_until_contact() -> None:
    last = LastExchange()
    assert last.exchange == Exchange()
    for at, net in enumerate((NetState.OFFLINE, NetState.REFUSED)):
        last.heard(said(net), NOON + timedelta(minutes=at))
    assert last.exchange.failing_since_utc == NOON
    last.heard(said(), LATER)
    assert last.exchange == Exchange(news=said(), answered_utc=LATER)
