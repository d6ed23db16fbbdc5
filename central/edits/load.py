"""Reads what the fold of some records rests on, set-wise: a few statements per push.

Runs inside the push's unit of work, after the keys are locked.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import msgspec
from psycopg import sql
from sqlalchemy import Connection

from central.store import load_many, value_of
from parking.edit import Conflict, ConflictChoice, Edit
from sync.merge import units
from sync.records import BY_CLASS, BY_NAME, EXTRA, Record, RecordKind

Place = tuple[str, str]
"""Name and key of a record."""
BUCKETS = 1024
_LOCK_CLASS = 7306
_CONFLICTS = UUID("6f1d0a2e-6d0b-5c7e-9b86-2a4c7c3f9d11")
_LOCK = """
select pg_advisory_xact_lock(%(class)s, bucket) from unnest(%(buckets)s::int4[]) as bucket
"""
# As JSON made by the database and read at once: a third of the time of rows read one by one.
_EDITS = """
select coalesce(json_agg(json_build_object('value', e, 'received_utc', e.received_utc)), '[]')::text
from unnest(%(records)s::text[], %(keys)s::text[]) as wanted (record, record_key)
join edit e on e.record = wanted.record and e.record_key = wanted.record_key
where e.edit_id <> all (%(known)s::uuid[])
"""
_CHOICES = """
select coalesce(json_agg(json_build_object('value', c, 'received_utc', c.received_utc)), '[]')::text
from conflict_choice c where conflict_id = any (%(ids)s::uuid[])
"""
_CHOSEN = """
select conflict_id, record, record_key, fields from conflict
where conflict_id = any (%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class ReceivedEdit:
    """An edit with the time it reached central."""

    value: Edit
    received_utc: datetime


@dataclass(frozen=True, slots=True)
class ReceivedChoice:
    """A choice with the time it reached central."""

    value: ConflictChoice
    received_utc: datetime


_READ_EDITS = msgspec.json.Decoder(list[ReceivedEdit])
_READ_CHOICES = msgspec.json.Decoder(list[ReceivedChoice])


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a row without its values.

    Attributes:
        extra: Fields of a newer version, kept as they are.
    """

    revision: int
    extra: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Known:
    """Everything about some records.

    Attributes:
        rows: By place; places without a row are missing.
        edits: By place.
        choices: By conflict.
        conflicts: As stored, by id.
    """

    rows: dict[Place, Standing] = field(default_factory=dict)
    edits: dict[Place, list[ReceivedEdit]] = field(default_factory=dict)
    choices: dict[UUID, list[ReceivedChoice]] = field(default_factory=dict)
    conflicts: dict[UUID, Conflict] = field(default_factory=dict)


def place_of(edit: Edit) -> Place:
    """Return what an edit is about."""
    return edit.record, edit.record_key


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


def load_known(
    connection: Connection, places: Sequence[Place], fresh: Sequence[ReceivedEdit]
) -> Known:
    """Read what central has about some places.

    Args:
        connection: Holds the locks.
        places: Which records.
        fresh: Edits of this push, stored already: they need not be read again.
    """
    known = Known()
    by_record: dict[str, list[str]] = {}
    for name, key in places:
        by_record.setdefault(name, []).append(key)
    for name, keys in by_record.items():
        # The city's import writes reference data too, and knows nothing of our locks.
        shared = BY_NAME[name].kind is RecordKind.REFERENCE
        found = connection.exec_driver_sql(_standing(name, hold=shared), {"keys": keys})
        known.rows |= {(name, row[0]): Standing(row[1], row[2]) for row in found}
    for edit in (*fresh, *_older(connection, places, fresh)):
        known.edits.setdefault(place_of(edit.value), []).append(edit)
    _load_conflicts(connection, known)
    return known


@cache
def _standing(name: str, *, hold: bool) -> str:
    record: Record[Any] = BY_NAME[name]
    template = sql.SQL(
        "select {key}::text, revision, {extra} from {table}"
        " where {key} = any (%(keys)s::{kind}[]) order by {key} {hold}"
    )
    of_key = next(
        each for each in record.of.__dataclass_fields__.values() if each.name == record.key
    )
    return template.format(
        key=sql.Identifier(record.key),
        extra=sql.Identifier(EXTRA),
        table=sql.Identifier(record.table_at_central),
        kind=sql.Identifier("uuid" if of_key.type is UUID else "text"),
        hold=sql.SQL("for update" if hold else ""),
    ).as_string(None)


def _older(
    connection: Connection, places: Sequence[Place], fresh: Sequence[ReceivedEdit]
) -> list[ReceivedEdit]:
    wanted = {
        "records": [name for name, _ in places],
        "keys": [key for _, key in places],
        "known": [str(each.value.edit_id) for each in fresh],
    }
    return _READ_EDITS.decode(connection.exec_driver_sql(_EDITS, wanted).scalar_one())


def _load_conflicts(connection: Connection, known: Known) -> None:
    """Read conflicts and choices of the units that more than one edit touched.

    Of reference data the city's own word is a side too, so there one edit is enough.
    """
    ids = []
    for place, edits in known.edits.items():
        record = BY_NAME[place[0]]
        if len(edits) > 1 or record.kind is RecordKind.REFERENCE:
            touched = {change.field for edit in edits for change in edit.value.changes}
            ids += [str(conflict_id(place, unit)) for unit in units(record) if unit[0] in touched]
    if not ids:
        return
    record = BY_CLASS[Conflict]
    for row in load_many(connection, record, ids).values():
        conflict: Conflict = value_of(record, row)
        known.conflicts[conflict.conflict_id] = conflict
    found = connection.exec_driver_sql(_CHOICES, {"ids": ids}).scalar_one()
    for choice in _READ_CHOICES.decode(found):
        known.choices.setdefault(choice.value.conflict_id, []).append(choice)
