"""What service sees of a pay station and can do: test the printer, sync now, leave the program.

Owner thread: the GUI thread. Nobody there for a while: it sells again.
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Signal

from app.ports import PrinterState, PrintOutcome
from app.terminal_app import TerminalApp
from app.usecases.sync_status import SyncStatus
from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError
from ui.kiosk.foot import FootButton, FootView
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import FactList, Lines, title_lines
from ui.kiosk.station import Station
from ui.kiosk_life.service_state import Seen, service_facts
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.panels import LineView

SERVICE = "kiosk_service"


class ServiceScreen(KioskScreen):
    """How the pay station is.

    Signals:
        leave_chosen: End the program until somebody starts it again.
    """

    name = SERVICE
    leave_chosen = Signal()

    def __init__(self, tasks: Tasks, terminal: TerminalApp, station: Station) -> None:
        super().__init__(tasks, terminal.kiosk, station)
        self._terminal = terminal
        self._printer: PrinterState | None = None
        self._sync: SyncStatus | None = None
        self._said = ""
        self._title = Lines(())
        self._answer = Lines(())
        self._answer.setObjectName("service_answer")
        self._facts = FactList(())
        self._facts.setObjectName("service_facts")
        self.compose((self._title, self._facts, self._answer))

    def entered(self) -> None:
        """Ask everything anew."""
        self._printer, self._sync, self._said = None, None, ""
        self.appear()
        self.ask(self._terminal.service.printer_state(), self._on_printer, failed=self._on_failed)
        self.ask(self._terminal.sync.status(), self._on_sync, failed=self._on_failed)

    def ticked(self, now: Reading) -> None:
        """The clock goes on."""
        super().ticked(now)
        self.redraw()

    def redraw(self) -> None:
        """Draw the body."""
        self._title.set_view(title_lines(_("Service")))
        seen = Seen(
            terminal=self._station.identity,
            now=self.now,
            version=_version(),
            printer=self._printer,
            sync=self._sync,
        )
        self._facts.set_view(service_facts(seen))
        self._answer.set_view((LineView(text=self._said, use="kiosk.strong"),))

    def foot(self) -> FootView:
        """Back to selling, or what service came for."""
        sell = ButtonView(label=_("Sell again"), icon=Icon.CHECK, role=ButtonRole.MAIN)
        row = (
            ("print_test_button", _("Test print"), Icon.PRINTER),
            ("sync_button", _("Sync now"), Icon.AGAIN),
            ("leave_button", _("End program"), Icon.SIGN_OUT),
        )
        return FootView(
            main=FootButton(name="sell_button", view=sell),
            row=tuple(
                FootButton(name=name, view=ButtonView(label=words, icon=icon))
                for name, words, icon in row
            ),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "sell_button": lambda: self.go(HOME),
            "print_test_button": self._on_print_pressed,
            "sync_button": self._on_sync_pressed,
            "leave_button": self.leave_chosen.emit,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """Where more is written."""
        return ((_("End program"), _("The screen stays dark until IT starts the pay station.")),)

    def _say(self, words: str) -> None:
        self._said = words
        self.refresh()

    def _on_print_pressed(self) -> None:
        self._say(_("Printing"))
        self.ask(self._terminal.service.print_test(), self._on_printed, failed=self._on_failed)

    def _on_sync_pressed(self) -> None:
        self._say(_("Talking to city hall"))
        self.ask(self._terminal.sync.sync_now(), self._on_synced, failed=self._on_failed)

    def _on_printer(self, state: PrinterState) -> None:
        self._printer = state
        self.refresh()

    def _on_sync(self, status: SyncStatus) -> None:
        self._sync = status
        self.refresh()

    def _on_synced(self, status: SyncStatus) -> None:
        self._sync = status
        self._say(_("Done."))

    def _on_printed(self, outcome: PrintOutcome) -> None:
        paper = outcome is PrintOutcome.PRINTED
        self._say(_("The test is printed.") if paper else _("The test was written into a file."))

    def _on_failed(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._say(sentence(error))


def _version() -> str:
    try:
        return version("stamford-parking")
    except PackageNotFoundError:
        return _("unknown")
