"""What a payment pays for: how an order is looked up and what the driver gets for the money.

One value per ``PaymentPurpose``. Everything runs inside the caller's unit of work; blocking.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, text

from central.bills.bill import owed_for, refusal
from central.late_truth.judge import lock_plates, store_events
from central.payments.row import PaymentRow
from central.problems import RefusedError
from central.vouchers import use
from parking.citation import CitationEvent, EventKind
from parking.payment import PaymentPurpose
from parking.plate import plate_key
from parking.right import ParkingSession, RightSource

LATEST = timedelta(hours=24)
"""How long after its end parking time may still be granted for a card that was authorised."""
StoreRight = Callable[[Connection, ParkingSession], None]
"""Stores a right with its feed row and judges citations, all in the given transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an order names, as central kept it when it showed the amount.

    Attributes:
        refused: Why nothing is taken for it; empty when it can be paid.
    """

    terminal_id: UUID
    amount_cents: int
    expires_utc: datetime
    now_utc: datetime
    citation_id: UUID | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What was given for the money; stored in the transaction of the ledger line."""

    right_id: UUID | None = None
    end_utc: datetime | None = None
    citation_id: UUID | None = None


class Goods(Protocol):
    """One kind of thing that is paid for."""

    def wanted(self, connection: Connection, quote_id: UUID) -> Wanted | None:
        """Return what was shown under this id, None when nothing was."""

    def grant(self, connection: Connection, row: PaymentRow, now_utc: datetime) -> Granted | None:
        """Give it, once however often it is called; None when it must not be paid any more."""


class ParkingTime:
    """Time to park: grants the right that was quoted."""

    def __init__(self, store_right: StoreRight) -> None:
        self._store_right = store_right

    def wanted(self, connection: Connection, quote_id: UUID) -> Wanted | None:
        """Return the quote under this id."""
        found = connection.execute(_QUOTE, {"quote_id": quote_id}).mappings().first()
        if found is None:
            return None
        return Wanted(
            terminal_id=found["terminal_id"],
            amount_cents=found["price_cents"],
            expires_utc=found["expires_utc"],
            now_utc=found["now"],
            refused=use.refusal(connection, found),
        )

    def grant(self, connection: Connection, row: PaymentRow, now_utc: datetime) -> Granted | None:
        """Store the right; its id is the payment's, so a second time changes nothing.

        Time that is over is still granted: the car stood there, and a ticket it got meanwhile is
        looked at again. After ``LATEST`` nobody counts on it any more, and the card is let go.
        """
        quote = connection.execute(_QUOTE, {"quote_id": row.quote_id}).mappings().one()
        right = _right(row, quote, now_utc)
        if now_utc - right.end_utc > LATEST:
            return None
        if not use.note_use(connection, row, quote, now_utc=now_utc) and not row.amount_cents:
            return None  # A code paid all of it, and was used meanwhile: nobody has paid anything.
        self._store_right(connection, right)
        return Granted(right_id=right.parking_session_id, end_utc=right.end_utc)


class CitationMoney:
    """A ticket: stores the event that it was paid, unless it is no longer owed."""

    def wanted(self, connection: Connection, quote_id: UUID) -> Wanted | None:
        """Return the bill under this id."""
        found = connection.execute(_BILL, {"bill_id": quote_id}).mappings().first()
        if found is None:
            return None
        return Wanted(
            terminal_id=found["terminal_id"],
            amount_cents=found["amount_cents"],
            expires_utc=found["expires_utc"],
            now_utc=found["now"],
            citation_id=found["citation_id"],
            refused=found["refused"],
        )

    def grant(self, connection: Connection, row: PaymentRow, now_utc: datetime) -> Granted | None:
        """Store the event; what the ticket owes is looked at again under the lock of its plate.

        Between the bill and the card the ticket may have been paid elsewhere, voided or held.
        """
        if row.citation_id is None:
            return None
        before = owed_for(connection, row.citation_id, now_utc)
        if before is None:
            return None
        lock_plates(connection, [plate_key(before.citation.plate)])
        owed = owed_for(connection, row.citation_id, now_utc)
        if owed is None:
            return None
        if all(event.citation_event_id != row.payment_id for event in owed.events):
            if refusal(owed.state) or owed.state.amount_due_cents < row.amount_cents:
                return None
            store_events(connection, [_paid(row, now_utc)], now_utc)
        return Granted(citation_id=row.citation_id)


def shelf(store_right: StoreRight) -> Mapping[PaymentPurpose, Goods]:
    """Return all that can be paid for."""
    return {
        PaymentPurpose.PARKING: ParkingTime(store_right),
        PaymentPurpose.CITATION: CitationMoney(),
    }


def check_wanted(wanted: Wanted | None, *, terminal_id: UUID, shown_cents: int) -> Wanted:
    """Refuse an order that does not fit what was shown.

    Raises:
        RefusedError: 404 ``quote.unknown``, 409 ``quote.changed``, ``quote.expired`` or
            ``quote.refused``.
    """
    if wanted is None or wanted.terminal_id != terminal_id:
        raise RefusedError(404, "quote.unknown", "This price is not known here. Ask for a new one.")
    if wanted.refused:
        raise RefusedError(409, "quote.refused", wanted.refused)
    if shown_cents != wanted.amount_cents:
        raise RefusedError(409, "quote.changed", "The price has changed. Ask for a new one.")
    if wanted.now_utc >= wanted.expires_utc:
        raise RefusedError(409, "quote.expired", "This price has expired. Ask for a new one.")
    return wanted


def _paid(row: PaymentRow, now_utc: datetime) -> CitationEvent:
    if row.citation_id is None:
        raise ValueError("a payment of a citation names it")
    return CitationEvent(
        citation_event_id=row.payment_id,
        citation_id=row.citation_id,
        kind=EventKind.PAID,
        at_utc=now_utc,
        terminal_id=row.terminal_id,
        reason_code="card",
        text=row.reference,
        amount_cents=row.amount_cents,
    )


def _right(row: PaymentRow, quote: Mapping[Any, Any], now_utc: datetime) -> ParkingSession:
    return ParkingSession(
        parking_session_id=row.payment_id,
        plate=quote["plate"],
        plate_state=quote["plate_state"],
        zone_id=quote["zone_id"],
        start_utc=quote["start_utc"],
        end_utc=quote["end_utc"],
        source=RightSource.PAY_STATION,
        source_ref=quote["terminal_name"] or "",
        price_cents=quote["price_cents"],
        made_utc=now_utc,
        tariff_version=quote["tariff_version"],
        revision=1,
    )


_QUOTE = text(
    "SELECT q.*, t.name AS terminal_name, now() AS now FROM quotes q"
    " LEFT JOIN terminals t USING (terminal_id) WHERE q.quote_id = :quote_id"
)
_BILL = text("SELECT *, now() AS now FROM bills WHERE bill_id = :bill_id")
