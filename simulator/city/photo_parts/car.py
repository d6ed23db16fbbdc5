"""Paints the rear of a parked car around a plate. Any thread."""

import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QRadialGradient,
    QTransform,
)

PLATE = QRectF(525, 566, 230, 115)
"""Where the plate hangs, in scene units."""

_PAINTS = ("#24405f", "#7c8894", "#1f2226", "#d5d7d6", "#7b1d22", "#46534a", "#5b6672", "#b8b2a4")


def paint_car(painter: QPainter, plate: QImage, luck: random.Random) -> None:
    """Paint the car, its shadow and its plate.

    Args:
        painter: An open painter in scene units.
        plate: The flat plate.
        luck: Where colour, reflections and small faults come from.
    """
    paint = QColor(luck.choice(_PAINTS))
    _shadow_and_wheels(painter)
    _cabin(painter, paint, luck)
    _body(painter, paint)
    _lights(painter, luck)
    _recess(painter, paint)
    _hang(painter, plate, luck)


def _shadow_and_wheels(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = QRadialGradient(QPointF(640, 868), 480)
    shadow.setColorAt(0.3, QColor(0, 0, 0, 190))
    shadow.setColorAt(1, QColor(0, 0, 0, 0))
    painter.setBrush(shadow)
    painter.drawEllipse(QPointF(640, 868), 480, 62)
    painter.setBrush(QColor("#16171a"))
    for left in (268.0, 898.0):
        painter.drawRoundedRect(QRectF(left, 720, 114, 158), 34, 34)


def _cabin(painter: QPainter, paint: QColor, luck: random.Random) -> None:
    roof = QPainterPath(QPointF(278, 450))
    roof.cubicTo(QPointF(330, 330), QPointF(380, 232), QPointF(470, 218))
    roof.cubicTo(QPointF(560, 204), QPointF(720, 204), QPointF(810, 218))
    roof.cubicTo(QPointF(900, 232), QPointF(950, 330), QPointF(1002, 450))
    roof.closeSubpath()
    painter.setBrush(_across(paint.darker(118), paint.lighter(112)))
    painter.drawPath(roof)
    glass = QPainterPath(QPointF(340, 446))
    glass.cubicTo(QPointF(376, 350), QPointF(420, 262), QPointF(492, 250))
    glass.cubicTo(QPointF(560, 240), QPointF(720, 240), QPointF(788, 250))
    glass.cubicTo(QPointF(860, 262), QPointF(904, 350), QPointF(940, 446))
    glass.closeSubpath()
    painter.setBrush(QColor("#1b242d"))
    painter.drawPath(glass)
    painter.save()
    painter.setClipPath(glass)
    for _ in range(3):
        left = luck.uniform(340, 860)
        strip = QPainterPath(QPointF(left, 446))
        strip.lineTo(left + 120, 240)
        strip.lineTo(left + 120 + luck.uniform(20, 90), 240)
        strip.lineTo(left + luck.uniform(20, 90), 446)
        painter.setBrush(QColor(190, 205, 218, luck.randint(18, 55)))
        painter.drawPath(strip)
    painter.restore()


def _body(painter: QPainter, paint: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_across(paint.darker(125), paint.lighter(118)))
    painter.drawRoundedRect(QRectF(222, 430, 836, 330), 74, 74)
    painter.setBrush(_across(paint.lighter(104), paint.lighter(128)))
    painter.drawRoundedRect(QRectF(246, 430, 788, 58), 28, 28)
    painter.setBrush(_across(paint.darker(165), paint.darker(115)))
    painter.drawRoundedRect(QRectF(212, 696, 856, 132), 52, 52)
    painter.setPen(QPen(paint.darker(190), 4))
    painter.drawLine(QPointF(226, 694), QPointF(1054, 694))
    painter.setPen(QPen(paint.lighter(150), 3))
    painter.drawLine(QPointF(262, 492), QPointF(1018, 492))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#101113"))
    painter.drawRoundedRect(QRectF(330, 800, 620, 40), 16, 16)


def _lights(painter: QPainter, luck: random.Random) -> None:
    for left in (236.0, 890.0):
        lamp = QRectF(left, 512, 154, 104)
        glow = QLinearGradient(lamp.topLeft(), lamp.bottomRight())
        glow.setColorAt(0, QColor("#d2352c"))
        glow.setColorAt(1, QColor("#7a0f12"))
        painter.setBrush(glow)
        painter.drawRoundedRect(lamp, 24, 24)
        painter.setBrush(QColor(250, 214, 208, luck.randint(90, 190)))
        painter.drawRoundedRect(QRectF(left + 26, 540, 46, 44), 12, 12)


def _recess(painter: QPainter, paint: QColor) -> None:
    painter.setBrush(paint.darker(170))
    painter.drawRoundedRect(PLATE.adjusted(-46, -34, 46, 10), 20, 20)
    painter.setBrush(QColor("#a6abb0"))
    painter.drawRoundedRect(QRectF(540, 518, 200, 15), 7, 7)


def _hang(painter: QPainter, plate: QImage, luck: random.Random) -> None:
    """Plates hang a little crooked."""
    middle = PLATE.center()
    crooked = QTransform.fromTranslate(middle.x(), middle.y())
    crooked.rotate(luck.uniform(-1.2, 1.2))
    painter.save()
    painter.setTransform(crooked, combine=True)
    around = PLATE.translated(-middle)
    painter.setBrush(QColor(0, 0, 0, 110))
    painter.drawRoundedRect(around.translated(2, 3), 10, 10)
    painter.drawImage(around, plate)
    painter.restore()


def _across(above: QColor, highlight: QColor) -> QLinearGradient:
    sheen = QLinearGradient(222, 0, 1058, 120)
    sheen.setColorAt(0, above)
    sheen.setColorAt(0.45, highlight)
    sheen.setColorAt(1, above.darker(115))
    return sheen
