"""The window of a pay station in the street: the whole panel, and no way out of it.

Keys that the screens do not use, other buttons than the finger's, gestures, drops and the wish to
close end here; a window that was hidden, lowered or lost the keyboard comes back. What the system
itself offers (virtual consoles, its own keys) is shut by the service unit: see
``docs/guides/kiosk-service.md``. Owner thread: the GUI thread.
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWindow,
)
from PySide6.QtWidgets import QWidget

from parking.errors import BugError
from ui.shell import Shell

_BACK_MS = 1_000
_X11 = "xcb"
"""Only X lets a program raise itself and take the keyboard; a compositor for kiosks does it."""
_AWAY = Qt.WindowState.WindowMinimized | Qt.WindowState.WindowMaximized
_OWN_KEYS = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_F1,
        Qt.Key.Key_F9,
    }
)
_OF_THE_SYSTEM = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_FIRST_NOT_A_LETTER = 0x01000000
"""Keys from here on have no letter (Qt.Key)."""
_NEVER = frozenset(
    {
        QEvent.Type.ContextMenu,
        QEvent.Type.NativeGesture,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.TabletPress,
        QEvent.Type.Wheel,
    }
)
_BUTTONS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
    }
)
_LOST = frozenset({QEvent.Type.FocusOut, QEvent.Type.WindowStateChange})


def is_own_key(event: QKeyEvent) -> bool:
    """Tell whether a key is one that a pay station uses; all others are swallowed."""
    if event.modifiers() & _OF_THE_SYSTEM:
        return False
    return event.key() in _OWN_KEYS or 0 < event.key() < _FIRST_NOT_A_LETTER


class KioskWindow(QWidget):
    """Fills the panel with the shell in its middle and lets nobody out.

    Args:
        shell: Becomes a part of this window.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle(shell.windowTitle())
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._shell = shell
        shell.setParent(self)
        self._come_back = QTimer(self)
        self._come_back.setSingleShot(True)
        self._come_back.timeout.connect(self._return)
        self._watch = QTimer(self)
        self._watch.setInterval(_BACK_MS)
        self._watch.timeout.connect(self._return)

    def open(self) -> None:
        """Fill the panel, and stay."""
        self.winId()
        self._handle().installEventFilter(self)
        self.showFullScreen()
        self._shell.show()
        self._watch.start()
        self._return()

    def let_go(self) -> None:
        """Let this window be closed, hidden and left again: the program ends."""
        self._watch.stop()
        self._come_back.stop()
        self._handle().removeEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: keep the shell in the middle of whatever panel this is."""
        super().resizeEvent(event)
        room = self.rect().center() - self._shell.rect().center()
        self._shell.move(max(0, room.x()), max(0, room.y()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the wish to close, of a window manager or Alt+F4, is not heard."""
        if self._watch.isActive():
            event.ignore()
            self._come_back.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: come back."""
        super().hideEvent(event)
        if self._watch.isActive():
            self._come_back.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: what reaches the window before any part of it; True ends it here."""
        del watched
        kind = event.type()
        if kind in _NEVER or _is_foreign(event):
            return True
        if kind in _LOST:
            self._come_back.start()
        return False

    def _return(self) -> None:
        if not self.isVisible() or not self.isFullScreen() or self.windowState() & _AWAY:
            self.showFullScreen()
        if not self.isActiveWindow():
            self.activateWindow()
        if QGuiApplication.platformName() == _X11:
            self.raise_()
            # Taken again each time: it cannot be had while another program holds it.
            self._handle().setKeyboardGrabEnabled(True)

    def _handle(self) -> QWindow:
        handle = self.windowHandle()
        if handle is None:
            raise BugError("the window of a pay station is used before it was opened")
        return handle


def _is_foreign(event: QEvent) -> bool:
    """Whether a key or a button is none that a pay station has."""
    if isinstance(event, QKeyEvent):
        return not is_own_key(event)
    if event.type() in _BUTTONS and isinstance(event, QMouseEvent):
        return event.button() != Qt.MouseButton.LeftButton
    return False
