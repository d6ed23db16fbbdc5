"""POST /sync/v1/digests: after a restore, or a long absence, only what differs is fetched again.

Both sides sum the same number over key and revision of every row. Keys never get another row and a
revision means one content within one life of the database; what was written since this life began
comes again by the feed, whatever the revisions say.
"""

import threading
import time
from dataclasses import dataclass
from functools import cache

from psycopg import sql
from sqlalchemy import Connection

from central.feed.cursor import Cursor
from central.feed.scope import Scope
from central.feed.walk import start_walk
from sync.records import BY_NAME, fields_of
from sync.wire import Digest, DigestAnswer, DigestRequest

_KEPT_S = 30.0
_HERE = """
select pg_snapshot_xmin(pg_current_snapshot())::text,
    (select xid::text from feed_epochs where feed_epoch = %(epoch)s),
    (select xid::text from feed_floors where feed_epoch = %(epoch)s)
"""
_MOST_STATEMENT_S = "set local statement_timeout = '60s'"


@dataclass(frozen=True, slots=True)
class _Counted:
    """Digests of a scope, with the horizon before they were made."""

    made_at: float
    xid: int
    digests: dict[str, Digest]


class Digests:
    """The digests of each scope, made once for the many terminals that ask after a restore."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[tuple[str, str, tuple[str, ...]], _Counted] = {}

    def compare(
        self, connection: Connection, asked: DigestRequest, scope: Scope, *, epoch: str
    ) -> DigestAnswer:
        """Tell a terminal which records are as here, and where it goes on. Blocks.

        Args:
            connection: A transaction at READ COMMITTED.
            asked: What the terminal has, and of which life of the database.
            scope: What it reads.
            epoch: The feed's present epoch.
        """
        with self._turn:
            counted = self._counted(connection, scope, epoch)
        theirs = {digest.name: digest for digest in asked.digests}
        same = [name for name in scope.names if theirs.get(name) == counted.digests[name]]
        since = counted.xid
        if asked.feed_epoch != epoch:
            since = _tail(connection, counted.xid, epoch)
        if not since:
            same, since = [], counted.xid
        cursor = Cursor(epoch, since, 0, scope.scope_id)
        if names := [name for name in scope.names if name not in same]:
            cursor = start_walk(
                connection, scope, epoch=epoch, names=",".join(names), since_xid=since
            )
        return DigestAnswer(
            feed_epoch=epoch,
            cursor=str(cursor),
            same=same,
            remaining=cursor.walk.left if cursor.walk else 0,
        )

    def _counted(self, connection: Connection, scope: Scope, epoch: str) -> _Counted:
        wanted = (epoch, scope.scope_id, scope.names)
        kept = self._kept.get(wanted)
        if kept is None or time.monotonic() - kept.made_at > _KEPT_S:
            connection.exec_driver_sql(_MOST_STATEMENT_S)
            xid = int(connection.exec_driver_sql(_HERE, {"epoch": epoch}).one()[0])
            zones = None if scope.zones is None else list(scope.zones)
            digests = {name: _digest(connection, name, zones) for name in scope.names}
            kept = self._kept[wanted] = _Counted(time.monotonic(), xid, digests)
        return kept


def _tail(connection: Connection, xid: int, epoch: str) -> int:
    """Return where the feed goes on: where this life of the database began, if it is still there.

    Two lives may have given one revision to different contents; the later one comes again. Returns
    0 when the feed no longer reaches back so far.
    """
    _, opened, floor = connection.exec_driver_sql(_HERE, {"epoch": epoch}).one()
    began = min(int(opened or 0), xid)
    return began if began >= int(floor or 0) else 0


def _digest(connection: Connection, name: str, zones: list[str] | None) -> Digest:
    rows, total = connection.exec_driver_sql(_statement(name), {"zones": zones}).one()
    return Digest(name, rows, int(total))


@cache
def _statement(name: str) -> str:
    record = BY_NAME[name]
    has_revision = any(field.name == "revision" for field in fields_of(record.of))
    where: sql.Composable = sql.SQL("true")
    if record.scope:
        where = sql.SQL("(%(zones)s::text[] is null or {scope} = any (%(zones)s::text[]))").format(
            scope=sql.Identifier(record.scope)
        )
    template = sql.SQL(
        "select count(*), coalesce(sum(('x' || left(encode(sha256(convert_to("
        "{key}::text || '/' || {revision}, 'UTF8')), 'hex'), 10))::bit(40)::int8), 0)"
        " from {table} where {where}"
    )
    return template.format(
        key=sql.Identifier(record.key),
        revision=sql.Identifier("revision") if has_revision else sql.SQL("0"),
        table=sql.Identifier(record.table_at_central),
        where=where,
    ).as_string(None)
