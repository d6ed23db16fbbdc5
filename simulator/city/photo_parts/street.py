"""Paints the street behind the car: sky, houses, kerb and road. Any thread."""

import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPolygonF

_LEFT, _RIGHT = -500.0, 1780.0
_TOP, _BOTTOM = -400.0, 1360.0
_HORIZON = 470.0


def paint_street(painter: QPainter, luck: random.Random) -> None:
    """Paint the street, well beyond a 1280 x 960 frame so that a turned camera sees no edge.

    Args:
        painter: An open painter in scene units.
        luck: Where houses, light and wear come from.
    """
    _sky(painter, luck)
    at = _LEFT
    while at < _RIGHT:
        width = luck.uniform(150, 280)
        _house(painter, QRectF(at, luck.uniform(40, 260), width, _HORIZON), luck)
        at += width + luck.choice((0, 0, 12, 40))
    _ground(painter, luck)


def _sky(painter: QPainter, luck: random.Random) -> None:
    light = luck.uniform(0.75, 1.0)
    sky = QLinearGradient(0, -100, 0, _HORIZON)
    sky.setColorAt(0, QColor.fromHsvF(0.57, luck.uniform(0.12, 0.4), light))
    sky.setColorAt(1, QColor.fromHsvF(0.57, 0.08, min(1.0, light + 0.05)))
    painter.fillRect(QRectF(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP), sky)


def _house(painter: QPainter, front: QRectF, luck: random.Random) -> None:
    tone = QColor.fromHsvF(
        luck.uniform(0.02, 0.62), luck.uniform(0.04, 0.2), luck.uniform(0.4, 0.7)
    )
    shade = QLinearGradient(front.topLeft(), front.bottomRight())
    shade.setColorAt(0, tone)
    shade.setColorAt(1, tone.darker(135))
    painter.fillRect(front, shade)
    painter.fillRect(QRectF(front.left(), front.top(), front.width(), 10), tone.darker(150))
    columns = max(2, int(front.width() // 58))
    step = front.width() / columns
    floor = front.top() + 34
    while floor < _HORIZON - 60:
        for column in range(columns):
            pane = QRectF(front.left() + step * (column + 0.26), floor, step * 0.48, 38)
            lit = luck.random() < 0.15
            glass = (
                QColor("#d9c48a") if lit else QColor.fromHsvF(0.58, 0.3, luck.uniform(0.25, 0.6))
            )
            painter.fillRect(pane.adjusted(-3, -3, 3, 5), tone.darker(125))
            painter.fillRect(pane, glass)
        floor += 64


def _ground(painter: QPainter, luck: random.Random) -> None:
    across = _RIGHT - _LEFT
    painter.fillRect(QRectF(_LEFT, _HORIZON, across, 46), QColor("#9c9a95"))
    painter.fillRect(QRectF(_LEFT, _HORIZON + 46, across, 12), QColor("#6f6e6b"))
    grey = luck.uniform(0.3, 0.42)
    road = QLinearGradient(0, _HORIZON + 58, 0, _BOTTOM)
    road.setColorAt(0, QColor.fromHsvF(0.6, 0.06, grey + 0.06))
    road.setColorAt(1, QColor.fromHsvF(0.6, 0.06, grey - 0.08))
    painter.fillRect(QRectF(_LEFT, _HORIZON + 58, across, _BOTTOM - _HORIZON), road)
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(70):
        patch = QPointF(luck.uniform(_LEFT, _RIGHT), luck.uniform(_HORIZON + 80, _BOTTOM))
        painter.setBrush(QColor(20, 20, 22, luck.randint(8, 30)))
        painter.drawEllipse(patch, luck.uniform(20, 150), luck.uniform(4, 22))
    paint_mark = QColor(226, 226, 218, 190)
    for near, far in ((-60.0, 190.0), (1340.0, 1090.0)):
        bay = [QPointF(far - 5, 540), QPointF(far + 5, 540), QPointF(near + 16, 1000)]
        painter.setBrush(paint_mark)
        painter.drawPolygon(QPolygonF([*bay, QPointF(near - 16, 1000)]))
    painter.setPen(QPen(QColor(15, 15, 16, 60), 3))
    painter.drawLine(
        QPointF(_LEFT, luck.uniform(800, 950)), QPointF(_RIGHT, luck.uniform(800, 950))
    )
