"""The token file keeps the floors of contrast, of letters and of targets."""

import json
from itertools import chain
from pathlib import Path

import pytest

from parking.errors import BugError
from ui.theme.tokens import (
    CAPITALS_EM,
    TOKEN_FILE,
    Profile,
    Theme,
    contrast_ratio,
    load_tokens,
)

TOKENS = load_tokens()
OUTDOORS = (Theme.DAY, Theme.CONTRAST)
TEXT_ON = (
    ("text", "card"),
    ("text", "page"),
    ("second", "card"),
    ("second", "page"),
    ("bar_text", "bar"),
    ("bar_text", "bar_cell"),
    ("control_text", "control"),
    ("main_text", "main"),
    ("issue_text", "issue"),
    ("paid_text", "paid"),
    ("expired_text", "expired"),
    ("unknown_text", "unknown"),
    ("hot_text", "hot"),
    ("note_text", "note"),
    ("chosen_text", "chosen"),
    ("refused_text", "refused"),
    ("plate_ink", "plate"),
)
MARK_ON = (
    ("ok_mark", "ok"),
    ("bad_mark", "bad"),
    ("hot_mark", "hot_frame"),
    ("info_mark", "info"),
    ("hazard_ink", "hazard"),
    ("control_border", "card"),
    ("control_border", "page"),
    ("chosen_border", "chosen"),
    ("chosen_border", "card"),
    ("ring", "ring_edge"),
    ("chart", "card"),
    ("chart_text", "chart"),
)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_stands_out(theme: Theme, ink: str, ground: str) -> None:
    colours = TOKENS.themes[theme]
    floor = 15.0 if theme in OUTDOORS else 7.0
    assert contrast_ratio(getattr(colours, ink), getattr(colours, ground)) >= floor


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("ink", "ground"), MARK_ON)
def test_marks_and_borders_stand_out(theme: Theme, ink: str, ground: str) -> None:
    colours = TOKENS.themes[theme]
    assert contrast_ratio(getattr(colours, ink), getattr(colours, ground)) >= 3.0


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#FFFFFF", 21.0), ("#FFFFFF", "#FFFFFF", 1.0), ("#777777", "#FFFFFF", 4.48)],
)
def test_contrast_is_computed_as_wcag_says(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast_ratio(other, one) == contrast_ratio(one, other)


def test_the_four_answers_differ_without_colour() -> None:
    day = TOKENS.themes[Theme.DAY]
    light = {
        name: contrast_ratio(getattr(day, name), "#000000")
        for name in ("paid", "expired", "unknown", "hot")
    }
    assert light["paid"] > 15
    assert 3 > light["expired"] > light["hot"]
    assert light["unknown"] > light["paid"]


@pytest.mark.parametrize("name", sorted(TOKENS.profiles))
def test_targets_keep_their_floor_in_millimetres(name: str) -> None:
    profile = TOKENS.profiles[name]
    sizes = [
        profile.target_px(px)
        for drawn, px in TOKENS.drawn.items()
        if drawn.startswith(profile.place)
    ]
    assert sizes
    assert min(profile.mm(px) for px in sizes) >= profile.least_target_mm
    assert all(px % 4 == 0 for px in sizes)


@pytest.mark.parametrize("name", [n for n, p in TOKENS.profiles.items() if p.place == "kiosk"])
def test_kiosk_targets_stand_apart(name: str) -> None:
    profile = TOKENS.profiles[name]
    gaps = [profile.gap_px(TOKENS.gap[gap]) for gap in ("kiosk", "kiosk_key")]
    assert min(profile.mm(gap) for gap in gaps) >= 3.0


def test_a_fine_panel_gets_larger_targets_never_smaller_ones() -> None:
    officer_10 = TOKENS.profiles["officer_10"]
    assert officer_10.dpi == pytest.approx(149.5, abs=0.1)
    assert officer_10.target_px(76) == 92
    assert TOKENS.profiles["officer_13"].target_px(76) == 76


@pytest.mark.parametrize("name", [n for n, p in TOKENS.profiles.items() if p.place == "kiosk"])
def test_the_smallest_kiosk_capitals_are_high_enough(name: str) -> None:
    profile = TOKENS.profiles[name]
    least_px = TOKENS.type["kiosk.least"].px
    drawn_px = least_px * profile.panel_scale(least_px)
    assert profile.mm(drawn_px * CAPITALS_EM) >= 4.8 - 1e-9
    assert all(style.least_px >= least_px for use, style in TOKENS.type.items() if "kiosk." in use)


@pytest.mark.parametrize(("place", "least_px"), [("officer", 16), ("desk", 14), ("kiosk", 28)])
def test_no_text_of_a_place_may_shrink_below_its_least(place: str, least_px: int) -> None:
    styles = [style for use, style in TOKENS.type.items() if use.startswith(place)]
    assert min(style.least_px for style in styles) >= least_px
    assert all(style.least_px <= style.px and 400 <= style.weight <= 800 for style in styles)


def test_no_panel_without_a_floor_scales() -> None:
    assert TOKENS.profiles["desk"].panel_scale(14) == 1.0


def test_spaces_and_sizes_stand_on_the_grid() -> None:
    lengths = chain(TOKENS.drawn.values(), TOKENS.gap.values(), TOKENS.margin.values())
    assert all(length % 4 == 0 for length in lengths)


def _broken(tmp_path: Path, change: str, value: object) -> Path:
    raw = json.loads(TOKEN_FILE.read_text())
    if value is None:
        del raw["themes"]["day"][change]
    else:
        raw["themes"]["day"][change] = value
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps(raw))
    return path


def test_a_missing_role_is_named(tmp_path: Path) -> None:
    with pytest.raises(BugError, match="plate_ink"):
        load_tokens(_broken(tmp_path, "plate_ink", None))


def test_an_unknown_role_is_named(tmp_path: Path) -> None:
    with pytest.raises(BugError, match="mauve"):
        load_tokens(_broken(tmp_path, "mauve", "#FF00FF"))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"themes": {}}'])
def test_a_file_that_is_no_token_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(text)
    with pytest.raises(BugError, match=r"tokens\.json cannot be used"):
        load_tokens(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BugError, match="cannot be used"):
        load_tokens(tmp_path / "none.json")


def test_a_profile_of_a_measured_device_works_like_a_stored_one() -> None:
    laptop = Profile(
        place="officer",
        width_px=1280,
        height_px=800,
        inches=12.1,
        least_target_mm=15,
        least_gap_mm=0,
        capitals_mm=0,
    )
    assert laptop.mm(laptop.grid_px(15)) >= 15
    assert laptop.dpi == TOKENS.profiles["officer"].dpi
