"""Charts of the desk: bars by hour, bars by zone, and the time line of a held citation.

Owner thread: the GUI thread. No legend relies on hue: numbers, dashes and stripes say the same.
"""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.canvas import CENTRE, LEFT, RIGHT, Canvas, rounded, text_width
from ui.widgets.painted import Painted


@dataclass(frozen=True, slots=True, kw_only=True)
class BarView:
    """One bar: its name, its height, the number in the badge at its foot, the compared value."""

    name: str
    value: int
    badge: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChartView:
    """Bars with a dashed line to compare.

    Attributes:
        bars: In order of time.
        value_words: What a bar counts.
        badge_words: What the badge counts; empty for none.
        before_words: What the dashed line is; empty for none.
    """

    bars: tuple[BarView, ...]
    value_words: str
    badge_words: str = ""
    before_words: str = ""


def axis_top(highest: int, steps: int = 3) -> int:
    """The least round number of equal whole steps that is at least `highest`."""
    if highest <= 0:
        return steps
    rough = highest / steps
    power = 10 ** math.floor(math.log10(rough))
    for nice in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        step = nice * power
        if step >= rough and step == int(step):
            return int(step) * steps
    return math.ceil(rough) * steps


_WIDEST_BAR_PX = 56.0
_HIGHEST_STEP_PX = 64


class BarChart(Painted[BarChartView]):
    """Bars by hour with a legend, an axis of three steps, and a dashed line to compare."""

    def __init__(self, view: BarChartView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def drawn_size(self) -> QSize:
        """Takes the room it gets."""
        return QSize(360, look().grown(220))

    def described(self, view: BarChartView) -> str:
        """All values."""
        bars = ", ".join(f"{bar.name}: {bar.value}" for bar in view.bars)
        return f"{view.value_words}. {bars}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_bar_chart(canvas, self.area, self.view)


def paint_bar_chart(canvas: Canvas, room: QRectF, view: BarChartView) -> None:
    """Draw bars with legend and axis into a room; nothing without bars. Any thread, on paper too.

    Args:
        canvas: An open canvas.
        room: Where; 220 px high or more.
        view: What it says.
    """
    if not view.bars:
        return
    grown = canvas.look.grown
    top_value = axis_top(max(max(bar.value, bar.before or 0) for bar in view.bars))
    axis = text_width(str(top_value), "desk.least") + 14
    legend = grown(32)
    _draw_legend(canvas, QRectF(room.left() + axis, room.top(), room.width() - axis, legend), view)
    plot = room.adjusted(axis, legend + 8, -4, -grown(28))
    _draw_axis(canvas, plot, axis, top_value)
    step = plot.width() / len(view.bars)
    tops: list[QPointF] = []
    for number, bar in enumerate(view.bars):
        column = QRectF(plot.left() + number * step, plot.top(), step, plot.height())
        _draw_bar(canvas, column, bar, top_value)
        if bar.before is not None:
            y = plot.bottom() - plot.height() * bar.before / top_value
            tops.append(QPointF(column.center().x(), y))
    _draw_before(canvas, tops)


def _draw_legend(canvas: Canvas, rect: QRectF, view: BarChartView) -> None:
    c, left, middle = canvas.colours, rect.left(), rect.center().y()
    parts = [part for part in (view.value_words, view.badge_words, view.before_words) if part]
    room = (rect.width() - 36.0 * len(parts) - 20 * (len(parts) - 1)) / max(1, len(parts))
    for words in parts:
        sign = QRectF(left, middle - 7, 26, 14)
        if words == view.value_words:
            sign.setWidth(14)
            canvas.box(sign, fill=c.chart, radius=3)
        elif words == view.badge_words:
            canvas.box(sign.adjusted(0, -3, -2, 3), border=c.bad, width=1.5, radius=5)
            canvas.text(sign.adjusted(0, -3, -2, 3), "n", "desk.pill", colour=c.bad, align=CENTRE)
        else:
            line = QPointF(0, 7)
            canvas.line(
                sign.topLeft() + line, sign.topRight() + line, colour=c.text, width=2.4, dashed=True
            )
        wide = text_width(words, "desk.label") + 2
        wide = wide if _legend_fits(parts, rect.width()) else min(wide, room)
        spot = QRectF(sign.right() + 8, rect.top(), wide, rect.height())
        canvas.text(spot, words, "desk.label")
        left = spot.right() + 20


def _legend_fits(parts: list[str], width: float) -> bool:
    words = sum(text_width(part, "desk.label") + 2 for part in parts)
    return words + 34 * len(parts) + 20 * (len(parts) - 1) <= width


def _draw_axis(canvas: Canvas, plot: QRectF, wide: float, top_value: int) -> None:
    c, high = canvas.colours, canvas.look.text_px("desk.least") * 1.3
    for number in range(4):
        y = round(plot.bottom() - plot.height() * number / 3) + 0.5
        canvas.line(QPointF(plot.left(), y), QPointF(plot.right(), y), colour=c.line)
        words = QRectF(plot.left() - wide, y - high / 2, wide - 10, high)
        value = str(top_value * number // 3)
        canvas.text(words, value, "desk.least", colour=c.second, align=RIGHT)


def _draw_bar(canvas: Canvas, column: QRectF, bar: BarView, top_value: int) -> None:
    c = canvas.colours
    wide = min(max(8.0, column.width() * 0.6), _WIDEST_BAR_PX)
    high = column.height() * bar.value / top_value
    body = QRectF(column.center().x() - wide / 2, column.bottom() - high, wide, high)
    canvas.painter.fillPath(_round_top(body, 4), QColor(c.chart))
    if bar.badge is not None:
        tall = canvas.look.grown(24)
        plaque = QRectF(0, 0, max(wide - 2, tall), tall)
        plaque.moveCenter(QPointF(column.center().x(), column.bottom() - tall / 2 - 4))
        canvas.box(plaque, fill=c.card, border=c.line, width=1, radius=6)
        number = plaque.adjusted(2, 0, -2, 0)
        canvas.text(number, str(bar.badge), "desk.head", colour=c.bad, align=CENTRE)
    words = QRectF(column.left(), column.bottom() + 4, column.width(), canvas.look.grown(24))
    canvas.text(words, bar.name, "desk.least", align=CENTRE)


def _draw_before(canvas: Canvas, tops: list[QPointF]) -> None:
    c = canvas.colours
    pen = QPen(QColor(c.text), 2.4)
    pen.setDashPattern([4, 2.2])
    canvas.painter.setPen(pen)
    canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
    canvas.painter.drawPolyline(tops)
    canvas.painter.setPen(QPen(QColor(c.text), 2))
    canvas.painter.setBrush(QColor(c.card))
    for top in tops:
        canvas.painter.drawEllipse(top, 4, 4)


def _round_top(rect: QRectF, radius: float) -> QPainterPath:
    radius = min(radius, rect.height())
    path = rounded(rect, radius)
    square = QPainterPath()
    square.addRect(rect.adjusted(0, min(radius, rect.height() / 2), 0, 0))
    return path.united(square)


@dataclass(frozen=True, slots=True, kw_only=True)
class HBarView:
    """One bar: its name, its value, and how much of it is striped."""

    name: str
    value: int
    striped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HBarChartView:
    """Bars to the right, longest first; `striped_words` empty when nothing is striped."""

    bars: tuple[HBarView, ...]
    value_words: str
    striped_words: str = ""


class HBarChart(Painted[HBarChartView]):
    """Bars by zone; a striped part says how much of it is held."""

    def __init__(self, view: HBarChartView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def drawn_size(self) -> QSize:
        """A row of 44 px each."""
        return QSize(300, look().grown(40) + look().grown(44) * max(1, len(self.view.bars)))

    def described(self, view: HBarChartView) -> str:
        """All values."""
        bars = ", ".join(f"{bar.name}: {bar.value}" for bar in view.bars)
        return f"{view.value_words}. {bars}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_hbar_chart(canvas, self.area, self.view)


def paint_hbar_chart(canvas: Canvas, room: QRectF, view: HBarChartView) -> None:
    """Draw bars to the right with their legend into a room. Any thread, on paper too.

    Args:
        canvas: An open canvas.
        room: Where; 40 px and 44 px a bar high, or more.
        view: What it says.
    """
    c, head = canvas.colours, canvas.look.grown(40)
    legend = QRectF(room.left(), room.top(), room.width(), canvas.look.grown(32))
    _draw_hbar_legend(canvas, legend, view)
    if not view.bars:
        return
    widest = max(text_width(bar.name, "desk.label") for bar in view.bars)
    names = min(widest + 4, room.width() * 0.42)
    most = max(1, *(bar.value for bar in view.bars))
    numbers = text_width(str(most), "desk.strong") + 14
    longest = room.width() - names - 16 - numbers
    step = min((room.height() - head) / len(view.bars), canvas.look.grown(_HIGHEST_STEP_PX))
    for number, bar in enumerate(view.bars):
        top = room.top() + head + number * step
        canvas.text(QRectF(room.left(), top, names, step), bar.name, "desk.label", lines=3)
        high = min(32.0, step - 8)
        left = room.left() + names + 16
        body = QRectF(left, top + (step - high) / 2, longest * bar.value / most, high)
        canvas.box(body, fill=c.chart, radius=4)
        if bar.striped and bar.value:
            part = QRectF(body)
            part.setLeft(body.right() - body.width() * min(1.0, bar.striped / bar.value))
            path = rounded(body, 4).intersected(_rect_path(part))
            canvas.stripes(path, band=4)
        spot = QRectF(body.right() + 10, top, numbers, step)
        canvas.text(spot, str(bar.value), "desk.strong", align=LEFT)


def _draw_hbar_legend(canvas: Canvas, rect: QRectF, view: HBarChartView) -> None:
    left, middle = rect.left(), rect.center().y()
    sign = QRectF(left, middle - 7, 14, 14)
    canvas.box(sign, fill=canvas.colours.chart, radius=3)
    wide = min(text_width(view.value_words, "desk.label") + 2, rect.width() * 0.45)
    words = QRectF(sign.right() + 8, rect.top(), wide, rect.height())
    canvas.text(words, view.value_words, "desk.label")
    if not view.striped_words:
        return
    sign = QRectF(words.right() + 16, middle - 7, 22, 14)
    canvas.stripes(rounded(sign, 3), band=4)
    words = QRectF(sign.right() + 8, rect.top(), rect.right() - sign.right() - 8, rect.height())
    canvas.text(words, view.striped_words, "desk.label")


def _rect_path(rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRect(rect)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment at a share 0 to 1 of the time line, with its words; `sub` is a second line."""

    at: float
    words: str
    sub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """Why a citation is held: the right, when the car was seen, when the right was heard.

    Attributes:
        ticks: Hours under the line.
        right_start: Start of the right, share 0 to 1.
        right_end: Its end.
        right_words: What it is, e.g. `app 13:30 to 15:00`.
        seen: When the car was observed.
        heard: When the right reached us; None for not yet.
    """

    ticks: tuple[MomentView, ...]
    right_start: float
    right_end: float
    right_words: str
    seen: MomentView
    heard: MomentView | None = None


class TimelineChart(Painted[TimelineView]):
    """Right, observation and arrival on one line, 340 x 184."""

    def drawn_size(self) -> QSize:
        """184 px high."""
        return QSize(300, look().grown(184))

    def described(self, view: TimelineView) -> str:
        """The story in words."""
        heard = f", {view.heard.words}, {view.heard.sub}" if view.heard else ""
        return f"{view.right_words}, {view.seen.words}{heard}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, c, grown = self.view, canvas.colours, canvas.look.grown
        line = QRectF(10, grown(80), self.width() - 20, 0)

        def x(share: float) -> float:
            return line.left() + line.width() * min(1.0, max(0.0, share))

        bar = QRectF(x(view.right_start), line.top() - 34, 0, 26)
        bar.setRight(max(x(view.right_end), bar.left() + 6))
        canvas.box(bar, fill=c.ok, radius=5)
        before = QRectF(0, bar.top() - 2, bar.left() - 6, bar.height() + 4)
        after = QRectF(bar.right() + 6, bar.top() - 2, self.width() - bar.right() - 6, 30)
        words = text_width(view.right_words, "desk.head")
        if words <= before.width():
            canvas.text(before, view.right_words, "desk.head", align=RIGHT)
        elif words <= after.width():
            canvas.text(after, view.right_words, "desk.head", align=LEFT)
        else:
            # Beside neither end: over the bar, on the side where the car was not seen.
            over = QRectF(0, bar.top() - grown(24), self.width(), grown(22))
            align = LEFT if view.seen.at > 0.5 else RIGHT
            canvas.text(over, view.right_words, "desk.head", align=align)
        canvas.line(line.topLeft(), line.topRight(), colour=c.control_border, width=2)
        apart = line.width() / max(1, len(view.ticks) - 1) * 0.72
        for tick in view.ticks:
            at = QPointF(x(tick.at), line.top())
            canvas.line(at - QPointF(0, 6), at + QPointF(0, 6), colour=c.control_border, width=2)
            # The line of the arrival passes here: it says its own time below.
            near = view.heard and abs(x(view.heard.at) - at.x()) < apart / 2
            if not near:
                self._words(
                    canvas, at + QPointF(0, 8), tick.words, "desk.least", ink=c.second, most=apart
                )
        seen = QPointF(x(view.seen.at), line.top() + 1)
        canvas.line(QPointF(seen.x(), grown(24)), seen, colour=c.bad, width=3)
        self._words(canvas, QPointF(seen.x(), 0), view.seen.words, "desk.head")
        if view.heard:
            self._draw_heard(canvas, x(view.heard.at), line.top(), view.heard)

    def _draw_heard(self, canvas: Canvas, x: float, top: float, heard: MomentView) -> None:
        c, grown = canvas.colours, canvas.look.grown
        canvas.line(
            QPointF(x, top - 1), QPointF(x, top + grown(52)), colour=c.text, width=3, dashed=True
        )
        self._words(canvas, QPointF(x, top + grown(52)), heard.words, "desk.head")
        self._words(canvas, QPointF(x, top + grown(76)), heard.sub, "desk.least")

    def _words(
        self,
        canvas: Canvas,
        at: QPointF,
        words: str,
        use: str,
        *,
        ink: str = "",
        most: float = 1e6,
    ) -> None:
        """Centred under a point, but never past the widget's edges."""
        wide = min(text_width(words, use) + 2, float(self.width()), most)
        left = min(max(0.0, at.x() - wide / 2), self.width() - wide)
        high = canvas.look.grown(24)
        canvas.text(QRectF(left, at.y(), wide, high), words, use, colour=ink, align=CENTRE)
