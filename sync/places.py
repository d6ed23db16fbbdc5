"""What a terminal may read in a cursor: whether a page that rode along in a wake-up follows on it.

A cursor of the feed's tail is ``epoch:xid:seq:scope``; (xid, seq) grows while epoch and scope stay.
Every other form is central's alone. Pure.
"""

from dataclasses import dataclass

_PARTS = 4


@dataclass(frozen=True, slots=True)
class _Place:
    line: tuple[str, str]
    at: tuple[int, int]


def follows(here: str, *, after: str, until: str) -> bool:
    """Tell whether a page misses nothing, and is no older, for who stands at ``here``.

    Args:
        here: The terminal's cursor.
        after: Where the page begins: it has every row of its scope from there.
        until: The page's own cursor.
    """
    places = [_place(text) for text in (after, here, until)]
    first, stands, last = places
    if first is None or stands is None or last is None:
        return False
    return first.line == stands.line == last.line and first.at <= stands.at < last.at


def _place(text: str) -> _Place | None:
    parts = text.split(":")
    if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in parts[1:3]):
        return None
    return _Place((parts[0], parts[3]), (int(parts[1]), int(parts[2])))
