"""The look in force: one theme, one device profile, one text scale, applied to the application.

Owner thread: the GUI thread.
"""

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from parking.errors import BugError
from ui.theme.faces import face, load_faces
from ui.theme.sheet import sheet
from ui.theme.tokens import Palette, Profile, Theme, Tokens, TypeStyle, load_tokens

LEAST_SCALE = 1.0
MOST_SCALE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What every painted widget reads.

    Attributes:
        theme: The colours in force.
        tokens: All tokens.
        profile: The panel of this device.
        text_scale: The person's wish for larger text, 1.0 to 2.0.
        reduced_motion: Still pictures instead of loops.
    """

    theme: Theme
    tokens: Tokens
    profile: Profile
    text_scale: float = 1.0
    reduced_motion: bool = False

    @property
    def palette(self) -> Palette:
        """Colours of the theme in force."""
        return self.tokens.themes[self.theme]

    @property
    def scale(self) -> float:
        """Factor on drawn text sizes: the person's wish times what the panel needs."""
        return self.text_scale * self.profile.panel_scale(self.least_text_px)

    @property
    def least_text_px(self) -> int:
        """Smallest text of this place as drawn at 96 dpi."""
        return self.tokens.type[f"{self.profile.place}.least"].px

    def style(self, use: str) -> TypeStyle:
        """The type style of a use such as `officer.answer`.

        Raises:
            BugError: No such use in the tokens.
        """
        try:
            return self.tokens.type[use]
        except KeyError as error:
            raise BugError(f"no type style named {use}") from error

    def text_px(self, use: str) -> int:
        """Pixel size a use is drawn at now."""
        return round(self.style(use).px * self.scale)

    def least_px(self, use: str) -> int:
        """Pixel size below which a text of this use counts as a fault."""
        return math.ceil(
            self.style(use).least_px * self.profile.panel_scale(self.least_text_px) - 0.01
        )

    def font(self, use: str) -> QFont:
        """Font of a use at its full size."""
        return face(self.style(use).weight, self.text_px(use), mono=use == "mono")

    def grown(self, drawn_px: int) -> int:
        """A drawn length that holds text, grown with the person's wish, rounded up to the grid.

        What a fine panel adds to letters is a few percent, for which drawn boxes have room; they
        stay as drawn, so that a screen has the same heights on every panel.
        """
        return 4 * math.ceil(drawn_px * self.text_scale / 4 - 0.001)

    def target(self, name: str) -> int:
        """Side of a touch target in px: drawn, grown with text, never under the floor in mm."""
        return self.profile.target_px(self.grown(self.tokens.drawn[name]))

    def gap(self, name: str) -> int:
        """Gap between targets in px, never under the floor in mm."""
        return self.profile.gap_px(self.tokens.gap[name])


@cache
def product_tokens() -> Tokens:
    """The tokens of the product, read once."""
    return load_tokens()


class _InForce:
    """Holds the one look of the process; the application object is a process-wide thing too."""

    look: Look | None = None
    styled = False


def look() -> Look:
    """The look in force; day on an officer's laptop before any was applied."""
    if _InForce.look is None:
        tokens = product_tokens()
        _InForce.look = Look(theme=Theme.DAY, tokens=tokens, profile=tokens.profiles["officer"])
    return _InForce.look


def apply_theme(
    app: QApplication,
    theme: Theme,
    *,
    profile: str | Profile = "officer",
    text_scale: float = 1.0,
    reduced_motion: bool = False,
) -> Look:
    """Dress the application: faces, palette, one style sheet.

    Args:
        app: The application object.
        theme: Colours; night is refused on a kiosk.
        profile: A profile of the tokens by name, or the measured panel of this device.
        text_scale: 1.0 to 2.0.
        reduced_motion: Still pictures instead of loops.

    Returns:
        The look now in force. When it is another than before, every widget is restyled and
        repainted by Qt.

    Raises:
        BugError: Unknown profile, scale out of range, night on a kiosk, or a face is missing.

    Thread: GUI.
    """
    tokens = product_tokens()
    panel = tokens.profiles.get(profile) if isinstance(profile, str) else profile
    if panel is None:
        raise BugError(f"no device profile named {profile}")
    if not LEAST_SCALE <= text_scale <= MOST_SCALE:
        raise BugError(f"text scale {text_scale} is not within {LEAST_SCALE} to {MOST_SCALE}")
    if theme is Theme.NIGHT and panel.place == "kiosk":
        raise BugError("a kiosk has no night theme: its screen stands in daylight and lamps")
    load_faces()
    now = Look(
        theme=theme,
        tokens=tokens,
        profile=panel,
        text_scale=text_scale,
        reduced_motion=reduced_motion,
    )
    if now == _InForce.look and app.styleSheet():
        return now
    _InForce.look = now
    with _garbage_kept():
        _dress(app, now)
    return now


def _dress(app: QApplication, now: Look) -> None:
    if not _InForce.styled:
        # Once: exchanging the base style under living widgets is not safe.
        app.setStyle("Fusion")
        _InForce.styled = True
    # A steady caret: nothing on these screens blinks, and the field paints its own broad one.
    app.setCursorFlashTime(0)
    app.setFont(now.font(f"{now.profile.place}.least"))
    app.setPalette(_qt_palette(now.palette))
    # The name of the panel makes the sheet differ, so that widgets measure themselves again.
    rules = sheet(now.tokens, now.palette, scale=now.scale)
    app.setStyleSheet(f"/* {now.profile} */\n{rules}")


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Keep Python from collecting widgets while Qt walks over all of them.

    A restyled widget runs Python code, which may start a collection; a page that is garbage would
    then be deleted under Qt's feet. That crashed one test run in three.
    """
    gc.collect()
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _qt_palette(colours: Palette) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for wanted, colour in (
        (role.Window, colours.page),
        (role.WindowText, colours.text),
        (role.Base, colours.card),
        (role.AlternateBase, colours.card),
        (role.Text, colours.text),
        (role.Button, colours.control),
        (role.ButtonText, colours.control_text),
        (role.Highlight, colours.chosen_border),
        (role.HighlightedText, colours.card),
        (role.PlaceholderText, colours.second),
        (role.ToolTipBase, colours.card),
        (role.ToolTipText, colours.text),
    ):
        palette.setColor(wanted, QColor(colour))
    return palette
