"""Buttons and fields: a press counts once, when it is fresh, and is heard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.gallery import officer
from tests.unit.ui_widgets.conftest import Show
from tests.unit.ui_widgets.pressing import counted, key_press
from ui.widgets.buttons import ActionButton, ButtonView
from ui.widgets.fields import FieldSize, FieldView, TextField, capitals
from ui.widgets.rows import CandidateTile


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_a_button_once_however_long_it_is_held(key: Qt.Key) -> None:
    button = ActionButton(ButtonView(label="Issue citation", heavy=True))
    presses = counted(button)
    button.keyPressEvent(key_press(key))
    for _ in range(20):
        button.keyPressEvent(key_press(key, held=True))
    assert len(presses) == 1


def test_a_space_held_from_the_last_screen_presses_nothing(qtbot: QtBot) -> None:
    button = ActionButton(ButtonView(label="Issue citation", heavy=True))
    qtbot.addWidget(button)
    presses = counted(button)
    button.keyPressEvent(key_press(Qt.Key.Key_Space, held=True))
    QTest.keyRelease(button, Qt.Key.Key_Space)
    assert not presses
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(presses) == 1


@pytest.mark.parametrize(("heavy", "presses"), [(True, 1), (False, 2)])
def test_a_double_tap_presses_a_heavy_button_once(qtbot: QtBot, heavy: bool, presses: int) -> None:
    button = ActionButton(ButtonView(label="Pay", heavy=heavy))
    qtbot.addWidget(button)
    heard = counted(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert len(heard) == presses


@pytest.mark.parametrize(
    ("cap", "key"),
    [("F9", Qt.Key.Key_F9), ("Esc", Qt.Key.Key_Escape), ("Enter", Qt.Key.Key_Return)],
)
def test_the_key_on_a_button_presses_it(cap: str, key: Qt.Key, show: Show) -> None:
    page = show(button := ActionButton(ButtonView(label="Go on", key=cap)))
    presses = counted(button)
    QTest.keyClick(page, key)
    assert len(presses) == 1
    button.set_view(ButtonView(label="Go on", key="F2"))
    QTest.keyClick(page, key)
    assert len(presses) == 1


def test_a_button_that_is_off_hears_neither_key_nor_finger(show: Show) -> None:
    view = ButtonView(label="Ask", key="F12", enabled=False)
    page = show(button := ActionButton(view))
    presses = counted(button)
    QTest.keyClick(page, Qt.Key.Key_F12)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not presses


def test_a_button_that_was_down_when_its_screen_went_is_up_again(show: Show) -> None:
    page = show(button := ActionButton(ButtonView(label="Go on")))
    presses = counted(button)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert button.isDown()
    page.hide()
    assert not button.isDown()
    assert not presses


def test_a_candidate_hears_its_number(show: Show) -> None:
    tile = CandidateTile(officer.CANDIDATES[0])
    page = show(tile)
    presses: list[bool] = []
    tile.clicked.connect(lambda: presses.append(True))
    QTest.keyClick(page, Qt.Key.Key_1)
    tile.set_view(officer.CANDIDATES[1])
    QTest.keyClick(page, Qt.Key.Key_2)
    assert len(presses) == 2


def test_the_ring_is_drawn_while_a_button_has_focus(show: Show) -> None:
    first, second = (ActionButton(ButtonView(label=text)) for text in ("One", "Two"))
    show(first, second)
    first.setFocus()
    ring = look_colour = first.grab().toImage().pixelColor(first.width() // 2, 3).name().upper()
    assert look_colour == "#FFB000"
    second.setFocus()
    assert first.grab().toImage().pixelColor(first.width() // 2, 3).name().upper() != ring


def _typed(field: TextField) -> QLineEdit:
    editor = field.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    return editor


def test_a_plate_field_turns_to_capitals_and_tells_every_change(show: Show) -> None:
    field = TextField(FieldView(label="Plate", most=8), FieldSize.OFFICER_PLATE)
    show(field)
    heard: list[str] = []
    field.text_changed.connect(heard.append)
    QTest.keyClicks(_typed(field), "ab-1")
    assert field.text() == "AB-1"
    assert heard == ["A", "AB", "AB-", "AB-1"]
    field.set_text("xyz")
    assert (field.text(), len(heard)) == ("XYZ", 4)


def test_a_keypad_types_into_a_field() -> None:
    field = TextField(FieldView(label="Plate"), FieldSize.OFFICER_PLATE)
    heard: list[str] = []
    field.text_changed.connect(heard.append)
    field.insert("a")
    field.insert("b")
    field.backspace()
    assert (field.text(), heard) == ("A", ["A", "AB", "A"])


def test_enter_in_a_field_counts_when_fresh(show: Show) -> None:
    field = TextField(FieldView(label="Plate"))
    show(field)
    heard: list[bool] = []
    field.entered.connect(lambda: heard.append(True))
    QTest.keyClick(_typed(field), Qt.Key.Key_Return)
    QApplication.sendEvent(_typed(field), key_press(Qt.Key.Key_Return, held=True))
    assert len(heard) == 1


def test_a_field_takes_focus_anywhere_and_shows_it(show: Show) -> None:
    field, other = TextField(FieldView(label="Plate")), TextField(FieldView(label="Other"))
    show(other, field)
    heard: list[bool] = []
    field.focus_gained.connect(lambda: heard.append(True))
    plain = field.grab().toImage()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert _typed(field).hasFocus()
    assert heard
    assert field.grab().toImage() != plain
    field.set_text("AB")
    field.select_all()
    assert _typed(field).selectedText() == "AB"


def test_a_problem_stands_in_place_of_the_label() -> None:
    field = TextField(FieldView(label="Plate"), FieldSize.OFFICER_PLATE)
    field.resize(field.sizeHint())
    field.grab()
    assert [drawn.text for drawn in field.drawn_texts()] == ["Plate"]
    field.set_view(FieldView(label="Plate", problem="Letters and digits only", enabled=False))
    field.grab()
    assert [drawn.text for drawn in field.drawn_texts()] == ["Letters and digits only"]
    assert field.accessibleName() == "Plate, Letters and digits only"
    assert field.view.problem
    assert not _typed(field).isEnabled()


def test_a_pin_is_never_shown() -> None:
    field = TextField(FieldView(label="PIN"), FieldSize.OFFICER_PIN)
    field.set_text("482913")
    assert "4" not in _typed(field).displayText()


def test_capitals_never_turn_one_letter_into_two() -> None:
    assert capitals("straße ñ") == "STRAßE Ñ"


def test_enter_presses_the_control_that_has_the_focus_before_the_one_it_is_drawn_on(
    show: Show,
) -> None:
    main = ActionButton(ButtonView(label="Check", key="Enter"))
    other = ActionButton(ButtonView(label="Scan", key="F2"))
    page = show(main, other)
    presses, others = counted(main), counted(other)
    other.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert (len(presses), len(others)) == (0, 1)
    other.clearFocus()
    QTest.keyClick(page, Qt.Key.Key_Enter)
    assert (len(presses), len(others)) == (1, 1)
