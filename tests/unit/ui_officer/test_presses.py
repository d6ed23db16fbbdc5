"""From the plate to the printed citation with at most six presses beside the plate."""

import pytest

from tests.unit.ui_officer.laptop import Laptop, read

MOST_PRESSES = 6
TYPED = ("Enter", "F9", "F5", "F5", "F9")
SCANNED = ("F2", "Enter", "F9", "F5", "F9")


@pytest.mark.parametrize("way", [TYPED, SCANNED], ids=["typed", "scanned"])
def test_check_issue_and_print_take_at_most_six_presses(
    laptop: Laptop, way: tuple[str, ...]
) -> None:
    laptop.add_photos(1, 2)
    laptop.terminal.reader.reads = (read("BK47291"),)
    if way is TYPED:
        laptop.write("BK47291")
    laptop.press(*way)
    assert len(way) <= MOST_PRESSES
    (citation,) = laptop.citations()
    assert citation.plate == "BK47291"
    assert len(citation.photo_hashes) == 2
    assert [name for name, _lines, _qr in laptop.terminal.printer.tickets] == [citation.number]


def test_a_warning_takes_three(laptop: Laptop) -> None:
    laptop.write("BK47291")
    laptop.press("Enter", "F7", "F9")
    assert len(laptop.terminal.printer.tickets) == 1
