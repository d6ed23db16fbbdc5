"""The design tokens: colours by role, type scale, spaces, target sizes, device profiles.

Owner thread: any (immutable values). Must not import Qt: contrast and target floors are tested
from these values alone.
"""

import json
import math
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from parking.errors import BugError

MM_PER_INCH = 25.4
DRAWN_DPI = 96.0
CAPITALS_EM = 0.668
"""Height of a capital in em of Atkinson Hyperlegible Next (its OS/2 table)."""

TOKEN_FILE = Path(__file__).resolve().parents[2] / "resources" / "theme" / "tokens.json"


class Theme(StrEnum):
    """A complete set of colours. Day is the default outdoors, night never on a kiosk."""

    DAY = "day"
    NIGHT = "night"
    DESK = "desk"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours by role, each `#RRGGBB`. A `*_text` or `*_mark` is drawn on its namesake."""

    text: str
    second: str
    card: str
    page: str
    bar: str
    bar_cell: str
    bar_text: str
    control: str
    control_text: str
    main: str
    main_text: str
    issue: str
    issue_text: str
    paid: str
    paid_text: str
    expired: str
    expired_text: str
    unknown: str
    unknown_text: str
    hot: str
    hot_text: str
    note: str
    note_text: str
    chosen: str
    chosen_text: str
    chosen_border: str
    refused: str
    refused_text: str
    plate: str
    plate_ink: str
    ok: str
    ok_mark: str
    bad: str
    bad_mark: str
    hazard: str
    hazard_ink: str
    hot_frame: str
    hot_mark: str
    info: str
    info_mark: str
    control_border: str
    line: str
    chart: str
    chart_text: str
    ring: str
    ring_edge: str
    ring_inner: str


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One use of type: weight 400..800, size and least size in px at 96 dpi."""

    weight: int
    px: int
    least_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The panel a terminal draws on, with the floors of its place.

    Attributes:
        place: officer, kiosk or desk.
        width_px: Logical width.
        height_px: Logical height.
        inches: Diagonal, stored at enrolment: the number the system reports may be wrong.
        least_target_mm: Least side of anything that is touched.
        least_gap_mm: Least gap between two targets; 0 where none is asked for.
        capitals_mm: Least height of capitals; 0 where none is asked for.
    """

    place: str
    width_px: int
    height_px: int
    inches: float
    least_target_mm: float
    least_gap_mm: float
    capitals_mm: float

    @property
    def dpi(self) -> float:
        """Dots per inch from size and diagonal."""
        return math.hypot(self.width_px, self.height_px) / self.inches

    def mm(self, px: float) -> float:
        """Millimetres that `px` logical pixels take on this panel."""
        return px * MM_PER_INCH / self.dpi

    def grid_px(self, mm: float) -> int:
        """Least multiple of the 4 px grid that is at least `mm` millimetres."""
        return 4 * math.ceil(mm * self.dpi / MM_PER_INCH / 4)

    def target_px(self, drawn_px: int) -> int:
        """Side of a target: as drawn, or larger where this panel is finer."""
        return max(drawn_px, self.grid_px(self.least_target_mm))

    def gap_px(self, drawn_px: int) -> int:
        """Gap between targets: as drawn, or larger where this panel is finer."""
        return max(drawn_px, self.grid_px(self.least_gap_mm))

    def panel_scale(self, least_text_px: int) -> float:
        """Factor >= 1 that keeps capitals of `least_text_px` text above the floor in mm."""
        if not self.capitals_mm:
            return 1.0
        return max(1.0, self.capitals_mm / self.mm(least_text_px * CAPITALS_EM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Everything of `tokens.json`.

    Attributes:
        themes: Palette per theme.
        type: Type style per use, e.g. `officer.answer`.
        drawn: Sizes of targets as drawn at 96 dpi, px.
        gap: Gaps as drawn at 96 dpi, px.
        radius: Corner radii, px.
        border: Border widths, px.
        ring: Widths of the three lines of the focus ring, px.
        margin: Page margin per place, px.
        profiles: Device profiles by name.
        motion: Durations in ms and the highest flash rate in Hz.
    """

    themes: dict[Theme, Palette]
    type: dict[str, TypeStyle]
    drawn: dict[str, int]
    gap: dict[str, int]
    radius: dict[str, int]
    border: dict[str, int]
    ring: dict[str, int]
    margin: dict[str, int]
    profiles: dict[str, Profile]
    motion: dict[str, int]


def load_tokens(path: Path = TOKEN_FILE) -> Tokens:
    """Read and check the token file.

    Args:
        path: The JSON file; the one of the product unless a test says otherwise.

    Raises:
        BugError: The file is missing, is no JSON, or lacks a role; the message names it.
    """
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Tokens(
            themes={theme: _palette(theme, raw["themes"][theme.value]) for theme in Theme},
            type={name: TypeStyle(*values) for name, values in raw["type"].items()},
            drawn=raw["drawn"],
            gap=raw["gap"],
            radius=raw["radius"],
            border=raw["border"],
            ring=raw["ring"],
            margin=raw["space"]["margin"],
            profiles={name: Profile(**values) for name, values in raw["profiles"].items()},
            motion=raw["motion"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BugError(f"the token file {path.name} cannot be used: {error!r}") from error


def _palette(theme: Theme, raw: dict[str, str]) -> Palette:
    wanted = {field.name for field in fields(Palette)}
    if wanted != raw.keys():
        odd = ", ".join(sorted(wanted ^ raw.keys()))
        raise BugError(f"theme {theme.value}: roles missing or not known: {odd}")
    return Palette(**raw)


def contrast_ratio(one: str, other: str) -> float:
    """WCAG 2 contrast of two `#RRGGBB` colours, 1.0 to 21.0."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
