"""Payments as supervisors see them: one record per payment that moved money, told by the feed.

Runs inside the caller's unit of work; blocking.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from central.refunds import rows
from central.refunds.overlap import overpaid_cents, paid_at_the_same_time
from central.store import Row, store_many
from parking.money import usd
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


def tell_supervisors(connection: Connection, payment_id: UUID, now_utc: datetime) -> None:
    """Store how a payment stands; supervisors' desks get it with their next page.

    Args:
        connection: Of the transaction that changed the payment.
        payment_id: Which one.
        now_utc: Now.
    """
    found = connection.execute(_SUMMARY, {"payment_id": payment_id}).mappings().one()
    values = dict(found)
    values["purpose"] = PaymentPurpose(values["purpose"])
    waiting, task = rows.task(connection, payment_id)
    values["waiting_cents"] = waiting
    due = _due_back(connection, values)
    if due and not task:
        task = f"Other time of this car covers the same hours: {usd(due)} was paid twice."
    summary = PaymentSummary(**values, due_back_cents=due, task=task)
    store_many(connection, BY_CLASS[PaymentSummary], [Row(value=summary)], received_utc=now_utc)


def tell_of_overlaps(connection: Connection, right_ids: list[UUID], now_utc: datetime) -> None:
    """Tell of the payments whose time overlaps with rights that came or ended just now."""
    for payment_id in paid_at_the_same_time(connection, right_ids):
        tell_supervisors(connection, payment_id, now_utc)


def _due_back(connection: Connection, values: Mapping[str, Any]) -> int:
    """Return what was paid twice and is neither given back nor on its way."""
    if values["purpose"] is not PaymentPurpose.PARKING:
        return 0
    captured: int = values["captured_cents"]
    gone: int = values["refunded_cents"] + values["waiting_cents"]
    return max(0, min(overpaid_cents(connection, values["payment_id"]), captured) - gone)
