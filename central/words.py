"""The words that central says to drivers, per call in one language; no language is in force.

One gettext catalogue per language under ``resources/i18n``, the same that pay stations read.
English is the source; what has no translation stays English. Any thread.
"""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "resources" / "i18n"
_DOMAIN = "parking"


@cache
def _catalogues() -> dict[str, gettext.NullTranslations]:
    """Return every catalogue by its code; nothing is looked up by a name that came from outside."""
    return {
        path.parents[1].name: gettext.translation(
            _DOMAIN, _FOLDER, languages=[path.parents[1].name]
        )
        for path in _FOLDER.glob(f"*/LC_MESSAGES/{_DOMAIN}.mo")
    }


def words(language: str) -> Callable[[str], str]:
    """Return what turns an English sentence into a language; into itself where there is none."""
    found = _catalogues().get(language)
    return str if found is None else found.gettext
