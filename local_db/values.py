"""What the local database gives to use cases beside the synced records. Immutable; any thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent
from parking.right import Right
from parking.shift import ShiftEvent

CitationFacts = tuple[Citation, tuple[CitationEvent, ...]]
"""A citation with all its events known here, in the order of their instants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCitation:
    """A citation on hold with what holds it, for the supervisor's queue."""

    citation: Citation
    events: tuple[CitationEvent, ...]
    right: Right | None
    held_event: CitationEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """Everything the shift report of one local day is folded from.

    Attributes:
        events: Those of ``citations`` at any time, and those of the day on other citations.
    """

    checks: tuple[PlateCheck, ...]
    citations: tuple[Citation, ...]
    events: tuple[CitationEvent, ...]
    shift_events: tuple[ShiftEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCounts:
    """What this terminal counted in one shift; ``issued`` are citations with a fine."""

    checks: int = 0
    issued: int = 0
    warnings: int = 0
    printed: int = 0
    voided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An operation central refused; kept with its reason until a person has dealt with it.

    Attributes:
        record: The record as it was saved.
        code: Central's stable word.
        text: Central's sentence for people.
    """

    epoch: int
    lane: int
    seq: int
    made_utc: datetime
    record: Any
    code: str
    text: str
    answered_utc: datetime
