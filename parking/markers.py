"""Small markers that a record's fields carry in ``Annotated``: ranges and lengths.

The wire check in ``sync.records`` reads them; the schemas of both sides are made from them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Allowed whole numbers, both ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Text:
    """Allowed text lengths in characters, both ends included."""

    longest: int
    shortest: int = 0


@dataclass(frozen=True, slots=True)
class Octets:
    """Allowed byte lengths, both ends included."""

    longest: int
    shortest: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """Allowed number of items in a tuple, both ends included."""

    most: int
    least: int = 0
