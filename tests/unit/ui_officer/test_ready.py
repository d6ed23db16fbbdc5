"""Type or scan a plate, choose a candidate, check: the ready screen used by keys."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from parking.errors import UserError
from tests.fakes.terminal_app import fake_terminal
from tests.unit.ui_officer.gate import held
from tests.unit.ui_officer.laptop import Laptop, opened_laptop, picture, read
from ui.widgets.choosing import ChoiceList, SelectField
from ui.widgets.photos import CameraPane

ONLY = "A plate has only letters A to Z and digits 0 to 9."
ENTER = "Enter the plate: letters A to Z and digits 0 to 9."


@pytest.mark.parametrize(
    "typed", ["AB12345", "ab12345", "AB-12345", " ab 123 45 ", "A.B.1-2-3-4-5", "\uff21\uff2212345"]
)
def test_the_same_plate_is_checked_however_it_is_written(laptop: Laptop, typed: str) -> None:
    laptop.enter_plate(typed)
    laptop.press("Enter")
    assert laptop.screen == "checked"
    assert [check.plate for check in laptop.checks()] == ["AB12345"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", ENTER),
        ("   ", ENTER),
        ("- - -", ENTER),
        ("AB🚗12", ONLY),
        ("ÄB12345", ONLY),
        ("\u0410\u041212345", ONLY),
        ("AB'; DROP TABLE", ONLY),
        ("A" * 40, "A plate has at most 10 letters and digits; this has 40."),
    ],
    ids=["none", "spaces", "dashes", "emoji", "umlaut", "cyrillic", "sql", "40 letters"],
)
def test_a_bad_plate_is_one_sentence_in_the_field_and_is_not_stored(
    laptop: Laptop, typed: str, sentence: str
) -> None:
    laptop.enter_plate(typed)
    laptop.press("Enter")
    assert laptop.screen == "check"
    assert laptop.plate_problem() == sentence
    assert laptop.plate() == typed.upper()
    assert laptop.has_focus("plate_entry")
    assert laptop.checks() == []
    assert laptop.notice() == ""
    laptop.write("7")
    assert laptop.plate_problem() == ""


def test_a_plate_is_as_long_as_the_field_and_no_longer(laptop: Laptop) -> None:
    laptop.write("A" * 200)
    assert len(laptop.plate()) == 60


def test_a_full_disk_is_said_and_the_plate_stays(laptop: Laptop) -> None:
    laptop.terminal.store.disk_full = True
    laptop.check("AB12345")
    assert laptop.screen == "check"
    assert laptop.notice().startswith("The disk is full.")
    assert laptop.plate() == "AB12345"


def test_a_double_press_checks_once(laptop: Laptop) -> None:
    laptop.write("AB12345")
    laptop.hammer("Enter", 3)
    laptop.settle()
    assert laptop.screen == "checked"
    assert len(laptop.checks()) == 1


def test_an_answer_that_comes_after_the_person_has_left_shows_nothing(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.write("AB12345")
    with held(monkeypatch, laptop.terminal.store, "candidates") as gate:
        laptop.hammer("Enter", 1)
        laptop.wait(gate.begun.is_set)
        laptop.hammer("F10", 1)
        assert laptop.screen == "menu"
        gate.let_go()
        laptop.settle()
    assert laptop.screen == "menu"
    assert len(laptop.checks()) == 1


# --- state ----------------------------------------------------------------------------------


def _choose_state(laptop: Laptop, *keys: str) -> None:
    laptop.find(SelectField, "state_field").setFocus()
    laptop.press("Enter")
    assert isinstance(laptop.shell.focusWidget(), ChoiceList)
    laptop.press(*keys)


def _state(laptop: Laptop) -> str:
    return str(laptop.find(SelectField, "state_field").view.key)


def test_the_state_is_chosen_by_keys_and_is_of_one_car_only(laptop: Laptop) -> None:
    laptop.write("ABC1234")
    _choose_state(laptop, "Down", "Enter")
    assert (_state(laptop), laptop.plate()) == ("NY", "ABC1234")
    laptop.find(QWidget, "plate_entry").setFocus()
    laptop.press("Enter")
    assert [check.plate_state for check in laptop.checks()] == ["NY"]
    laptop.press("F2")
    assert _state(laptop) == "CT"


def test_a_list_of_states_is_left_without_choosing(laptop: Laptop) -> None:
    laptop.write("AB12345")
    _choose_state(laptop, "Down", "Esc")
    assert (_state(laptop), laptop.plate()) == ("CT", "AB12345")


# --- last checks ----------------------------------------------------------------------------


def test_the_last_checks_are_counted_and_opened_again(laptop: Laptop) -> None:
    assert "Nothing checked in this shift yet" in laptop.words()
    for plate in ("AB12345", "BK47291"):
        laptop.check(plate)
        laptop.press("F2")
    assert laptop.says("last_check_1").startswith("BK-47291, Not paid")
    assert "2 checks" in laptop.says("counts")
    laptop.press("Down", "Down", "Enter")
    assert laptop.screen == "checked"
    assert "AB-12345" in laptop.says("answer")


def test_down_without_last_checks_does_nothing(laptop: Laptop) -> None:
    laptop.press("Down")
    assert laptop.has_focus("plate_entry")


def test_news_of_a_decision_renews_the_counts(laptop: Laptop) -> None:
    laptop.check("AB12345")
    laptop.press("F2")
    laptop.terminal.store.facts.clear()
    laptop.news("zone")
    assert "1 check," in laptop.says("counts")
    laptop.news("citation_event")
    assert "0 checks" in laptop.says("counts")


# --- scan -----------------------------------------------------------------------------------

READS = (read("BK47291"), read("BK4729I", 0.61), read("8K47291", 0.22), read("BK4Z291", 0.1))


@pytest.mark.parametrize(
    ("key", "plate"), [("", "BK47291"), ("1", "BK47291"), ("2", "BK4729I"), ("3", "8K47291")]
)
def test_the_officer_chooses_and_confirms_what_was_scanned(
    laptop: Laptop, key: str, plate: str
) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.reads = READS
    laptop.press("F2")
    assert laptop.says("candidate_1").startswith("BK-47291, 98%")
    assert laptop.shows("candidate_3")
    assert laptop.checks() == []
    if key:
        laptop.press(key)
    assert laptop.plate() == plate
    assert laptop.says(f"candidate_{key or 1}").endswith("chosen")
    assert laptop.find(CameraPane, "camera").view.plate_box == (0.25, 0.625, 0.25, 0.125)
    laptop.press("Enter")
    assert [check.plate for check in laptop.checks()] == [plate]
    assert "read from a photo" in laptop.says("car") or "Is it" in laptop.says("car")


def test_what_is_typed_instead_takes_the_candidates_away(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.reads = READS
    laptop.press("F2")
    laptop.find(QWidget, "plate_entry").setFocus()
    laptop.press("Backspace")
    laptop.write("7")
    assert not laptop.shows("candidate_1")
    laptop.press("Enter")
    assert [check.plate for check in laptop.checks()] == ["BK47297"]


def test_candidates_of_the_last_photo_do_not_stand_beside_the_next(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.terminal.reader.reads = READS
    laptop.press("F2")
    laptop.terminal.reader.reads = ()
    laptop.press("F2")
    assert not laptop.shows("candidate_1")
    assert "No plate found in the picture" in laptop.notice()
    assert laptop.says("camera").endswith("02.jpg")


def test_esc_clears_plate_photo_and_candidates(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.reads = READS
    laptop.press("F2", "Esc")
    assert laptop.plate() == ""
    assert not laptop.shows("candidate_1")
    assert laptop.find(CameraPane, "camera").view.frame is None
    assert laptop.has_focus("plate_entry")


def test_a_photo_that_cannot_be_read_leads_to_typing(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.error = UserError("photo.too_large", "A photo has at most 24 MB.")
    laptop.press("F2")
    assert "A photo has at most 24 MB. Or type the plate." in laptop.notice()
    assert laptop.find(CameraPane, "camera").view.frame is None
    laptop.check("AB12345")
    assert laptop.screen == "checked"


@pytest.mark.parametrize("content", [b"", b"no photo", b"<html>sign in</html>"])
def test_a_photo_that_is_no_image_is_said_and_not_scanned(laptop: Laptop, content: bytes) -> None:
    (laptop.photos / "1.jpg").write_bytes(content)
    laptop.terminal.reader.reads = READS
    laptop.press("F2")
    assert "gave no picture" in laptop.notice()
    assert not laptop.shows("candidate_1")


@pytest.mark.qt_log_ignore("JPEG datastream contains no image")
def test_a_photo_cut_at_its_start_is_said(laptop: Laptop) -> None:
    (laptop.photos / "1.jpg").write_bytes(picture()[:20])
    laptop.press("F2")
    assert "gave no picture" in laptop.notice()


def test_an_empty_folder_is_said(laptop: Laptop) -> None:
    (laptop.photos / "notes.txt").write_text("no photo")
    laptop.press("F2")
    assert laptop.notice() == "The photo folder is empty. Type the plate instead."


def test_a_photo_that_the_disk_does_not_give_is_said(laptop: Laptop) -> None:
    (laptop.photos / "1.jpg").mkdir()
    laptop.press("F2")
    assert laptop.notice() == "The photo 1.jpg cannot be read."


def test_without_a_camera_the_plate_is_typed(by_day: None, qtbot: QtBot, tmp_path: Path) -> None:
    assert by_day is None
    with fake_terminal() as terminal:
        terminal.on_beat()
        with opened_laptop(qtbot, terminal, tmp_path) as laptop:
            laptop.press("F2")
            assert laptop.notice() == "No camera is connected. Type the plate instead."
            laptop.check("AB12345")
            assert laptop.screen == "checked"
