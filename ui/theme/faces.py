"""The bundled type faces: loaded and tested at start, and fonts made from them.

Owner thread: the GUI thread; `face` any, for papers that a lane draws. A missing face does not
fail by itself: Qt silently draws another family or the nearest weight, so `load_faces` looks at
what it really got.
"""

import threading
from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF

from parking.errors import BugError

FAMILY = "Atkinson Hyperlegible Next"
MONO = "IBM Plex Mono"
WEIGHTS = (400, 500, 600, 700, 800)
FONT_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"


def load_faces(folder: Path = FONT_FOLDER) -> None:
    """Load every bundled face and prove that all weights are there and differ.

    Raises:
        BugError: A file cannot be read, a family is missing, or two weights draw the same.

    Thread: GUI, after the application object exists. Loading twice does no harm.
    """
    new = [path for path in sorted(folder.glob("*.ttf")) if path not in _loaded]
    for path in new:
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise BugError(f"the type face {path.name} cannot be loaded")
        _loaded.add(path)
    if new or not _loaded:
        check_faces()


_loaded: set[Path] = set()


def check_faces() -> None:
    """Prove that the families answer and the five weights differ.

    Raises:
        BugError: A family is missing or two weights draw the same.
    """
    for family in (FAMILY, MONO):
        if family not in QFontDatabase.families():
            raise BugError(f"the type family {family} is missing")
    widths = set()
    for weight in WEIGHTS:
        font = face(weight, 100)
        info = QFontInfo(font)
        if info.family() != FAMILY or info.weight() != weight:
            raise BugError(f"weight {weight} of {FAMILY} became {info.family()} {info.weight()}")
        widths.add(round(QFontMetricsF(font).horizontalAdvance("Hamburgefonts"), 1))
    if len(widths) != len(WEIGHTS):
        raise BugError(f"the weights of {FAMILY} draw the same: a face file is missing")


def face(
    weight: int,
    px: int,
    *,
    spacing_percent: int = 100,
    mono: bool = False,
    tabular: bool = True,
) -> QFont:
    """A font of the house.

    Args:
        weight: 400, 500, 600, 700 or 800; the mono face has 400 only.
        px: Pixel size, >= 1.
        spacing_percent: Letter spacing, 100 is the face's own.
        mono: The face for hashes.
        tabular: Digits of one width. PDF readers find no letters behind such digits, so papers
            that are searched and copied from do without.

    Returns:
        A font shared within the calling thread: copy it before changing it. Qt keeps the glyphs
        of a font for one thread, so two threads must not draw with the same one.
    """
    return _face(weight, px, spacing_percent, mono=mono, tabular=tabular, _at=threading.get_ident())


@lru_cache(maxsize=1024)
def _face(
    weight: int, px: int, spacing_percent: int, *, mono: bool, tabular: bool, _at: int
) -> QFont:
    font = QFont(MONO if mono else FAMILY)
    font.setPixelSize(max(1, px))
    font.setWeight(QFont.Weight.Normal if mono else QFont.Weight(weight))
    # Fractional advances: a shrunk text keeps its word shape instead of jumping to whole pixels.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if not mono:
        font.setFeature(QFont.Tag("tnum"), int(tabular))
        # Forms of single languages, which the shaper takes for A and the space without being
        # asked; they look the same, but no letter stands behind them in a PDF.
        font.setFeature(QFont.Tag("locl"), 0)
    if spacing_percent != 100:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, spacing_percent)
    return font
