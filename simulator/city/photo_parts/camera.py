"""What a hand-held camera does to a scene: standpoint, light, blur, grain, JPEG. Any thread."""

import random

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QImageWriter,
    QLinearGradient,
    QPainter,
    QPolygonF,
    QRadialGradient,
    QTransform,
)

WIDTH, HEIGHT = 1280, 960
_GRAIN_PX = 256


def standpoint(around: QPointF, zoom: float, luck: random.Random) -> QTransform:
    """From where the scene is seen: a little from the side, from above, and not level.

    Args:
        around: Point of the scene that is brought to the middle, in scene units.
        zoom: Photo pixels per scene unit in the middle, > 0.
        luck: Where the angles come from.
    """
    middle = QPointF(WIDTH / 2, HEIGHT / 2)
    side, above = luck.uniform(-0.09, 0.09), luck.uniform(-0.02, 0.05)
    corners = [
        QPointF(WIDTH * -max(0.0, side), HEIGHT * -max(0.0, side)),
        QPointF(WIDTH * (1 - min(0.0, side)), HEIGHT * min(0.0, side)),
        QPointF(WIDTH * (1 - min(0.0, side) + above), HEIGHT * (1 - min(0.0, side))),
        QPointF(WIDTH * (-max(0.0, side) - above), HEIGHT * (1 + max(0.0, side))),
    ]
    frame = QPolygonF(QRectF(0, 0, WIDTH, HEIGHT))
    frame.removeLast()
    turned = QTransform()
    if not QTransform.quadToQuad(frame, QPolygonF(corners), turned):
        raise ValueError("four corners of a camera frame cannot be mapped")
    placed = QTransform.fromTranslate(middle.x(), middle.y())
    placed.rotate(luck.uniform(-3.0, 3.0))
    placed.scale(zoom, zoom)
    placed.translate(-around.x(), -around.y())
    return placed * turned


def develop(scene: QImage, luck: random.Random) -> bytes:
    """Turn the painted scene into a JPEG file as a camera would write it.

    Args:
        scene: `WIDTH` x `HEIGHT` pixels.
        luck: Where light, blur and grain come from.
    """
    photo = _blurred(scene, luck.uniform(0.6, 0.9))
    painter = QPainter(photo)
    _light(painter, luck)
    _grain(painter, luck)
    painter.end()
    file = QBuffer()
    file.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(file, b"jpg")
    writer.setQuality(luck.randint(72, 88))
    if not writer.write(photo):
        raise OSError(f"Qt could not write a JPEG file: {writer.errorString()}")
    return bytes(file.data().data())


def _blurred(scene: QImage, share: float) -> QImage:
    smooth = Qt.TransformationMode.SmoothTransformation
    aspect = Qt.AspectRatioMode.IgnoreAspectRatio
    small = scene.scaled(round(WIDTH * share), round(HEIGHT * share), aspect, smooth)
    return small.scaled(WIDTH, HEIGHT, aspect, smooth).convertToFormat(QImage.Format.Format_RGB32)


def _light(painter: QPainter, luck: random.Random) -> None:
    whole = QRectF(0, 0, WIDTH, HEIGHT)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    sun = QLinearGradient(0, 0, WIDTH, HEIGHT * luck.uniform(-0.5, 0.5))
    tones = [QColor.fromHsvF(0.1, 0.05, luck.uniform(0.72, 1.0)) for _ in range(2)]
    sun.setColorAt(0, tones[0])
    sun.setColorAt(1, tones[1])
    painter.fillRect(whole, sun)
    rim = QRadialGradient(whole.center(), WIDTH * 0.75)
    rim.setColorAt(0.5, QColor(255, 255, 255))
    rim.setColorAt(1, QColor(150, 150, 155))
    painter.fillRect(whole, rim)


def _grain(painter: QPainter, luck: random.Random) -> None:
    tile = QImage(
        luck.randbytes(_GRAIN_PX * _GRAIN_PX * 3),
        _GRAIN_PX,
        _GRAIN_PX,
        _GRAIN_PX * 3,
        QImage.Format.Format_RGB888,
    )
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SoftLight)
    painter.setOpacity(luck.uniform(0.15, 0.4))
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), QBrush(tile.copy()))
