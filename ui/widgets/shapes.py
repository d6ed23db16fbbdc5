"""State shapes: one meaning, one shape. Filled, drawn on a 48 grid at any size.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.theme.faces import face
from ui.theme.tokens import Palette


class Mark(StrEnum):
    """What a shape says; the word beside it says the same."""

    OK = "ok"
    BAD = "bad"
    UNKNOWN = "unknown"
    HOT = "hot"
    CAUTION = "caution"
    INFO = "info"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class MarkInk:
    """Colours of one shape: its ground, the sign on it, the line around it (empty: none)."""

    ground: str
    sign: str
    outline: str = ""


def card_ink(mark: Mark, colours: Palette) -> MarkInk:
    """Colours of a shape that stands on a card or the page."""
    return {
        Mark.OK: MarkInk(colours.ok, colours.ok_mark),
        Mark.BAD: MarkInk(colours.bad, colours.bad_mark),
        Mark.UNKNOWN: MarkInk(colours.hazard, colours.hazard_ink, colours.hazard_ink),
        Mark.HOT: MarkInk(colours.hot_frame, colours.hot_mark),
        Mark.CAUTION: MarkInk(colours.hazard, colours.hazard_ink, colours.hazard_ink),
        Mark.INFO: MarkInk(colours.info, colours.info_mark),
        Mark.OFF: MarkInk("", colours.text, colours.text),
    }[mark]


def paint_mark(painter: QPainter, mark: Mark, rect: QRectF, ink: MarkInk) -> None:
    """Draw a shape so that it fills `rect` (a square).

    Args:
        painter: An open painter; its state is kept.
        mark: Which shape.
        rect: Where.
        ink: Its colours.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 48, rect.height() / 48)
    outline = QPen(QColor(ink.outline), 3) if ink.outline else QPen(Qt.PenStyle.NoPen)
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(outline)
    painter.setBrush(QBrush(QColor(ink.ground)) if ink.ground else QBrush(Qt.BrushStyle.NoBrush))
    painter.drawPath(outline_path(mark))
    _SIGNS[mark](painter, QColor(ink.sign))
    painter.restore()


def outline_path(mark: Mark) -> QPainterPath:
    """The outer line of a shape on the 48 grid."""
    path = QPainterPath()
    if mark is Mark.OK:
        path.addEllipse(QPointF(24, 24), 23, 23)
    elif mark is Mark.OFF:
        path.addEllipse(QPointF(24, 24), 21, 21)
    elif mark is Mark.INFO:
        path.addRoundedRect(QRectF(2, 2, 44, 44), 7, 7)
    elif mark is Mark.HOT:
        _shield(path)
    else:
        path.addPolygon(_CORNERS[mark])
        path.closeSubpath()
    return path


def _points(*corners: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in corners])


_CORNERS = {
    Mark.BAD: _points(
        (14.5, 1), (33.5, 1), (47, 14.5), (47, 33.5), (33.5, 47), (14.5, 47), (1, 33.5), (1, 14.5)
    ),
    Mark.UNKNOWN: _points((24, 1), (47, 24), (24, 47), (1, 24)),
    Mark.CAUTION: _points((24, 3.5), (46, 43.5), (2, 43.5)),
}


def _shield(path: QPainterPath) -> None:
    path.moveTo(24, 0.5)
    path.lineTo(45, 8.5)
    path.lineTo(45, 23)
    path.cubicTo(45, 34, 37, 43, 24, 47.5)
    path.cubicTo(11, 43, 3, 34, 3, 23)
    path.lineTo(3, 8.5)
    path.closeSubpath()


def _stroke(painter: QPainter, colour: QColor, width: float) -> None:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _check(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 5.8)
    painter.drawPolyline(_points((12.4, 24.6), (20.8, 34), (35.6, 15.2)))


def _cross(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 5.6)
    painter.drawLine(QPointF(15.6, 15.6), QPointF(32.4, 32.4))
    painter.drawLine(QPointF(32.4, 15.6), QPointF(15.6, 32.4))


def _question(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath()
    path.addText(0, 0, face(800, 34), "?")
    box = path.boundingRect()
    path.translate(24 - box.center().x(), 24 - box.center().y())
    painter.fillPath(path, colour)


def _bang(
    top: float, bottom: float, dot: float, width: float
) -> Callable[[QPainter, QColor], None]:
    def paint(painter: QPainter, colour: QColor) -> None:
        _stroke(painter, colour, width)
        painter.drawLine(QPointF(24, top), QPointF(24, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(24, dot), width * 0.62, width * 0.62)

    return paint


def _letter_i(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(24, 13.5), 3.4, 3.4)
    painter.drawRoundedRect(QRectF(20.9, 20, 6.2, 17), 3, 3)


def _dash(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 3.6)
    painter.drawLine(QPointF(15, 24), QPointF(33, 24))


_SIGNS: dict[Mark, Callable[[QPainter, QColor], None]] = {
    Mark.OK: _check,
    Mark.BAD: _cross,
    Mark.UNKNOWN: _question,
    Mark.HOT: _bang(13.0, 25.0, 34.5, 5.6),
    Mark.CAUTION: _bang(18.5, 29.0, 36.8, 4.6),
    Mark.INFO: _letter_i,
    Mark.OFF: _dash,
}
