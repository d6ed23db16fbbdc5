"""Lists, chips, keypad, times, navigation and tables tell what was chosen."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.gallery import desk, kiosk, officer
from tests.unit.ui_widgets.conftest import Dress, Show
from tests.unit.ui_widgets.pressing import counted, key_press
from ui.theme import Theme
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonView
from ui.widgets.choosing import ChipsView, Choice, ChoiceList, NoteChips, SelectField, SelectView
from ui.widgets.keypad import DIGIT_ROWS, KeypadView, PlateKeypad
from ui.widgets.kiosk_pay import TimeChoices, TimeChoicesView
from ui.widgets.nav import NavRail, PageHead
from ui.widgets.table import DataTable

STATES = SelectView(
    label="State",
    value="CT",
    key="CT",
    choices=tuple(Choice(key=key, words=key) for key in ("CT", "NY", "NJ")),
)


def _opened(field: SelectField) -> ChoiceList:
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    popup = field.window().findChild(ChoiceList)
    assert isinstance(popup, ChoiceList)
    return popup


def test_a_choice_is_made_with_a_finger(show: Show) -> None:
    field = SelectField(STATES)
    show(field)
    heard: list[str] = []
    field.choice_made.connect(heard.append)
    popup = _opened(field)
    place = popup.visualItemRect(popup.item(1)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard == ["NY"]
    assert (field.view.value, field.view.key) == ("NY", "NY")
    assert not popup.isVisible()


def test_a_choice_is_made_with_the_keys(show: Show) -> None:
    field = SelectField(STATES)
    show(field)
    heard: list[str] = []
    field.choice_made.connect(heard.append)
    popup = _opened(field)
    assert popup.currentRow() == 0
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QApplication.sendEvent(popup, key_press(Qt.Key.Key_Return, held=True))
    assert not heard
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert heard == ["NY"]


def test_an_open_list_keeps_its_keys_from_the_buttons_of_the_window(show: Show) -> None:
    field = SelectField(STATES)
    check = ActionButton(ButtonView(label="Check", key="Enter"))
    clear = ActionButton(ButtonView(label="Clear", key="Esc"))
    show(field, check, clear)
    checked, cleared = counted(check), counted(clear)
    heard: list[str] = []
    field.choice_made.connect(heard.append)
    popup = _opened(field)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert heard == ["NY"]
    QTest.keyClick(_opened(field), Qt.Key.Key_Escape)
    assert not checked
    assert not cleared


def test_a_list_is_left_without_choosing(show: Show, qtbot: QtBot) -> None:
    field, other = SelectField(STATES), SelectField(officer.PLACE)
    show(field, other)
    heard: list[str] = []
    field.choice_made.connect(heard.append)
    with qtbot.waitSignal(_opened(field).destroyed, timeout=1000):
        QTest.keyClick(field.window().findChildren(ChoiceList)[0], Qt.Key.Key_Escape)
    assert field.hasFocus()
    with qtbot.waitSignal(_opened(field).destroyed, timeout=1000):
        other.setFocus()
    assert other.hasFocus()
    page = field.window()
    with qtbot.waitSignal(_opened(field).destroyed, timeout=1000):
        QTest.mousePress(page, Qt.MouseButton.LeftButton, pos=QPoint(780, 390))
    assert not heard


def test_rows_of_a_list_are_targets(dress: Dress, show: Show) -> None:
    field = SelectField(STATES)
    show(field)
    popup = _opened(field)
    profile = dress().profile
    assert profile.mm(popup.sizeHintForRow(0)) >= profile.least_target_mm
    popup.close()


def test_a_fact_without_choices_opens_nothing(qtbot: QtBot, show: Show) -> None:
    field = SelectField(officer.PLACE)
    show(field)
    with qtbot.waitSignal(field.clicked, timeout=1000):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert field.window().findChild(ChoiceList) is None


def _chips(several: bool) -> NoteChips:
    chips = tuple(Choice(key=key, words=key) for key in "abc")
    return NoteChips(ChipsView(chips=chips, chosen=("a",), several=several))


@pytest.mark.parametrize(
    ("several", "pressed", "on"),
    [(True, "c", ("a", "c")), (True, "a", ()), (False, "c", ("c",)), (False, "a", ())],
)
def test_chips_go_on_and_off(several: bool, pressed: str, on: tuple[str, ...]) -> None:
    chips = _chips(several)
    heard: list[object] = []
    chips.chips_changed.connect(heard.append)
    chips.buttons()["abc".index(pressed)].click()
    assert heard == [on]
    assert chips.view.chosen == on
    roles = [button.view.role is ButtonRole.CHOSEN for button in chips.buttons()]
    assert roles == [key in on for key in "abc"]


def test_choosing_a_chip_moves_no_other() -> None:
    chips = _chips(several=True)
    chips.resize(600, 100)
    chips.grab()
    before = [button.geometry() for button in chips.buttons()]
    chips.buttons()[2].click()
    assert [button.geometry() for button in chips.buttons()] == before


def test_chips_wrap_and_ask_for_the_height() -> None:
    chips = NoteChips(officer.CHIPS)
    chips.resize(900, 100)
    one_row = chips.sizeHint().height()
    chips.resize(300, 100)
    chips.grab()
    assert chips.sizeHint().height() > one_row
    other = ChipsView(chips=officer.CHIPS.chips[:1])
    chips.set_view(other)
    assert len(chips.buttons()) == 1


def test_the_keypad_has_every_key_of_a_plate_once(dress: Dress) -> None:
    dress(Theme.DAY, "kiosk")
    keypad = PlateKeypad()
    heard: list[str] = []
    keypad.key_pressed.connect(heard.append)
    keypad.delete_pressed.connect(lambda: heard.append("delete"))
    for key in keypad.buttons():
        key.click()
    assert sorted(heard[:-1]) == sorted("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert heard[-1] == "delete"


def test_keys_can_be_switched_off_and_exchanged() -> None:
    keypad = PlateKeypad()
    heard: list[str] = []
    keypad.key_pressed.connect(heard.append)
    keypad.set_view(KeypadView(off=frozenset("O")))
    for key in keypad.buttons():
        key.click()
    assert "O" not in heard
    keypad.set_view(KeypadView(rows=DIGIT_ROWS))
    assert len(keypad.buttons()) == 11


@pytest.mark.parametrize("profile", ["kiosk", "kiosk_24"])
def test_kiosk_keys_keep_size_and_distance_in_millimetres(dress: Dress, profile: str) -> None:
    panel = dress(Theme.DAY, profile).profile
    keypad = PlateKeypad()
    keypad.resize(1000, keypad.sizeHint().height())
    keypad.grab()
    keys = keypad.buttons()
    assert all(panel.mm(min(key.width(), key.height())) >= 20 for key in keys)
    assert panel.mm(keys[1].x() - keys[0].geometry().right() - 1) >= 3
    assert panel.mm(keys[10].y() - keys[0].geometry().bottom() - 1) >= 3


def test_a_time_is_chosen_and_the_tiles_stay(dress: Dress) -> None:
    dress(Theme.DAY, "kiosk")
    times = TimeChoices(kiosk.TIMES)
    heard: list[str] = []
    times.time_chosen.connect(heard.append)
    tiles = times.tiles()
    tiles[3].click()
    assert heard == ["180"]
    times.set_view(TimeChoicesView(choices=kiosk.TIMES.choices, chosen="180"))
    assert times.tiles() == tiles
    assert [tile.view.chosen for tile in tiles] == [False, False, False, True]
    times.set_view(TimeChoicesView(choices=kiosk.TIMES.choices[:2]))
    assert len(times.tiles()) == 2
    assert times.view.chosen == ""


def test_a_page_is_chosen_on_the_rail(dress: Dress) -> None:
    dress(Theme.DESK, "desk")
    rail = NavRail(desk.NAV)
    heard: list[str] = []
    rail.page_chosen.connect(heard.append)
    for button in rail.buttons():
        button.click()
    assert heard == [item.key for item in desk.NAV.items]
    assert rail.view is desk.NAV


def test_the_head_of_a_page_takes_other_words(dress: Dress) -> None:
    dress(Theme.DESK, "desk")
    head = PageHead("Fleet", "41 devices")
    head.set_words("Held citations", "7 wait")
    from ui.widgets.layout_check import spoken_text

    assert spoken_text(head) == ["Held citations", "7 wait"]


def _table(qtbot: QtBot) -> DataTable:
    table = DataTable(desk.HELD)
    table.resize(720, 400)
    qtbot.addWidget(table)
    table.show()
    return table


def test_a_row_is_chosen_with_finger_and_keys(dress: Dress, qtbot: QtBot) -> None:
    dress(Theme.DESK, "desk")
    table = _table(qtbot)
    chosen: list[str] = []
    opened: list[str] = []
    table.row_chosen.connect(chosen.append)
    table.row_opened.connect(opened.append)
    first = table.visualRect(table.model().index(0, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=first)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QApplication.sendEvent(table, key_press(Qt.Key.Key_Return, held=True))
    assert chosen == ["SC-4-0012850", "SC-4-0012861"]
    assert opened == ["SC-4-0012861"]


def test_showing_another_table_emits_nothing_and_keeps_the_choice(
    dress: Dress, qtbot: QtBot
) -> None:
    dress(Theme.DESK, "desk")
    table = _table(qtbot)
    heard: list[str] = []
    table.row_chosen.connect(heard.append)
    table.set_view(desk.OFFICERS)
    table.grab()
    assert "S. Baptiste" in table.words()
    table.set_view(desk.HELD)
    assert table.currentIndex().row() == 1
    assert heard == []
