"""A supervisor corrects the plate of a held citation."""

import json

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from parking.edit import Edit
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField


@pytest.fixture
def correcting(desk: Desk) -> Desk:
    samples.queue(desk.store, desk.clock)
    desk.show("held")
    _key(desk, "F8")
    assert desk.shell.current.name == "correct"
    return desk


def _key(desk: Desk, name: str) -> None:
    QTest.keySequence(desk.shell, QKeySequence(name))
    desk.settle()


def _why(desk: Desk) -> None:
    desk.part("rests_driver", ActionButton).click()


def _edits(desk: Desk) -> list[Edit]:
    return desk.store.all_of(Edit)


def test_the_right_plate_is_saved_and_the_queue_is_back(correcting: Desk) -> None:
    correcting.part("right_plate", TextField).set_text("zz 10001")
    correcting.part("right_state", TextField).set_text("ny")
    _why(correcting)
    _key(correcting, "F9")
    assert correcting.shell.current.name == "held"
    assert correcting.notice.startswith("Correction saved.")
    (made,) = _edits(correcting)
    assert {each.field: json.loads(each.value) for each in made.changes} == {
        "plate": "ZZ10001",
        "plate_state": "NY",
    }
    assert made.reason == "Driver proved it"
    assert made.officer_id == correcting.terminal.officer("0102").officer_id


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("right_plate", "", "Enter the plate: letters A to Z and digits 0 to 9."),
        ("right_plate", "A" * 11, "A plate has at most 10 letters and digits; this has 11."),
        ("right_state", "Ct1", "Two letters, e.g. CT; XX elsewhere."),
    ],
)
def test_what_cannot_be_is_refused_in_its_field(
    correcting: Desk, field: str, text: str, problem: str
) -> None:
    _why(correcting)
    correcting.part(field, TextField).set_text(text)
    _key(correcting, "F9")
    assert correcting.part(field, TextField).view.problem == problem
    assert _edits(correcting) == []
    correcting.looks_right()


def test_the_standing_plate_and_a_missing_reason_are_refused(correcting: Desk) -> None:
    _key(correcting, "F9")
    problem = correcting.part("right_plate", TextField).view.problem
    assert problem == "This plate stands already. Enter the right one."
    correcting.part("right_plate", TextField).set_text("AB12345")
    _key(correcting, "F9")
    assert correcting.notice == "Choose first what the correction rests on."
    assert _edits(correcting) == []


def test_esc_goes_back_to_the_queue(correcting: Desk) -> None:
    _key(correcting, "Esc")
    assert correcting.shell.current.name == "held"
    assert _edits(correcting) == []


def test_an_empty_queue_offers_no_correction(desk: Desk) -> None:
    desk.show("held")
    assert desk.hidden("correct_button")
