"""Photos: tile, camera pane, the car at the side of an answer, and QR codes.

Owner thread: the GUI thread. Pictures arrive decoded; nothing here opens a file.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import paint_pressed
from ui.widgets.canvas import CENTRE, Canvas, text_width
from ui.widgets.cards import paint_card
from ui.widgets.marks import key_cap_height, key_cap_width, paint_key_cap
from ui.widgets.painted import Painted, PaintedButton
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """A photo, or the place for one more.

    Attributes:
        caption: Under it: the time it was taken, or the words `Add photo` inside.
        image: The picture; None draws the place for one more.
        key: The key that takes one, drawn under the empty place.
    """

    caption: str
    image: QImage | None = None
    key: str = ""


class PhotoTile(PaintedButton[PhotoView]):
    """A photo of 120 x 124 with its caption; pressing opens it or takes one more."""

    def __init__(
        self, view: PhotoView, px: tuple[int, int] = (120, 124), parent: QWidget | None = None
    ) -> None:
        self._px = px
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.bind_key(view.key)

    def set_view(self, view: PhotoView) -> None:
        """Show another photo."""
        super().set_view(view)
        self.bind_key(view.key)

    def drawn_size(self) -> QSize:
        """The picture and a line under it."""
        return QSize(self._px[0], self._px[1] + look().grown(36))

    def described(self, view: PhotoView) -> str:
        """Caption and key."""
        kind = "photo" if view.image else "no photo yet"
        return ", ".join(part for part in (kind, view.caption, view.key) if part)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, c = self.view, canvas.colours
        rect = QRectF(0, 0, self.width(), self._px[1])
        foot = QRectF(0, rect.bottom() + 4, self.width(), self.height() - rect.bottom() - 4)
        if view.image is not None:
            canvas.picture(view.image, rect, radius=10)
            canvas.text(foot, view.caption, "officer.age", align=CENTRE)
        else:
            canvas.box(rect, fill=c.card, border=c.control_border, width=2, radius=10, dashed=True)
            canvas.icon(Icon.PLUS, QRectF(rect.center().x() - 16, rect.height() * 0.24, 32, 32))
            words = QRectF(6, rect.height() * 0.52, rect.width() - 12, rect.height() * 0.36)
            canvas.text(words, view.caption, "officer.age", align=CENTRE, lines=2)
            if view.key:
                wide, high = (
                    key_cap_width(view.key, "officer.least"),
                    key_cap_height("officer.least"),
                )
                cap = QRectF(0, 0, wide, high)
                cap.moveCenter(foot.center())
                paint_key_cap(canvas, cap, view.key, "officer.least", c.text)
        if self.isDown():
            paint_pressed(canvas, rect, c.text, 10)
        if self.hasFocus():
            canvas.ring(rect, radius=10, on_dark=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """What the camera sees.

    Attributes:
        frame: The newest frame; None while there is none.
        left_words: What it does, e.g. `Camera 1 · reading · hold still`.
        right_words: Time of the frame.
        plate_box: Where the plate is, as shares (x, y, width, height) of the pane.
    """

    frame: QImage | None
    left_words: str
    right_words: str = ""
    plate_box: tuple[float, float, float, float] | None = None


class CameraPane(Painted[CameraView]):
    """The live picture with brackets around the plate, 828 x 408."""

    def __init__(self, view: CameraView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def drawn_size(self) -> QSize:
        """Takes the room it gets, from 240 px of height."""
        return QSize(320, 240)

    def described(self, view: CameraView) -> str:
        """What it does."""
        return f"{view.left_words} {view.right_words}".strip()

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, c = self.view, self.area, canvas.colours
        canvas.box(rect, fill=c.hot, radius=12)
        if view.frame is not None:
            canvas.picture(view.frame, rect, radius=12)
        else:
            icon = QRectF(0, 0, 64, 64)
            icon.moveCenter(rect.center())
            canvas.icon(Icon.CAMERA, icon, colour=c.hot_text)
        if view.plate_box:
            x, y, wide, high = view.plate_box
            self._draw_brackets(
                canvas,
                QRectF(
                    rect.width() * x, rect.height() * y, rect.width() * wide, rect.height() * high
                ),
            )
        right_wide = self._badge(canvas, view.right_words, rect, at_right=True, room=rect.width())
        room = rect.width() - right_wide - 48
        self._badge(canvas, view.left_words, rect, at_right=False, room=room)

    @staticmethod
    def _badge(canvas: Canvas, words: str, rect: QRectF, *, at_right: bool, room: float) -> float:
        if not words:
            return 0.0
        high = canvas.look.grown(32)
        wide = min(text_width(words, "officer.detail") + 26, room - 16)
        left = rect.right() - 16 - wide if at_right else rect.left() + 16
        box = QRectF(left, rect.bottom() - 16 - high, wide, high)
        canvas.box(box, fill=canvas.colours.hot, radius=8)
        canvas.text(
            box.adjusted(12, 0, -12, 0), words, "officer.detail", colour=canvas.colours.hot_text
        )
        return wide

    @staticmethod
    def _draw_brackets(canvas: Canvas, box: QRectF) -> None:
        arm = min(36.0, box.width() / 3, box.height() / 2.2)
        corners = (
            (box.topLeft(), 1, 1),
            (box.topRight(), -1, 1),
            (box.bottomLeft(), 1, -1),
            (box.bottomRight(), -1, -1),
        )
        for colour, width in ((canvas.colours.hazard_ink, 9), (canvas.colours.hazard, 5)):
            pen = QPen(QColor(colour), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            canvas.painter.setPen(pen)
            for corner, right, down in corners:
                canvas.painter.drawPolyline(
                    [corner + QPointF(arm * right, 0), corner, corner + QPointF(0, arm * down)]
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class CarView:
    """The car at the side of an answer: photo, make and colour, what the registry says."""

    title: str
    detail: str
    mark: Mark
    image: QImage | None = None


class CarCard(Painted[CarView]):
    """The car, 440 x 84."""

    def drawn_size(self) -> QSize:
        """84 px high."""
        return QSize(300, look().grown(84))

    def described(self, view: CarView) -> str:
        """The car in words."""
        return f"{view.title}, {view.detail}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, c = self.view, self.area, canvas.colours
        paint_card(canvas, rect)
        photo = QRectF(12, 8, 116, rect.height() - 16)
        if view.image is not None:
            canvas.picture(view.image, photo, radius=8)
        else:
            canvas.box(photo, fill=c.page, radius=8)
            icon = QRectF(0, 0, 36, 36)
            icon.moveCenter(photo.center())
            canvas.icon(Icon.CAR, icon, colour=c.second)
        left = photo.right() + 12
        half = (rect.height() - 24) / 2
        words = QRectF(left, 12, rect.right() - left - 12, half)
        canvas.text(words, view.title, "officer.age")
        side = canvas.look.grown(20)
        middle = 12 + half * 1.5
        canvas.mark(view.mark, QRectF(left, middle - side / 2, side, side))
        words = QRectF(left + side + 8, 12 + half, rect.right() - left - side - 20, half)
        canvas.text(words, view.detail, "officer.detail", colour=c.second)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrView:
    """A QR code as rows of dark (True) and light modules, and the words it stands for."""

    modules: tuple[tuple[bool, ...], ...]
    words: str


class QrCode(Painted[QrView]):
    """A QR code with its four clear modules, always dark on white."""

    def __init__(self, view: QrView, px: int = 228, parent: QWidget | None = None) -> None:
        self._px = px
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """A square."""
        return QSize(self._px, self._px)

    def described(self, view: QrView) -> str:
        """What it opens."""
        return view.words

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it: whole pixels a module, or readers fail."""
        modules = self.view.modules
        painter = canvas.painter
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        side = max(1, self.width() // (len(modules) + 8)) if modules else 1
        start = (self.width() - side * len(modules)) // 2
        for y, row in enumerate(modules):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(
                        start + x * side, start + y * side, side, side, Qt.GlobalColor.black
                    )
