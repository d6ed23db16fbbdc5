"""The layout check finds every fault planted for it, and none in a sound layout."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui.widgets.buttons import ActionButton, ButtonView
from ui.widgets.cards import Card, Label
from ui.widgets.layout_check import faults, spoken_text, unnamed_controls
from ui.widgets.marks import Pill, PillView
from ui.widgets.table import ColumnView, DataTable, RowView, TableView, TextCell

LONG = "A driver may have paid by app, so do not cite for non-payment here"


def _page(*parts: tuple[QWidget, QRect]) -> QWidget:
    page = QWidget()
    page.resize(400, 200)
    for part, place in parts:
        part.setParent(page)
        part.setGeometry(place)
    return page


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _small_letters() -> QLineEdit:
    entry = QLineEdit("AB-12345")
    font = QFont()
    font.setPixelSize(40)
    entry.setFont(font)
    return entry


def _table(width: int) -> QWidget:
    table = DataTable(
        TableView(
            columns=(ColumnView(title="Officer"), ColumnView(title="Reason")),
            rows=(RowView(key="1", cells=(TextCell(text="Ortiz"), TextCell(text=LONG))),),
        )
    )
    table.resize(width, 200)
    return table


SOUND: dict[str, Callable[[], QWidget]] = {
    "label": lambda: _page((Label("Plate", "officer.detail"), QRect(8, 8, 200, 24))),
    "wrapped label": lambda: _page((_wrapped(LONG), QRect(8, 8, 200, 100))),
    "button": lambda: _page((ActionButton(ButtonView(label="Next")), QRect(8, 8, 120, 76))),
    "table": lambda: _table(800),
    "side by side": lambda: _page(
        (Pill(PillView(text="One")), QRect(8, 8, 80, 28)),
        (Pill(PillView(text="Two")), QRect(88, 8, 80, 28)),
    ),
}
PLANTED: dict[str, tuple[Callable[[], QWidget], str]] = {
    "label too narrow": (
        lambda: _page((QLabel(LONG), QRect(8, 8, 100, 40))),
        "text needs",
    ),
    "label too low": (
        lambda: _page((Label("Plate", "officer.number"), QRect(8, 8, 200, 12))),
        "height",
    ),
    "wrapped label too low": (
        lambda: _page((_wrapped(LONG), QRect(8, 8, 100, 20))),
        "wrapped text needs",
    ),
    "wrapped label with a word too long": (
        lambda: _page((_wrapped("Acknowledgement"), QRect(8, 8, 20, 100))),
        "a word needs",
    ),
    "plain button too narrow": (
        lambda: _page((QPushButton(LONG), QRect(8, 8, 80, 40))),
        "the words need",
    ),
    "painted words too small": (
        lambda: _page((Pill(PillView(text=LONG)), QRect(8, 8, 60, 24))),
        "shrank to",
    ),
    "painted part squeezed": (
        lambda: _page((ActionButton(ButtonView(label="Next")), QRect(8, 8, 120, 40))),
        "squeezed to",
    ),
    "siblings overlap": (
        lambda: _page(
            (Pill(PillView(text="One")), QRect(8, 8, 80, 28)),
            (Pill(PillView(text="Two")), QRect(80, 8, 80, 28)),
        ),
        "overlaps",
    ),
    "child outside": (
        lambda: _page((Pill(PillView(text="One")), QRect(360, 8, 80, 28))),
        "lies outside",
    ),
    "off the grid": (
        lambda: _page((Pill(PillView(text="One")), QRect(10, 8, 80, 28))),
        "off the grid",
    ),
    "target too small": (
        lambda: _page((ActionButton(ButtonView(label="Go")), QRect(8, 8, 60, 76))),
        "mm is under",
    ),
    "letters of an entry cut": (
        lambda: _page((_small_letters(), QRect(8, 8, 200, 20))),
        "letters are cut",
    ),
    "table cell too narrow": (lambda: _table(120), "does not fit"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_layout_has_no_fault(name: str) -> None:
    assert faults(SOUND[name]()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    plant, words = PLANTED[name]
    found = faults(plant())
    assert [fault for fault in found if words in fault], found


def test_texts_painted_over_each_other_are_found() -> None:
    from PySide6.QtCore import QRectF, QSize

    from ui.widgets.canvas import Canvas
    from ui.widgets.painted import Painted

    class Careless(Painted[str]):
        def drawn_size(self) -> QSize:
            return QSize(200, 40)

        def described(self, view: str) -> str:
            return view

        def draw(self, canvas: Canvas) -> None:
            canvas.text(QRectF(0, 0, 200, 40), "First words", "officer.detail")
            canvas.text(QRectF(20, 4, 180, 40), "Second words", "officer.detail")
            canvas.text(QRectF(0, 30, 200, 40), "Cut below", "officer.detail")

    part = Careless("careless")
    part.resize(200, 40)
    found = faults(part)
    assert [fault for fault in found if "'First words' runs into 'Second words'" in fault]
    assert [fault for fault in found if "'Cut below' is cut by the edge" in fault]


def test_what_is_hidden_is_not_judged() -> None:
    page = _page((QLabel(LONG), QRect(8, 8, 20, 8)))
    page.findChildren(QLabel)[0].hide()
    assert faults(page) == []


def test_a_part_may_say_that_it_floats_or_leaves_the_grid() -> None:
    floating = Pill(PillView(text="Map on this laptop"))
    floating.setProperty("floats", True)
    floating.setProperty("off_grid", True)
    page = _page(
        (Card(), QRect(0, 0, 400, 200)),
        (floating, QRect(13, 13, 300, 28)),
    )
    assert faults(page) == []


def test_a_scrolled_page_may_be_longer_than_its_window() -> None:
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    for number in range(10):
        column.addWidget(ActionButton(ButtonView(label=f"Row {number}")))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.resize(400, 200)
    assert faults(area, grid=False) == []


def test_everything_on_a_page_can_be_read() -> None:
    page = _page(
        (Label("Plate", "officer.detail"), QRect(8, 8, 200, 24)),
        (QLineEdit("AB-12345"), QRect(8, 40, 200, 32)),
        (Pill(PillView(text="Expired")), QRect(8, 80, 120, 28)),
    )
    assert faults(page, grid=False) == []
    assert spoken_text(page) == ["Plate", "AB-12345", "Expired"]


def test_a_control_without_a_name_is_found() -> None:
    page = _page((QLineEdit(), QRect(8, 8, 200, 32)))
    assert unnamed_controls(page)
    page.findChildren(QLineEdit)[0].setAccessibleName("Plate")
    assert not unnamed_controls(page)
