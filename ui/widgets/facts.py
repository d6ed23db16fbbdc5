"""Names and values whose long values take more lines. Owner thread: the GUI thread."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.canvas import Canvas, text_height
from ui.widgets.painted import Growing

_MOST_AIR_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LongFactsView:
    """Names and values, one under the other.

    Attributes:
        facts: (name, value), in order; an empty pair keeps the room of a row.
        name_use: Type style of names.
        value_use: Type style of values.
        name_px: Width of the names.
        row_px: Least height of a row.
    """

    facts: tuple[tuple[str, str], ...]
    name_use: str = "desk.second"
    value_use: str = "desk.head"
    name_px: int = 136
    row_px: int = 28


class LongFacts(Growing[LongFactsView]):
    """Names at the left, values beside them; room that is left makes the rows airier."""

    least_width = 280

    def __init__(self, view: LongFactsView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def _highs(self, width: float) -> list[int]:
        view = self.view
        wide, least = width - look().grown(view.name_px), look().grown(view.row_px)
        return [
            max(
                least,
                self._high(name, view.name_use, look().grown(view.name_px) - 4),
                self._high(value, view.value_use, wide),
            )
            for name, value in view.facts
        ]

    @staticmethod
    def _high(text: str, use: str, width: float) -> int:
        return 4 * -(-int(text_height(text, use, width) + 8) // 4)

    def height_for(self, width: int) -> int:
        """All rows."""
        return max(4, sum(self._highs(width)))

    def described(self, view: LongFactsView) -> str:
        """All of them."""
        return ", ".join(f"{name} {value}" for name, value in view.facts if name)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, width = self.view, self.area.width()
        top, left = 0.0, canvas.look.grown(view.name_px)
        highs = self._highs(width)
        spare = (self.area.height() - sum(highs)) / max(1, len(highs))
        air = max(0.0, min(spare, canvas.look.grown(_MOST_AIR_PX)))
        for (name, value), least in zip(view.facts, highs, strict=True):
            high, second = least + air, canvas.colours.second
            names = QRectF(0, top, left - 4, high)
            canvas.text(names, name, view.name_use, colour=second, lines=9)
            room = QRectF(left, top, width - left, high)
            canvas.text(room, value, view.value_use, lines=9)
            top += high
