"""The letters of painted plates: strokes of one width, as the dies of plates press them.

Drawn from our own strokes, so that no font and no running Qt application is needed. Any thread.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

# Strokes on a grid 4 wide and 6 high, written like the path of an SVG: M moves, L draws a line,
# Q draws a curve.
_STROKES = {
    "A": "M 0 6 L 2 0 L 4 6 M .7 4.1 L 3.3 4.1",
    "B": "M 2.3 2.9 L 0 2.9 L 0 0 L 2.3 0 Q 3.7 0 3.7 1.45 Q 3.7 2.9 2.3 2.9"
    " Q 4 2.9 4 4.45 Q 4 6 2.4 6 L 0 6 L 0 2.9",
    "C": "M 3.9 1.5 Q 3.8 0 2 0 Q 0 0 0 2 L 0 4 Q 0 6 2 6 Q 3.8 6 3.9 4.5",
    "D": "M 0 0 L 0 6 L 1.8 6 Q 4 6 4 4 L 4 2 Q 4 0 1.8 0 L 0 0",
    "E": "M 3.7 0 L 0 0 L 0 6 L 3.7 6 M 0 2.9 L 3.2 2.9",
    "F": "M 3.7 0 L 0 0 L 0 6 M 0 2.9 L 3.2 2.9",
    "G": "M 3.9 1.5 Q 3.8 0 2 0 Q 0 0 0 2 L 0 4 Q 0 6 2 6 Q 4 6 4 4 L 4 3.3 L 2.3 3.3",
    "H": "M 0 0 L 0 6 M 4 0 L 4 6 M 0 2.9 L 4 2.9",
    "I": "M 2 0 L 2 6 M .8 0 L 3.2 0 M .8 6 L 3.2 6",
    "J": "M 3.5 0 L 3.5 4.2 Q 3.5 6 1.8 6 Q .2 6 .2 4.3",
    "K": "M 0 0 L 0 6 M 3.9 0 L 0 3.7 M 1.4 2.5 L 4 6",
    "L": "M 0 0 L 0 6 L 3.7 6",
    "M": "M 0 6 L 0 0 L 2 3.6 L 4 0 L 4 6",
    "N": "M 0 6 L 0 0 L 4 6 L 4 0",
    "O": "M 2 0 Q 0 0 0 2.2 L 0 3.8 Q 0 6 2 6 Q 4 6 4 3.8 L 4 2.2 Q 4 0 2 0",
    "P": "M 0 6 L 0 0 L 2.2 0 Q 4 0 4 1.7 Q 4 3.4 2.2 3.4 L 0 3.4",
    "Q": "M 2 0 Q 0 0 0 2.2 L 0 3.8 Q 0 6 2 6 Q 4 6 4 3.8 L 4 2.2 Q 4 0 2 0 M 2.3 4.2 L 4.1 6.3",
    "R": "M 0 6 L 0 0 L 2.2 0 Q 4 0 4 1.6 Q 4 3.2 2.2 3.2 L 0 3.2 M 2 3.2 L 4 6",
    "S": "M 3.8 1.5 Q 3.6 0 2 0 Q .1 0 .1 1.5 Q .1 2.7 2 3 Q 3.9 3.3 3.9 4.5 Q 3.9 6 2 6"
    " Q .2 6 .1 4.5",
    "T": "M -.1 0 L 4.1 0 M 2 0 L 2 6",
    "U": "M 0 0 L 0 4 Q 0 6 2 6 Q 4 6 4 4 L 4 0",
    "V": "M 0 0 L 2 6 L 4 0",
    "W": "M -.4 0 L .9 6 L 2 1.2 L 3.1 6 L 4.4 0",
    "X": "M 0 0 L 4 6 M 4 0 L 0 6",
    "Y": "M 0 0 L 2 3 L 4 0 M 2 3 L 2 6",
    "Z": "M .1 0 L 3.9 0 L 0 6 L 4 6",
    "0": "M 2 0 Q .4 0 .4 2 L .4 4 Q .4 6 2 6 Q 3.6 6 3.6 4 L 3.6 2 Q 3.6 0 2 0",
    "1": "M .9 1.4 L 2.3 0 L 2.3 6",
    "2": "M .2 1.7 Q .3 0 2 0 Q 3.8 0 3.8 1.7 Q 3.8 2.7 2.7 3.7 L .1 6 L 4 6",
    "3": "M .3 1.3 Q .5 0 2 0 Q 3.7 0 3.7 1.5 Q 3.7 2.9 1.6 2.9 M 2 2.9 Q 3.9 2.9 3.9 4.4"
    " Q 3.9 6 2 6 Q .2 6 .1 4.6",
    "4": "M 3 6 L 3 0 L 0 4.3 L 4.1 4.3",
    "5": "M 3.6 0 L .6 0 L .3 2.9 Q 1 2.2 2 2.2 Q 3.9 2.2 3.9 4.1 Q 3.9 6 2 6 Q .3 6 .1 4.7",
    "6": "M 3.6 1.2 Q 3.2 0 2.1 0 Q .1 0 .1 3 L .1 4.2 Q .1 6 2 6 Q 3.9 6 3.9 4.2"
    " Q 3.9 2.5 2.1 2.5 Q .4 2.5 .1 4",
    "7": "M .1 0 L 3.9 0 L 1.5 6",
    "8": "M 2 2.9 Q .3 2.9 .3 1.45 Q .3 0 2 0 Q 3.7 0 3.7 1.45 Q 3.7 2.9 2 2.9 Q .1 2.9 .1 4.45"
    " Q .1 6 2 6 Q 3.9 6 3.9 4.45 Q 3.9 2.9 2 2.9",
    "9": "M .4 4.8 Q .8 6 1.9 6 Q 3.9 6 3.9 3 L 3.9 1.8 Q 3.9 0 2 0 Q .1 0 .1 1.8"
    " Q .1 3.5 1.9 3.5 Q 3.6 3.5 3.9 2",
    "-": "M 1.1 3 L 2.9 3",
    " ": "",
}
_WIDE, _HIGH = 4.0, 6.0
_POINTS = {"M": 1, "L": 1, "Q": 2}


def can_write(text: str) -> bool:
    """Whether every character has strokes: A-Z, 0-9, dash and space."""
    return all(char in _STROKES for char in text)


def write(painter: QPainter, box: QRectF, text: str, *, colour: QColor, weight: float) -> None:
    """Write one line that fills a box; letters are narrowed to fit, never cut.

    Args:
        painter: An open painter.
        box: Where, in the painter's units.
        text: Characters that `can_write` allows.
        colour: Of the strokes.
        weight: Width of a stroke as a share of the height, 0.1 to 0.25.
    """
    stroke = weight * box.height()
    pitch = box.width() / len(text)
    gap = min(0.3 * pitch, max(stroke * 1.5, 0.18 * pitch))
    letter = min(pitch - gap, box.height() * 0.62)
    painter.setPen(_pen(colour, stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place, char in enumerate(text):
        left = box.left() + pitch * (place + 0.5) - letter / 2
        inner = QRectF(left, box.top(), letter, box.height())
        half = stroke / 2
        painter.drawPath(
            _path(_STROKES[char], inner.adjusted(half * 0.4, half, -half * 0.4, -half))
        )


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour)
    pen.setWidthF(width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _path(strokes: str, box: QRectF) -> QPainterPath:
    path = QPainterPath()
    words = iter(strokes.split())
    for command in words:
        points = [
            QPointF(
                box.left() + float(next(words)) / _WIDE * box.width(),
                box.top() + float(next(words)) / _HIGH * box.height(),
            )
            for _ in range(_POINTS[command])
        ]
        match command, points:
            case "M", [start]:
                path.moveTo(start)
            case "L", [end]:
                path.lineTo(end)
            case _, [bend, end]:
                path.quadTo(bend, end)
    return path
