"""Paints one licence plate, flat and large, with what the street does to it. Any thread."""

import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen, QRadialGradient

from simulator.city.photo_parts.letters import write

WIDTH, HEIGHT = 960, 480
"""Pixels of the flat plate: American plates are 12 by 6 inches."""

_EDGE = 14.0
_CORNER = 46.0


@dataclass(frozen=True, slots=True)
class _Look:
    """Colours of one state's plates: field above and below, letters, band, words in the band."""

    top: str
    bottom: str
    ink: str
    band: str
    words: str


_PLAIN = _Look("#f7f8f6", "#eef0ee", "#14264f", "#14264f", "#ffffff")
_LOOKS = {
    "CT": _Look("#b9cfe6", "#f4f6f5", "#10275c", "#12306e", "#ffffff"),
    "NY": _Look("#f6f5ef", "#f2efe4", "#101b3f", "#f6f5ef", "#15306f"),
    "NJ": _Look("#f3e27a", "#f7f4da", "#17181c", "#f3e27a", "#17181c"),
    "MA": _Look("#f9f9f7", "#f3f3f1", "#a31621", "#f9f9f7", "#1d3b7c"),
}


def paint_plate(number: str, band: str, *, state: str, luck: random.Random) -> QImage:
    """Paint a plate.

    Args:
        number: As printed: A-Z, 0-9, dash, space.
        band: Words above the number; may be empty.
        state: Two-letter code that chooses the colours.
        luck: Where dirt, screws and the sticker come from.

    Returns:
        `WIDTH` x `HEIGHT` pixels; the corners outside the round edge are transparent.
    """
    look = _LOOKS.get(state, _PLAIN)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _field(painter, look)
    if band:
        _band(painter, look, band)
    _number(painter, look, number)
    _screws(painter)
    # From here on everything stays on the metal.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
    _dirt(painter, luck)
    _shine(painter, luck)
    painter.end()
    return image


def _field(painter: QPainter, look: _Look) -> None:
    field = QLinearGradient(0, 0, 0, HEIGHT)
    field.setColorAt(0.1, QColor(look.top))
    field.setColorAt(0.6, QColor(look.bottom))
    painter.setBrush(field)
    painter.setPen(QPen(QColor(look.ink), 7))
    painter.drawRoundedRect(
        QRectF(_EDGE / 2, _EDGE / 2, WIDTH - _EDGE, HEIGHT - _EDGE), _CORNER, _CORNER
    )


def _band(painter: QPainter, look: _Look, words: str) -> None:
    strip = QRectF(_EDGE, _EDGE, WIDTH - 2 * _EDGE, 104)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.band))
    painter.drawRoundedRect(strip, _CORNER - _EDGE, _CORNER - _EDGE)
    width = min(560.0, 48.0 * len(words))
    box = QRectF((WIDTH - width) / 2, strip.top() + 26, width, 56)
    write(painter, box, words, colour=QColor(look.words), weight=0.16)


def _number(painter: QPainter, look: _Look, number: str) -> None:
    width = min(870.0, 132.0 * len(number))
    box = QRectF((WIDTH - width) / 2, 166, width, 244)
    # The light edge and the shadow of pressed letters.
    write(painter, box.translated(5, 6), number, colour=QColor(0, 0, 0, 70), weight=0.125)
    write(painter, box.translated(-3, -3), number, colour=QColor(255, 255, 255, 120), weight=0.125)
    write(painter, box, number, colour=QColor(look.ink), weight=0.125)


def _screws(painter: QPainter) -> None:
    painter.setPen(QPen(QColor("#585d63"), 4))
    painter.setBrush(QColor("#a9aeb3"))
    for left in (0.17, 0.83):
        for top in (0.145, 0.925):
            painter.drawEllipse(QPointF(left * WIDTH, top * HEIGHT), 13, 13)


def _dirt(painter: QPainter, luck: random.Random) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(luck.randint(14, 30)):
        middle = QPointF(luck.uniform(0, WIDTH), HEIGHT * luck.betavariate(2.2, 1.1))
        reach = luck.uniform(20, 130)
        spot = QRadialGradient(middle, reach)
        spot.setColorAt(0, QColor(74, 62, 48, luck.randint(20, 75)))
        spot.setColorAt(1, QColor(74, 62, 48, 0))
        painter.setBrush(spot)
        painter.drawEllipse(middle, reach, reach * luck.uniform(0.5, 1.0))
    painter.setBrush(QColor(58, 48, 38, 150))
    for _ in range(luck.randint(20, 60)):
        speck = QPointF(luck.uniform(0, WIDTH), luck.uniform(0, HEIGHT))
        painter.drawEllipse(speck, luck.uniform(1, 4), luck.uniform(1, 4))


def _shine(painter: QPainter, luck: random.Random) -> None:
    left = luck.uniform(-0.2, 0.9) * WIDTH
    shine = QLinearGradient(left, 0, left + luck.uniform(200, 500), HEIGHT)
    shine.setColorAt(0, QColor(255, 255, 255, 0))
    shine.setColorAt(0.5, QColor(255, 255, 255, luck.randint(10, 70)))
    shine.setColorAt(1, QColor(255, 255, 255, 0))
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), shine)
