"""Parts that only a pay station has: lines of text, rows in a card, lists of facts.

Owner thread: the GUI thread. Painted like ``ui.widgets``; no rules, no clock.
"""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.look import look
from ui.widgets.canvas import CENTRE, TOP, Canvas, text_height
from ui.widgets.cards import Card, CardKind, paint_card
from ui.widgets.painted import Growing
from ui.widgets.panels import LineView
from ui.widgets.shapes import Mark

LinesView = tuple[LineView, ...]
_MANY = 9


def _on_grid(px: float) -> int:
    return 4 * -(-int(px + 0.9) // 4)


def title_lines(text: str) -> LinesView:
    """Return the one question or answer at the head of a screen."""
    return (LineView(text=text, use="kiosk.title"),)


class Lines(Growing[LinesView]):
    """Lines of text, each in its own style, one under the other; each wraps when it must."""

    least_width = 160

    def __init__(
        self, view: LinesView, parent: QWidget | None = None, *, centred: bool = False
    ) -> None:
        self._centred = centred
        super().__init__(view, parent)

    def height_for(self, width: int) -> int:
        """All lines."""
        return max(4, _on_grid(sum(self._heights(width))))

    def _heights(self, width: float) -> list[float]:
        return [text_height(line.text, line.use, width) for line in self.view]

    def described(self, view: LinesView) -> str:
        """All lines."""
        return ". ".join(line.text.rstrip(".") for line in view if line.text)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        heights = self._heights(self.area.width())
        top = (self.area.height() - sum(heights)) / 2
        for line, high in zip(self.view, heights, strict=True):
            room = QRectF(0, top, self.area.width(), high)
            canvas.text(
                room, line.text, line.use, align=CENTRE if self._centred else TOP, lines=_MANY
            )
            top += high


class RowCard(Card):
    """A card with a picture, parts stacked beside it, and what stands at their right.

    Args:
        left: The picture; None for none.
        middle: From the top.
        right: At the far side; None for none.
        kind: How the card is framed.
        padding: Between the frame and what is in it, px.
    """

    def __init__(
        self,
        left: QWidget | None,
        *middle: QWidget,
        right: QWidget | None = None,
        kind: CardKind = CardKind.PLAIN,
        padding: int = 20,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(kind, padding=padding, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(24)
        column = QVBoxLayout()
        column.setSpacing(4)
        for part in middle:
            column.addWidget(part)
        if left is not None:
            row.addWidget(left, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(column, 1)
        row.setAlignment(column, Qt.AlignmentFlag.AlignVCenter)
        if right is not None:
            row.addWidget(right, 0, Qt.AlignmentFlag.AlignVCenter)
        # What is centred beside something higher stands where the middle is, not on the grid.
        for each in (left, *middle, right):
            if each is not None:
                each.setProperty("off_grid", True)
        self.body.addLayout(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """Something to know or to do.

    Attributes:
        heading: In two to five words.
        text: What it means.
        mark: The shape before it; without one a number in a disc, when ``number`` is set.
        number: Its place in an order of steps.
    """

    heading: str
    text: str
    mark: Mark | None = None
    number: int = 0


class FactList(Growing[tuple[FactView, ...]]):
    """Facts in one card, parted by lines."""

    least_width = 480
    _PADDING, _AIR, _LEFT = 28, 20, 84

    def _room(self, width: float) -> float:
        return width - 2 * self._PADDING - self._LEFT

    def _heights(self, fact: FactView, width: float) -> tuple[float, float]:
        room = self._room(width)
        return (
            text_height(fact.heading, "kiosk.strong", room),
            text_height(fact.text, "kiosk.body", room),
        )

    def height_for(self, width: int) -> int:
        """All facts."""
        words = sum(sum(self._heights(fact, width)) for fact in self.view)
        between = 2 * self._AIR * max(0, len(self.view) - 1)
        return _on_grid(words + between + 2 * self._PADDING)

    def described(self, view: tuple[FactView, ...]) -> str:
        """All facts."""
        return " ".join(f"{fact.heading}: {fact.text}" for fact in view)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect = self.area
        paint_card(canvas, rect)
        top: float = self._PADDING
        for place, fact in enumerate(self.view):
            if place:
                top += self._AIR
                ends = (
                    QPointF(self._PADDING, top),
                    QPointF(rect.width() - self._PADDING, top),
                )
                canvas.line(*ends, colour=canvas.colours.line, width=1)
                top += self._AIR
            top += self._draw_fact(canvas, fact, top)

    def _draw_fact(self, canvas: Canvas, fact: FactView, top: float) -> float:
        heading, text = self._heights(fact, self.area.width())
        left, room = self._PADDING + self._LEFT, self._room(self.area.width())
        side = look().grown(52)
        spot = QRectF(self._PADDING, top, side, side)
        if fact.mark is not None:
            canvas.mark(fact.mark, spot)
        elif fact.number:
            canvas.box(spot, fill=canvas.colours.text, radius=side / 2)
            canvas.text(
                spot, str(fact.number), "kiosk.count", colour=canvas.colours.card, align=CENTRE
            )
        canvas.text(
            QRectF(left, top, room, heading), fact.heading, "kiosk.strong", align=TOP, lines=_MANY
        )
        canvas.text(
            QRectF(left, top + heading, room, text), fact.text, "kiosk.body", align=TOP, lines=_MANY
        )
        return heading + text


class Spoken(QWidget):
    """Names a part of a painted picture, so that it can be read by itself.

    It paints nothing and takes no touch; its accessible name is the text it stands for.
    """

    def __init__(self, name: str, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("floats", True)
        self.setProperty("off_grid", True)
        self.setGeometry(over.rect())
        over.installEventFilter(self)

    def eventFilter(self, over: QObject, event: QEvent) -> bool:
        """Qt: the picture has another size."""
        if event.type() == QEvent.Type.Resize and isinstance(over, QWidget):
            self.setGeometry(over.rect())
        return super().eventFilter(over, event)

    def say(self, text: str) -> None:
        """Stand for another text."""
        self.setAccessibleName(text)
