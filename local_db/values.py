"""What the local database gives to use cases beside the synced records. Immutable; any thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent
from parking.refund import RefundApproval, RefundRequest
from parking.right import Right
from parking.shift import ShiftEvent

T = TypeVar("T")

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
class PaymentSearch:
    """Which card payments are wanted; everything given must hold.

    Attributes:
        reference: The receipt code, as printed.
        from_utc: Ordered at or after this instant.
        until_utc: Ordered before this instant.
        only_tasks: Only those that a person must look at.
    """

    payment_id: UUID | None = None
    reference: str = ""
    plate_key: str = ""
    from_utc: datetime | None = None
    until_utc: datetime | None = None
    only_tasks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRefund:
    """Money that a supervisor wants given back, and what others said of it, oldest first."""

    request: RefundRequest
    approvals: tuple[RefundApproval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An operation central refused; kept with its reason until a person has dealt with it.

    Attributes:
        record: The record as it was saved; None when this version cannot read it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[T]):
    """A record that may be edited, as it is shown here: central's row with our own edits on top.

    What a person edits starts from this, and what is saved names it as what they saw.

    Attributes:
        key: Its key as text.
        value: None when nobody has written anything yet.
        base_revision: Of central's row; 0 when there is none here.
        waiting: Own edits that central's row does not carry yet.
        data_as_of_utc: Until when central was heard; None when never.
    """

    key: str
    value: T | None
    base_revision: int
    waiting: int
    data_as_of_utc: datetime | None
