"""What every screen has: clock, help, wishes, the question whether somebody is there, languages."""

import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app import words
from app.ports import NetState
from tests.unit.ui_kiosk.station import PayStation
from ui.theme import Theme, look
from ui.widgets.kiosk_frame import KioskTop
from ui.widgets.layout_check import settle


def _top(station: PayStation) -> str:
    top = station.screen.findChild(KioskTop)
    assert top is not None
    return top.accessibleName()


def test_the_top_says_where_and_what_time_it_is(station: PayStation) -> None:
    station.pass_by(minutes=92)
    assert _top(station) == "Summer St, Zone 112 · Pay station K-07, 1:32 PM, Mon, Mar 1"


def test_a_driver_who_has_gone_is_asked_for_and_then_forgotten(station: PayStation) -> None:
    station.press("park_button")
    station.type_plate("AB12345")
    station.pass_by(seconds=59)
    assert not station.shown("stay_button")
    station.pass_by(seconds=11)
    assert "starts over in 20 seconds" in station.words("still_there")
    assert "You have not been charged" in station.words("still_there")
    assert not station.shown("plate_text")
    station.pass_by(seconds=20)
    station.wait_for("kiosk_home")
    station.press("park_button")
    assert station.words("plate_text") == "Connecticut"


@pytest.mark.parametrize("how", ["button", "enter", "touch"])
def test_a_driver_who_is_there_goes_on(station: PayStation, how: str) -> None:
    station.press("park_button")
    station.type_plate("AB12345")
    station.pass_by(seconds=70)
    if how == "button":
        station.press("stay_button")
    elif how == "enter":
        station.strike(Qt.Key.Key_Return)
    else:
        QTest.mouseClick(station.screen, Qt.MouseButton.LeftButton, pos=QPoint(540, 900))
    assert station.words("plate_text") == "Connecticut AB-12345"
    station.pass_by(seconds=30)
    assert not station.shown("stay_button")


def test_no_letter_is_typed_behind_the_question(station: PayStation) -> None:
    station.press("park_button")
    station.pass_by(seconds=70)
    station.strike(Qt.Key.Key_A)
    station.press("stay_button")
    assert station.words("plate_text") == "Connecticut"


@pytest.mark.parametrize("name", ["kiosk_home", "kiosk_plate", "kiosk_time"])
def test_help_says_how_and_where_one_stands(station: PayStation, name: str) -> None:
    values = {"plate": "AB12345", "state": "CT"} if name == "kiosk_time" else {}
    station.show(name, **values)
    station.strike(Qt.Key.Key_F1)
    assert "pay station K-07 in zone 112" in station.words("help_text")
    station.strike(Qt.Key.Key_Escape)
    assert not station.shown("help_text")
    station.press("help_button", "close_help_button")
    assert station.screen.name == name


def test_start_over_forgets_everything(station: PayStation) -> None:
    station.press("contrast_button", "move_down_button", "park_button")
    station.type_plate("AB12345")
    assert look().theme is Theme.CONTRAST
    station.press("start_over_button")
    assert station.screen.name == "kiosk_home"
    assert look().theme is Theme.DAY
    station.press("park_button")
    assert station.words("plate_text") == "Connecticut"


def test_contrast_goes_on_and_off(station: PayStation) -> None:
    station.press("contrast_button")
    assert look().theme is Theme.CONTRAST
    assert station.words("contrast_button") == "Contrast, chosen"
    station.press("contrast_button")
    assert look().theme is Theme.DAY


def test_the_wishes_of_a_driver_who_has_gone_are_undone_on_the_first_screen(
    station: PayStation,
) -> None:
    station.press("contrast_button", "help_button")
    station.pass_by(seconds=91)
    assert look().theme is Theme.DAY
    assert not station.shown("help_text")


@pytest.mark.parametrize(
    ("name", "low"), [("kiosk_home", "park_button"), ("kiosk_plate", "keypad")]
)
def test_move_down_brings_the_controls_within_reach(
    station: PayStation, name: str, low: str
) -> None:
    station.show(name)

    def top() -> int:
        settle(station.screen)
        return station.find(low).mapTo(station.screen, QPoint(0, 0)).y()

    before = top()
    station.press("move_down_button")
    # Half an inch at the least, or the button would promise what it does not do.
    assert look().profile.mm(top() - before) > 12.7
    station.press("move_down_button")
    assert top() == before


def test_move_down_is_offered_only_where_something_can_move(station: PayStation) -> None:
    station.to_card()
    assert station.shown("contrast_button")
    assert not station.shown("move_down_button")


def test_the_main_button_has_the_focus_once_it_can_be_pressed(station: PayStation) -> None:
    assert station.find("park_button").hasFocus()
    station.press("park_button")
    assert station.find("key_1").hasFocus()
    station.strike(Qt.Key.Key_A, Qt.Key.Key_B)
    assert station.find("plate_confirm").hasFocus()
    station.strike(Qt.Key.Key_F9)
    station.quoted()
    assert station.find("next_button").hasFocus()
    station.press("more_button")
    station.find("more_button").setFocus()
    station.quoted()
    assert station.find("more_button").hasFocus()


def test_escape_goes_back_where_there_is_a_way_back(station: PayStation) -> None:
    station.strike(Qt.Key.Key_Escape)
    assert station.screen.name == "kiosk_home"
    station.to_time()
    station.strike(Qt.Key.Key_Escape)
    assert station.words("plate_text") == "Connecticut AB-12345"


def test_new_prices_are_shown_at_once(station: PayStation) -> None:
    zones = station.terminal.store.fed_zones
    station.terminal.store.fed_zones = []
    station.terminal.news("zone", net=NetState.ONLINE)
    station.wait(lambda: "connected" in station.words("notice"))
    station.terminal.store.fed_zones = zones
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.quoted()
    station.terminal.news("tariff")
    station.quoted()


def test_a_pay_station_that_starts_waits_for_its_prices(station: PayStation) -> None:
    zones = station.terminal.store.fed_zones
    station.terminal.store.fed_zones = []
    station.screen._station.lot = None
    station.show("kiosk_home")
    station.wait(lambda: "not heard its prices" in station.words("notice"))
    assert not station.find("park_button").isEnabled()
    station.terminal.store.fed_zones = zones
    station.pass_by(seconds=2)
    station.wait(lambda: station.find("park_button").isEnabled())


def test_languages_with_a_catalogue_are_offered_and_end_with_the_driver(
    station: PayStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    station.show("kiosk_home")
    assert not station.shown("language_en")
    _spanish(tmp_path)
    station.show("kiosk_home")
    station.press("language_es")
    assert station.words("park_button").startswith("Pagar estacionamiento")
    assert station.words("language_es") == "Español, chosen"
    station.press("park_button", "start_over_button")
    assert station.words("park_button").startswith("Pay for parking")


def _spanish(folder: Path) -> None:
    """Make a catalogue with one sentence, as msgfmt would write it."""
    texts = [
        (b"", b"Content-Type: text/plain; charset=UTF-8\n"),
        (b"Pay for parking", b"Pagar estacionamiento"),
    ]
    tables = [b"", b""]
    strings = b""
    start = 28 + 2 * 8 * len(texts)
    for side in (0, 1):
        for pair in texts:
            tables[side] += struct.pack("<2I", len(pair[side]), start + len(strings))
            strings += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    catalogue = folder / "es" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    (catalogue / "parking.mo").write_bytes(head + tables[0] + tables[1] + strings)
