"""The sync panel as a page of the officer. Owner thread: the GUI thread."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ports import TerminalNews
from app.words import _
from parking.clock import Clock, Reading
from parking.zone import Zone
from ui.officer.frame import ActionRow, button, page
from ui.screen import Screen
from ui.sync.hand_over import HandOverWriter
from ui.sync.panel import AsksSync, Surroundings, SyncPanel
from ui.tasks import Tasks
from ui.theme.icons import Icon


class OfficerSyncScreen(Screen):
    """The panel in the street.

    Args:
        tasks: The bridge to the lanes.
        sync: The use cases.
        clock: Of this terminal.
        zone: Tells where the officer stands.
        hand_over: Makes the part that writes hand-over files.
    """

    name = "sync"

    def __init__(
        self,
        tasks: Tasks,
        sync: AsksSync,
        *,
        clock: Clock,
        zone: Callable[[], Zone | None],
        hand_over: Callable[[Screen], HandOverWriter],
    ) -> None:
        super().__init__(tasks)
        around = Surroundings(now=lambda: clock.now().utc, zone=zone)
        self._panel = SyncPanel(self, sync, around)
        self._back = button("sync_back_button", _("Back"), Icon.LEFT, "Esc")
        self._back.clicked.connect(lambda: self.go("check", keep=True))
        self._writer = hand_over(self)
        whole = page(self)
        whole.addWidget(self._panel, 1)
        whole.addWidget(ActionRow(self._back, self._writer.button, heavy=self._panel.sync_button))

    def entered(self) -> None:
        """Read how it stands."""
        self._panel.entered()

    def default_focus(self) -> QWidget:
        """Back to work."""
        return self._back

    def heard(self, news: TerminalNews) -> None:
        """Something was exchanged."""
        self._panel.heard(news)

    def ticked(self, now: Reading) -> None:
        """A second has passed."""
        del now
        self._panel.ticked()
