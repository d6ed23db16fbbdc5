"""A painted street with a car: stands for a photo on the sheets.

Owner thread: the GUI thread.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath

from ui.theme.look import look
from ui.widgets.canvas import Canvas
from ui.widgets.plate import PlateView, paint_plate

_GLASS = "#22303D"


def street(plate: PlateView, *, paint: str = "#66727E") -> QImage:
    """A car from behind on a street, 828 x 408.

    Args:
        plate: On the car.
        paint: Colour of the car.
    """
    image = QImage(828, 408, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    sky = QLinearGradient(0, 0, 0, 190)
    sky.setColorAt(0, QColor("#A9BDCC"))
    sky.setColorAt(1, QColor("#C7D3DC"))
    painter.fillRect(0, 0, 828, 200, sky)
    for left, top, wide in ((0, 40, 132), (132, 16, 108), (224, 56, 166), (514, 32, 140)):
        _house(painter, QRectF(left, top, wide, 180 - top))
    _house(painter, QRectF(630, 12, 198, 172))
    painter.fillRect(0, 184, 828, 30, QColor("#A9ADB1"))
    painter.fillRect(0, 214, 828, 194, QColor("#5B6167"))
    painter.setBrush(QColor("#E8EBEE"))
    painter.drawPolygon([QPointF(164, 214), QPointF(170, 214), QPointF(56, 408), QPointF(48, 408)])
    painter.drawPolygon(
        [QPointF(658, 214), QPointF(664, 214), QPointF(780, 408), QPointF(772, 408)]
    )
    _car(painter, QColor(paint))
    paint_plate(Canvas(painter, look()), QRectF(328, 216, 172, 84), plate)
    painter.end()
    return image


def _house(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(QColor("#8793A0"))
    painter.drawRect(rect)
    painter.setBrush(QColor("#AEBAC6"))
    y = rect.top() + 16
    while y < rect.bottom() - 20:
        x = rect.left() + 14
        while x < rect.right() - 24:
            painter.drawRect(QRectF(x, y, 22, 15))
            x += 36
        y += 32


def _car(painter: QPainter, paint: QColor) -> None:
    painter.setBrush(QColor("#3C4147"))
    painter.drawEllipse(QPointF(424, 380), 214, 26)
    painter.setBrush(QColor("#15181B"))
    painter.drawRoundedRect(QRectF(224, 330, 60, 62), 16, 16)
    painter.drawRoundedRect(QRectF(544, 330, 60, 62), 16, 16)
    roof = QPainterPath(QPointF(252, 182))
    roof.cubicTo(280, 92, 300, 68, 344, 68)
    roof.lineTo(484, 68)
    roof.cubicTo(528, 68, 548, 92, 576, 182)
    roof.closeSubpath()
    painter.fillPath(roof, paint.darker(108))
    glass = QPainterPath(QPointF(276, 180))
    glass.cubicTo(296, 106, 312, 86, 348, 86)
    glass.lineTo(480, 86)
    glass.cubicTo(516, 86, 532, 106, 552, 180)
    glass.closeSubpath()
    painter.fillPath(glass, QColor(_GLASS))
    painter.setBrush(paint)
    painter.drawRoundedRect(QRectF(210, 176, 408, 186), 40, 40)
    painter.setBrush(paint.lighter(118))
    painter.drawRoundedRect(QRectF(226, 176, 376, 26), 13, 13)
    painter.setBrush(paint.darker(125))
    painter.drawRoundedRect(QRectF(210, 306, 408, 56), 24, 24)
    painter.drawRoundedRect(QRectF(304, 204, 220, 104), 12, 12)
    for left, lamp in ((220, 228), (530, 578)):
        painter.setBrush(QColor("#B3261E"))
        painter.drawRoundedRect(QRectF(left, 198, 78, 48), 12, 12)
        painter.setBrush(QColor("#F0A39C"))
        painter.drawRoundedRect(QRectF(lamp, 211, 22, 22), 7, 7)
