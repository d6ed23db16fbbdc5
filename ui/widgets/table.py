"""Tables of the desk: frozen rows, painted cells, no grid, one chosen row.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.theme.look import look
from ui.widgets.canvas import LEFT, RIGHT, Canvas, text_width
from ui.widgets.marks import PillView, paint_pill, pill_size
from ui.widgets.plate import PlateView, paint_plate
from ui.widgets.shapes import Mark

_PADDING = 12
AnyIndex = QModelIndex | QPersistentModelIndex


class ColumnAlign(StrEnum):
    """Words stand left, numbers right."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """A column.

    Attributes:
        title: Its head.
        share: How much of the spare width it takes; 0 keeps it as wide as its widest cell.
        align: Right for numbers.
        strong: Drawn heavier: the column that names the row.
    """

    title: str
    share: int = 1
    align: ColumnAlign = ColumnAlign.LEFT
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCell:
    """Words, in two lines when the row allows, with a shape before them if one is given."""

    text: str
    mark: Mark | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateCell:
    """A plate without its band."""

    plate: PlateView


@dataclass(frozen=True, slots=True, kw_only=True)
class PillCell:
    """A state."""

    pill: PillView


Cell = TextCell | PlateCell | PillCell


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row: its key and a cell per column."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table.

    Attributes:
        columns: In order.
        rows: In order.
        chosen: Key of the chosen row; empty for none.
        row_px: Height of a row as drawn, 44 to 72.
    """

    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    chosen: str = ""
    row_px: int = 44


def cell_words(cell: Cell) -> str:
    """What a cell says."""
    match cell:
        case TextCell():
            return cell.text
        case PlateCell():
            return f"{cell.plate.number} {cell.plate.state}".strip()
        case PillCell():
            return cell.pill.text


def table_words(view: TableView) -> str:
    """A whole table in words: its titles, then row by row."""
    titles = ", ".join(column.title for column in view.columns)
    return "; ".join((titles, *(", ".join(map(cell_words, row.cells)) for row in view.rows)))


class _Rows(QAbstractTableModel):
    def __init__(self, view: TableView, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = view

    def take(self, view: TableView) -> None:
        """Show other rows; the same shape only changes data, so scrolling stays."""
        same = len(view.rows) == len(self.view.rows) and view.columns == self.view.columns
        if not same:
            self.beginResetModel()
            self.view = view
            self.endResetModel()
            return
        self.view = view
        if view.rows:
            last = self.index(len(view.rows) - 1, len(view.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.view.rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.view.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.view.rows[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.UserRole:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_words(cell)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.view.columns[section].title
        return None


class _CellPainter(QStyledItemDelegate):
    """Paints a cell on the row's ground; nothing of the platform's style shows."""

    def __init__(self, table: "DataTable") -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        canvas = Canvas(painter, look())
        state: QStyle.StateFlag = option.state
        rect = QRectF(option.rect)
        self.draw(canvas, rect, index, chosen=bool(state & QStyle.StateFlag.State_Selected))
        self._table.note(canvas)
        painter.restore()

    def draw(self, canvas: Canvas, rect: QRectF, index: AnyIndex, *, chosen: bool) -> None:
        c = canvas.colours
        if chosen:
            canvas.painter.fillRect(rect, c.chosen)
        canvas.line(
            QPointF(rect.left(), rect.bottom() - 1),
            QPointF(rect.right(), rect.bottom() - 1),
            colour=c.line,
        )
        column = self._table.view.columns[index.column()]
        room = rect.adjusted(_PADDING, 4, -_PADDING, -5)
        draw_cell(canvas, room, index.data(Qt.ItemDataRole.UserRole), column, chosen=chosen)


def draw_cell(
    canvas: Canvas, room: QRectF, cell: Cell, column: ColumnView, *, chosen: bool
) -> None:
    """Draw one cell into the room that its padding leaves."""
    align = RIGHT if column.align is ColumnAlign.RIGHT else LEFT
    if isinstance(cell, PillCell):
        size = pill_size(cell.pill, "desk.pill")
        shrink = min(1.0, room.width() / size.width())
        spot = QRectF(0, 0, size.width() * shrink, size.height() * shrink)
        spot.moveTopLeft(QPointF(room.left(), room.center().y() - spot.height() / 2))
        paint_pill(canvas, spot, cell.pill, "desk.pill")
        return
    if isinstance(cell, PlateCell):
        spot = QRectF(0, 0, min(112.0, room.width()), min(36.0, room.height()))
        spot.moveTopLeft(QPointF(room.left(), room.center().y() - spot.height() / 2))
        paint_plate(canvas, spot, PlateView(number=cell.plate.number))
        return
    if cell.mark:
        side = canvas.look.grown(24)
        canvas.mark(cell.mark, QRectF(room.left(), room.center().y() - side / 2, side, side))
        room = room.adjusted(side + 8, 0, 0, 0)
    canvas.text(
        room,
        cell.text,
        "desk.strong" if cell.strong or column.strong else "desk.table",
        colour=canvas.colours.chosen_text if chosen else canvas.colours.text,
        align=align,
        lines=2,
    )


class _Head(QHeaderView):
    """Column titles that stand exactly over their cells."""

    def __init__(self, table: "DataTable") -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        return QSize(0, look().grown(40))

    def paintSection(self, painter: QPainter, rect: Any, logical_index: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        canvas = Canvas(painter, look())
        column = self._table.view.columns[logical_index]
        room = QRectF(rect)
        painter.fillRect(room, canvas.colours.card)
        painter.fillRect(
            QRectF(room.left(), room.bottom() - 2, room.width(), 2), canvas.colours.control_border
        )
        align = RIGHT if column.align is ColumnAlign.RIGHT else LEFT
        canvas.text(
            room.adjusted(_PADDING, 2, -_PADDING, -4),
            column.title,
            "desk.head",
            align=align,
            lines=2,
        )
        self._table.note(canvas)
        painter.restore()


class DataTable(QTableView):
    """A table of frozen rows.

    Signals:
        row_chosen: Key of the row that was pressed or reached with the keys.
        row_opened: Key of the row that was double-pressed, or on which Enter was pressed.
    """

    row_chosen = Signal(str)
    row_opened = Signal(str)

    def __init__(self, view: TableView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table_view = view
        self._faults: list[str] = []
        self._words: list[str] = []
        self._rows = _Rows(view, self)
        self.setModel(self._rows)
        self.setItemDelegate(_CellPainter(self))
        self.setHorizontalHeader(_Head(self))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        self.doubleClicked.connect(self._on_opened)
        self._quiet = False
        self._dress()

    @property
    def view(self) -> TableView:
        """The view on show."""
        return self._table_view

    def set_view(self, view: TableView) -> None:
        """Show other rows or another choice; `row_chosen` is for the person's choices only."""
        self._table_view = view
        self._quiet = True
        self._rows.take(view)
        self._dress()
        self._quiet = False

    def note(self, canvas: Canvas) -> None:
        """Remember which cell texts were drawn and which did not fit."""
        self._words += [drawn.text for drawn in canvas.drawn]
        self._faults += [drawn.text for drawn in canvas.drawn if not drawn.fits]

    def text_faults(self) -> list[str]:
        """Cell texts of the last painting that did not fit at their least size."""
        return list(self._faults)

    def words(self) -> list[str]:
        """Every text on show, for people who listen and for tests."""
        return list(self._words)

    def full_height(self) -> int:
        """Height that shows the head and every row, px."""
        return self.height_of(len(self.view.rows))

    def height_of(self, rows: int) -> int:
        """Height that shows the head and so many rows, px."""
        return self.horizontalHeader().sizeHint().height() + self._row_px() * rows

    def _row_px(self) -> int:
        return max(look().target("desk_row"), look().grown(self.view.row_px))

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._row_px())
        self.setAccessibleName(table_words(self.view))
        keys = [row.key for row in self.view.rows]
        if self.view.chosen in keys:
            index = self._rows.index(keys.index(self.view.chosen), 0)
            self.selectionModel().setCurrentIndex(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        else:
            self.clearSelection()
        self._share_width()

    def _natural(self, number: int) -> int:
        column = self.view.columns[number]
        widest = text_width(column.title, "desk.head")
        for row in self.view.rows:
            widest = max(widest, _cell_width(row.cells[number], strong=column.strong))
        return round(widest) + 2 * _PADDING + 2

    def _least(self, number: int) -> int:
        """Width at which words still stand whole, on two lines."""
        column = self.view.columns[number]
        if not column.share:
            return self._natural(number)
        use = "desk.strong" if column.strong else "desk.table"
        cells = [row.cells[number] for row in self.view.rows]
        texts = [cell.text for cell in cells if isinstance(cell, TextCell)]
        head = [text_width(word, "desk.head") for word in column.title.split()]
        words = [text_width(word, use) for text in texts for word in text.split()]
        fixed = [
            _cell_width(cell, strong=False) for cell in cells if not isinstance(cell, TextCell)
        ]
        return round(max(0, *head, *words, *fixed)) + 2 * _PADDING + 2

    def _floor(self, number: int) -> int:
        """Width at which words still stand whole at their least size."""
        cells = [row.cells[number] for row in self.view.rows]
        plate = any(isinstance(cell, PlateCell) for cell in cells)
        shrink = 1.0 if plate else look().least_px("desk.table") / look().text_px("desk.table")
        return round((self._least(number) - 2 * _PADDING) * shrink) + 2 * _PADDING

    def _share_width(self) -> None:
        columns = range(len(self.view.columns))
        if not columns:
            return
        room = self.viewport().width()
        widths = [self._natural(number) for number in columns]
        spare = room - sum(widths)
        shares = [self.view.columns[number].share for number in columns]
        if spare >= 0:
            total = sum(shares) or 1
            widths = [wide + spare * shares[n] // total for n, wide in enumerate(widths)]
        for narrower in (self._least, self._floor):
            if sum(widths) > room:
                widths = narrowed(widths, [narrower(number) for number in columns], room)
        for number, wide in enumerate(widths):
            self.setColumnWidth(number, wide)

    def _on_row(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.row_chosen.emit(self.view.rows[current.row()].key)

    def _on_opened(self, index: QModelIndex) -> None:
        self.row_opened.emit(self.view.rows[index.row()].key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: share the width anew."""
        super().resizeEvent(event)
        self._share_width()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another theme or text scale."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_quiet"):
            self._quiet = True
            self._dress()
            self._quiet = False
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter opens the row, when pressed afresh."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if not event.isAutoRepeat():
                self._on_opened(index)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: cells, then the ring around the whole table while it has focus."""
        self._faults, self._words = [], []
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            Canvas(painter, look()).ring(QRectF(self.viewport().rect()), radius=4, on_dark=False)
            painter.end()


def narrowed(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Column widths for too little room: each gives way towards its least, by what it can."""
    slack = [max(0, want - low) for want, low in zip(wanted, least, strict=True)]
    given = min(sum(wanted) - room, sum(slack))
    return [
        want - -(-given * free // max(1, sum(slack)))
        for want, free in zip(wanted, slack, strict=True)
    ]


def _cell_width(cell: Cell, *, strong: bool) -> float:
    match cell:
        case PillCell():
            return float(pill_size(cell.pill, "desk.pill").width())
        case PlateCell():
            return 112.0
        case TextCell():
            use = "desk.strong" if strong or cell.strong else "desk.table"
            mark = look().grown(24) + 8 if cell.mark else 0
            return mark + max(text_width(line, use) for line in cell.text.split("\n"))
