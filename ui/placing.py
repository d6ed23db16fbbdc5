"""Puts parts under and beside each other on the 4 px grid. Owner thread: the GUI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GRID = 4
_GUTTER_PX = 12


def on_grid(px: float) -> int:
    """Return the grid line at or before a length."""
    return int(px) // GRID * GRID


def height_of(part: QWidget, width: int) -> int:
    """Return how high a part must be at a width, rounded up to the grid."""
    part.resize(width, max(GRID, part.height()))
    high = max(part.sizeHint().height(), part.minimumSizeHint().height())
    return -(-high // GRID) * GRID


class Column:
    """A place that fills from the top.

    Args:
        left: Left edge in px, on the grid.
        top: Where the first part goes.
        width: Of every part.
    """

    def __init__(self, left: int, top: int, width: int) -> None:
        self.left = left
        self.y = top
        self.width = width

    def put(self, part: QWidget, *, gap: int = 12, high: int = 0) -> None:
        """Place a part as high as it needs, or exactly ``high``, and leave a gap under it."""
        tall = high or height_of(part, self.width)
        part.setGeometry(self.left, self.y, self.width, tall)
        self.y += tall + gap


class Columns(QWidget):
    """Parts beside each other in columns that all begin on the 4 px grid.

    Args:
        parts: From the left.
        shares: How much of the width each takes; equal when empty.
    """

    def __init__(self, parts: Sequence[QWidget], shares: Sequence[int] = ()) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self._shares = tuple(shares) or (1,) * len(self._parts)
        for part in self._parts:
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Qt: as high as the highest part."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Qt: wide enough for every part at its least width."""
        least = [part.minimumSizeHint() for part in self._parts]
        wide = sum(size.width() for size in least) + _GUTTER_PX * (len(least) - 1)
        return QSize(wide, max(size.height() for size in least))

    def event(self, event: QEvent) -> bool:
        """Qt: a part asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: place the parts."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        room = self.width() - _GUTTER_PX * (len(self._parts) - 1)
        left = 0
        for part, share in zip(self._parts, self._shares, strict=True):
            wide = room * share // sum(self._shares) // 4 * 4
            wide = self.width() - left if part is self._parts[-1] else wide
            part.setGeometry(left, 0, wide, self.height())
            left += wide + _GUTTER_PX
