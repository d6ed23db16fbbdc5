"""Licence plates: the key that decides equality, and look-alikes that are only suggested.

Source: RULES.md 22 and 23 (settled rules of parking), docs/decisions. Exact match decides; O and
0 are never merged.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

from parking.errors import UserError

LONGEST_PLATE = 10
"""Characters a plate key may have; the longest plates on the road have 8, temporary ones 10."""

US_STATES: tuple[str, ...] = (
    *("CT", "NY", "NJ", "MA", "RI", "AL", "AK", "AZ", "AR", "CA", "CO", "DE", "DC", "FL", "GA"),
    *("HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MI", "MN", "MS", "MO", "MT"),
    *("NE", "NV", "NH", "NM", "NC", "ND", "OH", "OK", "OR", "PA", "SC", "SD", "TN", "TX", "UT"),
    *("VT", "VA", "WA", "WV", "WI", "WY"),
)
"""Two-letter codes, the neighbours of Connecticut first as officers meet them most."""

OTHER_STATE = "XX"
"""Any plate from elsewhere (foreign, diplomatic, federal)."""

_SEPARATORS = frozenset("·•∙⋅.‧・")
_LOOK_ALIKES = ("0ODQ", "1IL", "2Z", "5S", "6G", "8B", "UV", "MN", "4A")
_SWAPS: dict[str, str] = {
    char: "".join(
        other for group in _LOOK_ALIKES if char in group for other in group if other != char
    )
    for group in _LOOK_ALIKES
    for char in group
}
_STANDARD_FORMS: dict[str, tuple[re.Pattern[str], ...]] = {
    "CT": (
        re.compile(r"[A-Z]{2}[0-9]{5}"),
        re.compile(r"[0-9][A-Z]{4}[0-9]"),
        re.compile(r"[0-9]{3}[A-Z]{3}"),
    ),
    "NY": (re.compile(r"[A-Z]{3}[0-9]{4}"),),
    "NJ": (re.compile(r"[A-Z][0-9]{2}[A-Z]{3}"),),
    "MA": (re.compile(r"[0-9][A-Z]{3}[0-9]{2}"), re.compile(r"[0-9]{3}[A-Z]{2}[0-9]")),
}


def plate_key(raw: str) -> str:
    """Return the key by which plates are equal; empty when nothing remains.

    NFKC, upper case, without separators, control and format characters, dashes, dots and bullets.
    Nothing else is folded: accents, Cyrillic and symbols stay and so never equal ASCII.
    """
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    folded = unicodedata.normalize("NFKC", raw).upper()
    kept = (char for char in folded if not _is_separator(char))
    return unicodedata.normalize("NFKC", "".join(kept))


def _is_separator(char: str) -> bool:
    return char in _SEPARATORS or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"}


def same_plate(one: str, other: str) -> bool:
    """Tell whether two raw plates have the same key; an empty key does not even equal itself."""
    key = plate_key(one)
    return bool(key) and key == plate_key(other)


def check_plate_text(raw: str) -> str:
    """Return the key of a plate that a person entered.

    Raises:
        UserError: ``plate.empty``, ``plate.too_long`` or ``plate.characters``, when the text is no
            plate that an American keypad can hold.
    """
    key = plate_key(raw)
    if not key:
        raise UserError("plate.empty", "Enter the plate: letters A to Z and digits 0 to 9.")
    if not all(char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for char in key):
        raise UserError("plate.characters", "A plate has only letters A to Z and digits 0 to 9.")
    if len(key) > LONGEST_PLATE:
        raise UserError(
            "plate.too_long",
            "A plate has at most {most} letters and digits; this has {found}.",
            most=LONGEST_PLATE,
            found=len(key),
        )
    return key


def look_alikes(key: str, *, most_changes: int = 1) -> Iterator[str]:
    """Yield the keys that differ from ``key`` in up to ``most_changes`` look-alike characters.

    Only for suggestions to a person: look-alikes never decide (RULES.md 23). The key itself is not
    yielded; every other key is yielded once.

    Args:
        key: A plate key.
        most_changes: 1 or 2; two changes of a 7-character plate give some 200 keys.
    """
    for positions in _change_positions(key, most_changes):
        for chars in product(*(_SWAPS[key[at]] for at in positions)):
            changed = list(key)
            for at, char in zip(positions, chars, strict=True):
                changed[at] = char
            yield "".join(changed)


def _change_positions(key: str, most_changes: int) -> Iterator[tuple[int, ...]]:
    open_positions = [at for at, char in enumerate(key) if char in _SWAPS]
    for at in open_positions:
        yield (at,)
    if most_changes >= 2:
        for first in open_positions:
            yield from ((first, second) for second in open_positions if second > first)


def is_standard_form(key: str, state: str) -> bool | None:
    """Tell whether the key has a standard form of its state; None where we know no forms."""
    forms = _STANDARD_FORMS.get(state)
    return None if forms is None else any(form.fullmatch(key) for form in forms)


def form_hint(key: str, state: str) -> str | None:
    """Return the one look-alike of standard form when the key itself has none, else None."""
    if is_standard_form(key, state) is not False:
        return None
    fitting = [other for other in look_alikes(key) if is_standard_form(other, state)]
    return fitting[0] if len(fitting) == 1 else None


def spaced(key: str, state: str) -> str:
    """Return the plate as on the car where we know its form (``AB-12345``), else the key."""
    if state == "CT" and re.fullmatch(r"[A-Z]{2}[0-9]{5}", key):
        return f"{key[:2]}-{key[2:]}"
    if state == "NY" and re.fullmatch(r"[A-Z]{3}[0-9]{4}", key):
        return f"{key[:3]}-{key[3:]}"
    return key
