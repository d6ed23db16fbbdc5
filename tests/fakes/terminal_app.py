"""A whole terminal without files and network: real lanes and use cases on parts in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from app.guard import guard_against_this_thread, guarded
from app.lanes import Lanes
from app.officer_key import PinCost
from app.ports import NetState, PlateRead, PrinterState, PrintOutcome, SyncNews, ToSend
from app.terminal_app import Equipment, TerminalApp
from parking.errors import ParkingError, UnavailableError
from parking.officer import Officer
from parking.terminal import Terminal, TerminalKind
from tests.fakes.central_desk import TERMINAL_ID, FakeDesk
from tests.fakes.clock import StillClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.secret_store import MemorySecrets

CHEAP = PinCost(memory_kib=8, passes=1)
PIN = "284917"


class FakePrinter:
    """Keeps what was printed; ``out_of_paper`` lets it fail."""

    def __init__(self) -> None:
        self.tickets: list[tuple[str, Sequence[Any], str]] = []
        self.out_of_paper = False

    def state(self) -> PrinterState:
        return PrinterState.NO_PAPER if self.out_of_paper else PrinterState.READY

    def print_ticket(self, name: str, lines: Sequence[Any], *, qr: str) -> PrintOutcome:
        if self.out_of_paper:
            raise UnavailableError("printer.unavailable", "Load paper.", retry_safe=True)
        self.tickets.append((name, lines, qr))
        return PrintOutcome.TO_FILE


class FakeReader:
    """Answers what a test says."""

    def __init__(self) -> None:
        self.reads: tuple[PlateRead, ...] = ()
        self.error: ParkingError | None = None

    def read(self, photo: bytes, *, timeout_s: float) -> tuple[PlateRead, ...]:
        del photo, timeout_s
        if self.error is not None:
            raise self.error
        return self.reads


class FakeTerminal:
    """One terminal of the sample city; its use cases may not be called on the thread that made it.

    Attributes:
        app: What screens get.
        store, central, clock, secrets, printer, reader: Its parts, to be changed by a test.
    """

    def __init__(
        self,
        kind: TerminalKind = TerminalKind.OFFICER,
        *,
        photos: Path | None = None,
        **identity: Any,
    ) -> None:
        self.clock = StillClock()
        self.store = MemoryStore()
        self.store.fresh(self.clock.utc)
        self.central = FakeDesk(self.clock)
        self.secrets = MemorySecrets()
        self.printer = FakePrinter()
        self.reader = FakeReader()
        self.lanes = Lanes()
        self._telling = False
        self._guard = guard_against_this_thread()
        who = {"name": "T-004", "series": 4, **_place(kind), **identity}
        self.app = TerminalApp(
            self.lanes,
            Equipment(
                terminal=Terminal(
                    terminal_id=TERMINAL_ID, kind=kind, public_key=bytes(32), epoch=1, **who
                ),
                store=guarded(self.store, self._check_thread),
                central=guarded(self.central, self._check_thread),
                secrets=self.secrets,
                clock=self.clock,
                printer=self.printer,
                reader=self.reader,
                reports=Path("reports"),
                pin_cost=CHEAP,
                photos=photos,
            ),
        )

    def officer(self, badge: str = "0417") -> Officer:
        """Return a person of the sample city."""
        found = self.store.officer_by_badge(badge)
        assert found is not None
        return found

    def sign_in(self, badge: str = "0417") -> None:
        """Let somebody sign in for the first time, as with a code of IT."""
        self.central.codes["4F7K-2M9Q"] = self.officer(badge)
        self.lanes.run(self.app.people.activate(badge, "4F7K-2M9Q", PIN))

    def on_beat(self, beat_id: str = "4", zone_id: str = "112") -> UUID:
        """Let the officer sign in, start a shift and stand in a zone; return the shift."""
        self.sign_in()
        shift = self.lanes.run(self.app.officer.start_shift(beat_id))
        self.lanes.run(self.app.officer.choose_zone(zone_id))
        return shift.shift_id

    def news(self, *changed: str, net: NetState = NetState.ONLINE, to_send: int = 0) -> None:
        """Tell the terminal what an exchange with central brought, as the sync thread does."""
        self.hear(
            SyncNews(
                net=net,
                changed=frozenset(changed),
                to_send=ToSend(count=to_send, oldest_utc=None, parked=0),
                remaining=0,
                sentence="" if net is NetState.ONLINE else "City hall cannot be reached.",
                clock_offset_ms=0,
                clock_uncertainty_ms=20,
            )
        )

    def hear(self, news: SyncNews) -> None:
        """Let the terminal hear a word of the sync loop, as on the sync thread."""
        self._telling = True
        self.app.hear(news)
        self._telling = False

    def _check_thread(self) -> None:
        if not self._telling:
            self._guard()

    def close(self) -> None:
        """End its threads."""
        self.app.close()
        self.lanes.stop()


@contextmanager
def fake_terminal(
    kind: TerminalKind = TerminalKind.OFFICER, *, photos: Path | None = None, **identity: Any
) -> Iterator[FakeTerminal]:
    """Make a terminal and end its threads afterwards."""
    terminal = FakeTerminal(kind, photos=photos, **identity)
    try:
        yield terminal
    finally:
        terminal.close()


def _place(kind: TerminalKind) -> dict[str, str]:
    if kind is not TerminalKind.KIOSK:
        return {}
    return {"name": "K-07", "zone_id": "204", "reader_id": "tmr_sample"}
