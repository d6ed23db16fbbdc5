"""The licence plate as people know it: state band above, big letters below, at any size.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.canvas import CENTRE, Canvas
from ui.widgets.painted import Painted
from ui.widgets.typeset import Wish

_PLATE_SPACING = 104
_BAND_SPACING = 112
_BAND_SHARE = 0.272


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateView:
    """A plate to show.

    Attributes:
        number: As printed, e.g. `AB-12345`.
        state: Full name of the state for the band; empty draws no band.
    """

    number: str
    state: str = ""


class PlateSize(Enum):
    """The sizes of the pictures, (width, height) in px; band or not comes from the view."""

    ANSWER = (284, 136)
    KIOSK = (680, 272)
    KIOSK_SMALL = (196, 84)
    KIOSK_CHECK = (232, 104)
    HEAD = (152, 76)
    CANDIDATE = (128, 64)
    STAY = (124, 64)
    ROW = (112, 60)
    COMPARE = (264, 112)
    TABLE = (112, 36)


def paint_plate(canvas: Canvas, rect: QRectF, view: PlateView) -> None:
    """Draw a plate that fills a rectangle.

    Args:
        canvas: An open canvas.
        rect: Where; height 24 px or more.
        view: What it says.
    """
    c = canvas.colours
    high = rect.height()
    border = max(2.0, round(high * 0.03))
    radius = max(5.0, min(high * 0.12, 30.0))
    canvas.box(rect, fill=c.plate, border=c.plate_ink, width=border, radius=radius)
    band = round(high * _BAND_SHARE) if view.state else 0
    if band:
        _paint_band(canvas, QRectF(rect.left(), rect.top(), rect.width(), band), radius, view.state)
    room = QRectF(
        rect.left() + border,
        rect.top() + max(band, border),
        rect.width() - 2 * border,
        high - max(band, border) - border,
    )
    side = max(3.0, room.width() * 0.03)
    wanted = round(room.height() * (0.72 if band else 0.86))
    wish = Wish(
        weight=800,
        px=wanted,
        least_px=max(12, round(wanted * 0.4)),
        spacing_percent=_PLATE_SPACING,
    )
    # The letters of a plate fill its width: a small band above must not make them small too.
    canvas.text(
        room.adjusted(side, 0, -side, 0), view.number, wish, colour=c.plate_ink, align=CENTRE
    )


def _paint_band(canvas: Canvas, band: QRectF, radius: float, state: str) -> None:
    c = canvas.colours
    path = QPainterPath()
    path.moveTo(band.bottomLeft())
    path.lineTo(QPointF(band.left(), band.top() + radius))
    path.quadTo(band.topLeft(), QPointF(band.left() + radius, band.top()))
    path.lineTo(QPointF(band.right() - radius, band.top()))
    path.quadTo(band.topRight(), QPointF(band.right(), band.top() + radius))
    path.lineTo(band.bottomRight())
    path.closeSubpath()
    canvas.painter.fillPath(path, QColor(c.plate_ink))
    wish = Wish(
        weight=800,
        px=max(9, round(band.height() * 0.6)),
        least_px=7,
        spacing_percent=_BAND_SPACING,
    )
    canvas.text(
        band.adjusted(radius / 2, 0, -radius / 2, 0),
        state.upper(),
        wish,
        colour=c.plate,
        align=CENTRE,
    )


class PlateWidget(Painted[PlateView]):
    """A plate of one fixed size."""

    def __init__(
        self,
        view: PlateView,
        size: PlateSize | tuple[int, int] = PlateSize.ANSWER,
        parent: QWidget | None = None,
    ) -> None:
        self._size = size.value if isinstance(size, PlateSize) else size
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """The size asked for; a plate does not grow with the text, it is a picture."""
        return QSize(*self._size)

    def described(self, view: PlateView) -> str:
        """Plate and state in words."""
        return f"{view.state} {view.number}".strip()

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_plate(canvas, self.area, self.view)
