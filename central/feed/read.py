"""Reading the feed: rows strictly below ``pg_snapshot_xmin``, whole transactions, (xid, seq) order.

A cursor on a bare sequence or on now() loses the rows of transactions that commit late (35 % in a
test; SYNC.md 0). Rows carry the record as it stands now, so repeats within a page collapse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import Raw, json, structs
from sqlalchemy import Connection

from central.feed.cursor import Cursor, read_cursor, resync
from central.feed.scope import Scope
from central.feed.walk import follow_scope, read_walk, start_walk
from central.store import load_many
from parking.zone import Source
from sync.records import BY_NAME
from sync.wire import FeedLeave, FeedPage, FeedRow

PAGE_ROWS = 200
"""Some 5 ms of work for a terminal; where thousands wait it asks for a snapshot instead."""

# Before the page's snapshot: any transaction that the page cannot see yet commits after this.
_QUIET = """
select extract(epoch from clock_timestamp() - least(min(xact_start), clock_timestamp()))::float8
from pg_stat_activity where backend_xid is not null
"""
_PAGE = """
with horizon as materialized (
    select least(pg_snapshot_xmin(pg_current_snapshot()), %(below)s::text::xid8) as low,
        pg_snapshot_xmax(pg_current_snapshot()) as high
), page as (
    select xid, seq, name, key from feed
    where (xid, seq) > (%(xid)s::text::xid8, %(seq)s) and xid < (select low from horizon)
        and name = any (%(names)s::text[])
        and (%(zones)s::text[] is null or scope is null or scope = any (%(zones)s::text[]))
    order by xid, seq limit %(most)s
), edge as (
    select xid, seq from page order by xid desc, seq desc limit 1
)
select low::text, high::text, p.xid::text, p.seq, p.name, p.key from horizon left join (
    select * from page
    union all
    select f.xid, f.seq, f.name, f.key from feed f, edge
    where f.xid = edge.xid and f.seq > edge.seq and f.name = any (%(names)s::text[])
        and (%(zones)s::text[] is null or f.scope is null or f.scope = any (%(zones)s::text[]))
) p on true
order by p.xid, p.seq
"""
_FLOOR = "select xid::text from feed_floors where feed_epoch = %(epoch)s"
_LAST_SEQ = (
    "select coalesce(max(seq), 0) from (select seq from feed order by xid desc, seq desc limit 1) f"
)
_REPORTS = """
select wanted.source, (
    select complete_through_utc from source_reports r
    where r.source = wanted.source and r.xid < %(low)s::text::xid8
    order by complete_through_utc desc limit 1
)
from unnest(%(sources)s::text[]) as wanted (source)
"""


def read_page(
    connection: Connection,
    cursor_text: str,
    scope: Scope,
    *,
    epoch: str,
    now_utc: datetime,
    most: int = PAGE_ROWS,
) -> FeedPage:
    """Return the page after a cursor.

    Args:
        connection: A transaction at READ COMMITTED.
        cursor_text: As the terminal gave it back, ``""`` for the beginning.
        scope: What this reader gets.
        epoch: The database's present feed epoch.
        now_utc: Read before this call; ages are measured by the database and taken off it.
        most: Rows of a page; one whole transaction may make it longer.

    Raises:
        RefusedError: As ``read_cursor``, and 410 when the cursor lies in this database's future or
            before what the feed still has.
    """
    if cursor_text:
        cursor = follow_scope(connection, read_cursor(cursor_text, epoch=epoch), scope)
    else:
        cursor = start_walk(connection, scope, epoch=epoch)
    if cursor.walk is None:
        return _tail_page(connection, cursor, scope, now_utc=now_utc, most=most)
    return _walk_page(connection, cursor, scope, now_utc=now_utc, most=most)


def _walk_page(
    connection: Connection, cursor: Cursor, scope: Scope, *, now_utc: datetime, most: int
) -> FeedPage:
    told, then = read_walk(connection, cursor, scope, most=most)
    rows, left = _feed_rows(connection, told, scope)
    if then.walk is None:
        tail = _tail_page(connection, then, scope, now_utc=now_utc, most=most)
        return structs.replace(tail, rows=rows + tail.rows, left=left + tail.left)
    return FeedPage(
        feed_epoch=cursor.epoch,
        cursor=str(then),
        rows=rows,
        left=left,
        zones=None if scope.zones is None else list(scope.zones),
        more=True,
        remaining=then.walk.left,
        as_of={},
        server_utc=now_utc,
    )


def _tail_page(
    connection: Connection, cursor: Cursor, scope: Scope, *, now_utc: datetime, most: int
) -> FeedPage:
    floor = connection.exec_driver_sql(_FLOOR, {"epoch": cursor.epoch}).scalar()
    if floor is not None and cursor.xid < int(floor):
        raise resync()
    heard_utc = now_utc - timedelta(seconds=quiet_s(connection))
    return read_tail(connection, cursor, scope, now_utc=now_utc, heard_utc=heard_utc, most=most)


def read_tail(
    connection: Connection,
    cursor: Cursor,
    scope: Scope,
    *,
    now_utc: datetime,
    heard_utc: datetime,
    most: int,
    below: int | None = None,
) -> FeedPage:
    """Return the page after a tail cursor.

    Args:
        connection: As ``read_page``.
        cursor: Not older than what the feed still has.
        scope: As ``read_page``.
        now_utc: As ``read_page``.
        heard_utc: Every write that is not below the horizon yet commits after this.
        most: As ``read_page``.
        below: A horizon of before, to stop there; None for the present one.

    Raises:
        RefusedError: 410 when the cursor lies in this database's future.
    """
    rows = read_rows(
        connection,
        cursor.xid,
        cursor.seq,
        scope.names,
        zones=scope.zones,
        most=most,
        below=below,
    )
    if cursor.xid > rows.high:
        raise resync()
    feed_rows, left = _feed_rows(connection, rows.told, scope)
    return FeedPage(
        feed_epoch=cursor.epoch,
        cursor=str(replace(cursor, xid=rows.end_xid, seq=rows.end_seq)),
        rows=feed_rows,
        left=left,
        zones=None if scope.zones is None else list(scope.zones),
        more=rows.more,
        remaining=_remaining(connection, rows.end_seq) if rows.more else 0,
        as_of=ages(connection, rows.low, heard_utc),
        server_utc=now_utc,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Feed rows after a place.

    Attributes:
        told: Record name and key of each, in feed order, repeats included.
        more: Whether another page waits.
        end_xid: Where the next page starts, with ``end_seq``.
        low: The horizon: everything below it was read.
        high: No transaction of this database has reached it.
    """

    told: list[tuple[str, str]]
    more: bool
    end_xid: int
    end_seq: int
    low: int
    high: int


def read_rows(
    connection: Connection,
    xid: int,
    seq: int,
    names: Sequence[str],
    *,
    most: int,
    zones: Sequence[str] | None = None,
    below: int | None = None,
) -> Rows:
    """Return the rows strictly after (xid, seq) and below the horizon, whole transactions only.

    Args:
        connection: Any transaction at READ COMMITTED.
        xid: Transaction id of the place, 0 for the beginning.
        seq: Its seq.
        names: Records to look for.
        most: Rows wanted; the last transaction is completed beyond it.
        zones: Zones whose rows are wanted beside those of no zone; None for all.
        below: A horizon of before, to stop there; None for the present one.
    """
    place: dict[str, Any] = {"xid": str(xid), "seq": seq, "names": list(names), "most": most}
    place["zones"] = None if zones is None else list(zones)
    place["below"] = None if below is None else str(below)
    found = connection.exec_driver_sql(_PAGE, place).all()
    low, high = int(found[0][0]), int(found[0][1])
    rows = [row for row in found if row[2] is not None]
    more = len(rows) >= most
    if more:
        xid, seq = int(rows[-1][2]), int(rows[-1][3])
    elif low > xid:
        # Everything below the horizon was read: the next page starts with the horizon itself.
        xid, seq = low, 0
    told = [(row[4], row[5]) for row in rows]
    return Rows(told=told, more=more, end_xid=xid, end_seq=seq, low=low, high=high)


def _feed_rows(
    connection: Connection, told: Sequence[tuple[str, str]], scope: Scope
) -> tuple[list[FeedRow], list[FeedLeave]]:
    """Return the rows as they stand now, and those that are in no zone of the scope any more."""
    order = dict.fromkeys(told)
    keys: dict[str, list[str]] = {}
    for name, key in order:
        keys.setdefault(name, []).append(key)
    stored = {name: load_many(connection, BY_NAME[name], wanted) for name, wanted in keys.items()}
    rows, left = [], []
    for name, key in order:
        row = stored[name].get(key)
        if row is None:
            continue
        field = BY_NAME[name].scope
        if field is None or scope.zones is None or row[field] in scope.zones:
            rows.append(FeedRow(name, Raw(json.encode(row))))
        else:
            left.append(FeedLeave(name, key))
    return rows, left


def _remaining(connection: Connection, seq: int) -> int:
    return max(0, int(connection.exec_driver_sql(_LAST_SEQ).scalar_one()) - seq)


def quiet_s(connection: Connection) -> float:
    """Return for how long the oldest open write has run, >= 0; asked before the snapshot."""
    return max(0.0, float(connection.exec_driver_sql(_QUIET).scalar_one() or 0.0))


def ages(connection: Connection, low: int, heard_utc: datetime) -> dict[str, datetime]:
    """Return until when each source is complete, given that everything below ``low`` was read.

    Args:
        connection: The transaction that read.
        low: The horizon it read up to.
        heard_utc: Until when the pay stations were heard, which write at central itself.
    """
    reported = connection.exec_driver_sql(
        _REPORTS,
        {"low": str(low), "sources": _reported_sources()},
    )
    as_of = {source: min(until, heard_utc) for source, until in reported if until}
    return {Source.PAY_STATION.value: heard_utc, **as_of}


def _reported_sources() -> list[str]:
    return [source.value for source in Source if source is not Source.PAY_STATION]


def report_source(connection: Connection, source: Source, complete_through_utc: datetime) -> None:
    """Record until when central has heard everything from a source (not the pay stations)."""
    values: dict[str, Any] = {"source": source.value, "until": complete_through_utc}
    connection.exec_driver_sql(
        "insert into source_reports (source, complete_through_utc) values (%(source)s, %(until)s)",
        values,
    )
