"""Follows what a pay station needs to sell, and notes each outage as a fact. Any thread.

Network and city hall by what each exchange showed, the clock by its uncertainty, the reader by what
payments say of it, the printer by its own word. Written on the store lane, printer on an I/O lane.
"""

import logging
import threading
from datetime import datetime, timedelta

from app.lanes import Failed, Lane, Lanes, Outcome, Task, saving
from app.ports import NetState, Printer, PrinterState
from app.post import Post
from app.usecases.note_outage import OutageWatch
from parking.outage import OutageCause, OutageEvent
from parking.payment import Told

_LOG = logging.getLogger("parking.terminal")
_PRINTER_EVERY = timedelta(minutes=1)
_PRINTER_S = 30.0
_PRINTS = frozenset({PrinterState.READY, PrinterState.LOW, PrinterState.UNKNOWN})
_READER_WORKS = {
    Told.READER_OFFLINE: False,
    Told.PRESENT_CARD: True,
    Told.DECLINED: True,
    Told.APPROVED: True,
}
"""What a payment says of the reader; the other words say nothing of it."""


class StationWatch:
    """Watches one pay station.

    Args:
        post: Where it stands.
        lanes: Its worker threads.
        printer: Asked how it is once a minute.

    Raises:
        BugError: It stands in no zone.
    """

    def __init__(self, post: Post, lanes: Lanes, printer: Printer) -> None:
        self._post = post
        self._lanes = lanes
        self._printer = printer
        self._outages = OutageWatch(post)
        self._printer_state = PrinterState.UNKNOWN
        self._asked_utc: datetime | None = None
        self._asking = threading.Lock()

    @property
    def printer_state(self) -> PrinterState:
        """What the printer last said of itself."""
        return self._printer_state

    def heard_net(self, net: NetState) -> None:
        """Take how the last exchange with central ended. Sync thread."""
        self._note(OutageCause.NETWORK, works=net is not NetState.OFFLINE)
        if net is not NetState.OFFLINE:
            self._note(OutageCause.CENTRAL, works=net is NetState.ONLINE)
        if not self._post.terminal.reader_id:
            self._note(OutageCause.READER, works=False)
        self._look_at_clock()
        self._ask_printer()

    def heard_payment(self, told: Told) -> None:
        """Take what central says of a payment. Any thread."""
        works = _READER_WORKS.get(told)
        if works is not None:
            self._note(OutageCause.READER, works=works)

    def _look_at_clock(self) -> None:
        zone = self._post.store.zone(self._post.terminal.zone_id)
        if zone is not None:
            unsure_ms = self._post.clock.now().uncertainty_ms
            self._note(OutageCause.CLOCK, works=unsure_ms <= zone.uncertainty_limit_ms)

    def _ask_printer(self) -> None:
        now = self._post.clock.now().utc
        soon = self._asked_utc is not None and now - self._asked_utc < _PRINTER_EVERY
        if soon or not self._asking.acquire(blocking=False):
            return
        self._asked_utc = now
        task = Task(
            name="printer_state",
            lane=Lane.IO,
            deadline_s=_PRINTER_S,
            work=lambda _ticket: self._printer.state(),
        )
        self._lanes.start(task, self._on_printer_state)

    def _on_printer_state(self, outcome: Outcome[PrinterState]) -> None:
        self._asking.release()
        if isinstance(outcome, Failed):
            _LOG.warning("task=printer_state reason=%r", type(outcome.error).__name__)
            return
        self._note(OutageCause.PRINTER, works=outcome.value in _PRINTS)
        self._printer_state = outcome.value

    def _note(self, cause: OutageCause, *, works: bool) -> None:
        at = self._post.clock.now()
        task = saving("note_outage", lambda: self._outages.heard(cause, works=works, at=at))
        self._lanes.start(task, _on_noted)


def _on_noted(outcome: Outcome[OutageEvent | None]) -> None:
    if isinstance(outcome, Failed):
        _LOG.warning("task=note_outage outcome=later reason=%r", type(outcome.error).__name__)
