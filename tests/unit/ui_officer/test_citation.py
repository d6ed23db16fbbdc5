"""The citation form used by keys: evidence, drafts, and exactly one citation."""

from typing import Any

import pytest

from app.usecases.keep_draft import CitationDraft, kept_draft
from parking.check import Answer
from parking.errors import UnavailableError
from parking.photo import Photo
from tests.unit.ui_officer.gate import held
from tests.unit.ui_officer.laptop import Laptop, picture, read
from ui.widgets.choosing import ChoiceList, SelectField
from ui.widgets.fields import TextField
from ui.widgets.photos import PhotoTile


def _draft(laptop: Laptop) -> CitationDraft | None:
    return kept_draft(laptop.terminal.store)


def _choose(laptop: Laptop, field: str, *keys: str) -> None:
    laptop.find(SelectField, field).setFocus()
    laptop.press("Enter")
    assert isinstance(laptop.shell.focusWidget(), ChoiceList)
    laptop.press(*keys)


def _views(laptop: Laptop) -> list[str]:
    return [photo.view for photo in laptop.terminal.store.all_of(Photo)]


# --- photos ---------------------------------------------------------------------------------


def test_f9_issues_only_when_the_photos_are_there(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    for photos in ("0 of 2 needed", "1 of 2 needed"):
        assert laptop.says("photos_pill").startswith(photos)
        assert not laptop.can_press("issue_citation_button")
        laptop.press("F9")
        assert laptop.citations() == []
        laptop.press("F5")
    assert laptop.says("photos_pill").startswith("2 of 2 needed")
    laptop.press("F9")
    (citation,) = laptop.citations()
    assert (citation.plate, citation.fine_cents, citation.is_warning) == ("BK47291", 2500, False)
    assert len(citation.photo_hashes) == 2
    assert _views(laptop) == ["car", "close"]
    assert laptop.terminal.store.numbers_left() == 99


def test_two_fast_photos_are_both_kept(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    with held(monkeypatch, laptop.terminal.store, "save_photo") as gate:
        for _number in range(2):
            laptop.hammer("F5", 1)
            laptop.wait(lambda: not laptop.shell.current.asking("shoot"))
        laptop.hammer("F9")
        assert gate.calls == 1
        gate.let_go()
        laptop.settle()
    assert laptop.says("photos_pill").startswith("2 of 2 needed")
    laptop.press("F9")
    assert _views(laptop) == ["car", "close"]


def test_a_photo_on_its_way_is_waited_for(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop.add_photos(1, 2, 3)
    laptop.to_form()
    laptop.press("F5", "F5")
    with held(monkeypatch, laptop.terminal.store, "save_photo") as gate:
        laptop.hammer("F5", 1)
        laptop.wait(gate.begun.is_set)
        assert not laptop.can_press("issue_citation_button")
        laptop.hammer("F9")
    laptop.settle()
    assert laptop.citations() == []
    laptop.press("F9")
    assert len(laptop.citations()[0].photo_hashes) == 3


def test_a_photo_that_lands_after_esc_is_still_evidence(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    with held(monkeypatch, laptop.terminal.store, "save_photo") as gate:
        laptop.hammer("F5", 1)
        laptop.wait(gate.begun.is_set)
        laptop.hammer("Esc", 1)
    laptop.settle()
    assert laptop.screen == "checked"
    draft = _draft(laptop)
    assert draft is not None
    assert len(draft.photos) == 1


def test_a_photo_of_one_car_never_gets_on_the_next(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form("BK47291")
    with held(monkeypatch, laptop.terminal.store, "save_photo") as gate:
        for _number in range(2):
            laptop.hammer("F5", 1)
            laptop.wait(lambda: not laptop.shell.current.asking("shoot"))
        laptop.wait(gate.begun.is_set)
        laptop.hammer("Esc", 1)
        laptop.hammer("F2", 1)
        laptop.write("AB12345")
        gate.let_go()
        laptop.press("Enter", "F9")
    assert laptop.says("photos_pill").startswith("0 of 2 needed")


def test_the_same_photo_counts_once(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.to_form()
    laptop.press("F5", "F5")
    assert laptop.notice() == "This very photo is there already. Take another one."
    assert laptop.says("photos_pill").startswith("1 of 2 needed")


def test_three_photos_fill_the_page(laptop: Laptop) -> None:
    laptop.add_photos(1, 2, 3, 4)
    laptop.to_form()
    laptop.press("F5", "F5", "F5")
    assert not laptop.can_press("photo_button")
    laptop.click("photo_1")
    assert [laptop.find(PhotoTile, f"photo_{at}").view.image is None for at in (1, 2, 3)] == [
        False,
        False,
        False,
    ]


def test_the_scanned_photo_is_the_first_of_the_evidence(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.terminal.reader.reads = (read("BK47291"),)
    laptop.press("F2", "Enter", "F9")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")
    laptop.press("Esc", "F9")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")
    laptop.press("F5", "F9")
    assert len(laptop.citations()[0].photo_hashes) == 2


def test_a_picture_that_is_no_jpeg_becomes_one(laptop: Laptop) -> None:
    (laptop.photos / "1.png").write_bytes(picture(1, "PNG"))
    laptop.to_form()
    laptop.press("F5")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")


@pytest.mark.parametrize("name", ["1.jpg", "1.png"])
def test_a_photo_that_is_no_image_is_said_and_not_kept(laptop: Laptop, name: str) -> None:
    (laptop.photos / name).write_bytes(b"<html>sign in</html>")
    laptop.to_form()
    laptop.press("F5")
    assert laptop.notice() == "The camera gave no picture. Take it again."
    assert laptop.terminal.store.photos == {}
    laptop.add_photos(2)
    laptop.press("F5")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")


@pytest.mark.qt_log_ignore("Corrupt JPEG data|premature end")
def test_a_photo_cut_in_the_middle_is_said_and_not_kept(laptop: Laptop) -> None:
    whole = picture(1, size=(640, 480))
    (laptop.photos / "1.jpg").write_bytes(whole[: len(whole) // 2])
    laptop.to_form()
    laptop.press("F5")
    assert laptop.notice() != ""
    assert laptop.terminal.store.photos == {}


def test_a_disk_that_takes_no_photo_is_said_and_the_next_is_kept(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()

    def fail(_plain: bytes, *, thumbnail: bytes) -> bytes:
        del thumbnail
        raise UnavailableError("photo.disk_full", "The disk is full.", retry_safe=True)

    with monkeypatch.context() as full:
        full.setattr(laptop.terminal.store, "save_photo", fail)
        laptop.press("F5")
    assert laptop.notice() == "The disk is full."
    laptop.press("F5")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")


def test_an_empty_camera_is_said(laptop: Laptop) -> None:
    laptop.to_form()
    laptop.press("F5")
    assert laptop.notice().startswith("The photo folder is empty.")


# --- what is written ------------------------------------------------------------------------


def test_code_make_colour_and_notes_are_sealed(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    _choose(laptop, "code_field", "Down", "Down", "Down", "Enter")
    assert laptop.says("code_field").startswith("Code 301 · class III, Fire lane")
    _choose(laptop, "make_field", "Down", "Enter")
    _choose(laptop, "colour_field", "Down", "Down", "Down", "Down", "Enter")
    laptop.click("chip_spoke")
    laptop.press("F11")
    laptop.write("Blue tarp")
    laptop.press("F5", "F9")
    (citation,) = laptop.citations()
    assert (citation.violation_code, citation.fine_cents) == ("301", 8000)
    assert (citation.vehicle_make, citation.vehicle_colour) == ("Honda", "Blue")
    assert citation.note_public == "Driver not present. Spoke with driver. Blue tarp"
    assert citation.place == "Summer St"


def test_letters_that_are_keys_elsewhere_are_written_into_the_note(laptop: Laptop) -> None:
    laptop.to_form()
    laptop.press("F11")
    laptop.write("123 Main St")
    assert laptop.find(TextField, "note_entry").text() == "123 Main St"


def test_a_warning_needs_no_photo_and_costs_nothing(laptop: Laptop) -> None:
    laptop.to_form()
    laptop.press("F7")
    assert "Warning for this car" in laptop.words()
    laptop.press("F7")
    assert not laptop.can_press("issue_citation_button")
    laptop.press("F7", "F9")
    (citation,) = laptop.citations()
    assert (citation.is_warning, citation.fine_cents) == (True, 0)
    assert "Warning saved" in laptop.words()


def test_warn_only_opens_the_form_as_a_warning(laptop: Laptop) -> None:
    laptop.check("BK47291")
    laptop.press("F7", "F9")
    assert [citation.is_warning for citation in laptop.citations()] == [True]


# --- drafts ---------------------------------------------------------------------------------


def test_every_change_is_kept_and_nothing_is_lost_with_esc(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F11")
    laptop.write("Two wheels on the curb")
    laptop.press("Esc")
    assert laptop.screen == "checked"
    draft = _draft(laptop)
    assert draft is not None
    assert (draft.plate, draft.code, len(draft.photos)) == ("BK47291", "101", 1)
    assert draft.note_public == "Driver not present. Two wheels on the curb"
    laptop.press("F9")
    assert laptop.says("photos_pill").startswith("1 of 2 needed")
    assert laptop.find(TextField, "note_entry").text() == "Two wheels on the curb"


def test_the_last_letter_is_kept_however_fast_it_was_typed(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.to_form()
    laptop.press("F11")
    with held(monkeypatch, laptop.terminal.store, "keep_draft"):
        laptop.write("curb")
        laptop.hammer("Esc", 1)
    laptop.settle()
    draft = _draft(laptop)
    assert draft is not None
    assert draft.note_public.endswith("curb")


def test_another_car_begins_empty(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form("BK47291")
    laptop.press("F5", "F11")
    laptop.write("Tarp")
    laptop.press("Esc", "F2")
    laptop.to_form("AB12345")
    assert laptop.says("photos_pill").startswith("0 of 2 needed")
    assert laptop.find(TextField, "note_entry").text() == ""


def test_nothing_of_a_draft_is_left_when_it_was_issued(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5", "F11")
    with held(monkeypatch, laptop.terminal.store, "violation_codes") as gate:
        laptop.hammer("F9", 1)
        laptop.wait(gate.begun.is_set)
        laptop.write("too late")
    laptop.settle()
    assert laptop.screen == "saved"
    assert laptop.citations()[0].note_public == "Driver not present"
    assert _draft(laptop) is None


# --- exactly one ----------------------------------------------------------------------------


@pytest.mark.parametrize("times", [2, 5])
def test_f9_pressed_again_and_again_issues_one_citation(laptop: Laptop, times: int) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    laptop.hammer("F9", times)
    laptop.settle()
    laptop.hammer("F9", times)
    laptop.settle()
    assert laptop.screen == "saved"
    assert len(laptop.citations()) == 1
    assert laptop.terminal.store.numbers_left() == 99
    assert len(laptop.terminal.printer.tickets) == 1


def test_f9_held_from_the_answer_on_opens_the_form_and_issues_nothing(laptop: Laptop) -> None:
    laptop.check("BK47291")
    laptop.hold("F9")
    assert laptop.screen == "citation"
    assert laptop.citations() == []


def test_f9_held_on_the_form_issues_one_citation(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    laptop.hold("F9")
    assert laptop.screen == "saved"
    assert len(laptop.citations()) == 1


def test_a_double_tap_on_the_button_issues_one_citation(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    laptop.click("issue_citation_button")
    assert len(laptop.citations()) == 1


def test_enter_issues_nothing_however_often_it_is_pressed(laptop: Laptop) -> None:
    laptop.add_photos(1, 2, 3)
    laptop.write("BK47291")
    laptop.press(*["Enter"] * 10)
    assert laptop.screen == "citation"
    assert laptop.citations() == []


def test_who_wants_to_leave_waits_for_the_citation(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    with held(monkeypatch, laptop.terminal.store, "violation_codes") as gate:
        laptop.hammer("F9", 1)
        laptop.wait(gate.begun.is_set)
        laptop.hammer("Esc", 1)
        assert laptop.screen == "citation"
    laptop.settle()
    assert laptop.screen == "saved"


# --- refused --------------------------------------------------------------------------------


def _paid(laptop: Laptop) -> None:
    laptop.pay("BK47291")


def _old(laptop: Laptop) -> None:
    laptop.terminal.clock.pass_by(minutes=52)


def _no_numbers(laptop: Laptop) -> None:
    laptop.terminal.central.away = True
    laptop.terminal.store.numbers = (5, 4)


def _full(laptop: Laptop) -> None:
    laptop.terminal.store.disk_full = True


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (_paid, "A payment now covers this car. Nothing was issued. Look at the check again."),
        (_old, "A source is too old: whether this car has paid cannot be known. Nothing was"),
        (_no_numbers, "No citation numbers are left on this terminal."),
        (_full, "The disk is full. Nothing was saved."),
    ],
)
def test_what_cannot_be_issued_is_said_and_nothing_is_lost(
    laptop: Laptop, trouble: Any, sentence: str
) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    before = _draft(laptop)
    trouble(laptop)
    laptop.press("F9")
    assert laptop.screen == "citation"
    assert laptop.notice().startswith(sentence)
    assert laptop.citations() == []
    assert laptop.terminal.printer.tickets == []
    assert _draft(laptop) == before
    assert laptop.says("photos_pill").startswith("2 of 2 needed")


def test_after_trouble_the_same_form_can_be_issued(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5", "F5")
    _full(laptop)
    laptop.press("F9")
    laptop.terminal.store.disk_full = False
    laptop.press("F9")
    assert len(laptop.citations()) == 1


def test_the_answer_comes_back_with_esc(laptop: Laptop) -> None:
    laptop.pay("BK47291", ago_min=78)
    laptop.to_form()
    laptop.press("Esc")
    assert laptop.says("answer").startswith("EXPIRED")
    assert laptop.checks()[-1].answer is Answer.EXPIRED
