"""Operations that central refused: kept whole, shown to a person, never dropped. Pure data.

Source: SYNC.md 5 (poison operations), DESIGN.md 4.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from parking.markers import Span, Text

CLOSED = "parked.closed"
"""Code of the refusal of an operation that a supervisor closed."""
FINAL_REFUSALS = frozenset(
    {
        "event.not_allowed",
        "fork",
        "key.taken",
        CLOSED,
        "parked.not_allowed",
        "parked.second_person",
    }
)
"""Codes of refusals that no later version of central can take back."""


def parked_operation_id(
    *, terminal_id: UUID, epoch: int, lane: int, op_seq: int, payload_sha256: bytes
) -> UUID:
    """Return the identifier of a refused operation, the same however often it is refused.

    Two histories under one number (a fork) differ in their payload and so in this.
    """
    return uuid5(terminal_id, f"parked/{epoch}/{lane}/{op_seq}/{payload_sha256.hex()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedOperation:
    """One refused operation as supervisors see it; its bytes stay at central and on its terminal.

    Attributes:
        name: Name of the record it carried.
        code: Stable word for the reason.
        text: The reason in one sentence for people.
        closed_utc: When a supervisor closed it, or central took it after all; None while it waits.
    """

    parked_operation_id: UUID
    terminal_id: UUID
    epoch: Annotated[int, Span(1, 2**31)]
    lane: Annotated[int, Span(1, 3)]
    op_seq: Annotated[int, Span(1, 2**53)]
    name: Annotated[str, Text(40, 1)]
    code: Annotated[str, Text(60, 1)]
    text: Annotated[str, Text(500)]
    parked_utc: datetime
    closed_utc: datetime | None = None
    revision: Annotated[int, Span(0, 2**62)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedClosing:
    """A supervisor closed a parked operation: it was entered again, or is not needed.

    Attributes:
        second_officer_id: Who agreed; needed where money depends on the operation (lane 1).
    """

    parked_closing_id: UUID
    parked_operation_id: UUID
    reason: Annotated[str, Text(500, 1)]
    officer_id: UUID
    second_officer_id: UUID | None = None
    terminal_id: UUID
    closed_utc: datetime
