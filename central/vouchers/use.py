"""A validation code from the price to the purchase. Runs inside the caller's unit of work.

Central alone notes the use of a code that a purchase names, with the right that was bought; a
terminal that took a code on its own pushes the fact. Source: docs/decisions/0026.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.payments.row import PaymentRow
from central.push.vouchers import flag_double_use
from central.store import Row, store_many
from central.vouchers.keys import holds
from parking.voucher import Voucher, VoucherUse, check_voucher
from parking.voucher_code import read_code
from parking.zone import Zone
from sync.records import BY_CLASS

_USED = "select exists (select from voucher_use where voucher_id = %(voucher_id)s)"
USED = "This code has been used already."


def good_voucher(
    connection: Connection, code: str, zone: Zone, *, city_key: bytes, now_utc: datetime
) -> Voucher:
    """Return what a code gives here and now.

    Args:
        connection: Of the caller's unit of work.
        code: As the terminal sent it.
        zone: Where time is bought.
        city_key: By which issuers are vouched for, 32 bytes.
        now_utc: Now.

    Raises:
        UserError: ``voucher.unreadable``, ``unknown``, ``early``, ``expired``, ``zone``, ``used``.
    """
    voucher = read_code(code, city_key=city_key, verify=holds, now_utc=now_utc)
    used = voucher.single_use and _is_used(connection, voucher.voucher_id)
    check_voucher(
        voucher,
        zone_id=zone.zone_id,
        time_zone=zone.time_zone,
        now_utc=now_utc,
        used_here={voucher.voucher_id} if used else (),
    )
    return voucher


def refusal(connection: Connection, quote: Mapping[Any, Any]) -> str:
    """Say why a quoted code pays nothing any more; empty while it does."""
    used = quote["single_use"] and _is_used(connection, quote["voucher_id"])
    return USED if used else ""


def note_use(
    connection: Connection, row: PaymentRow, quote: Mapping[Any, Any], *, now_utc: datetime
) -> bool:
    """Store that a purchase used the code it was quoted with, and flag a second use.

    Twice for one purchase is once: the use has the payment's id.

    Returns:
        False when the code had been used before; a driver who has paid the rest keeps the time.
    """
    if quote["voucher_id"] is None:
        return True
    use = VoucherUse(
        voucher_use_id=row.payment_id,
        voucher_id=quote["voucher_id"],
        issuer=quote["code_issuer"],
        single_use=quote["single_use"],
        terminal_id=row.terminal_id,
        zone_id=quote["zone_id"],
        plate=quote["plate"],
        plate_state=quote["plate_state"],
        used_utc=now_utc,
        discount_cents=quote["discount_cents"],
    )
    if not store_many(connection, BY_CLASS[VoucherUse], [Row(value=use)], received_utc=now_utc):
        return True
    return not flag_double_use(connection, [use], now_utc)


def _is_used(connection: Connection, voucher_id: UUID) -> bool:
    return bool(connection.exec_driver_sql(_USED, {"voucher_id": voucher_id}).scalar_one())
