"""The life of a pay station around a purchase: it closes, opens, rests, and lets service in.

Made when the terminal is open (``ui.opening``). Owner thread: the GUI thread.
"""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from parking.errors import BugError
from ui.kiosk.page import HOME
from ui.kiosk_life.closed import CLOSED, ClosedScreen
from ui.kiosk_life.hands import Hands
from ui.kiosk_life.rest import Rest
from ui.kiosk_life.service import SERVICE, ServiceScreen
from ui.kiosk_life.service_entry import SERVICE_ENTRY
from ui.shell import Shell

LEFT_FOR_SERVICE = 86
"""Exit status after which the service manager does not start the pay station again."""
_QUIET = frozenset({HOME, CLOSED})
"""Screens on which nobody has begun anything."""


class KioskLife(QObject):
    """Watches over one pay station.

    Args:
        shell: Its window, shown, with the screens of a pay station on its stack.

    Raises:
        BugError: It is no pay station's.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        closed = shell.screen_named(CLOSED)
        if not isinstance(closed, ClosedScreen):
            raise BugError("a pay station has no screen that says why it sells nothing")
        self._closed = closed
        window = shell.window()
        window.winId()
        handle = window.windowHandle()
        if handle is None:
            raise BugError("a pay station lives before it has a window")
        self.hands = Hands(handle, self)
        self.rest = Rest(self.hands, window, self._is_quiet)
        self.hands.corner_held.connect(self._on_corner_held)
        service = shell.screen_named(SERVICE)
        if isinstance(service, ServiceScreen):
            service.leave_chosen.connect(lambda: QApplication.exit(LEFT_FOR_SERVICE))
        shell.ticked.connect(lambda _now: self.look())
        shell.tasks.news_arrived.connect(lambda _news: self.look())
        shell.screen_shown.connect(self._on_screen_shown)

    def look(self) -> None:
        """Close when nothing can be sold, open again when it can; never in somebody's purchase."""
        front, why = self._shell.current, self._closed.why
        # A payment that a stop interrupted is looked for first: it goes on even when closed.
        if front.name == HOME and why is not None and not front.asking("unfinished"):
            self._shell.show_screen(CLOSED)
        elif front.name == CLOSED and why is None:
            self._shell.show_screen(HOME)

    def _on_corner_held(self) -> None:
        if self._is_quiet():
            self._shell.show_screen(SERVICE_ENTRY)

    def _is_quiet(self) -> bool:
        return self._shell.current.name in _QUIET

    def _on_screen_shown(self, name: str) -> None:
        if name not in _QUIET:
            self.rest.wake()
