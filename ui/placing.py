"""Puts parts under each other on the 4 px grid. Owner thread: the GUI thread."""

from PySide6.QtWidgets import QWidget

GRID = 4


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
