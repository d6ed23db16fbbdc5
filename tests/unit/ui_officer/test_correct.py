"""The officer corrects the plate of a saved citation: a proposal, never the citation itself."""

import json

import pytest

from parking.citation import EventKind
from parking.edit import PLATE_DISPUTED, Edit, PlateCorrection
from tests.unit.parking.samples import event, uid
from tests.unit.ui_officer.checked import row
from tests.unit.ui_officer.laptop import Laptop
from ui.officer.issued_state import issued_state
from ui.widgets.choosing import SelectField
from ui.widgets.fields import TextField


@pytest.fixture
def correcting(laptop: Laptop) -> Laptop:
    laptop.add_photos(1, 2)
    laptop.to_saved()
    laptop.press("F8")
    assert laptop.screen == "correct"
    return laptop


def _edits(laptop: Laptop) -> list[Edit]:
    return laptop.terminal.store.all_of(Edit)


def _problem(laptop: Laptop) -> str:
    return str(laptop.find(TextField, "right_plate").view.problem)


def test_the_right_plate_is_saved_as_a_proposal(correcting: Laptop) -> None:
    before = correcting.citations()
    assert correcting.find(TextField, "right_plate").text() == "BK47291"
    correcting.write("bk4729l")
    correcting.press("F6", "F9")
    assert correcting.screen == "saved"
    assert correcting.notice().startswith("Correction saved. A supervisor sees it")
    assert "BK4729L CT, corrected; supervisors see it" in correcting.words()
    (made,) = _edits(correcting)
    assert {each.field: json.loads(each.value) for each in made.changes} == {
        "plate": "BK4729L",
        "plate_state": "CT",
    }
    assert made.reason == "Look-alike letters"
    assert correcting.citations() == before


@pytest.mark.parametrize(
    ("entered", "problem"),
    [
        ("", "Enter the plate: letters A to Z and digits 0 to 9."),
        ("AB\U0001f69712", "A plate has only letters A to Z and digits 0 to 9."),
        ("A" * 40, "A plate has at most 10 letters and digits; this has 40."),
        ("bk-47291", "This plate stands already. Enter the right one."),
    ],
)
def test_a_plate_that_cannot_be_is_refused_in_the_field(
    correcting: Laptop, entered: str, problem: str
) -> None:
    correcting.press("F5")
    correcting.find(TextField, "right_plate").set_text(entered)
    correcting.press("F9")
    assert (correcting.screen, _problem(correcting)) == ("correct", problem)
    assert _edits(correcting) == []
    correcting.write("X")
    assert _problem(correcting) == ""


def test_what_it_rests_on_is_needed(correcting: Laptop) -> None:
    correcting.write("AB12345")
    correcting.press("Enter")
    assert correcting.notice() == "Choose first what the correction rests on."
    assert _edits(correcting) == []
    correcting.press("F5", "F7", "Enter")
    assert [made.reason for made in _edits(correcting)] == ["Driver proved it"]


def test_the_same_plate_of_another_state_is_a_correction(correcting: Laptop) -> None:
    correcting.find(SelectField, "right_state").choice_made.emit("NY")
    correcting.press("F5", "F9")
    assert "BK47291 NY" in correcting.words()


def test_esc_leaves_everything_as_it_is(correcting: Laptop) -> None:
    correcting.write("AB12345")
    correcting.press("Esc")
    assert correcting.screen == "saved"
    assert "Right plate" not in correcting.words()
    assert len(correcting.terminal.printer.tickets) == 1
    assert _edits(correcting) == []


def test_a_hasty_press_saves_once(correcting: Laptop) -> None:
    correcting.write("AB12345")
    correcting.press("F5")
    correcting.hammer("F9", 3)
    correcting.settle()
    assert len(_edits(correcting)) == 1


def test_a_full_disk_is_said_and_what_was_typed_stays(correcting: Laptop) -> None:
    correcting.terminal.store.disk_full = True
    correcting.write("AB12345")
    correcting.press("F5", "F9")
    assert "disk is full" in correcting.notice()
    assert correcting.find(TextField, "right_plate").text() == "AB12345"


def test_what_was_chosen_at_the_desk_is_shown_by_itself(correcting: Laptop) -> None:
    correcting.press("Esc")
    (citation,) = correcting.citations()
    chosen = PlateCorrection(
        citation_id=citation.citation_id, plate="AB12345", plate_state="CT", revision=3
    )
    correcting.terminal.store.fed_edited.append(chosen)
    correcting.news("plate_correction")
    assert "AB-12345 CT" in correcting.words()
    correcting.press("F8")
    assert correcting.find(TextField, "right_plate").text() == "AB12345"


def test_a_disputed_plate_is_not_called_a_payment() -> None:
    held = event(EventKind.HELD, reason_code=PLATE_DISPUTED, right_id=uid(0x51))
    shown = issued_state(row(held), printed=None, trouble="", time_zone="America/New_York")
    assert dict(shown.facts.facts)["State"] == "held: its plate is disputed"
