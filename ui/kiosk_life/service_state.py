"""What service reads of a pay station. Pure, any thread; no widgets."""

from dataclasses import dataclass

from app.ports import PrinterState
from app.usecases.sync_status import SyncStatus
from app.words import _
from parking.clock import Reading
from parking.terminal import Terminal
from ui.kiosk.parts import FactView
from ui.sync.sync_state import summary
from ui.widgets.shapes import Mark

_PRINTS = frozenset({PrinterState.READY, PrinterState.LOW, PrinterState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a pay station.

    Attributes:
        now: The last look at its clock.
        version: Of the program.
        printer: What the printer said; None before it was asked.
        sync: How it stands with city hall; None before it was asked.
    """

    terminal: Terminal
    now: Reading
    version: str
    printer: PrinterState | None = None
    sync: SyncStatus | None = None


def printer_words(state: PrinterState) -> str:
    """Say how the printer is."""
    return {
        PrinterState.READY: _("Ready."),
        PrinterState.LOW: _("Works; the paper is nearly used up."),
        PrinterState.NO_PAPER: _("No paper."),
        PrinterState.OPEN: _("Its cover is open."),
        PrinterState.FAULT: _("It reports a fault: switch it off and on."),
        PrinterState.ABSENT: _("It is not there, or off."),
        PrinterState.UNKNOWN: _("It says nothing of itself; print a test."),
    }[state]


def service_facts(seen: Seen) -> tuple[FactView, ...]:
    """Return what service wants to know first, what is wrong marked."""
    terminal = seen.terminal
    reader = terminal.reader_id or _("None. IT names it at the enrolment.")
    printer = _("Asking") if seen.printer is None else printer_words(seen.printer)
    prints = seen.printer is None or seen.printer in _PRINTS
    clock = _("{time} UTC, ± {seconds} s").format(
        time=seen.now.utc.strftime("%Y-%m-%d %H:%M:%S"),
        seconds=f"{seen.now.uncertainty_ms / 1000:.1f}",
    )
    return (
        FactView(heading=_("City hall"), text=_net_words(seen.sync), mark=Mark.INFO),
        FactView(heading=_("Printer"), text=printer, mark=Mark.OK if prints else Mark.CAUTION),
        FactView(
            heading=_("Card reader"),
            text=reader,
            mark=Mark.OK if terminal.reader_id else Mark.CAUTION,
        ),
        FactView(heading=_("Clock"), text=clock, mark=Mark.INFO),
        FactView(
            heading=_("This pay station"),
            text=_("{name}, zone {zone}, program {version}").format(
                name=terminal.name, zone=terminal.zone_id or "-", version=seen.version
            ),
            mark=Mark.INFO,
        ),
    )


def _net_words(sync: SyncStatus | None) -> str:
    return (
        _("Asking")
        if sync is None
        else summary(sync.to_send, None if sync.exchange.news is None else sync.exchange.news.net)
    )
