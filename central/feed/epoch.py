"""The feed's epoch: it moves by itself when the database is another one than before.

A cursor is a transaction id, and ids mean nothing after a restore from a dump, a point-in-time
recovery or a failover that lost commits. The epoch is the cluster's system identifier and its
timeline, so each of these moves it, and terminals start over. A data directory that was copied back
keeps both: there a terminal that is ahead of the database is what tells (``central.feed.back``),
and the epoch ends in the name of the turn that this made.
"""

from datetime import datetime

from sqlalchemy import Connection

from central.database import Database
from central.problems import try_later
from central.store import MOST_AT_ONCE

_HERE = """
select to_hex(system_identifier) || '-'
    || ltrim(left(pg_walfile_name(pg_current_wal_lsn()), 8), '0')
    || coalesce((select '-' || turn from feed_turns order by xid desc limit 1), '')
from pg_control_system()
"""
_KNOWN = "select 1 from feed_epochs where feed_epoch = %(epoch)s"
_OPEN = """
insert into feed_epochs (feed_epoch, opened_utc) values (%(epoch)s, %(now)s) on conflict do nothing
"""
_STRAY = """
with stray as (
    select f.xid, f.seq, f.name, f.key, f.scope from feed f
    where (f.xid, f.seq) > (%(xid)s::text::xid8, %(seq)s) and f.xid > pg_current_xact_id()
    order by f.xid, f.seq limit %(most)s
), told as (
    insert into feed (name, key, scope) select name, key, scope from stray order by xid, seq
)
select xid::text, seq from stray order by xid desc, seq desc limit 1
"""


def feed_epoch(connection: Connection) -> str:
    """Return the epoch of the database this connection reaches, e.g. ``6930ab12c4d5e6f7-1``.

    After the database was found to have gone back it is longer: ``6930ab12c4d5e6f7-1-5d0c91e2``.
    """
    return str(connection.exec_driver_sql(_HERE).scalar_one())


class OpenEpochs:
    """Which epochs this process knows to be whole. Any thread."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def check(self, connection: Connection, epoch: str) -> None:
        """Let the feed of an epoch be read only when it is whole.

        Raises:
            RefusedError: 503 ``feed.preparing`` while ``prepare_epoch`` has not run.
        """
        if epoch in self._open:
            return
        if not _is_open(connection, epoch):
            raise try_later(
                "feed.preparing", "Central was restored and prepares its feed.", after_s=2
            )
        self._open.add(epoch)


def prepare_epoch(database: Database, now_utc: datetime) -> None:
    """Make the feed of the database's present epoch whole; does nothing when it is.

    Raises:
        UnavailableError: As ``Database.unit_of_work``; call again.
    """
    with database.reading() as connection:
        epoch = feed_epoch(connection)
        if _is_open(connection, epoch):
            return
    after: tuple[str, int] | None = ("0", 0)
    while after:
        with database.unit_of_work("worker:feed") as connection:
            after = _retell_stray_rows(connection, after)
    with database.unit_of_work("worker:feed") as connection:
        connection.exec_driver_sql(_OPEN, {"epoch": epoch, "now": now_utc})


def _is_open(connection: Connection, epoch: str) -> bool:
    return connection.exec_driver_sql(_KNOWN, {"epoch": epoch}).first() is not None


def _retell_stray_rows(connection: Connection, after: tuple[str, int]) -> tuple[str, int] | None:
    """Repeat feed rows whose transaction ids lie in this cluster's future.

    They come from a dump of another cluster and would stay unseen until its ids reach them.

    Args:
        connection: Of a unit of work of its own.
        after: Transaction id and seq of the last row already repeated.

    Returns:
        Where the next call goes on, or None when there is nothing left.
    """
    row = connection.exec_driver_sql(
        _STRAY, {"xid": after[0], "seq": after[1], "most": MOST_AT_ONCE}
    ).first()
    return (str(row[0]), int(row[1])) if row else None
