"""Validation codes used more often than they may be: found when the uses come in, for a person.

Nothing is refused and no driver is charged: a terminal without a network could not know. What the
city lost is between it and the issuer.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from central.log import flag
from parking.voucher import VoucherUse

_EARLIER = """
select v.voucher_use_id from voucher_use v
where v.voucher_use_id = any (%(ids)s::uuid[]) and v.single_use and exists (
    select from voucher_use other
    where other.voucher_id = v.voucher_id and other.voucher_use_id <> v.voucher_use_id
)
"""
USED_TWICE = "voucher.used_twice"
_WORDS = "This single-use code has another use; the driver owes nothing, its issuer may."


def flag_double_use(
    connection: Connection, uses: Sequence[VoucherUse], now_utc: datetime
) -> dict[UUID, tuple[str, str]]:
    """Flag uses, already stored in this transaction, of single-use codes that have another use.

    Returns:
        Code and sentence by the identifier of the use.
    """
    if not uses:
        return {}
    # One at a time for each code, in one order: of two uses that arrive at once, the second sees
    # the first.
    for voucher in sorted({str(use.voucher_id) for use in uses}):
        lock = "select pg_advisory_xact_lock(hashtextextended(%(voucher)s, 7))"
        connection.exec_driver_sql(lock, {"voucher": voucher})
    ids = [use.voucher_use_id for use in uses]
    found = connection.exec_driver_sql(_EARLIER, {"ids": ids}).scalars().all()
    flag(connection, [("voucher_use", str(one), USED_TWICE, _WORDS) for one in found], now_utc)
    return dict.fromkeys(found, (USED_TWICE, _WORDS))
