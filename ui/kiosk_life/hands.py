"""What hands do to the window, whatever screen is in front: touches, the held corner, rest.

Sees the events of the whole window before any screen. While the window rests, a touch only wakes
it: it presses nothing. Owner thread: the GUI thread.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWindow

CORNER_PX = 120
"""Side of the corner at the top left."""
CORNER_HOLD_MS = 5_000
_BEGINS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.TouchBegin,
        QEvent.Type.KeyPress,
    }
)
_ENDS = frozenset(
    {
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.TouchEnd,
        QEvent.Type.TouchCancel,
        QEvent.Type.KeyRelease,
    }
)
_CORNER = QRectF(0, 0, CORNER_PX, CORNER_PX)


class Hands(QObject):
    """Watches one window.

    Args:
        window: Whose events are seen; on screen already.

    Attributes:
        resting: Whether the next touch only wakes.

    Signals:
        touched: A touch or a key began.
        corner_held: The corner at the top left was held for five seconds.
    """

    touched = Signal()
    corner_held = Signal()

    def __init__(self, window: QWindow, parent: QObject) -> None:
        super().__init__(parent)
        self.resting = False
        self._waking = False
        self._corner = QTimer(self)
        self._corner.setSingleShot(True)
        self._corner.setInterval(CORNER_HOLD_MS)
        self._corner.timeout.connect(self.corner_held)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: see an event first; True keeps it from the screens."""
        del watched
        kind = event.type()
        if kind in _BEGINS:
            # Until it is let go, the touch that wakes presses nothing.
            self._waking = self._waking or self.resting
            self.touched.emit()
        waking = self._waking and (kind in _BEGINS or kind in _ENDS)
        if kind in _ENDS:
            self._waking = False
        if isinstance(event, QMouseEvent):
            self._follow_corner(event)
        return waking

    def _follow_corner(self, event: QMouseEvent) -> None:
        held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if not held or not _CORNER.contains(event.position()):
            self._corner.stop()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._corner.start()
