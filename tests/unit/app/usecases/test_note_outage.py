from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.post import Post
from app.usecases.note_outage import SHORTEST, OutageWatch
from parking.errors import BugError, UnavailableError
from parking.outage import OutageCause, OutageEvent, OutageEventKind
from parking.terminal import TerminalKind
from tests.fakes.clock import NOON
from tests.fakes.terminal_app import FakeTerminal, fake_terminal


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        yield made


@pytest.fixture
def watch(terminal: FakeTerminal) -> OutageWatch:
    return _watch(terminal)


def _watch(terminal: FakeTerminal) -> OutageWatch:
    return OutageWatch(
        Post(store=terminal.store, clock=terminal.clock, terminal=terminal.app.identity)
    )


def _hear(terminal: FakeTerminal, watch: OutageWatch, *, reachable: bool) -> OutageEvent | None:
    return watch.heard(OutageCause.NETWORK, works=reachable, at=terminal.clock.now())


def _noted(terminal: FakeTerminal) -> list[tuple[OutageEventKind, float]]:
    events = terminal.store.all_of(OutageEvent)
    assert len({event.outage_id for event in events}) <= 1
    return [(event.kind, (event.at_utc - NOON).total_seconds()) for event in events]


def test_an_outage_starts_when_central_was_first_missed(
    terminal: FakeTerminal, watch: OutageWatch
) -> None:
    assert _hear(terminal, watch, reachable=False) is None
    terminal.clock.utc += SHORTEST
    started = _hear(terminal, watch, reachable=False)
    assert started is not None
    assert (started.zone_id, started.cause) == ("204", "network")
    terminal.clock.utc += timedelta(minutes=5)
    assert _hear(terminal, watch, reachable=False) is None
    _hear(terminal, watch, reachable=True)
    assert _hear(terminal, watch, reachable=True) is None
    assert _noted(terminal) == [
        (OutageEventKind.STARTED, 0),
        (OutageEventKind.ENDED, 300 + SHORTEST.total_seconds()),
    ]


def test_what_the_next_try_mends_is_no_outage(terminal: FakeTerminal, watch: OutageWatch) -> None:
    for _ in range(3):
        _hear(terminal, watch, reachable=False)
        terminal.clock.utc += SHORTEST - timedelta(seconds=1)
        _hear(terminal, watch, reachable=True)
    assert _noted(terminal) == []


def test_an_outage_that_a_power_cut_interrupted_is_ended_once(
    terminal: FakeTerminal, watch: OutageWatch
) -> None:
    _hear(terminal, watch, reachable=False)
    terminal.clock.utc += SHORTEST
    _hear(terminal, watch, reachable=False)
    _hear(terminal, _watch(terminal), reachable=True)
    assert [kind for kind, _ in _noted(terminal)] == [
        OutageEventKind.STARTED,
        OutageEventKind.ENDED,
    ]


def test_a_full_disk_loses_no_outage(terminal: FakeTerminal, watch: OutageWatch) -> None:
    _hear(terminal, watch, reachable=False)
    terminal.clock.utc += SHORTEST
    terminal.store.disk_full = True
    with pytest.raises(UnavailableError):
        _hear(terminal, watch, reachable=False)
    terminal.store.disk_full = False
    _hear(terminal, watch, reachable=False)
    assert _noted(terminal) == [(OutageEventKind.STARTED, 0)]


def test_each_cause_has_an_outage_of_its_own(terminal: FakeTerminal, watch: OutageWatch) -> None:
    def look(**works: bool) -> None:
        for name, does in works.items():
            watch.heard(OutageCause(name), works=does, at=terminal.clock.now())

    look(network=False, printer=False)
    terminal.clock.utc += SHORTEST
    look(network=False, printer=False)
    look(network=True, printer=False)
    noted = [(event.cause, event.kind.value) for event in terminal.store.all_of(OutageEvent)]
    assert noted == [("network", "started"), ("printer", "started"), ("network", "ended")]
    look(network=False, printer=True)
    assert len(terminal.store.all_of(OutageEvent)) == 4


def test_only_what_stands_in_a_zone_has_outages() -> None:
    with fake_terminal(TerminalKind.OFFICER) as officer, pytest.raises(BugError):
        _watch(officer)
