"""Line icons: 24 grid, stroke 2, round ends, one colour, always beside a word.

Owner thread: the GUI thread. The drawings are SVG files under `resources/icons`.
"""

from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from parking.errors import BugError

ICON_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons"


class Icon(StrEnum):
    """Every icon of the product, by the thing it shows; the value is the file's name."""

    AGAIN = "refresh-cw"
    BEFORE = "chevron-left"
    BELL = "bell"
    BIN = "trash-2"
    BUILDING = "building"
    CALENDAR = "calendar"
    CAMERA = "camera"
    CAR = "car-front"
    CARD = "credit-card"
    CHART = "chart-column"
    CHECK = "check"
    CLOCK = "clock"
    COINS = "coins"
    CONTRAST = "contrast"
    CROSS = "x"
    DAY = "sun"
    DELETE = "delete"
    DOWN = "arrow-down"
    DOWNLOAD = "download"
    EYE = "eye"
    FILTER = "funnel"
    HELD = "circle-pause"
    HELP = "circle-question-mark"
    IMAGE = "image"
    KEY = "key-round"
    KEYBOARD = "keyboard"
    LAPTOP = "laptop"
    LARGER = "a-large-small"
    LEFT = "arrow-left"
    LIGHT = "flashlight"
    LIST = "list"
    LISTEN = "headphones"
    LOCK = "lock"
    MAIL = "mail"
    MAP = "map"
    MINUS = "minus"
    NETWORK = "wifi"
    NEXT = "chevron-right"
    NIGHT = "moon"
    NOTE = "sticky-note"
    NO_NETWORK = "wifi-off"
    OPEN = "chevron-down"
    PAPER = "file-text"
    PAUSE = "pause"
    PENCIL = "pencil-line"
    PERSON = "user"
    PHONE = "phone"
    PLACE = "map-pin"
    PLUS = "plus"
    PRINTER = "printer"
    QR = "qr-code"
    RECEIPT = "receipt-text"
    RIGHT = "arrow-right"
    RULES = "scroll-text"
    SEARCH = "search"
    SEND = "upload"
    SETTINGS = "settings"
    SHIELD = "shield"
    SIGN_OUT = "log-out"
    SOUND = "volume-2"
    SWAP = "arrow-left-right"
    TAG = "tag"
    TICKET = "ticket"
    UNDO = "rotate-ccw"
    UP = "arrow-up"
    WORLD = "globe"


@cache
def _drawing(icon: Icon) -> str:
    path = ICON_FOLDER / f"{icon.value}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BugError(f"the icon {path.name} is missing") from error


@lru_cache(maxsize=256)
def _renderer(icon: Icon, colour: str, stroke: float) -> QSvgRenderer:
    drawing = _drawing(icon).replace("currentColor", colour)
    drawing = drawing.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    if not renderer.isValid():
        raise BugError(f"the icon {icon.value} is no drawing")
    return renderer


def paint_icon(
    painter: QPainter, icon: Icon, rect: QRectF, *, colour: str, stroke: float = 2.0
) -> None:
    """Draw an icon into a square.

    Args:
        painter: An open painter.
        icon: Which one.
        rect: The square it fills.
        colour: `#RRGGBB`.
        stroke: Line width on the 24 grid.

    Raises:
        BugError: The drawing is missing or broken.
    """
    _renderer(icon, colour, stroke).render(painter, rect)


def icon_image(icon: Icon, px: int, *, colour: str) -> QImage:
    """An icon as a transparent picture of `px` x `px`, for places that take only pictures."""
    image = QImage(px, px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_icon(painter, icon, QRectF(0, 0, px, px), colour=colour)
    painter.end()
    return image
