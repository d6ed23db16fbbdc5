"""Large panels of the pay station: what happened, what it means, what to do.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.answer import AnswerKind, paint_panel, panel_ink
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.canvas import LEFT, Canvas, rounded, text_height, wish_of
from ui.widgets.marks import Tone, tone_colours
from ui.widgets.painted import Growing, paint
from ui.widgets.shapes import Mark
from ui.widgets.typeset import set_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of a panel in a type style of the tokens."""

    text: str
    use: str = "kiosk.body"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """What happened.

    Attributes:
        kind: Picture: PAID green, CANNOT_KNOW striped, EXPIRED dark, GRACE cream.
        lines: From the top; the first is the title.
        mark: Another shape than the kind's own, e.g. a triangle on stripes.
        block_px: Width of the block with the shape; 0 puts a small shape inside the ground.
    """

    kind: AnswerKind
    lines: tuple[LineView, ...]
    mark: Mark | None = None
    block_px: int = 288


class ResultPanel(Growing[ResultView]):
    """A panel as high as its lines, with the shape in a block or beside the words."""

    least_width = 640

    def _words_width(self, width: float) -> float:
        if self.view.block_px:
            return width - self.view.block_px - 32 - 28 - 16
        return width - 20 - 36 - 104 - 28 - 44

    def _heights(self, width: float) -> list[float]:
        words = self._words_width(width)
        return [self._height(line, words) for line in self.view.lines]

    @staticmethod
    def _height(line: LineView, width: float) -> float:
        """A title rather shrinks than wraps: its last word must not stand alone."""
        if look().style(line.use).weight == 800:
            one = set_text(line.text, wish_of(look(), line.use), width)
            if one.fits:
                return one.height
        return text_height(line.text, line.use, width)

    def height_for(self, width: int) -> int:
        """Lines and the air around them."""
        return max(192, 4 * round((sum(self._heights(width)) + 80) / 4))

    def described(self, view: ResultView) -> str:
        """All lines."""
        return ". ".join(line.text.rstrip(".") for line in view.lines)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect = self.view, self.area
        ink = panel_ink(view.kind, canvas.colours)
        if view.block_px:
            inner = paint_panel(canvas, rect, ink, view.block_px, mark=view.mark)
            left = inner.left() + 32
        else:
            canvas.stripes(rounded(rect, 20), band=14)
            inner = rect.adjusted(20, 20, -20, -20)
            canvas.box(inner, fill=ink.ground, radius=10)
            spot = QRectF(inner.left() + 36, inner.center().y() - 52, 104, 104)
            canvas.mark(view.mark or ink.mark, spot)
            left = spot.right() + 28
        words = self._words_width(rect.width())
        heights = self._heights(rect.width())
        top = rect.center().y() - sum(heights) / 2
        for line, high in zip(view.lines, heights, strict=True):
            canvas.text(
                QRectF(left, top, words, high), line.text, line.use, colour=ink.text, lines=9
            )
            top += high


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A message in its place, never a window over the work.

    Attributes:
        tone: Ground and border.
        mark: The shape at its left.
        text: What happened and what to do, in one or two sentences.
        title: Words above the text; empty for none.
        action: Words of its button, e.g. `Undo`; empty for none.
        key: The key that does the same as the button.
    """

    text: str
    tone: Tone = Tone.INFO
    mark: Mark = Mark.INFO
    title: str = ""
    action: str = ""
    key: str = ""


class _NoticeWords(Growing[NoticeView]):
    least_width = 240

    def _uses(self) -> tuple[str, str]:
        return {
            "kiosk": ("kiosk.count", "kiosk.least"),
            "officer": ("officer.heading", "officer.detail"),
            "desk": ("desk.heading", "desk.table"),
        }[look().profile.place]

    def _mark_px(self) -> int:
        return look().grown(44 if look().profile.place == "kiosk" else 32)

    def _heights(self, width: float) -> tuple[float, float]:
        title, text = self._uses()
        words = width - self._mark_px() - 20
        return (
            text_height(self.view.title, title, words),
            text_height(self.view.text, text, words),
        )

    def height_for(self, width: int) -> int:
        return max(self._mark_px(), 4 * -(-int(sum(self._heights(width)) + 0.9) // 4))

    def described(self, view: NoticeView) -> str:
        return f"{view.title} {view.text}".strip()

    def draw(self, canvas: Canvas) -> None:
        view, rect = self.view, self.area
        side = self._mark_px()
        canvas.mark(view.mark, QRectF(0, rect.center().y() - side / 2, side, side))
        left, (title, text) = side + 20, self._uses()
        words = rect.width() - left
        upper, lower = self._heights(rect.width())
        top = rect.center().y() - (upper + lower) / 2
        ink = tone_colours(view.tone, canvas.colours)[2]
        canvas.text(QRectF(left, top, words, upper), view.title, title, colour=ink, lines=9)
        canvas.text(
            QRectF(left, top + upper, words, lower),
            view.text,
            text,
            colour=ink,
            lines=9,
            align=LEFT,
        )


class NoticeBar(QWidget):
    """A message in its place, with at most one button, e.g. to undo.

    Signals:
        action_pressed: The button or its key was pressed.
    """

    action_pressed = Signal()

    def __init__(self, view: NoticeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        row = self._row = QHBoxLayout(self)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        kiosk = look().profile.place == "kiosk"
        side, edge = (24, 20) if kiosk else (20, 12)
        row.setContentsMargins(side, edge, side, edge)
        row.setSpacing(16)
        self._words = _NoticeWords(view, self)
        # Beside a higher button the words stand in the middle, not on the grid.
        self._words.setProperty("off_grid", True)
        row.addWidget(self._words, 1)
        size = {
            "kiosk": ButtonSize.KIOSK_ACCESS,
            "officer": ButtonSize.OFFICER_CHIP,
            "desk": ButtonSize.DESK,
        }[look().profile.place]
        self._button = ActionButton(ButtonView(label=view.action, key=view.key), size, self)
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.action_pressed)
        row.addWidget(self._button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_view(view)

    @property
    def view(self) -> NoticeView:
        """The view on show."""
        return self._view

    def set_view(self, view: NoticeView) -> None:
        """Show another message."""
        self._view = view
        self._words.set_view(view)
        self._button.set_view(ButtonView(label=view.action, key=view.key if view.action else ""))
        self._button.setVisible(bool(view.action))
        self.setAccessibleName(self._words.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: as high as the words need in the width it has."""
        edges = self._row.contentsMargins()
        button = self._button.sizeHint() if self._view.action else QSize(0, 0)
        room = self.width() - edges.left() - edges.right() - button.width()
        room -= self._row.spacing() if self._view.action else 0
        words = self._words.height_for(max(room, self._words.least_width))
        high = max(words, button.height()) + edges.top() + edges.bottom()
        return QSize(self._row.minimumSize().width(), high)

    def minimumSizeHint(self) -> QSize:
        """Qt: never lower than its words."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: another width may need another height."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: paint the ground."""
        paint(self, self._draw_ground)

    def _draw_ground(self, canvas: Canvas) -> None:
        ground, border, _ = tone_colours(self._view.tone, canvas.colours)
        kiosk = canvas.look.profile.place == "kiosk"
        canvas.box(
            QRectF(self.rect()),
            fill=ground,
            border=border,
            width=3 if kiosk else 2,
            radius=canvas.look.tokens.radius["kiosk_control" if kiosk else "officer_card"],
        )
