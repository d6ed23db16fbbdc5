"""What is known at a desk of card payments and of money given back."""

from sqlalchemy import ColumnElement, desc

from local_db.opening import EncryptedFile
from local_db.reads import BothFiles, read
from local_db.rows import micros
from local_db.tables import FEED_TABLES
from local_db.values import AskedRefund, PaymentSearch
from parking.refund import PaymentSummary, RefundApproval, RefundRequest

_SUMMARY = FEED_TABLES["payment_summary"].c
MOST_PAYMENTS = 200
"""More than anybody reads; who searches for one names it more exactly."""


def payments(reference: EncryptedFile, search: PaymentSearch) -> tuple[PaymentSummary, ...]:
    """Return the payments of a search, newest first, at most ``MOST_PAYMENTS``."""
    return read(
        reference,
        FEED_TABLES,
        PaymentSummary,
        where=_where(search),
        order=(desc(_SUMMARY.made_utc), desc(_SUMMARY.payment_id)),
        most=MOST_PAYMENTS,
    )


def _where(search: PaymentSearch) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = []
    if search.payment_id is not None:
        found.append(_SUMMARY.payment_id == search.payment_id.bytes)
    if search.reference:
        found.append(_SUMMARY.reference == search.reference)
    if search.plate_key:
        found.append(_SUMMARY.plate_key == search.plate_key)
    if search.from_utc is not None:
        found.append(_SUMMARY.made_utc >= micros(search.from_utc))
    if search.until_utc is not None:
        found.append(_SUMMARY.made_utc < micros(search.until_utc))
    if search.only_tasks:
        found.append(_SUMMARY.task != "")
    return tuple(found)


def refunds(facts: BothFiles, asked: tuple[RefundRequest, ...]) -> tuple[AskedRefund, ...]:
    """Return requests with what was said of each, the oldest first."""
    ids = [each.refund_id for each in asked]
    said = facts.where_in(RefundApproval, "refund_id", ids) if ids else ()
    by_time = sorted(said, key=lambda each: (each.decided_utc, each.refund_approval_id))
    return tuple(
        AskedRefund(
            request=each,
            approvals=tuple(one for one in by_time if one.refund_id == each.refund_id),
        )
        for each in sorted(asked, key=lambda each: (each.requested_utc, each.refund_id))
    )
