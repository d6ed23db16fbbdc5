"""Every part, in every theme, with long words and at 200 %: nothing is cut, all is spoken."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from simulator.gallery import desk, kiosk, officer
from simulator.gallery.samples import Sample, longer
from tests.unit.ui_widgets.conftest import Dress
from ui.theme import Theme
from ui.widgets.layout_check import faults, spoken_text, unnamed_controls

PLACES: dict[str, tuple[Callable[[], tuple[Sample, ...]], Theme]] = {
    "officer": (officer.samples, Theme.DAY),
    "officer_13": (officer.samples, Theme.NIGHT),
    "kiosk": (kiosk.samples, Theme.CONTRAST),
    "desk": (desk.samples, Theme.DESK),
}


@pytest.mark.parametrize("profile", PLACES)
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_no_part_cuts_its_words(dress: Dress, profile: str, scale: float) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile, scale)
    found = [
        f"{sample.name}: {fault}"
        for sample in samples()
        for fault in faults(sample.part(), grid=False)
    ]
    assert not found


@pytest.mark.parametrize("profile", PLACES)
def test_no_part_cuts_words_a_third_longer(dress: Dress, profile: str) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    found = [
        f"{sample.name}: {fault}"
        for sample in samples()
        for fault in faults(sample.part(longer(sample.view)), grid=False)
    ]
    assert not found


@pytest.mark.parametrize("profile", ["officer", "kiosk", "desk"])
def test_every_control_has_a_name_to_be_spoken(dress: Dress, profile: str) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    for sample in samples():
        part = sample.part()
        assert not unnamed_controls(part), sample.name
        assert part.accessibleName(), sample.name


@pytest.mark.parametrize("profile", ["officer", "kiosk", "desk"])
def test_setting_another_view_changes_what_is_drawn_and_spoken(dress: Dress, profile: str) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    for sample in samples():
        other = longer(sample.view)
        if other == sample.view or not hasattr(sample.part(), "set_view"):
            continue
        part, fresh = sample.part(), sample.part(other)
        part.resize(fresh.size())
        part.set_view(other)  # type: ignore[attr-defined]  # asked above
        assert _shown(part) == _shown(fresh), sample.name
        assert part.accessibleName() == fresh.accessibleName(), sample.name


def _shown(part: QWidget) -> list[str]:
    assert not faults(part, grid=False)
    return spoken_text(part)


@pytest.mark.parametrize("profile", ["officer", "kiosk", "desk"])
def test_a_new_theme_restyles_parts_that_are_already_there(dress: Dress, profile: str) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    parts = [(sample, sample.part()) for sample in samples()]
    dress(theme, profile, 1.5)
    for sample, part in parts:
        fresh = sample.part()
        if sample.height == 0:
            part.resize(fresh.size())
        assert part.sizeHint() == fresh.sizeHint(), sample.name
        assert not faults(part, grid=False), sample.name


@pytest.mark.parametrize("profile", ["officer", "kiosk", "desk"])
def test_every_control_shows_focus_and_press(dress: Dress, profile: str) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    for sample in samples():
        part = sample.part()
        if not isinstance(part, QAbstractButton) or not part.isEnabled():
            continue
        plain = part.grab().toImage()
        part.setDown(True)
        assert part.grab().toImage() != plain, sample.name


def test_long_words_are_longer_and_keep_what_is_no_word() -> None:
    view = longer(officer.CHIPS)
    assert view.chips[0].key == "absent"
    assert len(view.chips[0].words) > len("Driver not present") * 1.2
    assert longer("AB-12345") == "AB-12345"
    assert longer(3) == 3


@pytest.mark.parametrize("profile", ["officer", "kiosk", "desk"])
def test_no_part_outlives_its_last_reference(
    dress: Dress, qapp: QApplication, profile: str
) -> None:
    samples, theme = PLACES[profile]
    dress(theme, profile)
    gc.collect()
    before = set(qapp.allWidgets())
    for sample in samples():
        faults(sample.part())
    gc.collect()
    left = {type(widget).__name__ for widget in set(qapp.allWidgets()) - before}
    assert not left
