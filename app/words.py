"""The words people read: one gettext catalogue per language under ``resources/i18n``. Any thread.

English is the source; a sentence without a translation stays English. The language belongs to the
process: a pay station changes it for the driver in front of it. Must not import anything of ours.
"""

import gettext
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "i18n"
DOMAIN = "parking"
SOURCE_LANGUAGE = "en"


class _InForce:
    language = SOURCE_LANGUAGE
    words: gettext.NullTranslations = gettext.NullTranslations()


def _(text: str) -> str:
    """Return a sentence in the language in force; put values in by ``.format`` afterwards."""
    return _InForce.words.gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a sentence that fits a number."""
    return _InForce.words.ngettext(one, many, count)


def language() -> str:
    """Return the code of the language in force, e.g. ``en``."""
    return _InForce.language


def languages() -> tuple[str, ...]:
    """Return the codes of all languages with a catalogue, the source language first."""
    found = sorted(path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return (SOURCE_LANGUAGE, *(code for code in found if code != SOURCE_LANGUAGE))


def use_language(code: str) -> None:
    """Change the language of everything shown from now on; an unknown one becomes English."""
    _InForce.words = gettext.translation(DOMAIN, FOLDER, languages=[code], fallback=True)
    known = code == SOURCE_LANGUAGE or code in languages()
    _InForce.language = code if known else SOURCE_LANGUAGE
