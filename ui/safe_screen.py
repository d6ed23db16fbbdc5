"""The safe screen after a fault of ours: nothing saved is lost, and what to do.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.words import _
from parking.errors import BugError
from ui.placing import Column, height_of, on_grid
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Label
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.shapes import Mark

_TITLE = {"officer": "officer.amount", "kiosk": "kiosk.title", "desk": "desk.title"}
_BODY = {"officer": "officer.second", "kiosk": "kiosk.body", "desk": "desk.table"}
_BUTTON = {"officer": ButtonSize.OFFICER, "kiosk": ButtonSize.KIOSK_MAIN, "desk": ButtonSize.DESK}


class SafeScreen(Screen):
    """Says that this program met a fault, and offers the way on.

    Signals:
        go_on_chosen: Back to the first screen.
    """

    name = "safe"
    go_on_chosen = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        place = look().profile.place
        self._what = NoticeBar(NoticeView(text="", tone=Tone.CAUTION, mark=Mark.CAUTION), self)
        self._what.setObjectName("fault")
        self._on = ActionButton(
            ButtonView(label=_("Go on"), icon=Icon.AGAIN, key="Enter", role=ButtonRole.MAIN),
            _BUTTON[place],
            self,
        )
        self._on.setObjectName("go_on_button")
        self._on.clicked.connect(self.go_on_chosen)
        self._title = Label(_("This program met a fault"), _TITLE[place], parent=self)
        self._words = Label(
            _("Everything that was saved is safe. Nobody was charged by this."),
            _BODY[place],
            wrap=True,
            parent=self,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lay out for the size the shell gave."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        margin = look().tokens.margin[look().profile.place]
        column = Column(margin, margin, self.width() - 2 * margin)
        for part in (self._title, self._words, self._what):
            column.put(part, gap=24)
        high = height_of(self._on, 400)
        wide = on_grid(column.width / 2)
        self._on.setGeometry(self.width() - margin - wide, self.height() - high - 16, wide, high)

    def entered(self, *, error: BugError) -> None:
        """Show where it happened; details are in the log, not on the screen."""
        words = _("Go on, and tell IT: {where}. The log of this device has the details.")
        self._what.set_view(
            NoticeView(
                text=words.format(where=str(error).split("(")[0][:80]),
                tone=Tone.CAUTION,
                mark=Mark.CAUTION,
            )
        )
        self._lay_out()

    def default_focus(self) -> QWidget:
        """The way on."""
        return self._on

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter goes on."""
        return {"Enter": self.go_on_chosen.emit}
