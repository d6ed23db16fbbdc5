"""The officer's top bar: who and where, what is still to send, the age of every source, clock.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.canvas import LEFT, RIGHT, Canvas, Line, text_width
from ui.widgets.painted import Painted
from ui.widgets.shapes import Mark, MarkInk

_CELL_GAP = 8.0
_CELL_SIDES = 38.0
"""Shape of 24 px with air at its sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell of the bar.

    Attributes:
        label: What it is, e.g. `Permits`.
        value: How it stands, e.g. `4 min`.
        icon: A line icon; without one the cell shows a check, or a triangle when stale.
        stale: Past its limit: the cell turns yellow with a triangle.
    """

    label: str
    value: str
    icon: Icon | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopBarView:
    """The whole bar.

    Attributes:
        beat: Beat and zone.
        shift: Officer and shift.
        cells: To send, one per source, network, in this order.
        battery_percent: 0 to 100; None where there is no battery.
        clock: Local time, 24 hours.
        doubt: Uncertainty of the clock, e.g. `± 0.4 s`.
        clock_stale: The doubt is above what the rules allow.
    """

    beat: str
    shift: str
    cells: tuple[CellView, ...]
    battery_percent: int | None = None
    clock: str = ""
    doubt: str = ""
    clock_stale: bool = False


class TopBar(Painted[TopBarView]):
    """72 px over the whole width.

    Signals:
        cells_pressed: A finger touched the cells, which are one target as high as the bar.
    """

    cells_pressed = Signal()

    def __init__(self, view: TopBarView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self._cells_room = QRectF()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a touch on the cells; above and below them counts too."""
        at = event.position()
        room = self._cells_room
        if room.left() <= at.x() <= room.right() and room.top() - 8 <= at.y() <= room.bottom() + 8:
            self.cells_pressed.emit()
        else:
            super().mousePressEvent(event)

    def drawn_size(self) -> QSize:
        """Needs 1000 px of width."""
        return QSize(1000, look().grown(72))

    def described(self, view: TopBarView) -> str:
        """The bar in words."""
        cells = (f"{cell.label} {cell.value}" for cell in view.cells)
        return ", ".join((view.beat, view.shift, *cells, view.clock, view.doubt))

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it: one row, or the cells in a row of their own when letters are large."""
        rect, view, c = self.area, self.view, canvas.colours
        canvas.box(rect, fill=c.bar)
        rows = 2 if canvas.look.scale > 1.3 else 1
        high = rect.height() / rows
        right = self._draw_clock(canvas, QRectF(0, 0, rect.right() - 24, high))
        if view.battery_percent is not None:
            right = self._draw_battery(canvas, QRectF(0, 0, right - 18, high), view.battery_percent)
        if rows == 2:
            self._draw_names(canvas, QRectF(24, 0, right - 48, high))
            self._draw_cells(canvas, QRectF(24, high, rect.width() - 48, high))
            return
        names = max(text_width(view.beat, "officer.value"), text_width(view.shift, "officer.label"))
        names = min(max(names + 4, 160.0), 208.0)
        self._draw_names(canvas, QRectF(24, 0, names, high))
        room = QRectF(24 + names + 16, 0, right - 12 - 24 - names - 16, high)
        self._draw_cells(canvas, room)

    def _draw_names(self, canvas: Canvas, rect: QRectF) -> None:
        ink = canvas.colours.bar_text
        canvas.stack(
            rect.adjusted(0, 8, 0, -10),
            (
                Line(self.view.beat, "officer.value", ink),
                Line(self.view.shift, "officer.label", ink),
            ),
        )

    def _draw_cells(self, canvas: Canvas, room: QRectF) -> None:
        widths = self._cell_widths(room.width())
        left = room.right() - sum(widths) - _CELL_GAP * max(0, len(widths) - 1)
        self._cells_room = QRectF(left, room.top() + 8, room.right() - left, room.height() - 16)
        for cell, width in zip(self.view.cells, widths, strict=True):
            spot = QRectF(left, room.top() + 8, width, room.height() - 16)
            self._draw_cell(canvas, spot, cell)
            left += width + _CELL_GAP

    def _cell_widths(self, room: float) -> list[float]:
        cells = self.view.cells
        if not cells:
            return []
        words = [
            max(text_width(cell.label, "officer.label"), text_width(cell.value, "officer.cell")) + 2
            for cell in cells
        ]
        spare = room - _CELL_GAP * (len(cells) - 1) - sum(words) - _CELL_SIDES * len(cells)
        if spare < 0:
            share = (sum(words) + spare) / sum(words)
            return [float(int(wide * share + _CELL_SIDES)) for wide in words]
        extra = min(spare / len(cells), 40.0)
        return [float(int(wide + _CELL_SIDES + extra)) for wide in words]

    @staticmethod
    def _draw_cell(canvas: Canvas, rect: QRectF, cell: CellView) -> None:
        c = canvas.colours
        ground, ink = (c.hazard, c.hazard_ink) if cell.stale else (c.bar_cell, c.bar_text)
        canvas.box(rect, fill=ground, radius=8)
        slack = min(6.0, (rect.width() - _CELL_SIDES - text_width(cell.label, "officer.label")) / 3)
        left = rect.left() + 6 + max(0.0, slack)
        spot = QRectF(left, rect.center().y() - 12, 24, 24)
        if cell.stale:
            canvas.mark(Mark.CAUTION, spot, ink=MarkInk(ink, ground))
        elif cell.icon:
            canvas.icon(cell.icon, spot, colour=ink)
        else:
            canvas.mark(Mark.OK, spot, ink=MarkInk(ink, ground))
        left = spot.right() + 6
        canvas.stack(
            QRectF(left, rect.top() + 3, rect.right() - left - 2, rect.height() - 7),
            (Line(cell.label, "officer.label", ink), Line(cell.value, "officer.cell", ink)),
        )

    def _draw_clock(self, canvas: Canvas, row: QRectF) -> float:
        view, c = self.view, canvas.colours
        width = max(
            text_width(view.clock, "officer.clock"), text_width(view.doubt, "officer.least")
        )
        width += 2
        high, right = row.height(), row.right()
        if view.clock_stale:
            behind = QRectF(right - width - 8, row.top() + high * 0.52, width + 16, high * 0.40)
            canvas.box(behind, fill=c.hazard, radius=6)
        canvas.stack(
            QRectF(right - width, row.top() + 2, width, high - 8),
            (
                Line(view.clock, "officer.clock", c.bar_text),
                Line(view.doubt, "officer.least", c.hazard_ink if view.clock_stale else c.bar_text),
            ),
            align=RIGHT,
        )
        return right - width

    def _draw_battery(self, canvas: Canvas, row: QRectF, percent: int) -> float:
        c, high, right = canvas.colours, row.height(), row.right()
        words = f"{percent}%"
        width = max(40.0, text_width(words, "officer.least") + 2)
        left, ink = right - width, c.hazard if percent < 15 else c.bar_text
        case = QRectF(left, high * 0.20, 36, 18)
        canvas.box(case, border=ink, width=2, radius=5)
        canvas.box(QRectF(case.right() + 1, case.center().y() - 4, 3, 8), fill=ink, radius=1.5)
        level = case.adjusted(4, 4, -4, -4)
        level.setWidth(max(2.0, level.width() * min(100, max(0, percent)) / 100))
        canvas.box(level, fill=ink, radius=2)
        canvas.text(
            QRectF(left, high * 0.5, width, high * 0.36),
            words,
            "officer.least",
            colour=ink,
            align=LEFT,
        )
        return left
