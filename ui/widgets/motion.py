"""Things that move: spinner, progress line, the card picture. Still when motion is reduced.

Owner thread: the GUI thread. They run on Qt's timer only while they can be seen.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimerEvent, Signal
from PySide6.QtGui import QColor, QHideEvent, QPen, QShowEvent, QTransform
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.canvas import CENTRE, LEFT, RIGHT, Canvas, rounded, text_height, text_width
from ui.widgets.cards import CardKind, paint_card
from ui.widgets.painted import Growing, Painted

_FRAME_MS = 50
View = TypeVar("View")


class _Moving(Painted[View]):
    """A widget with a phase 0 to 1 that turns while it is visible."""

    def __init__(self, view: View, turn_ms: int, parent: QWidget | None = None) -> None:
        self._turn_ms = turn_ms
        self._elapsed_ms = 0
        self._timer_id = 0
        super().__init__(view, parent)

    @property
    def phase(self) -> float:
        """Where in its turn it is; 0 when motion is reduced."""
        return (self._elapsed_ms % self._turn_ms) / self._turn_ms

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: begin to move."""
        if not look().reduced_motion and not self._timer_id:
            self._timer_id = self.startTimer(_FRAME_MS)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: stand still."""
        if self._timer_id:
            self.killTimer(self._timer_id)
            self._timer_id = 0
        super().hideEvent(event)

    def timerEvent(self, _event: QTimerEvent) -> None:
        """Qt: one frame on."""
        self._elapsed_ms += _FRAME_MS
        self.update()


class Spinner(_Moving[str]):
    """Twelve spokes, one turn in 1.2 s; its view is the words it stands for."""

    def __init__(self, view: str, px: int = 132, parent: QWidget | None = None) -> None:
        self._px = px
        super().__init__(view, look().tokens.motion["spinner_turn_ms"], parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """A square."""
        px = look().grown(self._px)
        return QSize(px, px)

    def described(self, view: str) -> str:
        """The words."""
        return view

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        side = self.area.width()
        first = math.floor(self.phase * 12)
        for spoke in range(12):
            age = (first - spoke) % 12
            colour = QColor(canvas.colours.text)
            colour.setAlphaF(max(0.14, 1 - age / 12))
            turn = QTransform().translate(side / 2, side / 2).rotate(spoke * 30)
            with canvas.moved(turn):
                pen = QPen(colour, side * 0.13)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                canvas.painter.setPen(pen)
                canvas.painter.drawLine(QPointF(0, -side * 0.26), QPointF(0, -side * 0.42))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """How far something is.

    Attributes:
        words: What is happening, e.g. `Sending 3 citations`.
        share: 0 to 1; None when nobody can know.
        left: Time or items left, e.g. `about 20 s`.
        stop: Words of the button that stops it; empty for none.
    """

    words: str
    share: float | None = None
    left: str = ""
    stop: str = ""


class _Line(_Moving[ProgressView]):
    def drawn_size(self) -> QSize:
        return QSize(240, look().grown(52))

    def described(self, view: ProgressView) -> str:
        done = f", {round(view.share * 100)} percent" if view.share is not None else ""
        return f"{view.words}{done}, {view.left}".rstrip(", ")

    def draw(self, canvas: Canvas) -> None:
        view, rect, c = self.view, self.area, canvas.colours
        use = f"{canvas.look.profile.place}.least"
        left = min(text_width(view.left, use) + 2, rect.width() / 2) if view.left else 0
        high = rect.height() * 0.6
        words = QRectF(0, 0, rect.width() - left - (12 if left else 0), high)
        canvas.text(words, view.words, use, align=LEFT, lines=1)
        canvas.text(
            QRectF(rect.width() - left, 0, left, high), view.left, use, align=RIGHT, colour=c.second
        )
        bar = QRectF(0, rect.height() - 16, rect.width(), 12)
        canvas.box(bar, fill=c.line, radius=6)
        if view.share is not None:
            long = max(12.0, bar.width() * min(1.0, max(0.0, view.share)))
            canvas.box(QRectF(bar.left(), bar.top(), long, 12), fill=c.text, radius=6)
            return
        # Nobody knows how long: a dark part wanders, and stays in the middle when motion is off.
        place = 0.33 if canvas.look.reduced_motion else 0.67 * abs(1 - 2 * self.phase)
        part = QRectF(bar.left() + place * bar.width(), bar.top(), bar.width() * 0.33, 12)
        canvas.box(part, fill=c.text, radius=6)


class ProgressLine(QWidget):
    """For anything over one second: what happens, how far, how long still, and a way to stop.

    Signals:
        stop_pressed: The person wants it stopped.
    """

    stop_pressed = Signal()

    def __init__(self, view: ProgressView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._line = _Line(view, 2400, self)
        row.addWidget(self._line, 1)
        size = {
            "kiosk": ButtonSize.KIOSK_ACCESS,
            "officer": ButtonSize.OFFICER,
            "desk": ButtonSize.DESK,
        }[look().profile.place]
        self._stop = ActionButton(ButtonView(label=view.stop), size, self)
        self._stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._stop.setVisible(bool(view.stop))
        self._stop.clicked.connect(self.stop_pressed)
        row.addWidget(self._stop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._line.accessibleName())

    def set_view(self, view: ProgressView) -> None:
        """Show another state."""
        self._line.set_view(view)
        self._stop.set_view(ButtonView(label=view.stop))
        self._stop.setVisible(bool(view.stop))
        self.setAccessibleName(self._line.accessibleName())


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPictureView:
    """What the drawn reader says: the price, and how the card may be used."""

    price: str
    words: str


class CardPicture(_Moving[CardPictureView]):
    """Where and how to hold the card: a card moves to a reader, 1.6 s a loop, 1000 x 608."""

    def __init__(self, view: CardPictureView, parent: QWidget | None = None) -> None:
        super().__init__(view, look().tokens.motion["card_loop_ms"], parent)

    def drawn_size(self) -> QSize:
        """Needs 720 px of width."""
        return QSize(720, 608)

    def described(self, view: CardPictureView) -> str:
        """What to do."""
        return f"{view.words}, {view.price}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_card(canvas, self.area, CardKind.CONTROL)
        shift = (self.area.width() - 1000) / 2
        with canvas.moved(QTransform.fromTranslate(shift, (self.area.height() - 608) / 2)):
            self._draw_arrow(canvas)
            self._draw_reader(canvas)
            travel = 0.0 if look().reduced_motion else min(1.0, self.phase * 1.6)
            for back, alpha in ((88, 0.25), (44, 0.5)):
                self._draw_card(canvas, 200 - back + 24 * travel, ghost=alpha)
            self._draw_card(canvas, 200 + 24 * travel)

    def _draw_arrow(self, canvas: Canvas) -> None:
        pen = QPen(QColor(canvas.colours.text), 9)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        canvas.painter.setPen(pen)
        canvas.painter.drawLine(QPointF(310, 99), QPointF(504, 99))
        canvas.painter.drawPolyline([QPointF(477, 72), QPointF(506, 99), QPointF(477, 126)])

    def _draw_reader(self, canvas: Canvas) -> None:
        c = canvas.colours
        canvas.box(QRectF(538, 40, 304, 528), fill=c.hot, border=c.hot, width=4, radius=36)
        screen = QRectF(574, 86, 232, 170)
        canvas.box(screen, fill=c.chosen, radius=10)
        canvas.text(
            QRectF(582, 98, 216, 76),
            self.view.price,
            "kiosk.panel",
            colour=c.chosen_text,
            align=CENTRE,
        )
        canvas.text(
            QRectF(582, 176, 216, 72),
            self.view.words,
            "officer.button",
            colour=c.chosen_text,
            align=CENTRE,
            lines=2,
        )
        pen = QPen(QColor(c.hot_text), 9)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        canvas.painter.setPen(pen)
        canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in range(4):
            radius = 30 + number * 29
            box = QRectF(636 - radius, 362 - radius, 2 * radius, 2 * radius)
            canvas.painter.drawArc(box, -38 * 16, 76 * 16)
        canvas.box(QRectF(610, 504, 160, 14), fill=c.control_border, radius=7)

    def _draw_card(self, canvas: Canvas, left: float, *, ghost: float = 0.0) -> None:
        c = canvas.colours
        turn = QTransform().translate(left + 140, 338).rotate(-14.5)
        card = QRectF(-172, -106, 344, 212)
        with canvas.moved(turn):
            if ghost:
                canvas.painter.setOpacity(ghost)
                canvas.box(card, border=c.control_border, width=4, radius=22, dashed=True)
                canvas.painter.setOpacity(1.0)
                return
            canvas.box(card, fill=c.info, border=c.hot, width=4, radius=22)
            canvas.box(QRectF(-170, -76, 340, 42), fill=c.main)
            canvas.painter.fillPath(rounded(QRectF(-136, -12, 62, 46), 8), QColor(c.hazard))
            canvas.painter.fillPath(rounded(QRectF(-136, 56, 190, 14), 7), QColor(c.info_mark))


class Hint(Growing[str]):
    """One line of help at the foot of a pay-station screen; wraps when it must."""

    least_width = 320

    def height_for(self, width: int) -> int:
        """One line is 48 px."""
        return max(
            look().grown(48), 4 * math.ceil(text_height(self.view, "kiosk.least", width) / 4)
        )

    def described(self, view: str) -> str:
        """The words."""
        return view

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        canvas.text(self.area, self.view, "kiosk.least", align=CENTRE, lines=9)
