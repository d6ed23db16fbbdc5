"""Tokens, faces, icons and the style sheet: how everything looks, in one place.

Owner thread: the GUI thread. Must not import anything of `ui` outside `ui.theme`.
"""

from ui.theme.faces import face, load_faces
from ui.theme.icons import Icon, icon_image, paint_icon
from ui.theme.look import Look, apply_theme, look
from ui.theme.tokens import Palette, Profile, Theme, Tokens, contrast_ratio, load_tokens

__all__ = [
    "Icon",
    "Look",
    "Palette",
    "Profile",
    "Theme",
    "Tokens",
    "apply_theme",
    "contrast_ratio",
    "face",
    "icon_image",
    "load_faces",
    "load_tokens",
    "look",
    "paint_icon",
]
