"""Bills: what a driver pays for a ticket at a pay station, shown before the card. Pure, any thread.

Source: RULES.md 12-16; the amount is folded from the citation's events on the day it is asked for.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from parking.errors import UserError
from parking.markers import Items, Octets, Span, Text
from parking.right import PlateText, StateCode


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRequest:
    """Which tickets a driver asks for: one by its number, or those of a plate with its state."""

    number: Annotated[str, Text(20)] = ""
    plate: PlateText = ""
    plate_state: StateCode = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A ticket and what is to pay for it now.

    Attributes:
        bill_id: What a ``PaymentOrder`` names as its ``quote_id``.
        number: The ticket's.
        violation: Code and title, as printed.
        amount_cents: To pay now; 0 when nothing is to pay.
        status: The display status folded by ``parking.citation.fold``.
        as_of: Local day for which the amount was folded; it may grow the day after.
        appeal_until: Last local day on which an appeal can be made; None when it has passed.
        photo_sha256: The first photo, for the driver to see; empty when there is none yet.
        refused: Why it cannot be paid here now, in a sentence; empty when it can.
        expires_utc: Until when the amount stands.
    """

    bill_id: UUID
    citation_id: UUID
    number: Annotated[str, Text(20, 4)]
    plate: PlateText
    plate_state: StateCode
    violation: Annotated[str, Text(200)]
    place: Annotated[str, Text(120)] = ""
    issued_utc: datetime
    amount_cents: Annotated[int, Span(0, 1_000_000)]
    status: Annotated[str, Text(20)]
    as_of: date
    appeal_until: date | None = None
    photo_sha256: Annotated[bytes, Octets(32)] = b""
    refused: Annotated[str, Text(300)] = ""
    expires_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The answer to a ``BillRequest``; the oldest ticket first."""

    bills: Annotated[tuple[Bill, ...], Items(20)] = ()


def check_bill_request(request: BillRequest) -> None:
    """Refuse a request that names neither a number nor a plate with its state.

    Raises:
        UserError: ``bill.what``.
    """
    if not request.number and not (request.plate and request.plate_state):
        raise UserError("bill.what", "Type the number of the ticket, or the plate and its state.")
