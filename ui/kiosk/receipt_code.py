"""The screen for a receipt's code: the only way to a receipt of before.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.words import _
from parking.errors import BugError, ParkingError
from parking.notification import FoundReceipt
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.receipt_state import ReceiptCodeState, receipt_code_state, receipt_code_typed
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.widgets.cards import CardKind
from ui.widgets.keypad import PLATE_ROWS, KeypadView, PlateKeypad
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_LETTERS = "".join(PLATE_ROWS)


class ReceiptCodeScreen(KioskScreen):
    """The driver types the code of a receipt."""

    name = "kiosk_receipt_code"

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._text = self._problem = ""
        self._title = Lines(())
        self._sub = Lines(())
        self._code = Lines(())
        self._code.setObjectName("receipt_code")
        self._keypad = PlateKeypad()
        self._keypad.setObjectName("keypad")
        self._keypad.key_pressed.connect(self._on_key_pressed)
        self._keypad.delete_pressed.connect(self._on_delete_pressed)
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        card = RowCard(None, self._code, kind=CardKind.STRONG)
        self.compose(
            (self._title, self._sub, card, self._keypad, self._notice), controls=(self._keypad,)
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self) -> None:
        """Wait for a code."""
        self._text = self._problem = ""
        self.appear()

    def left(self) -> None:
        """Forget the code."""
        self._text = ""

    def safest(self) -> QWidget:
        """The way on, once the code is whole; the keys before."""
        whole = self._state().confirm.enabled
        return super().safest() if whole else self._keypad.buttons()[0]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Letters and digits; Enter goes on."""
        if self.aside_shown:
            return super().keys()
        letters = {letter: self._struck(letter) for letter in _LETTERS}
        return {**super().keys(), **letters, "Backspace": self._on_delete_pressed}

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        state = self._state()
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._code.set_view(title_lines(state.shown))
        self._keypad.set_view(KeypadView(delete_words=_("Delete")))
        self._notice.set_view(state.notice)

    def _state(self) -> ReceiptCodeState:
        asking = self.asking("find_receipt")
        return receipt_code_state(self._text, asking=asking, problem=self._problem)

    def foot(self) -> FootView:
        """Show the receipt, or go back."""
        return FootView(
            main=FootButton(name="receipt_confirm", view=self._state().confirm),
            row=(back_button(), start_over_button(), help_button()),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {"receipt_confirm": self._on_confirmed, "back_button": lambda: self.go(HOME)}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """Where the code is."""
        return (
            (
                _("Look for the code"),
                _("It stands on the paper receipt, in the e-mail and in the text message."),
            ),
            (
                _("No code at hand?"),
                _("Officers see by your plate that you have paid. Call the city for a copy."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _struck(self, letter: str) -> Callable[[], None]:
        def type_it() -> None:
            self._on_key_pressed(letter)
            self.default_focus().setFocus(Qt.FocusReason.OtherFocusReason)

        return type_it

    def _on_key_pressed(self, key: str) -> None:
        self.touched()
        self._text, self._problem = receipt_code_typed(self._text, key), ""
        self.refresh()

    def _on_delete_pressed(self) -> None:
        self.touched()
        self._text, self._problem = self._text[:-1], ""
        self.refresh()

    def _on_confirmed(self) -> None:
        if self._state().confirm.enabled:
            words = _("Looking for your receipt")
            task = self._kiosk.find_receipt(self._text)
            self.ask(task, self._on_found, failed=self._on_not_found, words=words)
            self.refresh()

    # --- outcomes ---------------------------------------------------------------------------

    def _on_found(self, found: FoundReceipt) -> None:
        self.go("kiosk_receipt", found=found)

    def _on_not_found(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._problem = sentence(error)
        self.refresh()
