"""What city hall refused: what it was, why, what to do. Owner thread: the GUI thread."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from app.words import _
from ui.sync.sync_state import ParkedRow
from ui.theme.look import look
from ui.widgets.canvas import Canvas, text_height
from ui.widgets.cards import Card, Label
from ui.widgets.painted import Growing
from ui.widgets.shapes import Mark

_USES = {"officer": ("officer.reason", "officer.detail"), "desk": ("desk.strong", "desk.table")}
_MARK_PX, _GAP_PX = 28, 16


class ParkedLine(Growing[ParkedRow]):
    """One refused operation: what it was, then why and what to do, as long as they need."""

    least_width = 320

    def _lines(self) -> tuple[tuple[str, str], ...]:
        view = self.view
        why = f"{view.why.rstrip('.')}. {view.todo}"
        return tuple(zip((view.what, why), self._uses(), strict=True))

    @staticmethod
    def _uses() -> tuple[str, str]:
        return _USES[look().profile.place]

    def _left(self) -> float:
        return look().grown(_MARK_PX) + _GAP_PX

    def height_for(self, width: int) -> int:
        """Its lines and the air under them."""
        wide = width - self._left()
        high = sum(text_height(text, use, wide) for text, use in self._lines())
        return 4 * -(-int(high + 8) // 4)

    def described(self, view: ParkedRow) -> str:
        """What, why and what to do."""
        return f"{view.what}. {view.why} {view.todo}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        side, left = canvas.look.grown(_MARK_PX), self._left()
        canvas.mark(Mark.CAUTION, QRectF(0, 2, side, side))
        top = 0.0
        for text, use in self._lines():
            high = text_height(text, use, self.area.width() - left)
            room = QRectF(left, top, self.area.width() - left, high)
            canvas.text(room, text, use, lines=9)
            top += high


class ParkedCard(Card):
    """The refused operations that have room, and how many more there are."""

    def __init__(self, heading_use: str) -> None:
        super().__init__(title=_("Refused by city hall, kept here"), title_use=heading_use)
        self._rows: list[ParkedLine] = []
        self._room = QVBoxLayout()
        self._room.setSpacing(8)
        self.body.addLayout(self._room)
        self._more = Label("", _USES[look().profile.place][1])
        self.body.addWidget(self._more)

    def set_rows(self, rows: tuple[ParkedRow, ...], more: str) -> None:
        """Show other operations."""
        while len(self._rows) < len(rows):
            line = ParkedLine(rows[len(self._rows)])
            self._rows.append(line)
            self._room.addWidget(line)
        for at, line in enumerate(self._rows):
            line.setVisible(at < len(rows))
            if at < len(rows):
                line.set_view(rows[at])
        self._more.setText(more)
        self._more.setVisible(bool(more))
        told = [line.accessibleName() for line in self._rows[: len(rows)]]
        self.setAccessibleName(" ".join((_("Refused by city hall, kept here."), *told, more)))
