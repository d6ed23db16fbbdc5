"""What the officer's pages share: margins, the action row, named buttons."""

from dataclasses import replace

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView

BODY_TOP, GUTTER, ACTION_GAP = 16, 16, 12
_LIGHT, _HEAVY = 5, 7


def page(screen: QWidget) -> QVBoxLayout:
    """Return the vertical layout of a page: body, then the action row."""
    margin = look().tokens.margin["officer"]
    whole = QVBoxLayout(screen)
    whole.setContentsMargins(margin, BODY_TOP, margin, 16)
    whole.setSpacing(ACTION_GAP)
    return whole


def button(
    name: str,
    label: str,
    icon: Icon,
    key: str = "",
    *,
    main: bool = False,
    issue: bool = False,
) -> ActionButton:
    """Make a named button; the key is drawn on it, the screen's ``keys`` act on it."""
    role = ButtonRole.ISSUE if issue else ButtonRole.MAIN if main else ButtonRole.PLAIN
    made = ActionButton(
        ButtonView(label=label, icon=icon, key=key, role=role, heavy=issue), ButtonSize.OFFICER
    )
    made.setObjectName(name)
    return made


class ActionRow(QWidget):
    """The actions of a page, light to heavy, in columns on the grid; hidden ones take no room.

    Args:
        buttons: From the left.
        heavy: The heavy one, rightmost and wider; None for none.
    """

    def __init__(self, *buttons: ActionButton, heavy: ActionButton | None = None) -> None:
        super().__init__()
        self._heavy = heavy
        self._buttons = [*buttons, *([heavy] if heavy is not None else [])]
        for one in self._buttons:
            one.setParent(self)
        self.setFixedHeight(max(one.drawn_size().height() for one in self._buttons))

    def show_only(self, *shown: ActionButton) -> None:
        """Show some of the buttons; a hidden one is off, so that its key does nothing."""
        for one in self._buttons:
            one.setVisible(one in shown)
            one.set_view(replace(one.view, enabled=one in shown))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: place them again."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        shown = [one for one in self._buttons if not one.isHidden()]
        if not shown:
            return
        shares = [_HEAVY if one is self._heavy else _LIGHT for one in shown]
        room = self.width() - GUTTER * (len(shown) - 1)
        left = 0
        for at, one in enumerate(shown):
            width = 4 * (room * shares[at] // sum(shares) // 4)
            if at == len(shown) - 1:
                width = self.width() - left
            one.setGeometry(left, 0, width, self.height())
            left += width + GUTTER
