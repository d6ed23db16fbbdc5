"""Any citation is found by number or plate, and its plate can be corrected, held or not."""

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from parking.edit import Edit
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField


@pytest.fixture
def finding(desk: Desk) -> Desk:
    desk.store.fed_facts.append(samples.citation(12_873, desk.clock.utc, plate="AB 12345"))
    desk.show("find")
    return desk


def _key(desk: Desk, name: str) -> None:
    QTest.keySequence(desk.shell, QKeySequence(name))
    desk.settle()


def _find(desk: Desk, text: str) -> None:
    desk.part("find_text", TextField).set_text(text)
    _key(desk, "F2")


def test_a_citation_that_is_not_held_is_found_and_its_plate_corrected(finding: Desk) -> None:
    assert finding.hidden("correct_button")
    _find(finding, " ab-12345")
    assert finding.read("found_facts").startswith("Issued for 101, Amount $25.00")
    assert "Right plate not corrected, Note nothing noted" in finding.read("found_facts")
    _key(finding, "F8")
    assert finding.shell.current.name == "correct"
    finding.part("right_plate", TextField).set_text("ZZ10001")
    finding.part("rests_photo", ActionButton).click()
    _key(finding, "F9")
    assert finding.shell.current.name == "find", "back to where it was opened"
    assert "Right plate ZZ-10001 CT" in finding.read("found_facts")
    assert len(finding.store.all_of(Edit)) == 1
    finding.looks_right()


def test_it_is_found_by_its_number_and_what_is_none_is_refused(finding: Desk) -> None:
    _find(finding, "sc-4-0128735")
    assert not finding.hidden("nothing_found")
    number = samples.citation(12_873, finding.clock.utc).number
    _find(finding, number.lower())
    assert number in finding.read("found_rows")
    _key(finding, "F11")
    assert finding.shell.current.name == "note"
    _key(finding, "Esc")
    assert finding.shell.current.name == "find"
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    for text, problem in (
        (wrong, "This citation number has a wrong digit. Read it again."),
        ("SC-4-1", "A citation number looks like SC-4-0012873."),
        ("", "Enter the plate: letters A to Z and digits 0 to 9."),
    ):
        _find(finding, text)
        assert finding.part("find_text", TextField).view.problem == problem
