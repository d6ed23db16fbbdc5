"""Taking rights from a provider: stored, judged against citations, all in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.feed.read import report_source
from central.late_truth.judge import judge, lock_plates
from central.payments.summary import tell_of_overlaps
from central.problems import RefusedError
from central.rights.providers import Provider
from central.store import Row, store_many
from parking.plate import plate_key
from parking.right import ParkingSession, RightSource
from parking.zone import Source
from sync.records import BY_CLASS, check
from sync.wire import RightsAnswer, RightsNotice

_RIGHTS = BY_CLASS[ParkingSession]
_FOREIGN = """
select parking_session_id from parking_sessions
where parking_session_id = any (%(ids)s::uuid[]) and (source <> 'app' or source_ref <> %(ref)s)
limit 1
"""
# A driver may have paid twice: both rights stand, and a person looks whether one is given back.
_OVERLAPPING = """
insert into flags (name, key, code, text, raised_utc)
select 'parking_session', new.parking_session_id::text, 'right.overlap',
    'Another right covers this plate there at the same time.', %(now)s
from parking_sessions new
where new.parking_session_id = any (%(ids)s::uuid[]) and new.revoked_utc is null
    and exists (
        select 1 from parking_sessions other
        where other.plate_key = new.plate_key and other.zone_id = new.zone_id
            and other.parking_session_id <> new.parking_session_id
            and other.revoked_utc is null
            and other.start_utc < new.end_utc and new.start_utc < other.end_utc
            and (other.plate_state in ('', new.plate_state) or new.plate_state = ''))
    and not exists (
        select 1 from flags known
        where known.name = 'parking_session' and known.key = new.parking_session_id::text
            and known.code = 'right.overlap')
returning key
"""


def store_rights(
    connection: Connection, rights: Sequence[ParkingSession], *, now_utc: datetime
) -> tuple[int, int]:
    """Store new or changed rights, hold the citations they disprove, flag what was paid twice.

    Also for ``central.payments``, inside the transaction that grants a right.

    Args:
        connection: Of the caller's unit of work.
        rights: At most ``central.store.MOST_AT_ONCE``.
        now_utc: Central's time.

    Returns:
        How many rights were new or changed, and how many citations were held.
    """
    plates = [plate_key(right.plate) for right in rights]
    lock_plates(connection, plates)
    rows = [Row(value=right) for right in rights]
    stored = store_many(connection, _RIGHTS, rows, received_utc=now_utc)
    if not stored:
        return 0, 0
    ids = [str(key) for key in stored]
    where = {"ids": ids, "now": now_utc}
    changed = [UUID(key) for key in connection.exec_driver_sql(_OVERLAPPING, where).scalars()]
    changed += [right.parking_session_id for right in rights if right.revoked_utc is not None]
    if changed:
        tell_of_overlaps(connection, changed, now_utc)
    return len(stored), len(judge(connection, plates, now_utc=now_utc))


def take_notice(
    connection: Connection, provider: Provider, notice: RightsNotice, *, now_utc: datetime
) -> RightsAnswer:
    """Store what a provider sold and until when it told everything.

    Raises:
        RefusedError: 400 ``rights.source`` or ``rights.time``, 409 ``rights.other`` when an
            identifier belongs to a right from elsewhere.
        UserError: ``record.field``, naming the field.
    """
    if notice.source != Source.APP.value:
        raise RefusedError(400, "rights.source", "The source of these rights must be: app.")
    own = [_owned(right, provider) for right in notice.rights]
    where: dict[str, Any] = {
        "ids": [str(right.parking_session_id) for right in own],
        "ref": provider.name,
    }
    if connection.exec_driver_sql(_FOREIGN, where).first():
        raise RefusedError(409, "rights.other", "An identifier belongs to a right from elsewhere.")
    stored, held = store_rights(connection, own, now_utc=now_utc)
    report_source(connection, Source.APP, min(notice.complete_through_utc, now_utc))
    return RightsAnswer(stored=stored, held=held)


def _owned(right: ParkingSession, provider: Provider) -> ParkingSession:
    check(right)
    if right.source is not RightSource.APP or right.source_ref != provider.name:
        raise RefusedError(
            400,
            "rights.source",
            f"Every right must have source app and source_ref {provider.name}.",
        )
    if right.end_utc < right.start_utc:
        raise RefusedError(400, "rights.time", "A right cannot end before it starts.")
    return right
