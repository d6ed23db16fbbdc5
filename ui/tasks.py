"""The bridge from the lanes to the GUI thread: starts tasks, brings outcomes by queued signal.

Owner thread: the GUI thread; ``tell_news`` alone may be called from any. Must not import storage,
network or crypto: the first window is on screen before those are loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.lanes import Failed, Lanes, Outcome, Task, Ticket
from parking.errors import ParkingError

if TYPE_CHECKING:
    from app.ports import TerminalNews

T = TypeVar("T")
SLOW_AFTER_MS = 1000
"""A person sees progress for anything that takes longer (issue 2)."""


@dataclass(slots=True, eq=False)
class _Flight:
    """One started task and who waits for it."""

    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[ParkingError], None]
    words: str
    ticket: Ticket | None = None
    slow: bool = False


class Tasks(QObject):
    """Runs tasks for screens.

    Signals:
        slow_changed: What the person waits for, in words; empty when nothing takes long.
        news_arrived: A ``TerminalNews`` of the sync loop.
    """

    slow_changed = Signal(str)
    news_arrived = Signal(object)
    _landed = Signal(object, object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._flights: list[_Flight] = []
        self._landed.connect(self._on_landed, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        owner: QObject,
        task: Task[T],
        done: Callable[[T], None],
        *,
        failed: Callable[[ParkingError], None],
        words: str = "",
    ) -> Ticket:
        """Start a task; exactly one of the callbacks follows on the GUI thread.

        Args:
            owner: When this object is gone by then, the outcome is dropped.
            task: What to do.
            done: Gets the value.
            failed: Gets the error.
            words: Shown as progress when it takes more than a second.
        """
        flight = _Flight(owner=owner, done=done, failed=failed, words=words)
        self._flights.append(flight)

        def told(outcome: Outcome[T]) -> None:
            self._landed.emit(flight, outcome)

        flight.ticket = self._lanes.start(task, told)
        if words:
            QTimer.singleShot(SLOW_AFTER_MS, self, lambda: self._on_still_running(flight))
        return flight.ticket

    def tell_news(self, news: "TerminalNews") -> None:
        """Bring news of the sync loop to the screens. Any thread."""
        self.news_arrived.emit(news)

    @property
    def waiting_for(self) -> str:
        """What takes longer than a second right now, in words; empty when nothing does."""
        return next((flight.words for flight in self._flights if flight.slow), "")

    @property
    def idle(self) -> bool:
        """Whether every started task has landed."""
        return not self._flights

    def _on_still_running(self, flight: _Flight) -> None:
        if flight in self._flights:
            flight.slow = True
            self.slow_changed.emit(self.waiting_for)

    def _on_landed(self, flight: _Flight, outcome: Outcome[Any]) -> None:
        self._flights.remove(flight)
        if flight.slow:
            self.slow_changed.emit(self.waiting_for)
        if not shiboken6.isValid(flight.owner):
            return
        if isinstance(outcome, Failed):
            flight.failed(outcome.error)
        else:
            flight.done(outcome.value)
