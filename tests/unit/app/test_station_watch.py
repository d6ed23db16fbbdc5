"""What a pay station notes of itself while it works: network, city hall, clock, reader, printer."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from app.ports import NetState, PrinterState
from app.usecases.note_outage import SHORTEST
from parking.errors import UnavailableError
from parking.outage import OutageEvent
from parking.payment import Told
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.waiting import wait_until

Act = Callable[[FakeTerminal], None]


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        yield made


def _noted(terminal: FakeTerminal) -> list[tuple[str, str]]:
    return [(event.cause, event.kind.value) for event in terminal.store.all_of(OutageEvent)]


def _hear(net: NetState) -> Act:
    return lambda terminal: terminal.news(net=net)


def _payment(told: Told) -> Act:
    def hear(terminal: FakeTerminal) -> None:
        assert terminal.app.watch is not None
        terminal.app.watch.heard_payment(told)

    return hear


def _clock(uncertainty_ms: int) -> Act:
    def hear(terminal: FakeTerminal) -> None:
        terminal.clock.uncertainty_ms = uncertainty_ms
        terminal.news()

    return hear


def _paper(*, out: bool) -> Act:
    def hear(terminal: FakeTerminal) -> None:
        terminal.printer.out_of_paper = out
        # Asked once a minute: time goes by faster here than exchanges come.
        terminal.clock.utc += timedelta(minutes=1)
        terminal.news()
        watch, said = terminal.app.watch, PrinterState.NO_PAPER if out else PrinterState.READY
        wait_until(lambda: watch is not None and watch.printer_state is said)

    return hear


@pytest.mark.parametrize(
    ("cause", "breaks", "works"),
    [
        ("network", _hear(NetState.OFFLINE), _hear(NetState.ONLINE)),
        ("central", _hear(NetState.REFUSED), _hear(NetState.ONLINE)),
        ("clock", _clock(30_001), _clock(30_000)),
        ("reader", _payment(Told.READER_OFFLINE), _payment(Told.PRESENT_CARD)),
        ("printer", _paper(out=True), _paper(out=False)),
    ],
)
def test_an_outage_starts_and_ends_with_what_is_seen(
    terminal: FakeTerminal, cause: str, breaks: Act, works: Act
) -> None:
    breaks(terminal)
    terminal.clock.utc += SHORTEST
    breaks(terminal)
    wait_until(lambda: _noted(terminal) == [(cause, "started")], what="the start of the outage")
    works(terminal)
    ended = [(cause, "started"), (cause, "ended")]
    wait_until(lambda: _noted(terminal) == ended, what="its end")


def test_the_printer_is_asked_once_a_minute(terminal: FakeTerminal) -> None:
    watch = terminal.app.watch
    assert watch is not None
    _paper(out=False)(terminal)
    terminal.printer.out_of_paper = True
    terminal.news()
    terminal.lanes.on_store("after", lambda: None)
    assert watch.printer_state is PrinterState.READY


def test_a_pay_station_that_is_not_sure_of_the_time_sells_none(terminal: FakeTerminal) -> None:
    terminal.clock.uncertainty_ms = 30_000
    quote = terminal.lanes.run(terminal.app.kiosk.quote("AB12345", "CT", 60))
    terminal.clock.uncertainty_ms = 30_001
    with pytest.raises(UnavailableError, match="not sure of the time"):
        terminal.lanes.run(terminal.app.kiosk.quote("AB12345", "CT", 60))
    with pytest.raises(UnavailableError, match="not sure of the time"):
        terminal.lanes.run(terminal.app.kiosk.buy(quote))
    assert not terminal.central.payments


def test_a_pay_station_without_a_reader_is_out_from_its_first_exchange_on() -> None:
    with fake_terminal(TerminalKind.KIOSK, reader_id="") as bare:
        bare.news()
        bare.clock.utc += SHORTEST
        bare.news()
        wait_until(lambda: _noted(bare) == [("reader", "started")], what="the outage")


def test_what_stands_in_no_zone_watches_nothing() -> None:
    with fake_terminal(TerminalKind.OFFICER) as officer:
        assert officer.app.watch is None
