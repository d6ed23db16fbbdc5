"""How a stored record becomes a row of a terminal's SQLite file: one query per record, no Python.

The layout is the terminal's own (``sync.records.LOCAL_TYPES``), its own columns and the keys' index
included, so that it takes whole pages in as they are. Pure.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import sql

from central.tables import PLATE_KEY
from sync.records import BY_NAME, EXTRA, GENERATION, Field, Record, fields_of, local_type

_PLAIN = "{0}"
_BYTES_ITEMS = (
    "to_json(array(select replace(encode(item, 'base64'), E'\\n', '')"
    " from unnest({0}) with ordinality as items (item, place) order by place))::text"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one record lies in a snapshot.

    Attributes:
        create: Makes its table in SQLite.
        insert: Puts one row into it.
        select: Reads its rows in PostgreSQL in the order of their keys; takes ``zones``.
    """

    create: str
    insert: str
    select: str


@cache
def layout_of(name: str) -> Layout:
    """Return the layout of a record."""
    record = BY_NAME[name]
    columns = _columns(record)
    typed = ", ".join(f'"{column}" {kind}' for column, kind, _ in columns)
    own = f'"{GENERATION}" INTEGER NOT NULL DEFAULT 0, PRIMARY KEY ("{record.key}")'
    places = ", ".join("?" * len(columns))
    where: sql.Composable = sql.SQL("true")
    if record.scope:
        where = sql.SQL("(%(zones)s::text[] is null or {scope} = any (%(zones)s::text[]))").format(
            scope=sql.Identifier(record.scope)
        )
    select = sql.SQL("select {columns} from {table} where {where} order by {key}").format(
        columns=sql.SQL(", ").join(
            sql.SQL(form).format(sql.Identifier(column)) for column, _, form in columns
        ),
        table=sql.Identifier(record.table_at_central),
        where=where,
        key=sql.Identifier(record.key),
    )
    return Layout(
        create=f'create table "{name}" ({typed}, {own}) strict',
        # S608: a declared record's name. The rows are of the terminal's first generation.
        insert=f'insert into "{name}" values ({places}, 1)',  # noqa: S608  # a table of ours
        select=select.as_string(None),
    )


def _columns(record: Record[Any]) -> list[tuple[str, str, str]]:
    fields = fields_of(record.of)
    columns = [(field.name, _type(field), _form(field)) for field in fields]
    if any(field.name == "plate" for field in fields):
        columns.append((PLATE_KEY, "TEXT NOT NULL", _PLAIN))
    extra = "case when {0} = '{{}}' then '' else {0}::text end"
    columns.append((EXTRA, "TEXT NOT NULL DEFAULT ''", extra))
    return columns


def _type(field: Field) -> str:
    return local_type(field.base) + ("" if field.optional else " NOT NULL")


def _form(field: Field) -> str:
    if field.item is bytes:
        return _BYTES_ITEMS
    if field.item is not None:
        return "to_json({0})::text"
    if field.base is UUID:
        return "uuid_send({0})"
    if field.base is datetime:
        return "(extract(epoch from {0}) * 1000000)::int8"
    return "{0}::int4" if field.base is bool else _PLAIN
