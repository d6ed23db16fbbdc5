"""The sync panel as a page of the desk. Owner thread: the GUI thread."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ports import TerminalNews
from app.words import _
from ui.screen import Screen
from ui.supervisor.office import Office
from ui.supervisor.page import DeskScreen
from ui.supervisor.rail_state import SYNC, data_age
from ui.sync.hand_over import HandOverTaker
from ui.sync.panel import AsksSync, Surroundings, SyncPanel
from ui.tasks import Tasks
from ui.widgets.motion import ProgressLine, ProgressView


class DeskSyncScreen(DeskScreen):
    """The panel at a desk.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        sync: The use cases.
        hand_over: Makes the part that takes hand-over files.
    """

    name = SYNC

    def __init__(
        self,
        tasks: Tasks,
        office: Office,
        sync: AsksSync,
        hand_over: Callable[[Screen], HandOverTaker],
    ) -> None:
        super().__init__(tasks, office)
        around = Surroundings(now=lambda: office.now().utc, zone=lambda: None)
        self._panel = SyncPanel(self, sync, around)
        self._taker = hand_over(self)
        self._taker.progressed.connect(self._on_progress)
        self._taking = ProgressLine(ProgressView(words=""))
        self._taking.setObjectName("take_progress")
        self._taking.hide()
        for button in (self._taker.button, self._panel.sync_button):
            self.head.buttons.addWidget(button)
        self.body.addWidget(self._taking)
        self.body.addWidget(self._panel, 1)

    def entered(self) -> None:
        """Read how it stands."""
        self.draw_rail()
        self.redraw()
        self._panel.entered()

    def default_focus(self) -> QWidget:
        """Asking for an exchange harms nothing."""
        return self._panel.sync_button

    def heard(self, news: TerminalNews) -> None:
        """Something was exchanged."""
        super().heard(news)
        self._panel.heard(news)
        self.redraw()

    def refresh(self) -> None:
        """Read how it stands; the panel does so by itself whenever sync speaks."""

    def _on_progress(self, view: ProgressView | None) -> None:
        self._taking.setVisible(view is not None)
        if view is not None:
            self._taking.set_view(view)

    def redraw(self) -> None:
        """Count the ages on."""
        now = self.office.now().utc
        self.head.set_words(_("Sync"), data_age(self.office.reached_utc, now))
        self._panel.ticked()
