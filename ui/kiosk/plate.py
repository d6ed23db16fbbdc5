"""The plate screen: own keypad, the states, a confirmation in large type.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.words import _
from parking.errors import UserError
from parking.plate import OTHER_STATE, check_plate_text
from ui.kiosk.errand import Errand
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import Lines, title_lines
from ui.kiosk.plate_state import PlateState, plate_state, typed
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import said
from ui.state_names import CHIPS, other_states, state_name
from ui.tasks import Tasks
from ui.theme.look import look
from ui.widgets.cards import Label
from ui.widgets.gridrow import GridRow
from ui.widgets.keypad import PLATE_ROWS, KeypadView, PlateKeypad
from ui.widgets.kiosk_pay import ChoiceTile, TileChoiceView
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.plate import PlateView, PlateWidget

_HOME_STATE = CHIPS[0]
_LETTERS = "".join(PLATE_ROWS)
_COLUMNS = 8
_PLATE_PX = (576, 216)


class PlateScreen(KioskScreen):
    """The driver types the plate and says that it is right."""

    name = "kiosk_plate"
    step = 0
    _errand = Errand.PARK

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._text = ""
        self._state = _HOME_STATE
        self._problem = ""
        self._choosing = False
        self._title = Lines(())
        self._plate = PlateWidget(PlateView(number=""), _PLATE_PX)
        self._plate.setObjectName("plate_text")
        self._chips = _Chips()
        self._chips.state_chosen.connect(self._on_state_chosen)
        self._chips.other_pressed.connect(self._on_other_pressed)
        self._grid = _StateGrid()
        self._grid.state_chosen.connect(self._on_state_chosen)
        self._keypad = PlateKeypad()
        self._keypad.setObjectName("keypad")
        self._keypad.key_pressed.connect(self._on_key_pressed)
        self._keypad.delete_pressed.connect(self._on_delete_pressed)
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        self._notice.action_pressed.connect(self._on_suggestion_taken)
        self.compose(
            (self._title, self._plate, self._chips, self._keypad, self._grid, self._notice),
            controls=(self._chips, self._keypad, self._grid),
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(
        self,
        *,
        plate: str = "",
        state: str = _HOME_STATE,
        problem: str = "",
        errand: Errand = Errand.PARK,
    ) -> None:
        """Show an empty plate, or the one to correct, for what the driver came for."""
        self._text, self._state, self._problem = plate, state, problem
        self._errand = errand
        self._choosing = False
        self.appear()

    def left(self) -> None:
        """Forget the plate: the next screen has it."""
        self._text, self._state = "", _HOME_STATE

    def safest(self) -> QWidget:
        """The confirmation, once there is a plate; the keys before."""
        if not self._text and self._keypad.isVisibleTo(self):
            return self._keypad.buttons()[0]
        return super().safest()

    def keys(self) -> dict[str, Callable[[], None]]:
        """The keys of a plate; Enter confirms."""
        if self._choosing or self.aside_shown:
            return super().keys()
        letters = {letter: self._struck(letter) for letter in _LETTERS}
        return {**super().keys(), **letters, "Backspace": self._on_delete_pressed}

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        state = self._shown()
        title = _("Which state?") if self._choosing else state.title
        self._title.set_view(title_lines(title))
        self._plate.set_view(state.plate)
        self._chips.set_views(state)
        self._keypad.set_view(KeypadView(delete_words=_("Delete")))
        self._notice.set_view(state.notice)
        self._grid.set_chosen(self._state)
        for part in (self._chips, self._keypad, self._notice):
            part.setVisible(not self._choosing)
        self._grid.setVisible(self._choosing)

    def _shown(self) -> PlateState:
        return plate_state(self._text, self._state, errand=self._errand, problem=self._problem)

    def errand(self) -> Errand:
        """What was chosen on the first screen."""
        return self._errand

    def foot(self) -> FootView:
        """Confirm, or go back."""
        main = FootButton(name="plate_confirm", view=self._shown().confirm)
        return FootView(
            main=None if self._choosing else main,
            row=(back_button(), start_over_button(), help_button()),
            hint=_("Nothing is charged until you use your card."),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {"plate_confirm": self._on_confirmed, "back_button": self._on_back_pressed}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to type a plate."""
        return (
            (
                _("Type what stands on your plate"),
                _("Letters and numbers only. Leave out dashes, dots and spaces."),
            ),
            (
                _("O or 0, I or 1"),
                _("Letter O is round, number 0 has a stroke. Letter I has bars, number 1 a flag."),
            ),
            (
                _("Choose the state"),
                _("It stands on the plate. Touch Other for every other state or country."),
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
        self._text, self._problem = typed(self._text, key)
        self.refresh()

    def _on_delete_pressed(self) -> None:
        self.touched()
        self._text, self._problem = self._text[:-1], ""
        self.refresh()

    def _on_suggestion_taken(self) -> None:
        self.touched()
        self._text = self._shown().suggestion or self._text
        self.refresh()

    def _on_other_pressed(self) -> None:
        self.touched()
        self._choosing = True
        self.refresh()

    def _on_state_chosen(self, code: str) -> None:
        self.touched()
        self._state, self._choosing = code, False
        self.refresh()

    def _on_back_pressed(self) -> None:
        if self._choosing:
            self._choosing = False
            self.refresh()
        elif self._errand is Errand.TICKET:
            self.go("kiosk_ticket_number")
        else:
            self.go(HOME)

    def _on_confirmed(self) -> None:
        try:
            key = check_plate_text(self._text)
        except UserError as error:
            self._problem = said(error)
            self.refresh()
            return
        if self._errand is Errand.TICKET:
            self.go("kiosk_tickets", plate=key, state=self._state)
        else:
            self.go("kiosk_time", plate=key, state=self._state, errand=self._errand)


class _Chips(GridRow):
    """The states most drivers come from, and the way to the others.

    Signals:
        state_chosen: Its code.
        other_pressed: The driver wants another one.
    """

    state_chosen = Signal(str)
    other_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._words = Label("", "kiosk.button", parent=self)
        self._words.setText(_("State"))
        self._tiles = {code: self._tile(code) for code in CHIPS}
        self._other = ChoiceTile(TileChoiceView(words=""), self)
        self._other.setObjectName("state_other")
        self._other.clicked.connect(self.other_pressed)
        tiles = [(tile, 2) for tile in self._tiles.values()]
        self.set_parts([(self._words, 0), *tiles, (self._other, 3)])

    def _tile(self, code: str) -> ChoiceTile:
        tile = ChoiceTile(TileChoiceView(words=code), self)
        tile.setObjectName(f"state_{code}")
        tile.clicked.connect(lambda: self.state_chosen.emit(code))
        return tile

    def set_views(self, state: PlateState) -> None:
        """Show which one is chosen."""
        self._words.setText(_("State"))
        for code, view in state.chips:
            self._tiles[code].set_view(view)
        self._other.set_view(state.other)


class _StateGrid(QWidget):
    """All other states, a button each.

    Signals:
        state_chosen: Its code.
    """

    state_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap("kiosk"))
        self._tiles = {code: self._tile(code) for code in other_states()}
        tiles = list(self._tiles.values())
        for first in range(0, len(tiles), _COLUMNS):
            row = GridRow(parent=self)
            row.set_parts([(tile, 1) for tile in tiles[first : first + _COLUMNS]])
            column.addWidget(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _tile(self, code: str) -> ChoiceTile:
        tile = ChoiceTile(TileChoiceView(words=code), self)
        tile.setObjectName(f"state_{code}")
        tile.clicked.connect(lambda: self.state_chosen.emit(code))
        return tile

    def set_chosen(self, chosen: str) -> None:
        """Show which one is chosen; whoever listens hears the full name."""
        for code, tile in self._tiles.items():
            words = _("Other") if code == OTHER_STATE else code
            tile.set_view(TileChoiceView(words=words, chosen=code == chosen))
            tile.setAccessibleName(state_name(code))
