"""Dims the panel of a pay station that nobody uses; the first touch only wakes it.

A dark sheet over everything: it works on every panel, and spares those whose light follows the
picture. Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.kiosk_life.hands import Hands

REST_MS = 5 * 60_000
_DARK = QColor(0, 0, 0, 200)
"""Words stay readable from near, so that nobody takes the pay station for broken."""


class Rest(QObject):
    """Dims a window after minutes without a touch.

    Args:
        hands: Tells of touches.
        over: What is dimmed.
        may_rest: Whether nobody can be waiting for something on the screen in front.
        after_ms: Without a touch, > 0.
    """

    def __init__(
        self, hands: Hands, over: QWidget, may_rest: Callable[[], bool], *, after_ms: int = REST_MS
    ) -> None:
        super().__init__(over)
        self._hands = hands
        self._may_rest = may_rest
        self._sheet = _Sheet(over)
        self._timer = QTimer(self)
        self._timer.setInterval(after_ms)
        self._timer.timeout.connect(self._on_long_alone)
        self._timer.start()
        hands.touched.connect(self.wake)

    @property
    def resting(self) -> bool:
        """Whether the window is dim now."""
        return self._hands.resting

    def wake(self) -> None:
        """Somebody is there, or something happened that must be seen."""
        self._timer.start()
        self._hands.resting = False
        self._sheet.hide()

    def _on_long_alone(self) -> None:
        if self._may_rest():
            self._hands.resting = True
            self._sheet.cover()


class _Sheet(QWidget):
    """Half dark, and no target itself."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("rest")
        self.setProperty("floats", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lie over everything."""
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: darken what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _DARK)
        painter.end()
