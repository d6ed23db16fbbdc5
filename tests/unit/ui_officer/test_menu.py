"""The menu: zone, light or dark, end of shift, sign out."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from parking.shift import ShiftEvent, ShiftEventKind
from tests.unit.ui_officer.laptop import Laptop
from ui.theme import Theme, apply_theme, look


@pytest.fixture
def menu(laptop: Laptop) -> Laptop:
    laptop.press("F10")
    assert laptop.screen == "menu"
    return laptop


@pytest.fixture
def signed_out(menu: Laptop) -> list[bool]:
    told: list[bool] = []
    menu.shell.sign_out_chosen.connect(lambda: told.append(True))
    return told


@pytest.fixture
def _day_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)


def _zone(laptop: Laptop) -> str:
    zone = laptop.app.officer.zone
    assert zone is not None
    return zone.zone_id


def test_another_zone_of_the_beat_is_chosen_by_its_number(menu: Laptop) -> None:
    assert menu.says("zone_112").endswith("chosen")
    assert not menu.shows("zone_118")
    menu.press("2")
    assert menu.screen == "check"
    assert menu.notice() == "You are in zone 114 now."
    assert _zone(menu) == "114"
    menu.check("AB12345")
    assert "Zone 114" in menu.says("answer")
    menu.press("F2", "F10")
    assert menu.says("zone_114").endswith("chosen")
    assert not menu.says("zone_112").endswith("chosen")


def test_a_zone_is_chosen_with_a_finger(menu: Laptop) -> None:
    menu.click("zone_204")
    assert (menu.screen, _zone(menu)) == ("check", "204")


def test_what_was_typed_stands_after_a_look_at_the_menu(laptop: Laptop) -> None:
    laptop.write("AB123")
    laptop.press("F10", "Esc")
    assert laptop.plate() == "AB123"
    laptop.press("F10", "3")
    assert laptop.plate() == "AB123"


def test_a_zone_that_was_taken_off_the_beat_cannot_be_chosen(menu: Laptop) -> None:
    menu.terminal.store.fed_zones = [
        zone for zone in menu.terminal.store.fed_zones if zone.zone_id != "114"
    ]
    menu.press("2")
    assert menu.screen == "menu"
    assert menu.notice() == "Zone 114 is not known here."
    menu.press("Esc", "F10")
    assert not menu.shows("zone_114")
    assert menu.shows("zone_204")


@pytest.mark.usefixtures("_day_again")
def test_night_colors_are_put_on_and_off(menu: Laptop) -> None:
    menu.press("F4")
    assert look().theme is Theme.NIGHT
    assert menu.says("night_button").startswith("Day colors")
    menu.press("F4")
    assert look().theme is Theme.DAY
    assert menu.says("night_button").startswith("Night colors")


def test_the_end_of_a_shift_is_recorded_with_its_counts(
    menu: Laptop, signed_out: list[bool]
) -> None:
    menu.press("Esc")
    menu.check("AB12345")
    menu.press("F2", "F10")
    menu.hammer("F8")
    menu.settle()
    (ended,) = [
        event
        for event in menu.terminal.store.all_of(ShiftEvent)
        if event.kind is ShiftEventKind.ENDED
    ]
    assert ended.checks_count == 1
    assert menu.notice() == "Shift ended: 0 issued, 0 printed, 0 voided."
    assert signed_out == [True]
    assert menu.app.officer.shift is None


def test_a_shift_that_cannot_be_ended_goes_on(menu: Laptop, signed_out: list[bool]) -> None:
    menu.terminal.store.disk_full = True
    menu.press("F8")
    assert menu.notice().startswith("The disk is full.")
    assert signed_out == []
    assert menu.app.officer.shift is not None


def test_signing_out_leaves_the_shift_open(menu: Laptop, signed_out: list[bool]) -> None:
    menu.press("F7")
    assert signed_out == [True]
    assert menu.app.officer.shift is not None
