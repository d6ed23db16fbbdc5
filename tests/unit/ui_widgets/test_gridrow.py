"""A row keeps its parts on the grid and gives each what it needs."""

import pytest
from PySide6.QtWidgets import QWidget

from tests.unit.ui_widgets.conftest import Dress
from ui.theme import Theme
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.gridrow import GridRow, grid_widths
from ui.widgets.layout_check import faults


def _button(words: str) -> ActionButton:
    return ActionButton(ButtonView(label=words), ButtonSize.KIOSK_ROW)


@pytest.mark.parametrize(
    ("room", "shares", "needs", "widths"),
    [
        (300, [1, 1, 1], [10, 10, 10], [100, 100, 100]),
        (302, [1, 2], [10, 10], [100, 200]),
        (300, [1, 1, 0], [10, 10, 90], [104, 104, 92]),
        (300, [1, 1, 1], [150, 60, 60], [164, 64, 64]),
        # Too little for all: each gives way towards its least, a fifth of its need here.
        (200, [1, 1], [200, 100], [132, 64]),
        (0, [], [], []),
    ],
)
def test_widths_follow_shares_until_a_part_needs_more(
    room: int, shares: list[int], needs: list[int], widths: list[int]
) -> None:
    least = [need // 5 for need in needs]
    assert grid_widths(room, shares, needs=needs, least=least) == widths


@pytest.mark.parametrize("profile", ["kiosk", "officer", "desk"])
def test_a_row_has_no_fault_and_ends_where_it_should(dress: Dress, profile: str) -> None:
    now = dress(Theme.DAY, profile)
    row = GridRow()
    row.set_parts([(_button("Back"), 1), (_button("Start over"), 1), (_button("Help"), 1)])
    row.resize(998, row.sizeHint().height())
    assert faults(row) == []
    parts = [part for part in row.children() if isinstance(part, QWidget)]
    assert parts[-1].geometry().right() == row.rect().right()
    assert parts[1].x() - parts[0].geometry().right() - 1 == now.gap(profile)


def test_a_part_that_asks_for_more_gets_it(dress: Dress) -> None:
    dress(Theme.DAY, "kiosk")
    row, long, short = GridRow(), _button("Go"), _button("No")
    row.set_parts([(long, 1), (short, 1)])
    row.resize(600, row.sizeHint().height())
    row.grab()
    long.set_view(ButtonView(label="Cancel, do not pay for it"))
    assert faults(row) == []
    assert long.width() > short.width()


def test_parts_that_are_gone_are_hidden(dress: Dress) -> None:
    dress(Theme.DAY, "kiosk")
    row, one, other = GridRow(), _button("One"), _button("Other")
    row.set_parts([(one, 1), (other, 1)])
    row.set_parts([(other, 1)])
    assert not one.isVisibleTo(row)
    assert other.isVisibleTo(row)
    assert row.minimumSizeHint().height() == other.sizeHint().height()


def test_a_part_that_cannot_give_way_keeps_its_width() -> None:
    assert grid_widths(300, [1, 1], needs=[200, 200], least=[100, 200]) == [100, 200]
