"""Payments: the states of one card payment, forward only, and what people are told.

Source: PAYMENTS.md 4 (docs/decisions). Central owns the state; terminals only read it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text
from parking.right import PlateText, StateCode
from parking.voucher_code import LONGEST_CODE
from parking.zone import ZoneId


class PaymentPurpose(StrEnum):
    """What is paid for."""

    PARKING = "parking"
    """Time: the order names a ``Quote``."""
    CITATION = "citation"
    """A ticket: the order names a ``Bill``."""


class PaymentState(StrEnum):
    """Where a payment stands at central."""

    CREATED = "created"
    INTENT_OPEN = "intent_open"
    DISPATCHED = "dispatched"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    GRANTED = "granted"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    CANCELING = "canceling"
    CANCELED = "canceled"
    VOIDING = "voiding"
    VOIDED = "voided"
    REFUNDED = "refunded"
    """All of it was given back; a part alone leaves it captured."""


class Told(StrEnum):
    """What the driver is told; never "failed" while the outcome is unknown."""

    WAITING = "waiting"
    PRESENT_CARD = "present_card"
    PROCESSING = "processing"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELED = "canceled"
    CHECKING = "checking"
    READER_OFFLINE = "reader_offline"
    READER_BUSY = "reader_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """What a driver asks to buy.

    Attributes:
        code: A validation code as it was scanned or typed; empty for none.
    """

    zone_id: ZoneId
    plate: PlateText
    plate_state: StateCode
    minutes: Annotated[int, Span(1, 10_080)]
    code: Annotated[str, Text(LONGEST_CODE)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price with what it buys, shown before the card is asked for. APDS QuoteRightResponse.

    Attributes:
        start_utc: From when the car may stand.
        paid_from_utc: When paid time starts (next full minute, or the opening).
        end_utc: Until when it may stand.
        billed_minutes: Whole steps that are billed and granted.
        price_cents: What the driver pays, after what a code paid; 0 needs no card.
        reasons: Why less was offered than asked (``max_stay``, ``closing``), in order.
        discount_cents: What a validation code pays of it.
        code_issuer: Who gives that, in words for the driver; empty without a code.
    """

    quote_id: UUID
    zone_id: ZoneId
    plate: PlateText
    plate_state: StateCode
    start_utc: datetime
    paid_from_utc: datetime
    end_utc: datetime
    billed_minutes: Annotated[int, Span(0, 10_080)]
    price_cents: Annotated[int, Span(0, 1_000_000)]
    reasons: tuple[str, ...] = ()
    tariff_version: Annotated[str, Text(80)]
    expires_utc: datetime
    discount_cents: Annotated[int, Span(0, 1_000_000)] = 0
    code_issuer: Annotated[str, Text(40)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """What a terminal asks central to collect. The amount is central's, never the terminal's.

    Attributes:
        quote_id: The ``Quote`` or, for a citation, the ``Bill``.
        shown_price_cents: What the driver saw.
        reader_id: Where the card is presented; empty for the terminal's own reader.
    """

    payment_id: UUID
    quote_id: UUID
    shown_price_cents: Annotated[int, Span(0, 1_000_000)]
    reader_id: Annotated[str, Text(80)] = ""
    purpose: PaymentPurpose = PaymentPurpose.PARKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as central tells it to a terminal.

    Attributes:
        told: What the driver is told now.
        reference: Short code a driver can keep, e.g. ``K7-4M2Q-88``.
        card: Brand and last four digits, e.g. ``Visa 4242``; empty until known.
        right_id: The granted right, once stored.
        receipt: EMV lines for the receipt, in print order; from the ledger.
        decline_hint: A word that may be told (``insufficient_funds`` ...), else empty.
        version: Grows with every change; a client waits for a higher one.
        citation_id: The ticket that was paid, else None.
        refunded_cents: What was given back so far.
    """

    payment_id: UUID
    state: PaymentState
    told: Told
    amount_cents: Annotated[int, Span(0, 1_000_000)]
    reference: Annotated[str, Text(20)]
    card: Annotated[str, Text(40)] = ""
    right_id: UUID | None = None
    end_utc: datetime | None = None
    receipt: tuple[str, ...] = ()
    decline_hint: Annotated[str, Text(40)] = ""
    version: Annotated[int, Span(0, 2**31)] = 0
    purpose: PaymentPurpose = PaymentPurpose.PARKING
    citation_id: UUID | None = None
    refunded_cents: Annotated[int, Span(0, 1_000_000)] = 0
