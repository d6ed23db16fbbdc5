"""The photo of a car on a ticket. Owner thread: the GUI thread; it arrives decoded."""

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.canvas import CENTRE, Canvas
from ui.widgets.painted import Painted

_PX = (320, 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarPhotoView:
    """A photo, or why there is none.

    Attributes:
        words: What it shows, for people who listen; in its place while there is no picture.
        image: The picture; None for none.
    """

    words: str
    image: QImage | None = None


class CarPhoto(Painted[CarPhotoView]):
    """A photo of 320 x 240."""

    def __init__(self, view: CarPhotoView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """Fixed: the picture does not grow with the text."""
        return QSize(*_PX)

    def described(self, view: CarPhotoView) -> str:
        """What it shows."""
        return view.words

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, c = self.view, canvas.colours
        if view.image is not None and not view.image.isNull():
            canvas.picture(view.image, self.area, radius=12)
            return
        canvas.box(self.area, fill=c.card, border=c.control_border, width=2, radius=12, dashed=True)
        inside = self.area.adjusted(16, 16, -16, -16)
        canvas.text(inside, view.words, "kiosk.least", align=CENTRE, lines=4)
