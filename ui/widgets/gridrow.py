"""A row of parts whose edges stand on the 4 px grid, each as wide as its share.

Owner thread: the GUI thread. Qt's own row hands out single pixels, which leaves edges off the grid.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look

_GRID_PX = 4


class GridRow(QWidget):
    """Parts side by side; a share of 0 gives a part the width it asks for.

    Args of the constructor: the name of the gap in the tokens (`officer`, `kiosk`, `desk`), the
    one of the place when empty.
    """

    def __init__(self, gap: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[tuple[QWidget, int], ...] = ()
        self._gap_name = gap
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_parts(self, parts: Sequence[tuple[QWidget, int]]) -> None:
        """Lay other parts, each with its share; those no longer among them are hidden."""
        wanted = {part for part, _share in parts}
        for part, _share in self._parts:
            part.setVisible(part in wanted)
        self._parts = tuple(parts)
        for part, _share in parts:
            if part.parentWidget() is not self:
                part.setParent(self)
            part.show()
        self.updateGeometry()
        self._place()

    def _gap(self) -> int:
        return look().gap(self._gap_name or look().profile.place)

    def sizeHint(self) -> QSize:
        """Qt: side by side, as high as the highest part."""
        return self._beside([part.sizeHint().width() for part, _share in self._parts])

    def minimumSizeHint(self) -> QSize:
        """Qt: the parts at their least width."""
        return self._beside([part.minimumSizeHint().width() for part, _share in self._parts])

    def _beside(self, widths: list[int]) -> QSize:
        high = max((part.sizeHint().height() for part, _share in self._parts), default=0)
        return QSize(sum(widths) + self._gap() * max(0, len(widths) - 1), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lay the parts anew."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Qt: a part asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        room = self.width() - self._gap() * max(0, len(self._parts) - 1)
        needs = [part.sizeHint().width() for part, _share in self._parts]
        least = [part.minimumSizeHint().width() for part, _share in self._parts]
        shares = [share for _part, share in self._parts]
        widths = grid_widths(room, shares, needs=needs, least=least)
        left = 0
        for (part, share), wide in zip(self._parts, widths, strict=True):
            # The last part ends where the row ends.
            last = part is self._parts[-1][0] and share
            high = min(self.height(), part.sizeHint().height())
            top = (self.height() - high) // 2 // _GRID_PX * _GRID_PX
            part.setGeometry(left, top, max(0, self.width() - left if last else wide), high)
            left += wide + self._gap()


def grid_widths(
    room: int, shares: Sequence[int], *, needs: Sequence[int], least: Sequence[int]
) -> list[int]:
    """Widths on the grid: by share, or by need where a share would be too little for its part.

    Args:
        room: Width for all of them without gaps, px.
        shares: How much of it each takes; 0 takes what it needs.
        needs: Width each asks for, px.
        least: Width below which each would be cut, px; parts give way towards it together.

    Returns:
        A width each, multiples of 4 px.
    """
    up = [-(-need // _GRID_PX) * _GRID_PX for need in needs]
    left = room - sum(need for need, share in zip(up, shares, strict=True) if not share)
    wanted = [need if share else 0 for need, share in zip(up, shares, strict=True)]
    fair = [left * share // max(1, sum(shares)) for share in shares]
    if sum(wanted) > left:
        given = [max(0, want - low) for want, low in zip(wanted, least, strict=True)]
        missing = sum(wanted) - left
        fair = [
            want - missing * free // max(1, sum(given))
            for want, free in zip(wanted, given, strict=True)
        ]
    elif any(want > got for want, got in zip(wanted, fair, strict=True)):
        fair = [left * want // sum(wanted) for want in wanted]
    return [
        got // _GRID_PX * _GRID_PX if share else need
        for got, share, need in zip(fair, shares, up, strict=True)
    ]
