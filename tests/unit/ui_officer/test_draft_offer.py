"""A half-written citation after a crash: the officer goes on with it, or drops it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.usecases.keep_draft import DRAFT, kept_draft
from tests.fakes.terminal_app import FakeTerminal
from tests.unit.ui_officer.laptop import Laptop, opened_laptop
from ui.widgets.choosing import SelectField
from ui.widgets.fields import TextField
from ui.widgets.photos import PhotoTile

Open = Callable[[], Laptop]


@pytest.fixture
def windows(by_day: None, qtbot: QtBot, on_beat: FakeTerminal, photos: Path) -> Iterator[Open]:
    """One window after the other over the same terminal, as after a crash."""
    assert by_day is None
    with ExitStack() as before:

        def restarted() -> Laptop:
            before.close()
            return before.enter_context(opened_laptop(qtbot, on_beat, photos))

        yield restarted


def _write(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_form()
    laptop.press("F5")
    laptop.find(SelectField, "make_field").setFocus()
    laptop.press("Enter", "Down", "Enter")
    laptop.click("chip_sign_visible")
    laptop.press("F11")
    laptop.write("Tarp")


def test_a_half_written_citation_is_gone_on_with_after_a_crash(windows: Open) -> None:
    _write(windows())
    laptop = windows()
    assert laptop.says("draft_offer").startswith("A citation for BK-47291 is half written")
    assert "1 photo is kept" in laptop.says("draft_offer")
    laptop.press("F11")
    assert laptop.screen == "citation"
    assert "BK-47291" in laptop.words()
    assert laptop.says("code_field").startswith("Code 101")
    assert laptop.find(SelectField, "make_field").view.key == "Honda"
    assert laptop.find(TextField, "note_entry").text() == "Tarp"
    assert laptop.says("chip_sign_visible").endswith("chosen")
    assert laptop.find(PhotoTile, "photo_1").view.image is not None
    laptop.photos.joinpath("01.jpg").unlink()
    laptop.press("F5", "F9")
    (citation,) = laptop.citations()
    assert len(citation.photo_hashes) == 2
    assert citation.note_public == "Driver not present. Sign visible. Tarp"
    assert citation.vehicle_make == "Honda"
    laptop.press("F2")
    assert not laptop.shows("draft_offer")


def test_what_was_left_with_esc_is_offered_too(laptop: Laptop) -> None:
    laptop.to_form()
    laptop.press("Esc", "F2")
    assert laptop.shows("draft_offer")
    laptop.press("F11")
    assert laptop.screen == "citation"


def test_without_a_draft_nothing_is_offered(laptop: Laptop) -> None:
    assert not laptop.shows("draft_offer")
    laptop.press("F11", "Esc", "Esc")
    assert laptop.screen == "check"
    assert laptop.notice() == ""


def test_it_goes_on_in_the_zone_where_it_was_begun(windows: Open) -> None:
    laptop = windows()
    _write(laptop)
    laptop.press("Esc", "F2", "F10", "2")
    laptop.press("F11")
    assert laptop.screen == "citation"
    assert laptop.find(SelectField, "place_field").view.detail == "zone 112"


def test_a_draft_of_another_beat_says_what_to_do(windows: Open, on_beat: FakeTerminal) -> None:
    _write(windows())
    on_beat.lanes.run(on_beat.app.officer.change_beat("2"))
    laptop = windows()
    laptop.press("F11")
    assert laptop.screen == "check"
    assert laptop.notice() == "Zone 112 is not on Beat 2. Change the beat first."
    assert laptop.shows("draft_offer")


def test_a_car_that_was_paid_for_meanwhile_is_answered(windows: Open) -> None:
    _write(windows())
    laptop = windows()
    laptop.pay("BK47291")
    laptop.press("F11")
    assert laptop.screen == "checked"
    assert laptop.says("answer").startswith("PAID")


def test_where_only_a_warning_is_allowed_it_goes_on_as_one(windows: Open) -> None:
    _write(windows())
    laptop = windows()
    laptop.terminal.clock.pass_by(minutes=52)
    laptop.press("F11")
    assert "Warning for this car" in laptop.words()


def test_it_is_dropped_with_esc_and_brought_back(windows: Open) -> None:
    _write(windows())
    laptop = windows()
    store = laptop.terminal.store
    before = kept_draft(store)
    laptop.write("AB")
    laptop.press("Esc")
    assert kept_draft(store) == before
    laptop.press("Esc")
    assert not laptop.shows("draft_offer")
    assert kept_draft(store) is None
    assert laptop.notice() == "The half-written citation was dropped."
    laptop.undo()
    assert laptop.shows("draft_offer")
    assert kept_draft(store) == before


def test_a_photo_of_it_that_is_gone_is_no_evidence(windows: Open) -> None:
    _write(windows())
    laptop = windows()
    laptop.terminal.store.photos.clear()
    laptop.press("F11")
    assert laptop.notice() == "The photo is not here."
    assert laptop.says("photos_pill").startswith("0 of 2 needed")


def test_a_draft_of_an_unknown_version_is_passed_over(windows: Open, on_beat: FakeTerminal) -> None:
    on_beat.store.drafts[DRAFT] = b'{"plate": 7}'
    laptop = windows()
    assert not laptop.shows("draft_offer")
    laptop.check("AB12345")
    assert laptop.screen == "checked"
