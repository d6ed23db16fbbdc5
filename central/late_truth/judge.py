"""``judge``: called where a right, a citation, a permit, a slip or a plate is stored.

Both writers take a lock on their plates before they read what the other may have written; without
it 98 % of simultaneous pairs were missed in a test, with it none (DESIGN.md 4). Locks are one of
1,024 buckets, taken in ascending order, and end with the transaction.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from central.arrays import BinaryArray
from central.store import Row, load_many, store_many, value_of
from parking.citation import Citation, CitationEvent
from parking.edit import PlateCorrection
from parking.ids import uuid7
from parking.late_truth import corrected, hold_event
from parking.late_truth import judge as judge_pairs
from parking.right import ParkingSession, Permit
from parking.slip import CouldNotPay
from parking.violation import ViolationCode
from parking.zone import Zone
from sync.records import BY_CLASS, encode

BUCKETS = 1024
_LOCK_CLASS = 7305
_LOCK = """
select pg_advisory_xact_lock(%(class)s, bucket) from unnest(%(buckets)s::int4[]) as bucket
"""
# Wider than any grace and clock uncertainty; the pure rule decides. OFFSET 0 keeps the planner
# going plate by plate through the indexes: by its statistics, old during a rush, it read all
# citations ever made at each push.
# Most plates have no right at all, which two looks tell.
# A citation counts for the plate it was sealed with and for the one that it was corrected to.
_CANDIDATES = """
with wanted as (
    select v.citation_id, v.observed_utc, w.plate_key
    from (
        select plate_key from unnest(%(keys)s::_text) as k (plate_key)
        where exists (select from parking_sessions r where r.plate_key = k.plate_key offset 0)
            or exists (select from permits p where p.plate_key = k.plate_key offset 0)
            or exists (select from could_not_pay s where s.plate_key = k.plate_key offset 0)
    ) w
    cross join lateral (
        (select citation_id, observed_utc from violations where plate_key = w.plate_key offset 0)
        union
        (select c.citation_id, sealed.observed_utc from plate_correction c
        cross join lateral (
            select observed_utc from violations where citation_id = c.citation_id offset 0
        ) sealed
        where c.plate_key = w.plate_key offset 0)
    ) v
)
select v.citation_id::text, r.parking_session_id::text, null, null
from wanted v
cross join lateral (
    select parking_session_id from parking_sessions
    where plate_key = v.plate_key
        and start_utc < v.observed_utc + interval '1 day'
        and end_utc > v.observed_utc - interval '1 day'
    offset 0
) r
union all
select v.citation_id::text, null, p.permit_id::text, null
from wanted v
cross join lateral (
    select permit_id from permits
    where plate_key = v.plate_key
        and start_utc < v.observed_utc + interval '1 day'
        and end_utc > v.observed_utc - interval '1 day'
    offset 0
) p
union all
select v.citation_id::text, null, null, s.slip_id::text
from wanted v
cross join lateral (
    select slip_id from could_not_pay
    where plate_key = v.plate_key
        and at_utc < v.observed_utc + interval '1 day'
        and until_utc > v.observed_utc - interval '1 day'
    offset 0
) s
"""
_EVENTS = """
select citation_event_id from citation_event where citation_id = any (%(ids)s::uuid[])
"""


def bucket(plate_key: str) -> int:
    """Return the lock bucket of a plate key, 0..1023."""
    return zlib.crc32(plate_key.encode()) % BUCKETS


def lock_plates(connection: Connection, plate_keys: Iterable[str]) -> None:
    """Lock the buckets of some plates until the transaction ends; may be repeated."""
    buckets = sorted({bucket(key) for key in plate_keys if key})
    if buckets:
        connection.exec_driver_sql(_LOCK, {"class": _LOCK_CLASS, "buckets": buckets})


def judge(
    connection: Connection, plate_keys: Sequence[str], *, now_utc: datetime
) -> list[CitationEvent]:
    """Hold every citation of these plates that a right covers, and return the new events.

    Args:
        connection: Of the unit of work that stored the right, citation, permit or correction; it
            locked the plates before it stored anything.
        plate_keys: Keys of the plates it touched; an empty key equals nothing.
        now_utc: When the hold happens.
    """
    keys = sorted({key for key in plate_keys if key})
    pairs = _candidates(connection, keys) if keys else []
    if not pairs:
        return []
    citations = _load(connection, Citation, {pair[0] for pair in pairs})
    ids = [str(citation.citation_id) for citation in citations]
    events = events_of(connection, ids)
    corrections = _load(connection, PlateCorrection, ids)
    holds = judge_pairs(
        [
            (citation, events.get(citation.citation_id, []))
            for citation in (*citations, *corrected(citations, corrections))
        ],
        _load(connection, ParkingSession, {pair[1] for pair in pairs if pair[1]}),
        _load(connection, Permit, {pair[2] for pair in pairs if pair[2]}),
        {
            zone.zone_id: zone
            for zone in _load(connection, Zone, {citation.zone_id for citation in citations})
        },
        codes={
            code.code: code
            for code in _load(
                connection, ViolationCode, {citation.violation_code for citation in citations}
            )
        },
        slips=_load(connection, CouldNotPay, {pair[3] for pair in pairs if pair[3]}),
    )
    # A right may cover the sealed plate and the corrected one; one hold is enough.
    once = {(hold.citation_id, hold.right_id): hold for hold in reversed(holds)}
    held = [hold_event(hold, at_utc=now_utc, event_id=uuid7(now_utc)) for hold in once.values()]
    store_events(connection, held, now_utc)
    return held


def _candidates(connection: Connection, keys: Sequence[str]) -> Sequence[Any]:
    return connection.exec_driver_sql(_CANDIDATES, {"keys": BinaryArray("text", keys)}).all()


def store_events(
    connection: Connection, events: Sequence[CitationEvent], now_utc: datetime
) -> None:
    """Store citation events that central itself makes."""
    rows = [Row(value=event, payload_sha256=sha256(encode(event)).digest()) for event in events]
    store_many(connection, BY_CLASS[CitationEvent], rows, received_utc=now_utc)


def events_of(
    connection: Connection, citation_ids: Sequence[str]
) -> dict[Any, list[CitationEvent]]:
    """Return what happened to some citations, by citation."""
    ids = connection.exec_driver_sql(_EVENTS, {"ids": citation_ids}).scalars()
    found: dict[Any, list[CitationEvent]] = {}
    for event in _load(connection, CitationEvent, set(ids)):
        found.setdefault(event.citation_id, []).append(event)
    return found


def _load(connection: Connection, of: type[Any], keys: Iterable[Any]) -> list[Any]:
    record = BY_CLASS[of]
    return [value_of(record, row) for row in load_many(connection, record, keys).values()]
