import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from app.ports import ReportDay
from parking.citation import Citation, CitationEvent, EventKind
from parking.errors import UserError
from parking.shift import ShiftEvent, ShiftEventKind, ShiftState
from parking.terminal import Terminal, TerminalKind
from tests.fakes.terminal import citation
from tests.fakes.terminal_app import FakeTerminal, fake_terminal

SHIFT = UUID(int=0x5F)


@pytest.fixture
def desk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.SUPERVISOR) as made:
        boss = next(one for one in made.store.fed_officers if one.role == "supervisor")
        made.sign_in(boss.badge)
        yield made


def _cited(desk: FakeTerminal, *, held: bool = True) -> Citation:
    now = desk.clock.utc
    one = citation(
        observed_utc=now, issued_utc=now, shift_id=SHIFT, officer_id=desk.officer().officer_id
    )
    desk.store.fed_facts.append(one)
    if held:
        desk.store.fed_facts.append(
            CitationEvent(
                citation_event_id=uuid4(),
                citation_id=one.citation_id,
                kind=EventKind.HELD,
                at_utc=now,
                reason_code="exact",
                right_id=UUID(int=9),
            )
        )
    return one


def test_the_queue_shows_what_is_still_held(desk: FakeTerminal) -> None:
    one = _cited(desk)
    _cited(desk, held=False)
    (row,) = desk.lanes.run(desk.app.desk.held())
    assert row.held.citation == one
    assert row.state.held
    assert row.zone is not None
    assert row.officer == desk.officer()


@pytest.mark.parametrize(
    ("release", "kind"), [(True, EventKind.RELEASED), (False, EventKind.DISMISSED)]
)
def test_a_supervisor_decides_with_a_reason(
    desk: FakeTerminal, release: bool, kind: EventKind
) -> None:
    one = _cited(desk)
    decide = desk.app.desk.decide_hold
    desk.lanes.run(decide(one.citation_id, release, "paid_late_feed", "app was late"))
    event = next(one for one in desk.store.facts if isinstance(one, CitationEvent))
    assert (event.kind, event.right_id, event.text) == (kind, UUID(int=9), "app was late")
    assert event.actor_id is not None
    assert desk.lanes.run(desk.app.desk.held()) == ()


def test_a_decision_needs_a_reason(desk: FakeTerminal) -> None:
    one = _cited(desk)
    with pytest.raises(UserError, match="Choose a reason"):
        desk.lanes.run(desk.app.desk.decide_hold(one.citation_id, True, "", ""))
    assert desk.store.facts == []


def test_what_is_not_held_cannot_be_decided(desk: FakeTerminal) -> None:
    one = _cited(desk, held=False)
    with pytest.raises(UserError, match="not held any more"):
        desk.lanes.run(desk.app.desk.decide_hold(one.citation_id, True, "x", ""))


def test_an_officer_may_not_decide() -> None:
    with fake_terminal() as terminal:
        terminal.sign_in()
        one = _cited(terminal)
        with pytest.raises(UserError, match="role may not"):
            terminal.lanes.run(terminal.app.desk.decide_hold(one.citation_id, True, "x", ""))
        with pytest.raises(UserError, match="role may not"):
            terminal.lanes.run(terminal.app.desk.report())


def _shift(desk: FakeTerminal) -> None:
    now = desk.clock.utc
    started = ShiftEvent(
        shift_event_id=uuid4(),
        shift_id=SHIFT,
        officer_id=desk.officer().officer_id,
        terminal_id=UUID(int=0x7E),
        beat_id="4",
        kind=ShiftEventKind.STARTED,
        at_utc=now,
    )
    desk.store.fed_facts += [
        started,
        replace(started, shift_event_id=uuid4(), kind=ShiftEventKind.ENDED, issued_count=1),
    ]
    desk.store.fed_terminals = [
        Terminal(
            terminal_id=UUID(int=0x7E),
            name="T-014",
            kind=TerminalKind.OFFICER,
            series=4,
            public_key=bytes(32),
            epoch=1,
        )
    ]


def test_the_report_of_today_counts_what_is_known(desk: FakeTerminal) -> None:
    _cited(desk)
    _shift(desk)
    made = desk.lanes.run(desk.app.desk.report())
    assert made.day.day.isoformat() == "2027-03-01"
    assert (made.report.received, made.report.held, made.report.fines_cents) == (1, 1, 2500)
    assert [row.state for row in made.report.shifts] == [ShiftState.CLOSED]


def test_the_csv_has_a_line_per_citation(desk: FakeTerminal) -> None:
    one = _cited(desk)
    content = desk.lanes.run(desk.app.desk.report_csv())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == [
        *(one.number, one.observed_utc.isoformat(), "112", "M. Ortiz", "101", "2500", "no")
    ]


def test_another_day_is_empty(desk: FakeTerminal) -> None:
    _cited(desk)
    today = desk.lanes.run(desk.app.desk.report()).day
    other = ReportDay(day=today.day.replace(day=2), time_zone=today.time_zone)
    assert desk.lanes.run(desk.app.desk.report(other)).report.received == 0


def test_nobody_signed_in_reads_no_report() -> None:
    with (
        fake_terminal(TerminalKind.SUPERVISOR) as desk,
        pytest.raises(UserError, match="Sign in first"),
    ):
        desk.lanes.run(desk.app.desk.report())


def test_a_citation_shows_its_events(desk: FakeTerminal) -> None:
    one = _cited(desk)
    row = desk.lanes.run(desk.app.desk.citation(one.citation_id))
    assert [event.kind for event in row.events] == [EventKind.HELD]
    with pytest.raises(UserError, match="not known"):
        desk.lanes.run(desk.app.desk.citation(UUID(int=3)))
    assert len(desk.lanes.run(desk.app.desk.people())) >= 4
    assert desk.lanes.run(desk.app.desk.terminals()) == ()
