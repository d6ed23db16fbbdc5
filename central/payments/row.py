"""A payment as the book has it. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from parking.payment import Payment, PaymentPurpose, PaymentState, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One row of ``payments``.

    Attributes:
        quote_id: The quote or bill that was shown.
        citation_id: The ticket that is paid, else None.
        refunded_cents: What was given back, as Stripe confirmed it.
    """

    payment_id: UUID
    purpose: PaymentPurpose
    quote_id: UUID
    citation_id: UUID | None
    terminal_id: UUID
    reader_id: str
    amount_cents: int
    refunded_cents: int
    reference: str
    state: PaymentState
    told: Told
    attempt: int
    intent_id: str
    charge_id: str
    card: str
    receipt: tuple[str, ...]
    decline_hint: str
    right_id: UUID | None
    end_utc: datetime | None
    cancel_requested: bool
    present_again: bool
    needs_reconcile: bool
    version: int
    created_utc: datetime
    state_since_utc: datetime
    wakes: int


COLUMNS = ", ".join(PaymentRow.__dataclass_fields__)


def row_of(mapping: Mapping[Any, Any]) -> PaymentRow:
    """Return a row as it comes from the database."""
    values = dict(mapping)
    values["purpose"] = PaymentPurpose(values["purpose"])
    values["state"] = PaymentState(values["state"])
    values["told"] = Told(values["told"])
    values["receipt"] = tuple(values["receipt"])
    return PaymentRow(**values)


def as_payment(row: PaymentRow) -> Payment:
    """Return what a terminal is told of a payment."""
    return Payment(
        payment_id=row.payment_id,
        state=row.state,
        told=row.told,
        amount_cents=row.amount_cents,
        reference=row.reference,
        card=row.card,
        right_id=row.right_id,
        end_utc=row.end_utc,
        receipt=row.receipt,
        decline_hint=row.decline_hint,
        version=row.version,
        purpose=row.purpose,
        citation_id=row.citation_id,
        refunded_cents=row.refunded_cents,
    )
