"""The answer to a plate check, readable in one glance: block, word, two lines, plate.

Owner thread: the GUI thread. Light, dark, striped and dark with a light block are four different
pictures, so that the answers differ without colour.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize

from ui.theme.look import look
from ui.theme.tokens import Palette
from ui.widgets.canvas import Canvas, Line, rounded, text_width
from ui.widgets.painted import Painted
from ui.widgets.plate import PlateView, paint_plate
from ui.widgets.shapes import Mark, MarkInk, card_ink


class AnswerKind(StrEnum):
    """What the panel looks like; the word in it comes with the view."""

    PAID = "paid"
    PERMIT = "permit"
    EXPIRED = "expired"
    NOT_PAID = "not_paid"
    CANNOT_KNOW = "cannot_know"
    HOT_LIST = "hot_list"
    GRACE = "grace"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One answer.

    Attributes:
        kind: Which picture.
        word: The answer in capitals, in the person's language; may shrink to 56 px, never wraps.
        line: What it means, e.g. `until 16:40 · 2 h 08 min left`.
        detail: Zone and source, one line, or two when long.
        plate: The plate asked about.
    """

    kind: AnswerKind
    word: str
    line: str
    detail: str
    plate: PlateView


@dataclass(frozen=True, slots=True)
class PanelInk:
    """Colours and mark of a panel; `striped` panels have a hazard frame."""

    mark: Mark
    ground: str
    text: str
    frame: str
    block: str
    shape: MarkInk
    striped: bool = False


def panel_ink(kind: AnswerKind, c: Palette) -> PanelInk:
    """How an answer is dressed."""
    good = PanelInk(Mark.OK, c.paid, c.paid_text, c.ok, c.ok, MarkInk(c.ok_mark, c.ok))
    bad = PanelInk(Mark.BAD, c.expired, c.expired_text, c.bad, c.bad, MarkInk(c.bad_mark, c.bad))
    return {
        AnswerKind.PAID: good,
        AnswerKind.PERMIT: good,
        AnswerKind.EXPIRED: bad,
        AnswerKind.NOT_PAID: bad,
        AnswerKind.CANNOT_KNOW: PanelInk(
            Mark.UNKNOWN,
            c.unknown,
            c.unknown_text,
            c.hazard,
            c.hazard,
            MarkInk(c.ok_mark, c.hazard_ink),
            striped=True,
        ),
        AnswerKind.HOT_LIST: PanelInk(
            Mark.HOT, c.hot, c.hot_text, c.hot_frame, c.hazard, MarkInk(c.hazard_ink, c.hot_mark)
        ),
        AnswerKind.GRACE: PanelInk(
            Mark.CAUTION,
            c.note,
            c.note_text,
            c.hazard,
            c.hazard,
            MarkInk(c.hazard_ink, c.hazard),
        ),
    }[kind]


def paint_panel(
    canvas: Canvas, rect: QRectF, ink: PanelInk, block: float, *, mark: Mark | None = None
) -> QRectF:
    """Draw frame, block with its shape, and the inner ground.

    Args:
        canvas: An open canvas.
        rect: The whole panel.
        ink: How it is dressed.
        block: Width of the block at the left, frame included.
        mark: Another shape than the one the ink names.

    Returns:
        The rectangle of the inner ground.
    """
    radius = canvas.look.tokens.radius["answer"]
    frame = 16.0 if ink.striped else 8.0
    whole = rounded(rect, radius)
    if ink.striped:
        canvas.stripes(whole, band=14)
    else:
        canvas.box(rect, fill=ink.frame, radius=radius)
    if ink.block != ink.frame:
        square = rect.adjusted(8, 8, 0, -8)
        square.setWidth(block - 16)
        canvas.box(square, fill=ink.block, radius=radius - 8)
    inner = rect.adjusted(block, frame, -frame, -frame)
    canvas.box(inner, fill=ink.ground, radius=8)
    side = min(block, rect.height()) * 0.64
    spot = QRectF(0, 0, side, side)
    spot.moveCenter(QPointF(rect.left() + block / 2, rect.center().y()))
    _paint_block_mark(canvas, spot, ink, mark or ink.mark)
    return inner


def _paint_block_mark(canvas: Canvas, spot: QRectF, ink: PanelInk, mark: Mark) -> None:
    shape = ink.shape
    if mark is not ink.mark:
        shape = card_ink(mark, canvas.colours)
    if ink.striped:
        # A broad dark rim parts the shape from the stripes around it.
        rim = canvas.colours.hazard_ink
        canvas.mark(mark, spot.adjusted(-7, -7, 7, 7), ink=MarkInk(rim, rim, rim))
    canvas.mark(mark, spot, ink=MarkInk(shape.ground, shape.sign))


class AnswerPanel(Painted[AnswerView]):
    """The answer, 1232 x 212 on an officer's laptop."""

    def drawn_size(self) -> QSize:
        """Grows with the text; needs 900 px of width."""
        return QSize(900, look().grown(212))

    def described(self, view: AnswerView) -> str:
        """The answer in words."""
        return f"{view.word}. {view.line}. {view.detail}. {view.plate.number}, {view.plate.state}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, ink, rect = self.view, panel_ink(self.view.kind, canvas.colours), self.area
        inner = paint_panel(canvas, rect, ink, 212)
        high = rect.height()
        plate_high = min(136.0, inner.height() - 24)
        plate = QRectF(0, 0, plate_high * 284 / 136, plate_high)
        plate.moveRight(rect.right() - 28)
        plate.moveTop(rect.center().y() - plate_high / 2)
        paint_plate(canvas, plate, view.plate)
        left, width = inner.left() + 32, plate.left() - 24 - inner.left() - 32
        word = QRectF(left, rect.top() + high * 0.10, width, high * 0.40)
        canvas.text(word, view.word, "officer.answer", colour=ink.text)
        below = QRectF(left, rect.top() + high * 0.49, width, 0)
        short = max(
            text_width(view.line, "officer.line"), text_width(view.detail, "officer.second")
        )
        below.setBottom(rect.top() + high * 0.86 if short <= width else inner.bottom() - 8)
        canvas.stack(
            below,
            (
                Line(view.line, "officer.line", ink.text, 2),
                Line(view.detail, "officer.second", ink.text, 2),
            ),
        )
