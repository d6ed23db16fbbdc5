"""The screen of a receipt that was found: what was paid, until when, and print again.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from app.ports import PrintOutcome
from app.words import _
from parking.errors import BugError, ParkingError
from parking.notification import FoundReceipt
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import KioskScreen
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.receipt_state import receipt_words
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.panels import NoticeBar, NoticeView


class ReceiptScreen(KioskScreen):
    """The driver reads a receipt of before."""

    name = "kiosk_receipt"

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._found: FoundReceipt | None = None
        self._printed = ""
        self._title = Lines(())
        self._lines = Lines(())
        self._lines.setObjectName("receipt_lines")
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        self.compose((self._title, RowCard(None, self._lines), self._notice))

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, found: FoundReceipt) -> None:
        """Show a receipt."""
        self._found, self._printed = found, ""
        self.appear()

    def left(self) -> None:
        """Forget the receipt."""
        self._found = None
        self._lines.set_view(())

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        if self._found is None:
            return
        self._title.set_view(title_lines(_("Your receipt")))
        self._lines.set_view(receipt_words(self._found.lines))
        self._notice.setVisible(bool(self._printed))
        self._notice.set_view(NoticeView(text=self._printed or " "))

    def foot(self) -> FootView:
        """Print it, or go back."""
        view = ButtonView(
            label=_("Print receipt"), icon=Icon.PRINTER, role=ButtonRole.MAIN, heavy=True
        )
        return FootView(
            main=None if self._printed else FootButton(name="print_button", view=view),
            row=(back_button(), start_over_button(), help_button()),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "print_button": self._on_print_pressed,
            "back_button": lambda: self.go("kiosk_receipt_code"),
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What is shown here."""
        return (
            (_("This is what was paid"), _("Print it, or take a photo of this screen.")),
            (_("Something is wrong?"), _("Call the city and tell the receipt code.")),
        )

    # --- what a driver does, and outcomes ---------------------------------------------------

    def _on_print_pressed(self) -> None:
        if self._found is not None:
            task = self._kiosk.print_found(self._found)
            words = _("Printing your receipt")
            self.ask(task, self._on_printed, failed=self._on_not_printed, words=words)

    def _on_printed(self, outcome: PrintOutcome) -> None:
        self._printed = _("Your receipt is printed. Take it.")
        if outcome is not PrintOutcome.PRINTED:
            self._printed = _("This pay station has no printer. Your receipt is kept as a file.")
        self.refresh()

    def _on_not_printed(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._printed = _("The printer does not work. Take a photo of this screen.")
        self.refresh()
