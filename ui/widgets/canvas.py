"""The painter of every widget: boxes, text, marks, stripes and the focus ring from the look.

Owner thread: the GUI thread. A canvas remembers each text it drew, where, and whether it fitted,
so that painted text can be read and checked like any label.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QGradient,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)

from ui.theme.icons import Icon, paint_icon
from ui.theme.look import Look, look
from ui.widgets.shapes import Mark, MarkInk, card_ink, paint_mark
from ui.widgets.typeset import LINE_HEIGHT, Setting, Wish, set_text

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop

_ASCENT_EM = 0.984
_DESCENT_EM = 0.316
_MIDDLE_EM = 0.334
"""From the middle of a line down to its baseline; this centres the capitals."""


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a stack: its words, type style, colour and most lines."""

    text: str
    use: str
    colour: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class DrawnText:
    """One text that was painted.

    Attributes:
        text: The words, as given.
        rect: Where its ink may be, in the widget's coordinates.
        px: Its size.
        fits: False when it went below its least size.
    """

    text: str
    rect: QRectF
    px: int
    fits: bool


class Canvas:
    """An open painter that knows the look.

    Attributes:
        painter: Qt's painter, for what the canvas has no word for.
        look: The look in force.
        drawn: Every text drawn so far.
    """

    def __init__(self, painter: QPainter, now: Look) -> None:
        self.painter = painter
        self.look = now
        self.colours = now.palette
        self.drawn: list[DrawnText] = []

    def wish(self, use: str, *, lines: int = 1, spacing_percent: int = 100) -> Wish:
        """What a text of this use would like, at the text scale in force."""
        return wish_of(self.look, use, lines=lines, spacing_percent=spacing_percent)

    def text(
        self,
        rect: QRectF,
        text: str,
        use: str | Wish,
        *,
        colour: str = "",
        align: Qt.AlignmentFlag = LEFT,
        lines: int = 1,
    ) -> QRectF:
        """Draw a text into a box; it wraps up to `lines`, then shrinks.

        Args:
            rect: The box.
            text: The words; nothing is drawn for an empty text.
            use: Type style by name, or a full wish.
            colour: `#RRGGBB`; the text colour when empty.
            align: Horizontal and vertical place in the box.
            lines: Most lines, when `use` is a name.

        Returns:
            The rectangle that the text takes.
        """
        if not text:
            return QRectF(rect.topLeft(), rect.topLeft())
        wish = self.wish(use, lines=lines) if isinstance(use, str) else use
        setting = set_text(text, wish, rect.width(), rect.height())
        ink = self._place(rect, setting, align)
        self.painter.setFont(setting.font)
        self.painter.setPen(QColor(colour or self.colours.text))
        step = setting.px * LINE_HEIGHT
        for number, line in enumerate(setting.lines):
            width = set_text(line, replace(wish, px=setting.px, lines=1), 1e6).width
            baseline = ink.top() + number * step + _ASCENT_EM * setting.px
            self.painter.drawText(QPointF(_left(ink, width, align), baseline), line)
        fits = setting.fits and ink.width() <= rect.width() + 0.6
        self.drawn.append(DrawnText(text, ink, setting.px, fits))
        return ink

    @staticmethod
    def _place(rect: QRectF, setting: Setting, align: Qt.AlignmentFlag) -> QRectF:
        if align & Qt.AlignmentFlag.AlignTop:
            top = rect.top()
        elif align & Qt.AlignmentFlag.AlignBottom:
            top = rect.bottom() - setting.height
        else:
            top = rect.center().y() - setting.height / 2
        return QRectF(_left(rect, setting.width, align), top, setting.width, setting.height)

    def stack(self, room: QRectF, lines: Sequence[Line], *, align: Qt.AlignmentFlag = LEFT) -> None:
        """Draw texts under each other, centred in height; they wrap, move closer, then shrink.

        Args:
            room: The box for all of them.
            lines: From the top; empty texts take no room.
            align: Horizontal place.
        """
        shown = [line for line in lines if line.text]
        wishes, leading = self._fit_stack(room, shown)
        settings = [
            set_text(line.text, wish, room.width())
            for line, wish in zip(shown, wishes, strict=True)
        ]
        heights = [_stacked(setting, leading) for setting in settings]
        top = room.center().y() - sum(heights) / 2
        for line, wish, setting, high in zip(shown, wishes, settings, heights, strict=True):
            box = QRectF(room.left(), top, room.width(), high)
            self.text(box, line.text, replace(wish, px=setting.px), colour=line.colour, align=align)
            top += high

    def _fit_stack(self, room: QRectF, lines: Sequence[Line]) -> tuple[list[Wish], float]:
        full = [self.wish(line.use, lines=line.lines) for line in lines]
        for percent in range(100, 20, -4):
            wishes = [
                replace(wish, px=max(min(wish.least_px, wish.px), wish.px * percent // 100))
                for wish in full
            ]
            settings = [
                set_text(line.text, wish, room.width())
                for line, wish in zip(lines, wishes, strict=True)
            ]
            for leading in (LINE_HEIGHT, 1.14):
                if sum(_stacked(setting, leading) for setting in settings) <= room.height() + 0.5:
                    return wishes, leading
        return full, 1.0

    def box(
        self,
        rect: QRectF,
        *,
        fill: str = "",
        border: str = "",
        width: float = 0,
        radius: float = 0,
        dashed: bool = False,
    ) -> None:
        """A filled, rounded box whose border lies fully inside `rect`."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(border), width) if border and width else QPen(Qt.PenStyle.NoPen)
        if dashed:
            pen.setDashPattern([4, 2.5])
        self.painter.setPen(pen)
        self.painter.setBrush(QColor(fill) if fill else QBrush(Qt.BrushStyle.NoBrush))
        half = width / 2 if border else 0.0
        inner = rect.adjusted(half, half, -half, -half)
        round_px = max(0.0, min(radius - half, inner.height() / 2))
        self.painter.drawRoundedRect(inner, round_px, round_px)

    def line(
        self, start: QPointF, end: QPointF, *, colour: str, width: float = 1, dashed: bool = False
    ) -> None:
        """A straight line; a 1 px line stays crisp."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=width > 1)
        pen = QPen(QColor(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if dashed:
            pen.setDashPattern([2.5, 1.5])
        self.painter.setPen(pen)
        self.painter.drawLine(start, end)

    def icon(self, icon: Icon, rect: QRectF, *, colour: str = "", stroke: float = 2.0) -> None:
        """A line icon in one colour."""
        paint_icon(self.painter, icon, rect, colour=colour or self.colours.text, stroke=stroke)

    def mark(self, mark: Mark, rect: QRectF, *, ink: MarkInk | None = None) -> None:
        """A state shape, in the colours it has on a card unless told otherwise."""
        paint_mark(self.painter, mark, rect, ink or card_ink(mark, self.colours))

    def stripes(self, path: QPainterPath, *, band: float) -> None:
        """Hazard stripes of 45 degrees that fill a path.

        Args:
            path: What is filled.
            band: Thickness of one stripe across its direction, px.
        """
        origin = path.boundingRect().topLeft()
        step = band * math.sqrt(2)
        gradient = QLinearGradient(origin, origin + QPointF(step, step))
        gradient.setSpread(QGradient.Spread.RepeatSpread)
        soft = 0.25 / band
        yellow, dark = QColor(self.colours.hazard), QColor(self.colours.hazard_ink)
        for stop, colour in (
            (0.0, dark),
            (0.5 - soft, dark),
            (0.5 + soft, yellow),
            (1.0 - soft, yellow),
            (1.0, dark),
        ):
            gradient.setColorAt(stop, colour)
        self.painter.fillPath(path, QBrush(gradient))

    def picture(self, image: QImage, rect: QRectF, *, radius: float) -> None:
        """A picture that covers `rect` from its middle, with smooth round corners."""
        if image.isNull():
            return
        factor = max(rect.width() / image.width(), rect.height() / image.height())
        brush = QBrush(image)
        middle = rect.center()
        brush.setTransform(
            QTransform.fromTranslate(
                middle.x() - image.width() * factor / 2, middle.y() - image.height() * factor / 2
            ).scale(factor, factor)
        )
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(brush)
        self.painter.drawRoundedRect(rect, radius, radius)

    @contextmanager
    def moved(self, transform: QTransform) -> Iterator[None]:
        """Draw under a transform."""
        self.painter.save()
        self.painter.setTransform(transform, combine=True)
        yield
        self.painter.restore()

    def ring(self, rect: QRectF, *, radius: float, on_dark: bool) -> None:
        """The focus ring, inside `rect`: dark edge, broad yellow, and a line that parts it.

        Args:
            rect: The widget's own rectangle.
            radius: Its corner radius.
            on_dark: The ground inside is dark, so the inner line is light.
        """
        ring = self.look.tokens.ring
        c = self.colours
        inner = c.ring_inner if on_dark else c.ring_edge
        inset = 0.0
        for width, colour in (
            (ring["edge"], c.ring_edge),
            (ring["body"], c.ring),
            (ring["inner"], inner),
        ):
            self.box(
                rect.adjusted(inset, inset, -inset, -inset),
                border=colour,
                width=width,
                radius=radius - inset,
            )
            inset += width

    @property
    def ring_px(self) -> int:
        """Total width of the focus ring."""
        return sum(self.look.tokens.ring.values())


def wish_of(now: Look, use: str, *, lines: int = 1, spacing_percent: int = 100) -> Wish:
    """What a text of a use would like under a look."""
    style = now.style(use)
    return Wish(
        weight=style.weight,
        px=now.text_px(use),
        least_px=now.least_px(use),
        lines=lines,
        spacing_percent=spacing_percent,
        mono=use == "mono",
    )


def text_width(text: str, use: str) -> float:
    """Width of one line in a use's full size under the look in force, px."""
    return set_text(text, wish_of(look(), use), 1e6).width if text else 0.0


def text_height(text: str, use: str, width: float, *, lines: int = 99) -> float:
    """Height that a wrapped text takes in `width` px under the look in force."""
    return set_text(text, wish_of(look(), use, lines=lines), width).height if text else 0.0


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    """A rounded rectangle as a path."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def _stacked(setting: Setting, leading: float) -> float:
    """Height of a text in a stack: full lines inside, `leading` towards the next text."""
    return ((len(setting.lines) - 1) * LINE_HEIGHT + leading) * setting.px


def _left(rect: QRectF, width: float, align: Qt.AlignmentFlag) -> float:
    if align & Qt.AlignmentFlag.AlignRight:
        return rect.right() - width
    if align & Qt.AlignmentFlag.AlignHCenter:
        return rect.center().x() - width / 2
    return rect.left()
