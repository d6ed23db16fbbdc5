"""Entry of several lines: a frame like every field's, the words inside wrap and scroll.

Owner thread: the GUI thread.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.canvas import Canvas, DrawnText
from ui.widgets.fields import FieldView, draw_field, label_high
from ui.widgets.painted import paint

_LINES = 2
_CARET_PX, _WIDE_PX = 4, 240


class NoteField(QWidget):
    """A field of several lines. Longer text than ``view.most`` can be entered: who asks refuses it.

    Tab leaves it, Enter begins a line.

    Args:
        view: What stands around the text.
        use: Type style of the text.
        label_use: Type style of the label.

    Signals:
        words_edited: The text was changed, by the person or by ``set_text``.
    """

    words_edited = Signal()

    def __init__(
        self, view: FieldView, use: str, label_use: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._use = use
        self._label_use = label_use
        self._drawn: tuple[DrawnText, ...] = ()
        self._editor = QPlainTextEdit(self)
        self._editor.setTabChangesFocus(True)
        self._editor.setCursorWidth(_CARET_PX)
        self._editor.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._editor.textChanged.connect(self.words_edited)
        self._editor.installEventFilter(self)
        self.setFocusProxy(self._editor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._dress()
        self.set_view(view)

    @property
    def view(self) -> FieldView:
        """What stands around the text."""
        return self._view

    def set_view(self, view: FieldView) -> None:
        """Show another label or problem; the text stays."""
        self._view = view
        words = ", ".join(part for part in (view.label, view.problem) if part)
        self.setAccessibleName(words)
        self._editor.setAccessibleName(words)
        self._editor.setEnabled(view.enabled)
        self.update()

    def text(self) -> str:
        """The text as entered."""
        return self._editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text in, the caret behind it."""
        if text != self.text():
            self._editor.setPlainText(text)
            self._editor.moveCursor(self._editor.textCursor().MoveOperation.End)

    def sizeHint(self) -> QSize:
        """Qt: two lines under the label; a fixed width, for the words wrap."""
        high = self._top() + _LINES * 1.5 * look().text_px(self._use) + 12
        return QSize(_WIDE_PX, 4 * -(-round(high) // 4))

    def minimumSizeHint(self) -> QSize:
        """Qt: never less than that."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the editor fills the room under the label."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another theme or text scale."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
            self.update()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the ring follows the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: frame, label, ring."""
        self._drawn = paint(self, self._draw)

    def drawn_texts(self) -> tuple[DrawnText, ...]:
        """The texts of the last painting."""
        return self._drawn

    def _draw(self, canvas: Canvas) -> None:
        focused = self._editor.hasFocus()
        draw_field(canvas, QRectF(self.rect()), self._view, self._label_use, focused=focused)

    def _top(self) -> float:
        return 12 + label_high(self._label_use)

    def _dress(self) -> None:
        self._editor.setFont(look().font(self._use))
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        top = 4 * -(-round(self._top()) // 4)
        wide, high = max(8, self.width() - 28), max(8, self.height() - top - 12)
        self._editor.setGeometry(20, top, wide, high)
