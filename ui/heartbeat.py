"""Tells the service manager from the GUI thread that the screens still live.

A hung GUI thread falls silent and systemd starts the program anew (``WatchdogSec=``). No effect
where no service manager listens. Owner thread: the GUI thread.
"""

from PySide6.QtCore import QObject, QTimer

from app.adapters.linux.service_manager import ALIVE, ENDING, READY, ServiceManager


class Heartbeat(QObject):
    """Beats as often as the service manager wants to hear.

    Args:
        manager: Who listens.
        parent: Beats as long as this lives.
    """

    def __init__(self, manager: ServiceManager, parent: QObject) -> None:
        super().__init__(parent)
        self._manager = manager
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: manager.tell(ALIVE))

    def begin(self) -> None:
        """The first picture is painted."""
        self._manager.tell(READY)
        if tick_ms := self._manager.tick_ms:
            self._timer.start(tick_ms)

    def end(self) -> None:
        """The program ends in order."""
        self._timer.stop()
        self._manager.tell(ENDING)
