"""Photos of plates that nobody took: for the tour, the demonstration and the tests of the scanner.

The same plate, state, seed and view give the same photo. Any thread; no Qt application is needed.
"""

import random
from typing import Literal

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from parking.plate import OTHER_STATE, plate_key, spaced
from simulator.city.photo_parts.camera import HEIGHT, WIDTH, develop, standpoint
from simulator.city.photo_parts.car import paint_car
from simulator.city.photo_parts.letters import can_write
from simulator.city.photo_parts.plate import paint_plate
from simulator.city.photo_parts.street import paint_street
from ui.state_names import state_name

View = Literal["car", "close"]

# What stands in the middle of the photo, in scene units, and pixels per unit.
_FRAMES: dict[View, tuple[QPointF, float]] = {
    "car": (QPointF(640, 520), 1.0),
    "close": (QPointF(640, 600), 2.4),
}
_LONGEST = 10


def paint_photo(plate: str, state: str, *, seed: int, view: View = "car") -> bytes:
    """Paint a photo of the rear of a parked car.

    Args:
        plate: The plate, with or without its dash: A-Z and 0-9, 1 to 10 characters.
        state: Two-letter code of the state on the plate's band; ``XX`` leaves the band out.
        seed: Decides street, car, standpoint, dirt, light and grain.
        view: The whole car as an officer sees it first, or the plate from near.

    Returns:
        A JPEG file of 1280 x 960 pixels.

    Raises:
        ValueError: When the plate cannot be painted.
    """
    key = plate_key(plate)
    if not 1 <= len(key) <= _LONGEST or not can_write(key):
        raise ValueError(f"a painted plate has 1 to {_LONGEST} of A-Z and 0-9, not {plate!r}")
    luck = random.Random(f"{key} {state} {seed} {view}")
    band = "" if state == OTHER_STATE else state_name(state).upper()
    metal = paint_plate(spaced(key, state), band, state=state, luck=luck)
    photo = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    photo.fill(0)
    painter = QPainter(photo)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    middle, zoom = _FRAMES[view]
    painter.setTransform(standpoint(middle, zoom * luck.uniform(0.92, 1.08), luck))
    paint_street(painter, luck)
    paint_car(painter, metal, luck)
    painter.end()
    return develop(photo, luck)
