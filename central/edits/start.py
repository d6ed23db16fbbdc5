"""What reference data were before the first edit: the city's own word.

An import may change a row that was edited. Then the import is the newest word of the city: edits
that central had by then are settled by it, later ones meet it like anybody's value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from central.edits.load import Place
from central.store import load_many, value_of
from sync.merge import units, values_of
from sync.records import BY_NAME, Record, RecordKind

_LOAD = """
select s.record, s.record_key, s.start::text, s.since::text, s.folded::text
from unnest(%(records)s::text[], %(keys)s::text[]) as wanted (record, record_key)
join edit_start s on s.record = wanted.record and s.record_key = wanted.record_key
"""
_SAVE = """
insert into edit_start (record, record_key, start, since, folded)
select record, record_key, start::jsonb, since::jsonb, folded::jsonb
from unnest(%(records)s::text[], %(keys)s::text[], %(starts)s::text[], %(since)s::text[],
    %(folded)s::text[]) as sent (record, record_key, start, since, folded)
on conflict (record, record_key) do update
set start = excluded.start, since = excluded.since, folded = excluded.folded
"""
_TEXTS = msgspec.json.Decoder(dict[str, str])
_TIMES = msgspec.json.Decoder(dict[str, datetime])


@dataclass(slots=True, kw_only=True)
class Start:
    """The city's word on one record.

    Attributes:
        values: Every field.
        since: For fields that an import changed after edits, before when edits are settled.
        folded: What central last made of the edits; empty before the first.
    """

    values: dict[str, str]
    since: dict[str, datetime] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)


def load_starts(
    connection: Connection, places: Sequence[Place], *, now_utc: datetime
) -> dict[Place, Start]:
    """Return the start of each place that is reference data and exists."""
    shared = [place for place in places if BY_NAME[place[0]].kind is RecordKind.REFERENCE]
    rows = {
        (name, key): row
        for name in {name for name, _ in shared}
        for key, row in load_many(
            connection, BY_NAME[name], [key for each, key in shared if each == name]
        ).items()
    }
    wanted = [place for place in shared if place in rows]
    if not wanted:
        return {}
    columns = {"records": [name for name, _ in wanted], "keys": [key for _, key in wanted]}
    kept = {
        (name, key): Start(
            values=_TEXTS.decode(start), since=_TIMES.decode(since), folded=_TEXTS.decode(folded)
        )
        for name, key, start, since, folded in connection.exec_driver_sql(_LOAD, columns)
    }
    found = {}
    for place in wanted:
        record = BY_NAME[place[0]]
        row = values_of(record, value_of(record, rows[place]))
        found[place] = kept.get(place) or Start(values=row)
        if place in kept:
            _hear_import(record, found[place], row, now_utc)
    return found


def save_starts(connection: Connection, starts: Mapping[Place, Start]) -> None:
    """Keep the starts with what was made of the edits."""
    if not starts:
        return
    columns = {
        "records": [name for name, _ in starts],
        "keys": [key for _, key in starts],
        "starts": [_text(start.values) for start in starts.values()],
        "since": [_text(start.since) for start in starts.values()],
        "folded": [_text(start.folded) for start in starts.values()],
    }
    connection.exec_driver_sql(_SAVE, columns)


def _hear_import(
    record: Record[Any], start: Start, row: Mapping[str, str], now_utc: datetime
) -> None:
    for unit in units(record):
        if any(row[name] != start.folded.get(name, start.values[name]) for name in unit):
            for name in unit:
                start.values[name] = row[name]
                start.since[name] = now_utc


def _text(values: Mapping[str, Any]) -> str:
    return msgspec.json.encode(values).decode()
