"""PDF files: tickets where no printer is attached, and shift reports. Any lane; no widgets.

``ticket_pdf`` implements the port ``app.ports.Paper``. The type faces must be loaded before, which
the window does at its start.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter, QTextDocument

from app.qr import CLEAR_MODULES, qr_modules
from app.words import _
from parking.receipt import Line, LineKind
from ui.theme.faces import FAMILY, face

PX_PER_INCH = 96
_MM_PER_INCH = 25.4
_DOTS_PER_INCH = 1200

_ROLL_PX = 302.0
"""80 mm: the paper of ticket printers."""
_EDGE_PX = 16.0
_QR_PX = 148.0

_TICKET_STYLES = {
    LineKind.TITLE: "font-size:22px; font-weight:800; text-align:center; margin-top:2px",
    LineKind.NUMBER: "font-size:18px; font-weight:700; text-align:center; margin-bottom:6px",
    LineKind.AMOUNT: "font-size:34px; font-weight:800; text-align:center; margin:6px 0",
    LineKind.TEXT: "font-size:13px; font-weight:500; margin:6px 0",
    LineKind.SMALL: "font-size:12px; font-weight:500; text-align:center",
}

Draw = Callable[[QPainter, Callable[[], object]], None]
"""Draws pages at 96 px an inch; calls its second argument to begin another page."""


def drawn_pdf(width_px: float, height_px: float, title: str, draw: Draw) -> bytes:
    """Return a PDF whose pages are drawn with a painter.

    Args:
        width_px: Of a page, at 96 px an inch.
        height_px: Likewise.
        title: Of the document.
        draw: See ``Draw``.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    size_mm = QSizeF(width_px, height_px) * (_MM_PER_INCH / PX_PER_INCH)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setPageSize(QPageSize(size_mm, QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator(_("Stamford Parking"))
    painter = QPainter(writer)
    painter.scale(_DOTS_PER_INCH / PX_PER_INCH, _DOTS_PER_INCH / PX_PER_INCH)
    try:
        draw(painter, writer.newPage)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def text_of(html: str, width_px: float, *, height_px: float = -1) -> QTextDocument:
    """Return a text set in the house's face, black on white.

    Args:
        html: The part of HTML that Qt knows; texts from people are escaped by the caller.
        width_px: Width of the column.
        height_px: Height of a page; negative for one page as high as the text.
    """
    # A long text is set in steps by a timer, which only a thread that has had a loop can hold. The
    # loop never runs: asking for the pages sets the rest at once.
    QEventLoop()
    text = QTextDocument()
    text.setDocumentMargin(0)
    text.setUseDesignMetrics(True)
    text.setDefaultFont(face(500, 13, tabular=False))
    text.setHtml(f"<body style=\"font-family:'{FAMILY}'; color:#000000\">{html}</body>")
    text.setPageSize(QSizeF(width_px, height_px))
    return text


def ticket_pdf(lines: Sequence[Line], *, qr: str) -> bytes:
    """Return a ticket or receipt as the printer would give it: one strip of 80 mm paper.

    Args:
        lines: From ``parking.receipt``.
        qr: What the code at the foot holds; empty for none.
    """
    wide = _ROLL_PX - 2 * _EDGE_PX
    text = text_of("".join(_ticket_html(lines)), wide)
    words_high = text.size().height()
    high = words_high + 2 * _EDGE_PX + (_QR_PX + _EDGE_PX if qr else 0)
    title = next((line.text for line in lines if line.kind is LineKind.NUMBER), _("Receipt"))

    def draw(painter: QPainter, _new_page: Callable[[], object]) -> None:
        painter.translate(_EDGE_PX, _EDGE_PX)
        text.drawContents(painter)
        if qr:
            _paint_qr(painter, qr, QRectF((wide - _QR_PX) / 2, words_high + 8, _QR_PX, _QR_PX))

    return drawn_pdf(_ROLL_PX, high, title, draw)


def _ticket_html(lines: Sequence[Line]) -> Iterator[str]:
    for kind, group in groupby(lines, key=lambda line: line.kind):
        if kind is LineKind.FACT:
            rows = (_fact_html(line) for line in group)
            yield (
                '<table width="100%" cellspacing="0" cellpadding="1" style="margin-top:4px">'
                f"{''.join(rows)}</table>"
            )
        elif kind is LineKind.PLATE:
            yield from (_plate_html(line.text) for line in group)
        else:
            style = _TICKET_STYLES[kind]
            yield from (f'<p style="margin:0; {style}">{escape(line.text)}</p>' for line in group)


def _fact_html(line: Line) -> str:
    return (
        f'<tr><td style="font-size:12px">{escape(line.text)}</td>'
        f'<td align="right" style="font-size:13px; font-weight:700">{escape(line.value)}</td></tr>'
    )


def _plate_html(plate: str) -> str:
    return (
        '<table width="100%" border="2" cellspacing="0" cellpadding="4" style="margin-top:4px; '
        'margin-bottom:6px; border-collapse:collapse; border-style:solid; border-color:#000000">'
        f'<tr><td align="center" style="font-size:30px; font-weight:800">{escape(plate)}</td></tr>'
        "</table>"
    )


def _paint_qr(painter: QPainter, words: str, spot: QRectF) -> None:
    """Draw a code with its clear edge; every module is a square of the same size."""
    modules = qr_modules(words)
    side = spot.width() / (len(modules) + 2 * CLEAR_MODULES)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for y, row in enumerate(modules, CLEAR_MODULES):
        for x, dark in enumerate(row, CLEAR_MODULES):
            if dark:
                square = QRectF(spot.left() + x * side, spot.top() + y * side, side, side)
                painter.fillRect(square, Qt.GlobalColor.black)
