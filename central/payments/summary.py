"""Payments as supervisors see them: one record per payment that moved money, told by the feed.

Runs inside the caller's unit of work; blocking.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from central.store import Row, store_many
from parking.payment import PaymentPurpose
from parking.refund import PaymentSummary
from sync.records import BY_CLASS

_SUMMARY = text("""
SELECT p.payment_id, p.reference, p.purpose, p.terminal_id, p.citation_id, p.amount_cents,
    p.refunded_cents, p.card, p.state, p.created_utc AS made_utc,
    coalesce(q.plate, v.plate, '') AS plate,
    coalesce(q.plate_state, v.plate_state, '') AS plate_state,
    coalesce(q.zone_id, v.zone_id, '') AS zone_id,
    coalesce((SELECT sum(t.amount_cents) FROM transactions t WHERE t.payment_id = p.payment_id
        AND t.kind IN ('charge', 'charge_lost', 'void')), 0)::bigint AS captured_cents
FROM payments p
LEFT JOIN quotes q ON p.purpose = 'parking' AND q.quote_id = p.quote_id
LEFT JOIN violations v ON v.citation_id = p.citation_id
WHERE p.payment_id = :payment_id
""")


def tell_supervisors(
    connection: Connection,
    payment_id: UUID,
    now_utc: datetime,
    *,
    waiting_cents: int = 0,
    task: str = "",
) -> None:
    """Store how a payment stands; supervisors' desks get it with their next page.

    Args:
        connection: Of the transaction that changed the payment.
        payment_id: Which one.
        now_utc: Now.
        waiting_cents: Refunds that wait for a second person.
        task: Why a person must look; empty when nobody must.
    """
    found = connection.execute(_SUMMARY, {"payment_id": payment_id}).mappings().one()
    values = dict(found)
    values["purpose"] = PaymentPurpose(values["purpose"])
    summary = PaymentSummary(**values, waiting_cents=waiting_cents, task=task)
    store_many(connection, BY_CLASS[PaymentSummary], [Row(value=summary)], received_utc=now_utc)
