"""Entry of text: a large field with its label inside, a broad caret, and the focus ring.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from ui.theme.faces import face
from ui.theme.look import look
from ui.widgets.canvas import LEFT, Canvas, DrawnText
from ui.widgets.painted import paint
from ui.widgets.shapes import Mark
from ui.widgets.typeset import advance

_CARET_PX = 4


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """The figures of one size of field: drawn height, type uses, letter spacing, capitals."""

    drawn_px: int
    use: str
    label_use: str
    spacing_percent: int = 100
    capitals: bool = False
    secret: bool = False


class FieldSize(Enum):
    """The sizes of the pictures; a secret one shows dots."""

    OFFICER_PLATE = FieldSpec(84, "officer.entry", "officer.label", 105, capitals=True)
    OFFICER_TEXT = FieldSpec(84, "officer.title", "officer.label")
    OFFICER_PIN = FieldSpec(84, "officer.entry", "officer.label", 110, secret=True)
    KIOSK_TEXT = FieldSpec(132, "kiosk.heading", "kiosk.least")
    KIOSK_CODE = FieldSpec(132, "kiosk.panel", "kiosk.least", 105, capitals=True)
    DESK_TEXT = FieldSpec(68, "desk.strong", "desk.least")
    DESK_PIN = FieldSpec(68, "desk.heading", "desk.least", 110, secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """What stands around the text.

    Attributes:
        label: What to enter.
        problem: Why the text is not good, in a few words; shown in place of the label.
        most: Longest text that can be entered.
        enabled: Whether it can be changed.
    """

    label: str
    problem: str = ""
    most: int = 200
    enabled: bool = True


class _Editor(QLineEdit):
    """Qt's editor with a broad, steady caret."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.hasFocus() or self.isReadOnly() or self.hasSelectedText():
            return
        caret = self.cursorRect()
        painter = QPainter(self)
        painter.fillRect(
            min(caret.center().x() - 1, self.width() - _CARET_PX),
            caret.top(),
            _CARET_PX,
            caret.height(),
            QColor(look().palette.chosen_border),
        )
        painter.end()


def capitals(text: str) -> str:
    """Upper case, letter by letter: a letter never becomes two."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


class TextField(QWidget):
    """A field with its label inside.

    Signals:
        text_changed: The text, after every change by the person.
        entered: Enter was pressed afresh.
        focus_gained: The field can be typed into now.
    """

    text_changed = Signal(str)
    entered = Signal()
    focus_gained = Signal()

    def __init__(
        self,
        view: FieldView,
        size: FieldSize = FieldSize.OFFICER_TEXT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._spec = size.value
        self._drawn: tuple[DrawnText, ...] = ()
        self._editor = _Editor(self)
        self._editor.setFrame(False)
        self._editor.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        if self._spec.secret:
            self._editor.setEchoMode(QLineEdit.EchoMode.Password)
        self._editor.textEdited.connect(self._on_edited)
        self._editor.installEventFilter(self)
        self.setFocusProxy(self._editor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self._dress()
        self._take()

    @property
    def view(self) -> FieldView:
        """What stands around the text."""
        return self._view

    def set_view(self, view: FieldView) -> None:
        """Show another label or problem; the text stays."""
        self._view = view
        self._take()
        self.update()

    def text(self) -> str:
        """The text as entered."""
        return self._editor.text()

    def set_text(self, text: str) -> None:
        """Put a text in; `text_changed` is for the person's own changes only."""
        if text != self._editor.text():
            self._editor.setText(capitals(text) if self._spec.capitals else text)

    def insert(self, letters: str) -> None:
        """Type from a keypad: at the caret, and heard like typing."""
        self._editor.insert(letters)

    def backspace(self) -> None:
        """Delete from a keypad: the letter before the caret."""
        self._editor.backspace()

    def select_all(self) -> None:
        """Mark the whole text, so that typing replaces it."""
        self._editor.selectAll()

    def _take(self) -> None:
        self._editor.setMaxLength(self._view.most)
        self._editor.setEnabled(self._view.enabled)
        words = ", ".join(part for part in (self._view.label, self._view.problem) if part)
        self.setAccessibleName(words)
        self._editor.setAccessibleName(words)

    def _dress(self) -> None:
        spec, now = self._spec, look()
        style = now.style(spec.use)
        self._editor.setFont(
            face(style.weight, now.text_px(spec.use), spacing_percent=spec.spacing_percent)
        )
        self.updateGeometry()
        self._place()

    def _on_edited(self, text: str) -> None:
        if self._spec.capitals and capitals(text) != text:
            at = self._editor.cursorPosition()
            self._editor.setText(capitals(text))
            self._editor.setCursorPosition(at)
        self.text_changed.emit(self._editor.text())

    def sizeHint(self) -> QSize:
        """Qt: as drawn, at least the floor in mm."""
        now = look()
        high = now.profile.target_px(now.grown(self._spec.drawn_px))
        return QSize(now.grown(280), high)

    def minimumSizeHint(self) -> QSize:
        """Qt: room for eight letters."""
        spec, now = self._spec, look()
        wide = advance(
            "M" * 6, now.style(spec.use).weight, now.text_px(spec.use), spec.spacing_percent
        )
        return QSize(round(min(wide, now.grown(240))) + 56, self.sizeHint().height())

    def _place(self) -> None:
        top = 8 + label_high(self._spec.label_use) * 0.9
        self._editor.setGeometry(
            24, round(top), max(8, self.width() - 48), round(self.height() - top - 6)
        )

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the whole field is the target."""
        self._editor.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: ring on focus, Enter only when pressed afresh."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
            if event.type() == QEvent.Type.FocusIn:
                self.focus_gained.emit()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if not event.isAutoRepeat():
            self.entered.emit()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: frame, label, ring."""
        self._drawn = paint(self, self._draw)

    def drawn_texts(self) -> tuple[DrawnText, ...]:
        """The texts of the last painting."""
        return self._drawn

    def _draw(self, canvas: Canvas) -> None:
        focused = self._editor.hasFocus()
        draw_field(canvas, QRectF(self.rect()), self._view, self._spec.label_use, focused=focused)


def draw_field(
    canvas: Canvas, rect: QRectF, view: FieldView, label_use: str, *, focused: bool
) -> None:
    """Draw the frame of a field with its label, or with what is wrong in place of the label."""
    c, place = canvas.colours, canvas.look.profile.place
    radius = canvas.look.tokens.radius[f"{place}_control"]
    canvas.box(
        rect,
        fill=c.control if view.enabled else c.page,
        border=c.bad if view.problem else c.control_border,
        width=4 if view.problem else 2,
        radius=radius,
    )
    if focused:
        canvas.ring(rect, radius=radius, on_dark=False)
    label = QRectF(26, 8, rect.width() - 52, label_high(label_use))
    if view.problem:
        side = label.height() * 0.9
        canvas.mark(Mark.BAD, QRectF(24, label.center().y() - side / 2, side, side))
        label.setLeft(24 + side + 8)
    canvas.text(label, view.problem or view.label, label_use, align=LEFT)


def label_high(label_use: str) -> float:
    """Return the height of a field's label in px under the look in force."""
    return look().text_px(label_use) * 1.3
