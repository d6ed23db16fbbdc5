from dataclasses import replace
from datetime import timedelta

import pytest

from app.ports import NetState, SyncNews, TerminalNews, ToSend
from parking.officer import Officer, Role
from tests.fakes.clock import NOON, StillClock
from tests.unit.ui_supervisor.samples import name
from ui.supervisor.office import Office
from ui.supervisor.rail_state import RailFacts, rail
from ui.widgets.shapes import Mark

RIVERA = Officer(
    officer_id=name("rivera"), badge="0102", display_name="J. Rivera", role=Role.SUPERVISOR
)
ONLINE = TerminalNews(
    sync=SyncNews(
        net=NetState.ONLINE,
        changed=frozenset(),
        to_send=ToSend(count=0, oldest_utc=None, parked=0),
        remaining=0,
        sentence="",
        clock_offset_ms=0,
        clock_uncertainty_ms=20,
    ),
    sources_as_of={},
    numbers_left=0,
)
FACTS = RailFacts(held=7, news=ONLINE, reached_utc=NOON, person=RIVERA)
LATER = NOON + timedelta(seconds=2)


def _news(**changes: object) -> TerminalNews:
    return replace(ONLINE, sync=replace(ONLINE.sync, **changes))  # type: ignore[arg-type]  # names are checked by replace


def test_the_rail_has_only_pages_that_exist_and_counts_what_waits() -> None:
    view = rail(FACTS, "held", LATER)
    assert [(item.key, item.count) for item in view.items] == [
        *(("report", 0), ("held", 7), ("find", 0), ("payments", 0), ("conflicts", 0)),
        *(("issues", 0), ("sync", 0), ("sign_out", 0)),
    ]
    assert view.current == "held"
    assert view.person == ("J. Rivera", "Supervisor")
    assert view.city == "City of Stamford"


@pytest.mark.parametrize(
    ("news", "mark", "state"),
    [
        (ONLINE, Mark.OK, ("Central: online", "data 2 s old")),
        (None, Mark.CAUTION, ("Central: asking", "data 2 s old")),
        (_news(net=NetState.OFFLINE), Mark.CAUTION, ("Central: offline", "data 2 s old")),
        (_news(net=NetState.REFUSED), Mark.BAD, ("Central: refuses us", "tell IT")),
        (_news(remaining=1204), Mark.CAUTION, ("Central: online", "1,204 still to come")),
        (
            _news(to_send=ToSend(count=2, oldest_utc=None, parked=2)),
            Mark.CAUTION,
            ("Central: online", "2 refused, tell IT"),
        ),
    ],
)
def test_the_foot_says_how_central_answers(
    news: TerminalNews | None, mark: Mark, state: tuple[str, str]
) -> None:
    view = rail(replace(FACTS, news=news), "report", LATER)
    assert (view.state_mark, view.state) == (mark, state)


def test_nothing_is_claimed_before_anything_was_heard() -> None:
    view = rail(RailFacts(held=0, news=None, reached_utc=None, person=None), "report", NOON)
    assert view.state == ("Central: asking", "not refreshed yet")
    assert view.person == ("Nobody signed in", "")


def test_the_office_knows_when_central_last_answered() -> None:
    clock = StillClock()
    office = Office(clock, lambda: None)
    assert office.reached_utc is None
    office.hear(ONLINE)
    clock.pass_by(minutes=5)
    office.hear(ONLINE)
    office.hear(_news(net=NetState.OFFLINE))
    assert office.reached_utc == NOON
    assert office.news is not None
    assert office.news.sync.net is NetState.OFFLINE
    assert office.person is None
