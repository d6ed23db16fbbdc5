"""Answers to operations, kept so that a repeated operation gets the same one.

Runs inside the push's unit of work.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.arrays import BinaryArray
from central.push.chain import Verified
from sync.wire import OpResult, PushRequest

_RECORD = """
with answered as (
    insert into sync_operations
        (terminal_id, epoch, lane, op_seq, payload_sha256, link, name, outcome, code, text)
    select %(terminal)s, %(epoch)s, %(lane)s, * from unnest(%(seqs)s::_int8, %(hashes)s::_bytea,
        %(links)s::_bytea, %(names)s::_text, %(outcomes)s::_text, %(codes)s::_text,
        %(texts)s::_text)
), batch as (
    insert into sync_batches (terminal_id, epoch, lane, last_seq)
    values (%(terminal)s, %(epoch)s, %(lane)s, %(last)s)
), moved as (
    update sync_chains set last_seq = %(last)s, last_link = %(link)s,
        head_signature = %(signature)s, clock_offset_ms = %(offset)s, schema_level = %(level)s,
        heard_utc = %(now)s
    where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
)
"""
_RECORD_AGAIN = """
insert into retaken_operations
    (terminal_id, epoch, lane, op_seq, outcome, code, text, taken_utc)
select %(terminal)s, %(epoch)s, %(lane)s, *, %(now)s
from unnest(%(seqs)s::int8[], %(outcomes)s::text[], %(codes)s::text[], %(texts)s::text[])
"""
_COMMITTED = """
select last_seq from sync_chains
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
"""
_ALL_COMMITTED = """
select epoch, lane, last_seq from sync_chains where terminal_id = %(terminal)s order by epoch, lane
"""
# The mark is taken before COMMIT, whose record may lie in the next file; so the file of the mark
# must be older than the last archived one. Read from the end, which is near: a terminal pushes all
# year.
_ARCHIVED = """
select last_seq from sync_batches
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
    and pg_walfile_name(lsn) < (select last_archived_wal from pg_stat_archiver)
order by last_seq desc limit 1
"""
_RECORD_COMMITTED = _RECORD + "select %(last)s::int8"
_RECORD_ARCHIVED = _RECORD + _ARCHIVED
_ALL_ARCHIVED = """
select c.epoch, c.lane, coalesce((
    select b.last_seq from sync_batches b
    where (b.terminal_id, b.epoch, b.lane) = (c.terminal_id, c.epoch, c.lane)
        and pg_walfile_name(b.lsn) < (select last_archived_wal from pg_stat_archiver)
    order by b.last_seq desc limit 1
), 0)
from sync_chains c where c.terminal_id = %(terminal)s order by c.epoch, c.lane
"""


def record_answers(
    connection: Connection,
    push: PushRequest,
    verified: Verified,
    fresh: Sequence[int],
    results: Mapping[int, OpResult],
    *,
    durability: str,
    now_utc: datetime,
) -> int:
    """Keep the answers to the new operations and move the chain's head to the last of them.

    Args:
        connection: Of the push's unit of work, which holds the chain's lock.
        push: The push.
        verified: The push.
        fresh: Places of the new operations, at least one.
        results: Answers to all of them.
        durability: As ``durable_through``.
        now_utc: When.

    Returns:
        As ``durable_through``.
    """
    found = [results[push.ops[place].seq] for place in fresh]
    columns: dict[str, Any] = {
        "terminal": push.terminal_id,
        "epoch": push.epoch,
        "lane": push.lane,
        "seqs": BinaryArray("int8", [result.seq for result in found]),
        "hashes": BinaryArray("bytea", [verified.hashes[place] for place in fresh]),
        "links": BinaryArray("bytea", [verified.links[place] for place in fresh]),
        "names": BinaryArray("text", [push.ops[place].name for place in fresh]),
        "outcomes": BinaryArray("text", [result.outcome for result in found]),
        "codes": BinaryArray("text", [result.code for result in found]),
        "texts": BinaryArray("text", [result.text for result in found]),
        "last": found[-1].seq,
        "link": verified.links[fresh[-1]],
        "signature": push.head_signature,
        "offset": round((now_utc - push.sent_utc).total_seconds() * 1000),
        "level": push.schema_level,
        "now": now_utc,
    }
    statement = _RECORD_ARCHIVED if durability == "archived" else _RECORD_COMMITTED
    return int(connection.exec_driver_sql(statement, columns).scalar() or 0)


def record_answers_again(
    connection: Connection, push: PushRequest, results: Sequence[OpResult], *, now_utc: datetime
) -> None:
    """Keep the answers to operations that were refused before and are taken now."""
    columns: dict[str, Any] = {
        "terminal": push.terminal_id,
        "epoch": push.epoch,
        "lane": push.lane,
        "now": now_utc,
        "seqs": [result.seq for result in results],
        "outcomes": [result.outcome for result in results],
        "codes": [result.code for result in results],
        "texts": [result.text for result in results],
    }
    connection.exec_driver_sql(_RECORD_AGAIN, columns)


def durable_through(connection: Connection, push: PushRequest, *, durability: str) -> int:
    """Return the highest operation of a terminal's epoch and lane that central can no longer lose.

    Args:
        connection: Any transaction after the push.
        push: Names terminal, epoch and lane.
        durability: ``committed``: what is committed; ``archived``: what the WAL archive holds.
    """
    statement = _ARCHIVED if durability == "archived" else _COMMITTED
    where = {"terminal": push.terminal_id, "epoch": push.epoch, "lane": push.lane}
    return int(connection.exec_driver_sql(statement, where).scalar() or 0)


def all_durable_through(
    connection: Connection, terminal_id: UUID, *, durability: str
) -> list[tuple[int, int, int]]:
    """Return epoch, lane and ``durable_through`` of everything a terminal ever sent.

    Args:
        connection: Any transaction.
        terminal_id: Whose.
        durability: As ``durable_through``.
    """
    statement = _ALL_ARCHIVED if durability == "archived" else _ALL_COMMITTED
    found = connection.exec_driver_sql(statement, {"terminal": terminal_id})
    return [(int(epoch), int(lane), int(through)) for epoch, lane, through in found]
