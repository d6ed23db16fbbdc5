"""What a driver paid twice because rights overlap: never refused, told to a supervisor (RULES 11).

Runs inside the caller's unit of work; blocking.
"""

from uuid import UUID

from sqlalchemy import Connection

from central.quotes.editions import find_edition
from central.store import load_many, value_of
from parking.price import overlap_refund_cents
from parking.right import ParkingSession
from parking.tariff import Tariff
from parking.zone import Zone
from sync.records import BY_CLASS

_SAME_TIME = """
from parking_sessions own join parking_sessions other
    on other.plate_key = own.plate_key and other.zone_id = own.zone_id
    and other.end_utc > own.start_utc and other.start_utc < own.end_utc
    and (other.plate_state in ('', own.plate_state) or own.plate_state = '')
"""
_SOLD_BEFORE = f"""
select other.parking_session_id {_SAME_TIME}
where own.parking_session_id = %(right_id)s
    and own.revoked_utc is null and other.revoked_utc is null
    and (other.made_utc, other.parking_session_id) <= (own.made_utc, own.parking_session_id)
"""
_PAID_HERE = f"""
select distinct p.payment_id {_SAME_TIME}
join payments p on p.payment_id = other.parking_session_id
    and p.state in ('granted', 'capturing', 'captured', 'refunded')
where own.parking_session_id = any (%(right_ids)s::uuid[])
order by p.payment_id
"""


def overpaid_cents(connection: Connection, right_id: UUID) -> int:
    """Return how much of a right's price paid for time that earlier rights had paid for already.

    Of several rights each is charged with what it adds alone, so that nothing is given back twice.
    """
    ids = connection.exec_driver_sql(_SOLD_BEFORE, {"right_id": right_id}).scalars().all()
    if len(ids) < 2:
        return 0
    record = BY_CLASS[ParkingSession]
    rights: list[ParkingSession] = [
        value_of(record, row) for row in load_many(connection, record, ids).values()
    ]
    first = min(rights, key=lambda each: each.start_utc)
    zone, tariff = _rates(connection, first)
    if zone is None or tariff is None:
        return 0
    before = [each for each in rights if each.parking_session_id != right_id]
    with_it, without = (
        overlap_refund_cents(tariff, some, exit_grace_s=zone.exit_grace_s)
        for some in (rights, before)
    )
    return max(0, with_it - without)


def paid_at_the_same_time(connection: Connection, right_ids: list[UUID]) -> list[UUID]:
    """Return the payments of rights that overlap with some, these included."""
    found = connection.exec_driver_sql(_PAID_HERE, {"right_ids": [str(one) for one in right_ids]})
    return list(found.scalars())


def _rates(connection: Connection, first: ParkingSession) -> tuple[Zone | None, Tariff | None]:
    zones, tariffs = BY_CLASS[Zone], BY_CLASS[Tariff]
    row = load_many(connection, zones, [first.zone_id]).get(first.zone_id)
    if row is None:
        return None, None
    zone: Zone = value_of(zones, row)
    edition = find_edition(connection, first.tariff_version)
    now = load_many(connection, tariffs, [zone.tariff_id]).get(zone.tariff_id)
    return zone, edition or (None if now is None else value_of(tariffs, now))
