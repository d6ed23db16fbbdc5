"""The screen for a validation code: scanned or typed; central says what it pays.

Owner thread: the GUI thread. A scanner types like a keyboard and ends with Enter.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.words import _
from parking.errors import BugError, ParkingError, UnavailableError
from parking.payment import Quote
from ui.kiosk.code_state import CodeState, code_state, code_typed
from ui.kiosk.errand import Errand
from ui.kiosk.following import NO_CARD
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import KioskScreen
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.widgets.cards import CardKind
from ui.widgets.keypad import PLATE_ROWS, KeypadView, PlateKeypad
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_LETTERS = "".join(PLATE_ROWS)


class CodeScreen(KioskScreen):
    """The driver gives a code."""

    name = "kiosk_code"
    step = 2

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._quote: Quote | None = None
        self._came_for = Errand.PARK
        self._text = self._problem = ""
        self._title = Lines(())
        self._sub = Lines(())
        self._code = Lines(())
        self._code.setObjectName("code_text")
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

    def entered(self, *, quote: Quote, errand: Errand = Errand.PARK) -> None:
        """Wait for a code towards what is bought.

        Args:
            quote: Central's price without it.
            errand: Time for a car, or more of it.
        """
        self._quote, self._came_for = quote, errand
        self._text = self._problem = ""
        self.appear()

    def left(self) -> None:
        """Forget the car and the code."""
        self._quote, self._text = None, ""

    def safest(self) -> QWidget:
        """The way on, once there is a code; the keys before."""
        return super().safest() if self._text else self._keypad.buttons()[0]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Letters and digits, as a scanner types them; Enter ends the code."""
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
        shown = LineView(text=state.shown or "…", use="kiosk.panel")
        self._code.set_view((shown, LineView(text=state.count, use="kiosk.least")))
        self._keypad.set_view(KeypadView(delete_words=_("Delete")))
        self._notice.set_view(state.notice)

    def _state(self) -> CodeState:
        return code_state(self._text, asking=self.asking("quote"), problem=self._problem)

    def foot(self) -> FootView:
        """Use the code, or go on without."""
        return FootView(
            main=FootButton(name="code_confirm", view=self._state().confirm),
            row=(back_button(_("Without a code")), start_over_button(), help_button()),
            hint=_("Nothing is charged until you use your card."),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {"code_confirm": self._on_confirmed, "back_button": self._on_back_pressed}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to give a code."""
        return (
            (
                _("Hold the code under the scanner"),
                _("It reads the square code of a shop or of the city from paper or a phone."),
            ),
            (
                _("The code does not work?"),
                _("Touch Without a code. You then pay the full price."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _struck(self, letter: str) -> Callable[[], None]:
        return lambda: self._on_key_pressed(letter)

    def _on_key_pressed(self, key: str) -> None:
        self.touched()
        self._text, self._problem = code_typed(self._text, key), ""
        self.refresh()

    def _on_delete_pressed(self) -> None:
        self.touched()
        self._text, self._problem = self._text[:-1], ""
        self.refresh()

    def _on_back_pressed(self) -> None:
        self.go("kiosk_summary", quote=self._quote, errand=self._came_for)

    def _on_confirmed(self) -> None:
        quote = self._quote
        if quote is not None and self._text:
            task = self._kiosk.quote(
                quote.plate, quote.plate_state, quote.billed_minutes, self._text
            )
            self.ask(task, self._on_quoted, failed=self._on_refused, words=_("Asking what it pays"))
            self.refresh()

    # --- outcomes ---------------------------------------------------------------------------

    def _on_quoted(self, quote: Quote) -> None:
        self.go("kiosk_summary", quote=quote, code=self._text, errand=self._came_for)

    def _on_refused(self, error: ParkingError) -> None:
        quote = self._quote
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UnavailableError) and quote is not None:
            car = {"plate": quote.plate, "state": quote.plate_state}
            self.go(NO_CARD, **car, minutes=quote.billed_minutes)
        else:
            # A code that is refused is scanned again from its beginning.
            self._text, self._problem = "", sentence(error)
            self.refresh()
