"""What is shown while the records are opened, or cannot be. Owner thread: the GUI thread."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.words import _
from ui.placing import Column, height_of, on_grid
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Label
from ui.widgets.marks import Tone
from ui.widgets.motion import Spinner
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.shapes import Mark

_TITLE = {"officer": "officer.amount", "kiosk": "kiosk.title", "desk": "desk.title"}
_BUTTON = {"officer": ButtonSize.OFFICER, "kiosk": ButtonSize.KIOSK_MAIN, "desk": ButtonSize.DESK}
_BODY = {"officer": "officer.second", "kiosk": "kiosk.body", "desk": "desk.table"}


class StartScreen(Screen):
    """A spinner and a sentence; after a failure the sentence that says what to do.

    Signals:
        again_chosen: Try to open the terminal once more.
    """

    name = "start"
    again_chosen = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        place = look().profile.place
        self._title = Label(_("Stamford Parking"), _TITLE[place], parent=self)
        self._words = Label(
            _("Starting. This takes a moment."), _BODY[place], wrap=True, parent=self
        )
        self._spinner = Spinner(_("Starting"), parent=self)
        self._problem = NoticeBar(NoticeView(text=""), self)
        self._problem.setObjectName("problem")
        self._problem.hide()
        self._again = ActionButton(
            ButtonView(label=_("Try again"), icon=Icon.AGAIN, key="Enter", role=ButtonRole.MAIN),
            _BUTTON[place],
            self,
        )
        self._again.setObjectName("again_button")
        self._again.hide()
        self._again.clicked.connect(self.again_chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lay out for the size the shell gave."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        margin = look().tokens.margin[look().profile.place]
        column = Column(margin, on_grid(self.height() / 3), self.width() - 2 * margin)
        for part in (self._title, self._words, self._problem):
            column.put(part, gap=24)
        side = self._spinner.sizeHint().height()
        self._spinner.setGeometry(margin, self._problem.y(), side, side)
        high = height_of(self._again, 400)
        wide = on_grid(column.width / 2)
        self._again.setGeometry(self.width() - margin - wide, self.height() - high - 16, wide, high)

    def entered(self, *, problem: str = "") -> None:
        """Wait, or say why this terminal cannot start."""
        self._spinner.setVisible(not problem)
        self._words.setText(
            _("This terminal cannot start yet.") if problem else _("Starting. This takes a moment.")
        )
        self._problem.set_view(NoticeView(text=problem, tone=Tone.CAUTION, mark=Mark.CAUTION))
        self._problem.setVisible(bool(problem))
        self._again.setVisible(bool(problem))
        self._lay_out()

    def default_focus(self) -> QWidget | None:
        """The way on, when there is one."""
        return self._again if self._again.isVisibleTo(self) else None
