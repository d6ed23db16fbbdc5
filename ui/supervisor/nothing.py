"""What stands where nothing is: a shape, what it means, what will happen. Never an empty card.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.canvas import CENTRE, Canvas, text_height
from ui.widgets.painted import Painted
from ui.widgets.shapes import Mark

_TITLE, _TEXT = "desk.heading", "desk.table"
_GAP_PX, _WIDEST_PX = 12, 520


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingView:
    """Why nothing is here; the shape says whether that is good."""

    mark: Mark
    title: str
    text: str


class Nothing(Painted[NothingView]):
    """A shape and words in the middle of the room it gets."""

    def __init__(self, view: NothingView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _words_px(self) -> int:
        return min(_WIDEST_PX, max(self.width(), self.least_px))

    least_px = 240

    def _heights(self, wide: float) -> tuple[float, float, float]:
        return (
            look().grown(40) + _GAP_PX,
            text_height(self.view.title, _TITLE, wide) + 4,
            text_height(self.view.text, _TEXT, wide),
        )

    def drawn_size(self) -> QSize:
        """As high as its words."""
        return QSize(self.least_px, 4 * -(-int(sum(self._heights(self._words_px())) + 1) // 4))

    def described(self, view: NothingView) -> str:
        """Its words."""
        return f"{view.title}. {view.text}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        wide = self._words_px()
        sign, title, text = self._heights(wide)
        top = (self.height() - sign - title - text) / 2
        side = sign - _GAP_PX
        canvas.mark(self.view.mark, QRectF((self.width() - side) / 2, top, side, side))
        room = QRectF((self.width() - wide) / 2, top + sign, wide, title)
        canvas.text(room, self.view.title, _TITLE, align=CENTRE, lines=9)
        room = QRectF(room.left(), room.bottom(), wide, text)
        second = canvas.colours.second
        canvas.text(room, self.view.text, _TEXT, colour=second, align=CENTRE, lines=9)
