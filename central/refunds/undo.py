"""What a refund undoes: ledger line, right or ticket, all in the transaction that records it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from central.late_truth.judge import store_events
from central.payments.processor import Refund
from central.payments.row import PaymentRow
from central.payments.tables import words
from central.refunds.rows import RefundRow
from central.rights.take import store_rights
from central.store import load_many, value_of
from parking.citation import CitationEvent, EventKind
from parking.ids import uuid7
from parking.payment import PaymentState
from parking.right import ParkingSession
from sync.records import BY_CLASS

_LEDGER = """
insert into transactions (transaction_id, payment_id, kind, amount_cents, stripe_id,
    parking_session_id, citation_id, terminal_id, created_utc)
values (%(transaction_id)s, %(payment_id)s, %(kind)s, %(amount_cents)s, %(stripe_id)s,
    %(right_id)s, %(citation_id)s, %(terminal_id)s, %(now)s)
on conflict (kind, stripe_id) do nothing
"""
_GIVEN_BACK = f"""
update payments set refunded_cents = refunded_cents + %(cents)s, version = version + 1,
    state = case when refunded_cents + %(cents)s >= amount_cents
        then 'refunded' else 'captured' end
where payment_id = %(payment_id)s
    and state in ({words((PaymentState.CAPTURED, PaymentState.REFUNDED))})
"""  # noqa: S608  # states of ours


def book_refund(
    connection: Connection, row: RefundRow, payment: PaymentRow, told: Refund, *, now_utc: datetime
) -> None:
    """Write the ledger line of money given back; end the right, or tell the ticket."""
    told_line = {"stripe_id": told.stripe_id, "amount_cents": -told.amount_cents}
    _line(connection, payment, now_utc, kind="refund", **told_line)
    _count(connection, payment, told.amount_cents)
    if row.officer_id is None:
        return  # Nothing was given for this money, so nothing is taken back with it.
    if payment.citation_id is not None:
        event = CitationEvent(
            citation_event_id=row.refund_id,
            citation_id=payment.citation_id,
            kind=EventKind.REFUNDED,
            at_utc=now_utc,
            actor_id=row.officer_id,
            reason_code="card",
            text=payment.reference,
            amount_cents=told.amount_cents,
        )
        store_events(connection, [event], now_utc)
    elif row.ends_right and payment.right_id is not None:
        _end_right(connection, payment, now_utc)


def book_return(
    connection: Connection, row: RefundRow, payment: PaymentRow, told: Refund, *, now_utc: datetime
) -> None:
    """Write the ledger line of a refund that the bank sent back: the city has the money again."""
    told_line = {"stripe_id": told.stripe_id, "amount_cents": row.amount_cents}
    _line(connection, payment, now_utc, kind="refund_failed", **told_line)
    _count(connection, payment, -row.amount_cents)


def _line(connection: Connection, payment: PaymentRow, now_utc: datetime, **what: object) -> None:
    line: dict[str, Any] = {"transaction_id": uuid7(now_utc), "payment_id": payment.payment_id}
    line |= {**what, "now": now_utc}
    line |= {"right_id": payment.right_id, "citation_id": payment.citation_id}
    connection.exec_driver_sql(_LEDGER, {**line, "terminal_id": payment.terminal_id})


def _count(connection: Connection, payment: PaymentRow, cents: int) -> None:
    parameters = {"cents": cents, "payment_id": payment.payment_id}
    connection.exec_driver_sql(_GIVEN_BACK, parameters)


def _end_right(connection: Connection, payment: PaymentRow, now_utc: datetime) -> None:
    record = BY_CLASS[ParkingSession]
    for row in load_many(connection, record, [payment.right_id]).values():
        right: ParkingSession = value_of(record, row)
        if right.revoked_utc is None:
            ended = replace(right, revoked_utc=now_utc, revision=right.revision + 1)
            store_rights(connection, [ended], now_utc=now_utc)
