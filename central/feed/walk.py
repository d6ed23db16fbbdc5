"""Walking the tables in the order of their keys: all rows of a scope, or what a scope has gained.

The feed itself is kept for some months only, so who starts from nothing reads the tables. A walk
notes where the feed stands before its first row and goes on from there after its last, so what
changes meanwhile comes again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import Connection

from central.feed.cursor import EVERY, Cursor, Walk, resync
from central.feed.scope import NOTHING, Scope, zones_named
from sync.records import BY_NAME, fields_of

_HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text"


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a record: those of ``only`` zones and of none ``but``; None for no limit."""

    only: list[str] | None
    but: list[str] | None

    @property
    def is_empty(self) -> bool:
        """Whether no row can be in it."""
        return self.only == []


def part_gained(held: tuple[str, ...] | None, zones: tuple[str, ...] | None) -> Part:
    """Return the rows that a scope has and an earlier one had not."""
    if held is None:
        return Part([], None)
    if zones is None:
        return Part(None, list(held))
    return Part([zone for zone in zones if zone not in held], None)


def start_walk(
    connection: Connection, scope: Scope, *, epoch: str, names: str = EVERY, since_xid: int = 0
) -> Cursor:
    """Return the cursor of a terminal that has nothing of some records.

    Args:
        connection: A reading transaction; its horizon is where the tail begins.
        scope: What the terminal reads.
        epoch: The feed's epoch.
        names: Records to walk, by comma.
        since_xid: Where the tail begins instead, 0 for the horizon.
    """
    xid = since_xid or int(connection.exec_driver_sql(_HORIZON).scalar_one())
    cursor = Cursor(epoch, xid, 0, scope.scope_id, Walk(held=NOTHING, names=names))
    return _counted(connection, cursor, scope)


def follow_scope(connection: Connection, cursor: Cursor, scope: Scope) -> Cursor:
    """Return the cursor of a terminal whose scope may have changed since it was given.

    What the scope gained is walked; what it lost the terminal drops by ``FeedPage.zones``.

    Raises:
        RefusedError: 410 ``feed.resync`` when nobody knows what the terminal has.
    """
    if cursor.scope == scope.scope_id:
        return cursor
    held = cursor.walk.held if cursor.walk else cursor.scope
    names = cursor.walk.names if cursor.walk else EVERY
    moved = replace(cursor, scope=scope.scope_id, walk=Walk(held=held, names=names))
    if held != NOTHING and _part(connection, moved, scope).is_empty:
        return moved.tail()
    return _counted(connection, moved, scope)


def read_walk(
    connection: Connection, cursor: Cursor, scope: Scope, *, most: int
) -> tuple[list[tuple[str, str]], Cursor]:
    """Return names and keys of the next rows, at most ``most``, and where to go on."""
    walk = cursor.walk
    assert walk is not None  # noqa: S101  # the caller has asked
    part = _part(connection, cursor, scope)
    told: list[tuple[str, str]] = []
    for name in _names(walk, scope, whole=walk.held == NOTHING):
        after = walk.key if name == walk.name else None
        keys = _keys(connection, name, part, after=after, most=most - len(told))
        told += [(name, key) for key in keys]
        if len(told) >= most:
            left = max(0, walk.left - len(told))
            return told, replace(cursor, walk=replace(walk, left=left, name=name, key=keys[-1]))
    return told, cursor.tail()


def _part(connection: Connection, cursor: Cursor, scope: Scope) -> Part:
    assert cursor.walk is not None  # noqa: S101  # as above
    if cursor.walk.held == NOTHING:
        return Part(None if scope.zones is None else list(scope.zones), None)
    try:
        return part_gained(zones_named(connection, cursor.walk.held), scope.zones)
    except LookupError as error:
        raise resync() from error


def _names(walk: Walk, scope: Scope, *, whole: bool) -> Sequence[str]:
    wanted = None if walk.names == EVERY else set(walk.names.split(","))
    names = [
        name
        for name in scope.names
        if (wanted is None or name in wanted) and (whole or BY_NAME[name].scope)
    ]
    return names[names.index(walk.name) :] if walk.name in names else names


def _keys(
    connection: Connection, name: str, part: Part, *, after: str | None, most: int
) -> list[str]:
    parameters = {"only": part.only, "but": part.but, "after": after, "most": most}
    return list(connection.exec_driver_sql(_statement(name, "page"), parameters).scalars())


def _counted(connection: Connection, cursor: Cursor, scope: Scope) -> Cursor:
    walk = cursor.walk
    assert walk is not None  # noqa: S101  # as above
    part = _part(connection, cursor, scope)
    parameters: dict[str, Any] = {"only": part.only, "but": part.but}
    left = sum(
        connection.exec_driver_sql(_statement(name, "count"), parameters).scalar_one()
        for name in _names(walk, scope, whole=walk.held == NOTHING)
    )
    return replace(cursor, walk=replace(walk, left=left))


@cache
def _statement(name: str, purpose: str) -> str:
    record = BY_NAME[name]
    key_base = next(field.base for field in fields_of(record.of) if field.name == record.key)
    key_type = "uuid" if key_base is UUID else "text"
    if purpose == "count":
        select: sql.Composable = sql.SQL("count(*)")
        end: sql.Composable = sql.SQL("")
    else:
        select = sql.SQL("{}::text").format(sql.Identifier(record.key))
        end = sql.SQL(
            " and (%(after)s::text is null or {key} > %(after)s::text::{type})"
            " order by {key} limit %(most)s"
        ).format(key=sql.Identifier(record.key), type=sql.Identifier(key_type))
    where: sql.Composable = sql.SQL("true")
    if record.scope:
        where = sql.SQL(
            "(%(only)s::text[] is null or {scope} = any (%(only)s::text[]))"
            " and (%(but)s::text[] is null or {scope} <> all (%(but)s::text[]))"
        ).format(scope=sql.Identifier(record.scope))
    template = sql.SQL("select {select} from {table} where {where}{end}")
    return template.format(
        select=select, table=sql.Identifier(record.table_at_central), where=where, end=end
    ).as_string(None)
