"""A driver's wish to get a receipt, and to find one: what is allowed, and how often.

Runs inside the caller's unit of work; blocking.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from central.notifications.outbox import queue
from central.notifications.receipt import as_message, receipt_lines
from central.notifications.sender import Message
from central.payments.row import COLUMNS, PaymentRow, row_of
from central.problems import RefusedError
from central.settings import Settings
from parking.notification import (
    Channel,
    FoundReceipt,
    ReceiptQueued,
    SendReceipt,
    read_address,
    read_receipt_code,
)
from parking.payment import Told
from parking.terminal import Terminal

SEND_WITHIN = timedelta(hours=1)
MOST_PER_PAYMENT = 3
FIND_DAYS = 30
"""A receipt is found by its code for so long; the fewer there are, the less a guess finds."""
MOST_WRONG = 10
WRONG_WITHIN = timedelta(hours=1)
"""Ten guesses an hour among 30^6 codes: with 100,000 receipts one in 730 hours of guessing."""


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels that are switched on."""
    urls = {Channel.EMAIL: settings.smtp_url, Channel.SMS: settings.sms_url}
    return tuple(channel for channel, url in urls.items() if url)


def take_wish(
    connection: Connection,
    terminal: Terminal,
    *,
    payment_id: UUID,
    asked: SendReceipt,
    settings: Settings,
    now_utc: datetime,
) -> ReceiptQueued:
    """Queue the receipt of a payment; asked again with the same id it is queued once.

    Raises:
        RefusedError: 404 ``payment.unknown``; 409 ``receipt.channel_off``, ``receipt.not_paid``,
            ``receipt.too_late``, ``receipt.too_many`` or ``receipt.id``.
        UserError: ``address.email`` or ``address.phone``.
    """
    if asked.channel not in channels_of(settings):
        raise RefusedError(409, "receipt.channel_off", "Receipts cannot be sent this way now.")
    paid_utc, row = _own_payment(connection, terminal, payment_id)
    earlier = set(connection.execute(_EARLIER, {"payment_id": payment_id}).scalars())
    left = MOST_PER_PAYMENT - len(earlier)
    if asked.notification_id in earlier:
        return ReceiptQueued(notification_id=asked.notification_id, left=left)
    _check_time(row, paid_utc, now_utc)
    if left <= 0:
        raise RefusedError(
            409,
            "receipt.too_many",
            "This receipt was sent {count} times already. You can find it by its code.",
            count=MOST_PER_PAYMENT,
        )
    message = _message(
        connection, row, asked, paid_utc=paid_utc, settings=settings, now_utc=now_utc
    )
    new = queue(
        connection,
        message,
        channel=asked.channel,
        payment_id=payment_id,
        terminal_id=terminal.terminal_id,
    )
    if not new:
        raise RefusedError(409, "receipt.id", "This message belongs to another payment.")
    return ReceiptQueued(notification_id=asked.notification_id, left=left - 1)


def find_receipt(
    connection: Connection,
    terminal: Terminal,
    *,
    code: str,
    language: str,
    settings: Settings,
    now_utc: datetime,
) -> FoundReceipt | RefusedError:
    """Return the receipt with a code, or a refusal that is raised after the commit.

    A wrong code counts, so that codes cannot be guessed: the refusal must not undo the count.

    Raises:
        UserError: ``receipt.code``: it cannot be one, which does not count.
    """
    reference = read_receipt_code(code)
    if refused := _one_more_try(connection, terminal, now_utc):
        return refused
    where = {"reference": reference, "since": now_utc - timedelta(days=FIND_DAYS)}
    found = connection.execute(_BY_REFERENCE, where).mappings().all()
    # Codes are drawn at random: should two payments have the same one, neither is shown.
    if len(found) != 1:
        return RefusedError(
            404,
            "receipt.unknown",
            "No receipt of the last {days} days has this code.",
            action="Look at the code again, or call the city.",
            days=FIND_DAYS,
        )
    connection.execute(_NOT_WRONG, {"terminal_id": terminal.terminal_id})
    paid_utc, row = _split(found[0])
    lines = receipt_lines(connection, row, paid_utc=paid_utc, language=language, settings=settings)
    return FoundReceipt(payment_id=row.payment_id, reference=reference, lines=lines)


def _own_payment(
    connection: Connection, terminal: Terminal, payment_id: UUID
) -> tuple[datetime, PaymentRow]:
    """Return when it was paid, and the payment."""
    found = connection.execute(_LOCKED, {"payment_id": payment_id}).mappings().first()
    if found is None or found["terminal_id"] != terminal.terminal_id:
        raise RefusedError(404, "payment.unknown", "This payment is not known here.")
    return _split(found)


def _check_time(row: PaymentRow, paid_utc: datetime, now_utc: datetime) -> None:
    if row.told is not Told.APPROVED:
        raise RefusedError(
            409, "receipt.not_paid", "There is no receipt before the payment is sure."
        )
    if now_utc - paid_utc > SEND_WITHIN:
        raise RefusedError(
            409,
            "receipt.too_late",
            "A receipt is sent within {minutes} minutes of paying. You can find it by its code.",
            minutes=int(SEND_WITHIN.total_seconds() // 60),
        )


def _message(
    connection: Connection,
    row: PaymentRow,
    asked: SendReceipt,
    *,
    paid_utc: datetime,
    settings: Settings,
    now_utc: datetime,
) -> Message:
    lines = receipt_lines(
        connection, row, paid_utc=paid_utc, language=asked.language, settings=settings
    )
    subject, body = as_message(asked.channel, lines)
    return Message(
        notification_id=asked.notification_id,
        address=read_address(asked.channel, asked.address),
        language=asked.language,
        subject=subject,
        body=body,
        made_utc=now_utc,
    )


def _one_more_try(
    connection: Connection, terminal: Terminal, now_utc: datetime
) -> RefusedError | None:
    """Count a try, as wrong until it proves right; refuse it when there were too many."""
    where = {"terminal_id": terminal.terminal_id, "now": now_utc, "before": now_utc - WRONG_WITHIN}
    tries = connection.execute(_TRY, where).one()
    if tries.wrong <= MOST_WRONG:
        return None
    connection.execute(_NOT_WRONG, {"terminal_id": terminal.terminal_id})
    left_s = max(1, int((tries.since_utc + WRONG_WITHIN - now_utc).total_seconds()))
    return RefusedError(
        429,
        "receipt.tries",
        "Too many wrong receipt codes were tried here. Try again in {minutes} minutes.",
        headers={"Retry-After": str(left_s)},
        minutes=-(-left_s // 60),
    )


def _split(found: Mapping[Any, Any]) -> tuple[datetime, PaymentRow]:
    values = dict(found)
    paid_utc: datetime = values.pop("paid_utc")
    return paid_utc, row_of(values)


# What a validation code paid whole has no charge in the ledger.
_PAID_UTC = (
    "coalesce((SELECT min(t.created_utc) FROM transactions t"
    " WHERE t.payment_id = payments.payment_id AND t.kind = 'charge'), state_since_utc) AS paid_utc"
)
# Locked, so that two wishes at once are counted one after the other.
_LOCKED = text(
    f"SELECT {COLUMNS}, {_PAID_UTC} FROM payments WHERE payment_id = :payment_id FOR UPDATE"  # noqa: S608 - constant names
)
_BY_REFERENCE = text(
    f"SELECT {COLUMNS}, {_PAID_UTC} FROM payments"  # noqa: S608 - constant names
    " WHERE reference = :reference AND told = 'approved' AND created_utc >= :since"
)
_EARLIER = text("SELECT notification_id FROM notifications WHERE payment_id = :payment_id")
_TRY = text(
    "INSERT INTO receipt_tries AS tries (terminal_id, wrong, since_utc)"
    " VALUES (:terminal_id, 1, :now) ON CONFLICT (terminal_id) DO UPDATE SET"
    " wrong = CASE WHEN tries.since_utc <= :before THEN 1 ELSE tries.wrong + 1 END,"
    " since_utc = CASE WHEN tries.since_utc <= :before THEN :now ELSE tries.since_utc END"
    " RETURNING wrong, since_utc"
)
_NOT_WRONG = text("UPDATE receipt_tries SET wrong = wrong - 1 WHERE terminal_id = :terminal_id")
