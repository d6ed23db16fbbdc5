"""Loading the city's data: idempotent, in pieces, judged where it can disprove a citation.

Permits and hot lists are whole lists: what a new list no longer names is ended, never deleted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from central.city.files import CityFile
from central.database import Database
from central.feed.read import report_source
from central.late_truth.judge import judge, lock_plates
from central.log import audit
from central.store import MOST_AT_ONCE, Row, load_many, store_many, value_of
from parking.clock import Clock
from parking.clockface import zone_info
from parking.errors import UserError
from parking.hotlist import HotlistEntry
from parking.plate import plate_key
from parking.right import Permit
from parking.zone import Source, Zone
from sync.records import Record

_ENDED: dict[type, str] = {Permit: "revoked_utc", HotlistEntry: "removed_utc"}
_SOURCES: dict[type, Source] = {Permit: Source.PERMIT, HotlistEntry: Source.HOTLIST}
_TARIFFS = "select tariff_id from tariffs where tariff_id = any (%(ids)s::text[])"
_SUSPICIOUS_SHARE, _SMALL_LIST = 0.5, 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file did: entries read, new or changed, ended, and citations held."""

    name: str
    read: int
    changed: int
    ended: int
    held: int


def load_city(
    database: Database, clock: Clock, files: Sequence[CityFile], *, accept_removals: bool
) -> Iterator[Loaded]:
    """Load files in order; loading the same again changes nothing.

    Args:
        database: Of central.
        clock: Central's.
        files: From ``read_city``.
        accept_removals: Take a list that lost more than half of its entries.

    Raises:
        UserError: ``city.zone`` or ``city.shrunk``; files before stay loaded.
        UnavailableError: As ``Database.unit_of_work``; loading again is safe.
    """
    for file in files:
        _check(database, file)
        yield _load(database, clock.now().utc, file, accept_removals=accept_removals)


def _check(database: Database, file: CityFile) -> None:
    for value in file.values:
        if isinstance(value, Zone):
            zone_info(value.time_zone)
    wanted = {value.tariff_id for value in file.values if isinstance(value, Zone)}
    with database.reading() as connection:
        known = set(connection.exec_driver_sql(_TARIFFS, {"ids": list(wanted)}).scalars())
    if wanted - known:
        raise UserError("city.zone", f"{file.path.name}: no tariff {sorted(wanted - known)[0]}.")


def _load(
    database: Database, now_utc: datetime, file: CityFile, *, accept_removals: bool
) -> Loaded:
    of = file.record.of
    gone = _gone(database, file) if of in _ENDED else []
    before = len(gone) + len(file.values)
    if len(gone) > max(_SMALL_LIST, before * _SUSPICIOUS_SHARE) and not accept_removals:
        raise UserError(
            "city.shrunk",
            f"{file.path.name} no longer names {len(gone)} of {before} entries; is it cut off?",
            action="If the list is right, load it with --accept-removals.",
        )
    ended = [replace(value, **{_ENDED[of]: now_utc}) for value in gone]
    changed, held = 0, 0
    for piece in _pieces([*file.values, *ended]):
        with database.unit_of_work("command:load-city") as connection:
            stored, holds = _store(connection, file.record, piece, now_utc)
        changed, held = changed + stored, held + holds
    with database.unit_of_work("command:load-city") as connection:
        if of in _SOURCES:
            report_source(connection, _SOURCES[of], now_utc)
        detail: dict[str, str | int] = {
            "file": file.path.name,
            "changed": changed,
            "ended": len(ended),
            "held": held,
        }
        audit(connection, "city.loaded", file.record.name, now_utc=now_utc, detail=detail)
    return Loaded(file.record.name, len(file.values), changed - len(ended), len(ended), held)


def _store(
    connection: Connection, record: Record[Any], values: Sequence[Any], now_utc: datetime
) -> tuple[int, int]:
    plates = [plate_key(value.plate) for value in values] if record.of is Permit else []
    lock_plates(connection, plates)
    rows = [Row(value=value) for value in values]
    stored = store_many(connection, record, rows, received_utc=now_utc)
    return len(stored), len(judge(connection, plates, now_utc=now_utc)) if stored else 0


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), MOST_AT_ONCE):
        yield values[start : start + MOST_AT_ONCE]


def _gone(database: Database, file: CityFile) -> list[Any]:
    """Return the stored entries, not ended, that the new list no longer names."""
    record = file.record
    template = sql.SQL("select {key} from {table} where {ended} is null")
    statement = template.format(
        key=sql.Identifier(record.key),
        table=sql.Identifier(record.table_at_central),
        ended=sql.Identifier(_ENDED[record.of]),
    ).as_string(None)
    with database.reading() as connection:
        stored = set(connection.exec_driver_sql(statement).scalars())
        missing = stored - {getattr(value, record.key) for value in file.values}
        found = load_many(connection, record, missing)
    return [value_of(record, row) for row in found.values()]
