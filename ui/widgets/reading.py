"""The order in which people read what stands on a screen. Owner thread: the GUI thread."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget


def in_reading_order(parts: Iterable[QWidget], root: QWidget) -> list[QWidget]:
    """Return parts of a screen as they are read: rows from the top, each from the left.

    A part belongs to a row when its middle stands above the lower edge of the row's first part.
    """
    spots = sorted(((_spot(part, root), part) for part in parts), key=lambda each: each[0].top())
    rows: list[list[tuple[QRect, QWidget]]] = []
    for spot, part in spots:
        if not rows or spot.center().y() > rows[-1][0][0].bottom():
            rows.append([])
        rows[-1].append((spot, part))
    return [part for row in rows for _, part in sorted(row, key=lambda each: each[0].left())]


def _spot(part: QWidget, root: QWidget) -> QRect:
    return QRect(part.mapTo(root, QPoint(0, 0)), part.size())
