"""What painted widgets share: a frozen view, a measured text record, a fixed size, focus.

Owner thread: the GUI thread. A widget here draws its view and emits signals; it never asks the
clock, opens a file or imports the rules.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.canvas import Canvas, DrawnText

if TYPE_CHECKING:
    _Widget = QWidget
else:
    # Qt allows one class of its own among the bases; the class mixed into brings it.
    _Widget = object

View = TypeVar("View")

_RESTYLE = frozenset((QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.LanguageChange))


def paint(widget: QWidget, draw: Callable[[Canvas], None]) -> tuple[DrawnText, ...]:
    """Open a painter on a widget, draw, and return the texts that were drawn."""
    painter = QPainter(widget)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing
        | QPainter.RenderHint.TextAntialiasing
        | QPainter.RenderHint.SmoothPixmapTransform
    )
    canvas = Canvas(painter, look())
    try:
        draw(canvas)
    finally:
        painter.end()
    return tuple(canvas.drawn)


class _ShowsView(Generic[View], _Widget):
    """What every painted widget does; mixed into the class of Qt that it is.

    Subclasses give `draw`, `drawn_size` and `described`, and call `_begin` when Qt's part is made.
    """

    def _begin(self, view: View) -> None:
        self._view = view
        self._drawn: tuple[DrawnText, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.described(view))

    @property
    def view(self) -> View:
        """The view on show."""
        return self._view

    def set_view(self, view: View) -> None:
        """Show another view; nothing happens when it equals the one on show."""
        if view == self._view:
            return
        self._view = view
        self.setAccessibleName(self.described(view))
        self.updateGeometry()
        self.update()

    def draw(self, canvas: Canvas) -> None:
        """Paint the view into `self.area`."""
        raise NotImplementedError

    def drawn_size(self) -> QSize:
        """Size under the look in force; the width is the least one."""
        raise NotImplementedError

    def described(self, view: View) -> str:
        """The view in words with its state, for people who listen."""
        raise NotImplementedError

    @property
    def area(self) -> QRectF:
        """The widget's own rectangle."""
        return QRectF(self.rect())

    def drawn_texts(self) -> tuple[DrawnText, ...]:
        """The texts of the last painting, in order."""
        return self._drawn

    def sizeHint(self) -> QSize:
        """Qt: the drawn size."""
        return self.drawn_size()

    def minimumSizeHint(self) -> QSize:
        """Qt: the drawn size; what is painted is never squeezed."""
        return self.drawn_size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the view."""
        self._drawn = paint(self, self.draw)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: measure again after another theme or text scale."""
        if event.type() in _RESTYLE:
            self.updateGeometry()
            self.update()
        super().changeEvent(event)


class Painted(_ShowsView[View], QWidget):
    """A widget that paints one frozen view."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begin(view)


class Growing(Painted[View]):
    """A painted widget whose height follows from its width, because its text wraps.

    Layouts forget heights that depend on widths when they are nested; this one measures itself
    whenever its width changes and asks for exactly that height.
    """

    least_width = 200

    def height_for(self, width: int) -> int:
        """Height that the view needs in `width` px."""
        raise NotImplementedError

    def drawn_size(self) -> QSize:
        """The least width, and the height for the width it has now."""
        width = max(self.least_width, self.width())
        return QSize(self.least_width, self.height_for(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: another width may need another height."""
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        super().resizeEvent(event)


class PaintedButton(_ShowsView[View], QAbstractButton):
    """A control that paints one frozen view, is pressed by touch or key, and shows the ring.

    `clicked` is Qt's signal. A key counts only when it is pressed afresh: holding it down from
    the last screen does nothing. A heavy control also ignores the second half of a double tap.

    Attributes:
        heavy: It changes the world.
        tag: What it stands for among its siblings, told by `tag_pressed`.

    Signals:
        tag_pressed: Its tag, when it was pressed and has one. Connecting this to a method keeps
            no reference, which a lambda around the tag would: the page could never be freed.
    """

    tag_pressed = Signal(str)
    heavy = False
    tag = ""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begin(view)
        self._shortcuts: list[QShortcut] = []
        self.clicked.connect(self._tell_tag)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _tell_tag(self) -> None:
        if self.tag:
            self.tag_pressed.emit(self.tag)

    def bind_key(self, key: str) -> None:
        """Press this control with a key of the window; replaces the keys bound before.

        Enter presses the control that has the focus, this one when none has.

        Args:
            key: As drawn on the key cap, e.g. `F9`, `Esc`, `Enter`; empty for none.
        """
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        names = {"": (), "Enter": ("Return", "Enter")}.get(key, (key,))
        self._shortcuts = [QShortcut(QKeySequence(name), self) for name in names]
        for shortcut in self._shortcuts:
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._on_enter if key == "Enter" else self.click)

    def _on_enter(self) -> None:
        focused = self.window().focusWidget()
        (focused if isinstance(focused, QAbstractButton) else self).click()

    def hitButton(self, position: QPoint) -> bool:
        """Qt: the whole rectangle is the target."""
        return self.rect().contains(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter presses like Space; a held key does not."""
        if event.isAutoRepeat():
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: the second half of a double tap is no fresh press of a heavy control."""
        if self.heavy:
            event.accept()
        else:
            super().mouseDoubleClickEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: a finger that was down when the screen went is forgotten."""
        self.setDown(False)
        super().hideEvent(event)
