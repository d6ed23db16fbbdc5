"""Text that is measured before it is drawn: wrapped, then shrunk within stated limits.

Any thread. Text is never elided or cut. Where it cannot fit even at its least
size it is drawn smaller still, so that nothing is lost, and reported as a fault for the tests.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from ui.theme.faces import face

LINE_HEIGHT = 1.3
_TIGHT_EM = 1.0
"""Height one line of text needs: capitals, accent and descender, without the leading."""
_NEVER_BELOW_PX = 5
_SHORT_LINES = 3
"""Texts of up to so many lines are labels; longer ones are paragraphs and keep their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a text would like.

    Attributes:
        weight: 400 to 800.
        px: Wanted size.
        least_px: Size below which it is a fault.
        lines: Most lines it may take.
        spacing_percent: Letter spacing.
        mono: Drawn in the face for hashes.
        tabular: Digits of one width, as everywhere but on paper.
    """

    weight: int
    px: int
    least_px: int
    lines: int = 1
    spacing_percent: int = 100
    mono: bool = False
    tabular: bool = True

    def font(self, px: int) -> QFont:
        """The font of a size on the calling thread."""
        return face(
            self.weight,
            px,
            spacing_percent=self.spacing_percent,
            mono=self.mono,
            tabular=self.tabular,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A text set into a box.

    Attributes:
        wish: What it would have liked.
        px: The size it got.
        lines: The lines, at least one, in order.
        width: Width of the longest line in px.
        fits: False when it had to go below its least size.
    """

    wish: Wish
    px: int
    lines: tuple[str, ...]
    width: float
    fits: bool

    @property
    def font(self) -> QFont:
        """The font to draw with on the calling thread."""
        return self.wish.font(self.px)

    @property
    def height(self) -> float:
        """Height with line spacing in px."""
        return len(self.lines) * self.px * LINE_HEIGHT


@lru_cache(maxsize=4096)
def advance(
    text: str,
    weight: int,
    px: int,
    spacing_percent: int = 100,
    *,
    mono: bool = False,
    tabular: bool = True,
) -> float:
    """Width of one line in px, without the letter space that trails the last letter."""
    font = face(weight, px, spacing_percent=spacing_percent, mono=mono, tabular=tabular)
    width = QFontMetricsF(font).horizontalAdvance(text)
    if spacing_percent != 100 and text:
        plain = face(weight, px, mono=mono, tabular=tabular)
        width -= QFontMetricsF(plain).horizontalAdvance(text[-1]) * (spacing_percent - 100) / 100
    return width


def wrap(text: str, wish: Wish, px: int, width: float) -> tuple[str, ...] | None:
    """Break at spaces so that every line fits; None when a word does not.

    A middle dot stays with the word before it: no line begins with one.
    """
    lines: list[str] = []
    for paragraph in text.replace(" · ", "\u00a0· ").split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if _fits(longer, wish, px, width):
                line = longer
                continue
            if not line or not _fits(word, wish, px, width):
                return None
            lines.append(line)
            line = word
        lines.append(line)
    return tuple(lines)


def _fits(line: str, wish: Wish, px: int, width: float) -> bool:
    return _wide(line, wish, px) <= width + 0.01


def _wide(line: str, wish: Wish, px: int) -> float:
    return advance(
        line, wish.weight, px, wish.spacing_percent, mono=wish.mono, tabular=wish.tabular
    )


@lru_cache(maxsize=2048)
def set_text(text: str, wish: Wish, width: float, height: float = 1e6) -> Setting:
    """Fit a text into a box: on one line if a tenth smaller is enough, then wrapped, then smaller.

    Args:
        text: The words; a line feed forces a new line.
        wish: Size, limits and lines.
        width: Width of the box in px.
        height: Height of the box in px.
    """
    if 1 < wish.lines <= _SHORT_LINES and "\n" not in text:
        for px in range(wish.px, max(wish.least_px, math.ceil(wish.px * 0.9)) - 1, -1):
            if _fits(text, wish, px, width) and px * _TIGHT_EM <= height + 0.5:
                return _setting((text,), wish, px, fits=True)
    for px in range(wish.px, _NEVER_BELOW_PX - 1, -1):
        lines = wrap(text, wish, px, width)
        if lines is None or len(lines) > wish.lines:
            continue
        if ((len(lines) - 1) * LINE_HEIGHT + _TIGHT_EM) * px > height + 0.5:
            continue
        return _setting(lines, wish, px, fits=px >= min(wish.least_px, wish.px))
    return _setting((text,), wish, _NEVER_BELOW_PX, fits=False)


def _setting(lines: tuple[str, ...], wish: Wish, px: int, *, fits: bool) -> Setting:
    return Setting(
        wish=wish,
        px=px,
        lines=lines,
        width=max(_wide(line, wish, px) for line in lines),
        fits=fits,
    )
