"""The screen for a ticket's number: digits, and word at once when one is wrong.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.words import _
from ui.kiosk.errand import Errand
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk.ticket_number_state import TicketNumberState, number_typed, ticket_number_state
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.cards import CardKind, Label
from ui.widgets.keypad import KeypadView, PlateKeypad
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_ROWS = ("12345", "67890", "-")
_DIGITS = "1234567890"


class TicketNumberScreen(KioskScreen):
    """The driver types what stands on the ticket."""

    name = "kiosk_ticket_number"
    step = 0

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._text = ""
        self._problem = ""
        self._title = Lines(())
        self._sub = Lines(())
        self._number = Label("", "kiosk.title")
        self._number.setObjectName("ticket_number")
        self._keypad = PlateKeypad(KeypadView(rows=_ROWS, delete_words=_("Delete")))
        self._keypad.setObjectName("keypad")
        self._keypad.key_pressed.connect(self._on_key_pressed)
        self._keypad.delete_pressed.connect(self._on_delete_pressed)
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        card = RowCard(None, self._number, kind=CardKind.STRONG)
        self.compose(
            (self._title, self._sub, card, self._keypad, self._notice), controls=(self._keypad,)
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, number: str = "", problem: str = "") -> None:
        """Show an empty number, or the one to correct.

        Args:
            number: As it stands on a ticket.
            problem: Why it was refused, in a sentence.
        """
        self._text, self._problem = number.removeprefix("SC-"), problem
        self.appear()

    def left(self) -> None:
        """Forget the number: the next screen has it."""
        self._text = ""

    def safest(self) -> QWidget:
        """The way on, once the number is whole; the keys before."""
        if not self._shown().number:
            return self._keypad.buttons()[0]
        return super().safest()

    def errand(self) -> Errand:
        """Paying a ticket."""
        return Errand.TICKET

    def keys(self) -> dict[str, Callable[[], None]]:
        """The digits and the dash; Enter goes on."""
        if self.aside_shown:
            return super().keys()
        digits = {digit: self._struck(digit) for digit in _DIGITS}
        struck = {**digits, "Minus": self._struck("-"), "Backspace": self._on_delete_pressed}
        return {**super().keys(), **struck}

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        state = self._shown()
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._number.setText(state.shown)
        self._keypad.set_view(KeypadView(rows=_ROWS, delete_words=_("Delete")))
        self._notice.set_view(state.notice)

    def _shown(self) -> TicketNumberState:
        return ticket_number_state(self._text, problem=self._problem)

    def foot(self) -> FootView:
        """Show the ticket, find it by the plate, or go back."""
        plate = FootButton(
            name="by_plate_button", view=ButtonView(label=_("Use plate"), icon=Icon.CAR)
        )
        return FootView(
            main=FootButton(name="number_confirm", view=self._shown().confirm),
            row=(back_button(), start_over_button(), plate, help_button()),
            hint=_("Nothing is charged until you use your card."),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "number_confirm": self._on_confirmed,
            "by_plate_button": lambda: self.go("kiosk_plate", errand=Errand.TICKET),
            "back_button": lambda: self.go(HOME),
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """Where the number is."""
        return (
            (
                _("Look at the top of your ticket"),
                _("The number begins with SC. Type the digits and the dash that follow."),
            ),
            (
                _("No ticket at hand?"),
                _("Touch Use plate and type the plate of the car with its state."),
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
        self._text, self._problem = number_typed(self._text, key), ""
        self.refresh()

    def _on_delete_pressed(self) -> None:
        self.touched()
        self._text, self._problem = self._text[:-1], ""
        self.refresh()

    def _on_confirmed(self) -> None:
        number = self._shown().number
        if number:
            self.go("kiosk_tickets", number=number)
