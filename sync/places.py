"""What a terminal may read in a cursor: how a page that came along with a wake-up lies to it.

A cursor of the feed's tail is ``epoch:xid:seq:scope``; (xid, seq) grows while epoch and scope stay.
Every other form is central's alone. Pure.
"""

from dataclasses import dataclass
from enum import Enum, auto

_PARTS = 4


class Step(Enum):
    """What a page is for who stands somewhere in the feed."""

    NEXT = auto()
    """It misses nothing and brings something: it goes on from here."""
    PAST = auto()
    """Everything in it is here already."""
    APART = auto()
    """Rows between may be missing, or it belongs to another feed."""


@dataclass(frozen=True, slots=True)
class _Place:
    line: tuple[str, str]
    at: tuple[int, int]


def step(here: str, *, after: str, until: str) -> Step:
    """Tell what a page is for who stands at ``here``.

    Args:
        here: The terminal's cursor.
        after: Where the page begins: it has every row of its scope from there.
        until: The page's own cursor.
    """
    first, stands, last = _place(after), _place(here), _place(until)
    if first is None or stands is None or last is None:
        return Step.APART
    if not first.line == stands.line == last.line or stands.at < first.at:
        return Step.APART
    return Step.NEXT if stands.at < last.at else Step.PAST


def _place(text: str) -> _Place | None:
    parts = text.split(":")
    if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in parts[1:3]):
        return None
    return _Place((parts[0], parts[3]), (int(parts[1]), int(parts[2])))
