"""The foot of every pay-station screen: main button, row, wishes, one line of help.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.words import _
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.gridrow import GridRow
from ui.widgets.motion import Hint


@dataclass(frozen=True, slots=True, kw_only=True)
class FootButton:
    """A button with the name it is found by."""

    name: str
    view: ButtonView


@dataclass(frozen=True, slots=True, kw_only=True)
class FootView:
    """What stands at the foot.

    Attributes:
        row: Light to heavy, up to four.
        main: The one primary action; None where the driver has only to wait.
        hint: One line of help.
    """

    row: tuple[FootButton, ...]
    main: FootButton | None = None
    hint: str = ""


def back_button(label: str = "") -> FootButton:
    """Make the way to the screen before."""
    view = ButtonView(label=label or _("Back"), icon=Icon.LEFT)
    return FootButton(name="back_button", view=view)


def start_over_button() -> FootButton:
    """Make the way to the first screen, which forgets everything entered."""
    view = ButtonView(label=_("Start over"), icon=Icon.UNDO)
    return FootButton(name="start_over_button", view=view)


def help_button() -> FootButton:
    """Make the way to the help of this screen."""
    return FootButton(name="help_button", view=ButtonView(label=_("Help"), icon=Icon.HELP))


def wishes(*, contrast: bool, listening: bool, low: bool, movable: bool) -> tuple[FootButton, ...]:
    """Make the row of how a driver may want to see, hear and reach this otherwise.

    Args:
        contrast: The high-contrast colours are on.
        listening: What stands on the screens is said aloud.
        low: The controls are further down.
        movable: There are controls that can be moved down.
    """
    colours = FootButton(name="contrast_button", view=_wish(_("Contrast"), Icon.CONTRAST, contrast))
    aloud = FootButton(name="listen_button", view=_wish(_("Listen"), Icon.LISTEN, listening))
    reach = FootButton(name="move_down_button", view=_wish(_("Move down"), Icon.DOWN, low))
    return (colours, aloud, reach) if movable else (colours, aloud)


def _wish(label: str, icon: Icon, chosen: bool) -> ButtonView:
    role = ButtonRole.CHOSEN if chosen else ButtonRole.PLAIN
    return ButtonView(label=label, icon=icon, role=role)


class Foot(QWidget):
    """Shows the buttons of a view; those of the same name are kept, so the focus stays.

    Signals:
        button_pressed: The name of the button.
    """

    button_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, ActionButton] = {}
        self._view = FootView(row=())
        self._low: tuple[FootButton, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self._main_row, self._row, self._wish_row = (
            GridRow(parent=self),
            GridRow(parent=self),
            GridRow(parent=self),
        )
        for row in (self._main_row, self._row, self._wish_row):
            column.addWidget(row)
        self._hint = Hint("", self)
        column.addWidget(self._hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def view(self) -> FootView:
        """What is shown."""
        return self._view

    def button(self, name: str) -> ActionButton | None:
        """Return a button that is shown."""
        button = self._buttons.get(name)
        return button if button is not None and not button.isHidden() else None

    @property
    def main(self) -> ActionButton | None:
        """The main button, if one is shown."""
        return self.button(self._view.main.name) if self._view.main is not None else None

    def set_view(self, view: FootView, wish_row: tuple[FootButton, ...]) -> None:
        """Show other buttons."""
        self._view = view
        main = (view.main,) if view.main is not None else ()
        rows = (
            (self._main_row, main, ButtonSize.KIOSK_MAIN),
            (self._row, view.row, ButtonSize.KIOSK_ROW),
            (self._wish_row, wish_row, ButtonSize.KIOSK_ACCESS),
        )
        for row, buttons, size in rows:
            row.set_parts([(self._made(each, size), 1) for each in buttons])
            row.setVisible(bool(buttons))
        self._hint.set_view(view.hint)

    def _made(self, wanted: FootButton, size: ButtonSize) -> ActionButton:
        button = self._buttons.get(wanted.name)
        if button is None:
            button = ActionButton(wanted.view, size, self)
            button.setObjectName(wanted.name)
            button.clicked.connect(lambda: self.button_pressed.emit(wanted.name))
            self._buttons[wanted.name] = button
        else:
            button.set_view(wanted.view)
        return button
