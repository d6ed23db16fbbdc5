"""Reads what the fold of some records rests on, set-wise: a few statements per push.

Runs inside the push's unit of work, after the keys are locked.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from psycopg import sql
from sqlalchemy import Connection

from central.store import load_many, value_of
from parking.edit import Conflict, ConflictChoice, Edit
from sync.merge import units
from sync.records import BY_CLASS, BY_NAME, Record, RecordKind

Place = tuple[str, str]
"""Name and key of a record."""
BUCKETS = 1024
_LOCK_CLASS = 7306
_CONFLICTS = UUID("6f1d0a2e-6d0b-5c7e-9b86-2a4c7c3f9d11")
_LOCK = """
select pg_advisory_xact_lock(%(class)s, bucket) from unnest(%(buckets)s::int4[]) as bucket
"""
_EDITS = """
select e.edit_id::text, e.received_utc
from unnest(%(records)s::text[], %(keys)s::text[]) as wanted (record, record_key)
join edit e on e.record = wanted.record and e.record_key = wanted.record_key
"""
_CHOICES = """
select choice_id::text, received_utc from conflict_choice
where conflict_id = any (%(ids)s::uuid[])
"""
_CHOSEN = """
select conflict_id, record, record_key, fields from conflict
where conflict_id = any (%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Received:
    """An edit or a choice with the time it reached central."""

    value: Any
    received_utc: datetime


@dataclass(slots=True, kw_only=True)
class Known:
    """Everything about some records.

    Attributes:
        rows: As stored, by place; places without a row are missing.
        edits: By place.
        choices: By conflict.
        conflicts: As stored, by id.
    """

    rows: dict[Place, dict[str, Any]] = field(default_factory=dict)
    edits: dict[Place, list[Received]] = field(default_factory=dict)
    choices: dict[UUID, list[Received]] = field(default_factory=dict)
    conflicts: dict[UUID, Conflict] = field(default_factory=dict)


def conflict_id(place: Place, unit: Sequence[str]) -> UUID:
    """Return the one identifier of all that diverges in a unit of a record."""
    return uuid5(_CONFLICTS, "/".join((*place, *unit)))


def lock_places(connection: Connection, places: Iterable[Place]) -> None:
    """Lock the records until the transaction ends: buckets in ascending order, then plates."""
    buckets = sorted({zlib.crc32("/".join(place).encode()) % BUCKETS for place in places})
    if buckets:
        connection.exec_driver_sql(_LOCK, {"class": _LOCK_CLASS, "buckets": buckets})


def places_of_choices(
    connection: Connection, choices: Sequence[ConflictChoice]
) -> dict[UUID, tuple[Place, tuple[str, ...]]]:
    """Return place and fields of the conflicts that choices are about, as far as central knows."""
    ids = [str(choice.conflict_id) for choice in choices]
    found = connection.exec_driver_sql(_CHOSEN, {"ids": ids}) if ids else ()
    return {row[0]: ((row[1], row[2]), tuple(row[3])) for row in found}


def load_known(connection: Connection, places: Sequence[Place]) -> Known:
    """Read records, edits, choices and conflicts of some places."""
    known = Known()
    by_record: dict[str, list[str]] = {}
    for name, key in places:
        by_record.setdefault(name, []).append(key)
    for name, keys in by_record.items():
        record = BY_NAME[name]
        if record.kind is RecordKind.REFERENCE:
            _hold_rows(connection, record, keys)
        for key, row in load_many(connection, record, keys).items():
            known.rows[name, key] = row
    _load_edits(connection, places, known)
    _load_conflicts(connection, places, known)
    return known


def _hold_rows(connection: Connection, record: Record[Any], keys: Sequence[str]) -> None:
    # The city's import writes these rows too, and knows nothing of our locks.
    statement = sql.SQL(
        "select 1 from {table} where {key}::text = any (%(keys)s::text[]) order by {key} for update"
    ).format(table=sql.Identifier(record.table_at_central), key=sql.Identifier(record.key))
    connection.exec_driver_sql(statement.as_string(None), {"keys": list(keys)})


def _load_edits(connection: Connection, places: Sequence[Place], known: Known) -> None:
    wanted = {"records": [name for name, _ in places], "keys": [key for _, key in places]}
    for edit in _received(connection, Edit, _EDITS, wanted):
        place = (edit.value.record, edit.value.record_key)
        known.edits.setdefault(place, []).append(edit)


def _load_conflicts(connection: Connection, places: Sequence[Place], known: Known) -> None:
    ids = [str(conflict_id(place, unit)) for place in places for unit in units(BY_NAME[place[0]])]
    record = BY_CLASS[Conflict]
    for row in load_many(connection, record, ids).values():
        conflict: Conflict = value_of(record, row)
        known.conflicts[conflict.conflict_id] = conflict
    for choice in _received(connection, ConflictChoice, _CHOICES, {"ids": ids}):
        known.choices.setdefault(choice.value.conflict_id, []).append(choice)


def _received(
    connection: Connection, of: type[Any], statement: str, wanted: Mapping[str, Any]
) -> list[Received]:
    times: dict[str, datetime] = dict(connection.exec_driver_sql(statement, dict(wanted)).all())
    if not times:
        return []
    record = BY_CLASS[of]
    return [
        Received(value_of(record, row), times[key])
        for key, row in load_many(connection, record, times).items()
    ]
