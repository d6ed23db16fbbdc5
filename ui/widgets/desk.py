"""Small parts of the desk: number card, lines with a shape, rollout rings.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize

from ui.theme.look import look
from ui.widgets.canvas import Canvas, text_height
from ui.widgets.cards import paint_card
from ui.widgets.painted import Growing, Painted
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """A figure: the number, what it counts, what it compares to, and a shape that judges it."""

    number: str
    label: str
    detail: str = ""
    mark: Mark | None = None


class NumberCard(Painted[NumberView]):
    """A figure in a card, 112 px high."""

    def drawn_size(self) -> QSize:
        """At least 140 px wide."""
        return QSize(140, look().grown(112))

    def described(self, view: NumberView) -> str:
        """The figure in words."""
        return f"{view.number} {view.label}, {view.detail}".rstrip(", ")

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_number(canvas, self.area, self.view)


def paint_number(canvas: Canvas, rect: QRectF, view: NumberView) -> None:
    """Draw a figure in a card that fills a rectangle. Any thread, on paper too."""
    paint_card(canvas, rect)
    room = rect.adjusted(18, 10, -14, -8)
    side = canvas.look.grown(28) if view.mark else 0
    number = QRectF(room.left(), room.top(), room.width() - side - 4, room.height() * 0.5)
    canvas.text(number, view.number, "desk.number")
    if view.mark:
        spot = QRectF(room.right() - side, number.center().y() - side / 2, side, side)
        canvas.mark(view.mark, spot)
    label = QRectF(room.left(), number.bottom(), room.width(), room.height() * 0.26)
    canvas.text(label, view.label, "desk.card")
    detail = QRectF(room.left(), label.bottom(), room.width(), room.height() * 0.24)
    canvas.text(detail, view.detail, "desk.second", colour=canvas.colours.second)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLineView:
    """A shape and a sentence, in a type style of the tokens."""

    mark: Mark
    text: str
    use: str = "desk.label"


class MarkLine(Growing[MarkLineView]):
    """A shape and a sentence; wraps when it must."""

    least_width = 160

    def height_for(self, width: int) -> int:
        """One line is 32 px on a desk."""
        now = look()
        high = text_height(self.view.text, self.view.use, width - self._left())
        least = now.grown(round(now.style(self.view.use).px * 2.1))
        return max(4 * (least // 4), 4 * -(-int(high + 0.9) // 4))

    def _left(self) -> float:
        return self._side() + 12

    def _side(self) -> int:
        return look().grown(round(look().style(self.view.use).px * 1.4))

    def described(self, view: MarkLineView) -> str:
        """The sentence."""
        return view.text

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        side, rect = self._side(), self.area
        canvas.mark(self.view.mark, QRectF(0, rect.center().y() - side / 2, side, side))
        words = QRectF(self._left(), 0, rect.width() - self._left(), rect.height())
        canvas.text(words, self.view.text, self.view.use, lines=9)
