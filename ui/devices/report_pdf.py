"""The shift report on US letter paper: figures and charts as on the desk, then whole tables.

Any lane; no widgets. The type faces must be loaded before.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QTextDocument, QTransform

from app.words import _
from ui.devices.pdf import drawn_pdf, text_of
from ui.theme.look import Look, product_tokens
from ui.theme.tokens import Theme
from ui.widgets.canvas import RIGHT, Canvas
from ui.widgets.cards import paint_card
from ui.widgets.charts import BarChartView, HBarChartView, paint_bar_chart, paint_hbar_chart
from ui.widgets.desk import NumberView, paint_number
from ui.widgets.typeset import Wish

WIDTH_PX, HEIGHT_PX, EDGE_PX = 816.0, 1056.0, 48.0
"""US letter, 8.5 x 11 inches, and its margin, at 96 px an inch."""

_COLUMN_PX = WIDTH_PX - 2 * EDGE_PX
_FOOT_PX = 32.0
_PAGE_PX = HEIGHT_PX - 2 * EDGE_PX - _FOOT_PX
_HEAD_PX, _CARD_PX, _CHART_PX, _GAP_PX = 88.0, 72.0, 252.0, 12.0
_HOURS_PX = 440.0
_SMALLER = 0.78
"""Paper is read closer than a screen: its parts are drawn smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperColumn:
    """A column of a table on paper."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """A table on paper; it goes on over pages, its titles are repeated."""

    title: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaper:
    """A report to be drawn on paper.

    Attributes:
        city: Who reports.
        scope: What it covers, when it was counted, how old the data is.
        numbers: Six figures.
        hours_title: Over the chart of the hours.
        zones_title: Over the chart of the zones.
        tables: Whole, in order.
        note: A sentence after the tables.
        foot: Stands on every page: what, when, by whom.
    """

    city: str
    title: str
    scope: str
    numbers: tuple[NumberView, ...]
    hours_title: str
    hours: BarChartView
    zones_title: str
    zones: HBarChartView
    tables: tuple[PaperTable, ...]
    note: str
    foot: str


def report_pdf(paper: ReportPaper) -> bytes:
    """Return the report as a PDF."""
    charts = bool(paper.hours.bars)
    top = _HEAD_PX + 2 * (_CARD_PX + _GAP_PX) + ((_CHART_PX + _GAP_PX) if charts else 0.0)
    text = text_of("".join(_tables_html(paper, top)), _COLUMN_PX, height_px=_PAGE_PX)

    def draw(painter: QPainter, new_page: Callable[[], object]) -> None:
        for number in range(text.pageCount()):
            if number:
                new_page()
            canvas = _PaperCanvas(painter, _paper_look())
            painter.save()
            painter.translate(EDGE_PX, EDGE_PX)
            if number == 0:
                _paint_top(canvas, paper)
            _paint_foot(canvas, paper.foot, number + 1, text.pageCount())
            _paint_text(painter, text, number)
            painter.restore()

    return drawn_pdf(WIDTH_PX, HEIGHT_PX, paper.title, draw)


class _PaperCanvas(Canvas):
    """A canvas for PDF: its digits can be searched, and its stripes are plain shapes.

    A repeated gradient is half a megabyte of PDF.
    """

    def wish(self, use: str, *, lines: int = 1, spacing_percent: int = 100) -> Wish:
        """What a text of this use would like, with digits that PDF readers find."""
        found = super().wish(use, lines=lines, spacing_percent=spacing_percent)
        return replace(found, tabular=False)

    def stripes(self, path: QPainterPath, *, band: float) -> None:
        """Fill a path with stripes of 45 degrees."""
        box = path.boundingRect()
        step, high = band * math.sqrt(2), box.height()
        self.painter.fillPath(path, QColor(self.colours.hazard_ink))
        for number in range(math.ceil((box.width() + high) / step) + 1):
            if number % 2:
                left = box.left() + number * step
                stripe = QPainterPath(QPointF(left, box.top()))
                stripe.lineTo(left + step, box.top())
                stripe.lineTo(left + step - high, box.bottom())
                stripe.lineTo(left - high, box.bottom())
                stripe.closeSubpath()
                self.painter.fillPath(stripe.intersected(path), QColor(self.colours.hazard))


def _paper_look() -> Look:
    """Return the desk's colours in the plain size, whatever the person reads at on the screen."""
    tokens = product_tokens()
    return Look(theme=Theme.DESK, tokens=tokens, profile=tokens.profiles["desk"])


def _paint_text(painter: QPainter, text: QTextDocument, number: int) -> None:
    painter.translate(0, -number * _PAGE_PX)
    text.drawContents(painter, QRectF(0, number * _PAGE_PX, _COLUMN_PX, _PAGE_PX))


def _paint_top(canvas: Canvas, paper: ReportPaper) -> None:
    second = canvas.colours.second
    canvas.text(QRectF(0, 0, _COLUMN_PX, 20), paper.city, "desk.head", colour=second)
    canvas.text(QRectF(0, 20, _COLUMN_PX, 36), paper.title, "desk.title")
    canvas.text(QRectF(0, 56, _COLUMN_PX, 20), paper.scope, "desk.least", colour=second)
    wide = (_COLUMN_PX - 2 * _GAP_PX) / 3
    for at, number in enumerate(paper.numbers):
        left, top = at % 3 * (wide + _GAP_PX), _HEAD_PX + at // 3 * (_CARD_PX + _GAP_PX)
        with _smaller(canvas, QRectF(left, top, wide, _CARD_PX)) as room:
            paint_number(canvas, room, number)
    if paper.hours.bars:
        _paint_charts(canvas, paper, _HEAD_PX + 2 * (_CARD_PX + _GAP_PX))


def _paint_charts(canvas: Canvas, paper: ReportPaper, top: float) -> None:
    with _smaller(canvas, QRectF(0, top, _HOURS_PX, _CHART_PX)) as room:
        paint_bar_chart(canvas, _titled(canvas, room, paper.hours_title), paper.hours)
    left = _HOURS_PX + _GAP_PX
    with _smaller(canvas, QRectF(left, top, _COLUMN_PX - left, _CHART_PX)) as room:
        paint_hbar_chart(canvas, _titled(canvas, room, paper.zones_title), paper.zones)


def _titled(canvas: Canvas, room: QRectF, title: str) -> QRectF:
    """Draw a card with its title; return the room that is left."""
    paint_card(canvas, room)
    inner = room.adjusted(18, 12, -18, -12)
    canvas.text(QRectF(inner.left(), inner.top(), inner.width(), 28), title, "desk.heading")
    return inner.adjusted(0, 32, 0, 0)


def _paint_foot(canvas: Canvas, words: str, number: int, count: int) -> None:
    foot = QRectF(0, _PAGE_PX + _FOOT_PX - 20, _COLUMN_PX, 20)
    second = canvas.colours.second
    pages = _("Page {number} of {count}").format(number=number, count=count)
    canvas.text(foot.adjusted(0, 0, -120, 0), words, "desk.least", colour=second)
    canvas.text(foot, pages, "desk.least", colour=second, align=RIGHT)


@contextmanager
def _smaller(canvas: Canvas, rect: QRectF) -> Iterator[QRectF]:
    """Draw parts of the screen at the size of paper; gives the room in their own measure."""
    place = QTransform.fromTranslate(rect.left(), rect.top()).scale(_SMALLER, _SMALLER)
    with canvas.moved(place):
        yield QRectF(0, 0, rect.width() / _SMALLER, rect.height() / _SMALLER)


def _tables_html(paper: ReportPaper, top: float) -> Iterator[str]:
    """Yield the tables; the room of the figures on the first page is the first margin."""
    # Qt drops the margin above the first paragraph of a text, so a small empty one stands first.
    yield '<p style="margin:0; font-size:1px">&nbsp;</p>'
    margin = top
    for table in paper.tables:
        yield (
            f'<p style="margin-top:{margin:.0f}px; margin-bottom:6px; font-size:15px; '
            f'font-weight:800">{escape(table.title)}</p>'
        )
        yield _table_html(table)
        margin = 20.0
    yield f'<p style="margin-top:14px; font-size:12px">{escape(paper.note)}</p>'


def _table_html(table: PaperTable) -> str:
    line = "border-bottom-style:solid; border-bottom-width:1px; border-bottom-color:"
    head = "".join(
        _cell_html("th", column, column.title, f"{line}#3B4754; font-size:11px; font-weight:700")
        for column in table.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            _cell_html("td", column, text, f"{line}#D6DDE4; font-size:12px")
            for column, text in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        '<table width="100%" cellspacing="0" cellpadding="0" '
        'style="border-collapse:collapse; border-style:none">'
        f"<thead><tr>{head}</tr></thead>{rows}</table>"
    )


def _cell_html(tag: str, column: PaperColumn, text: str, style: str) -> str:
    align = "right" if column.right else "left"
    return f'<{tag} align="{align}" style="padding:4px 9px; {style}">{escape(text)}</{tag}>'
