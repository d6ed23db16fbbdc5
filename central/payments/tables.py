"""Tables of card payments: payments, written-ahead Stripe calls, received events. No I/O.

The ledger, ``transactions``, stands in ``central.bookkeeping``.
"""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from central.tables import METADATA
from parking.payment import PaymentState

_INSTANT = TIMESTAMP(timezone=True)
FINAL = (
    PaymentState.CAPTURED,
    PaymentState.REFUNDED,
    PaymentState.CANCELED,
    PaymentState.VOIDED,
)
"""States in which no step is left to do; a refund is a story of its own."""
GIVEN_OR_OVER = (PaymentState.GRANTED, PaymentState.CAPTURING, *FINAL)
"""States in which a cancel comes too late."""
HOLDS_READER = (
    PaymentState.CREATED,
    PaymentState.INTENT_OPEN,
    PaymentState.DISPATCHED,
    PaymentState.DECLINED,
    PaymentState.CANCELING,
)
"""States in which a payment may still use its reader."""


def words(states: tuple[PaymentState, ...]) -> str:
    """Return states as a list in SQL."""
    return ", ".join(f"'{state}'" for state in states)


PAYMENTS = Table(
    "payments",
    METADATA,
    Column("payment_id", Uuid, primary_key=True),
    Column("purpose", Text, nullable=False, server_default=text("'parking'")),
    Column("quote_id", Uuid, nullable=False),
    Column("citation_id", Uuid),
    Column("terminal_id", Uuid, nullable=False),
    Column("reader_id", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("refunded_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("intent_id", Text, nullable=False, server_default=text("''")),
    Column("charge_id", Text, nullable=False, server_default=text("''")),
    Column("card", Text, nullable=False, server_default=text("''")),
    Column("receipt", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("decline_hint", Text, nullable=False, server_default=text("''")),
    Column("right_id", Uuid),
    Column("end_utc", _INSTANT),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("present_again", Boolean, nullable=False, server_default=text("false")),
    Column("needs_reconcile", Boolean, nullable=False, server_default=text("false")),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("created_utc", _INSTANT, nullable=False),
    Column("state_since_utc", _INSTANT, nullable=False),
    Column("look_again_utc", _INSTANT),
    Column("wakes", BigInteger, nullable=False, server_default=text("0")),
    Column("claimed_until_utc", _INSTANT),
    CheckConstraint("amount_cents >= 0 AND amount_cents <= 1000000", name="payments_amount"),
    Index(
        "idx_payments_one_live_per_quote",
        "quote_id",
        unique=True,
        postgresql_where=text("state NOT IN ('canceled', 'voided')"),
    ),
    Index(
        "idx_payments_one_live_per_citation",
        "citation_id",
        unique=True,
        postgresql_where=text(f"citation_id IS NOT NULL AND state NOT IN ({words(FINAL)})"),
    ),
    Index(
        "idx_payments_one_live_per_reader",
        "reader_id",
        unique=True,
        postgresql_where=text(f"state IN ({words(HOLDS_READER)})"),
    ),
    Index(
        "idx_payments_look_again",
        "look_again_utc",
        postgresql_where=text("look_again_utc IS NOT NULL"),
    ),
    Index("idx_payments_intent", "intent_id", postgresql_where=text("intent_id <> ''")),
    Index("idx_payments_reference", "reference"),
)
BILLS = Table(
    "bills",
    METADATA,
    Column("bill_id", Uuid, primary_key=True),
    Column("citation_id", Uuid, nullable=False),
    Column("terminal_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("refused", Text, nullable=False),
    Column("expires_utc", _INSTANT, nullable=False),
    Column("made_utc", _INSTANT, nullable=False),
)
STRIPE_CALLS = Table(
    "stripe_calls",
    METADATA,
    Column("idempotency_key", Text, primary_key=True),
    Column("payment_id", Uuid, nullable=False),
    Column("op", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("sent_utc", _INSTANT, nullable=False),
    Column("answered_utc", _INSTANT),
    Column("http_status", Integer, nullable=False, server_default=text("0")),
    Column("outcome", Text, nullable=False, server_default=text("''")),
    Index("idx_stripe_calls_payment", "payment_id", "op"),
)
STRIPE_EVENTS = Table(
    "stripe_events",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("api_version", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("received_utc", _INSTANT, nullable=False),
)
REFUNDS = Table(
    "refunds",
    METADATA,
    Column("refund_id", Uuid, primary_key=True),
    Column("payment_id", Uuid, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("ends_right", Boolean, nullable=False),
    Column("officer_id", Uuid),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=text("''")),
    Column("stripe_id", Text, nullable=False, server_default=text("''")),
    Column("look_again_utc", _INSTANT),
    Column("made_utc", _INSTANT, nullable=False),
    Column("state_since_utc", _INSTANT, nullable=False),
    CheckConstraint("amount_cents > 0", name="refunds_amount"),
    Index("idx_refunds_payment", "payment_id"),
    Index(
        "idx_refunds_look_again",
        "look_again_utc",
        postgresql_where=text("look_again_utc IS NOT NULL"),
    ),
    Index("idx_refunds_stripe", "stripe_id", postgresql_where=text("stripe_id <> ''")),
)
RECONCILED_DAYS = Table(
    "reconciled_days",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("net_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("done_utc", _INSTANT, nullable=False),
)
APPEND_ONLY: frozenset[str] = frozenset({"stripe_events", "bills", "reconciled_days"})
"""Tables of money that ``parking_app`` may add to, never change."""
