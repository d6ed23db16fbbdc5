"""A database that went back without a new timeline: a copied data directory, a rolled back machine.

PostgreSQL cannot know it, but the terminals do: one of them has a place in the feed that this
database has not reached yet, or had an answer to an operation that it has never seen. Then the
epoch moves, once, and every terminal compares and sends again what it still keeps.

Where this life of the database began nobody knows, so nothing that terminals hold counts as the
same: revisions may have been given twice. They fetch everything once, mostly as one file.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from central.feed.cursor import read_cursor
from central.feed.epoch import feed_epoch
from central.log import alarm
from central.problems import RefusedError
from parking.terminal import Terminal

ALARM = "database.went_back"
_TRUSTED_AGAIN = timedelta(days=1)
"""One device may move the epoch once in this time: a lying one costs the city one fetch a day. When
the database truly goes back once more, it forgets this too."""
_TEXT = (
    "The database went back: terminal {name} {sign}. Terminals send again what they keep; restore "
    "the rest from the backup, or tell whoever copied the data directory."
)
_KNOWN = "select 1 from feed_epochs where feed_epoch = %(epoch)s"
_AHEAD = "select %(xid)s::text::xid8 > pg_snapshot_xmax(pg_current_snapshot())"
_LOCK = "select pg_advisory_xact_lock(7305004)"
_TOLD = """
select 1 from feed_turns where terminal_id = %(terminal)s and turned_utc > %(since)s
"""
_TURN = """
insert into feed_turns (turn, terminal_id, sign, turned_utc)
values (%(turn)s, %(terminal)s, %(sign)s, %(now)s)
"""
# Below any transaction: no row of the life before counts as known.
_OPEN = """
insert into feed_epochs (feed_epoch, opened_utc, xid) values (%(epoch)s, %(now)s, '0')
"""


def ahead_of(connection: Connection, cursor_text: str, epoch: str) -> str:
    """Tell what a cursor shows that this database cannot know, the rest of a sentence; or nothing.

    Args:
        connection: Any transaction.
        cursor_text: As a terminal gave it back; what is no cursor shows nothing.
        epoch: The database's present feed epoch.
    """
    theirs = cursor_text.partition(":")[0]
    if theirs != epoch:
        if _place(theirs) != _place(epoch) or not theirs.isprintable():
            return ""
        known = connection.exec_driver_sql(_KNOWN, {"epoch": theirs}).first()
        return "" if known else "was in a life of the feed that it does not know"
    try:
        xid = read_cursor(cursor_text, epoch=epoch).xid
    except RefusedError:
        return ""
    ahead = connection.exec_driver_sql(_AHEAD, {"xid": str(xid)}).scalar_one()
    return f"has read it up to transaction {xid}, which it has not reached" if ahead else ""


def _place(epoch: str) -> list[str]:
    """Return the cluster's identifier and its timeline."""
    return epoch.split("-")[:2]


def move_epoch(
    connection: Connection, terminal: Terminal, *, epoch: str, sign: str, now_utc: datetime
) -> bool:
    """Move the epoch because a terminal is ahead of the database; the caller commits.

    Args:
        connection: Of the unit of work in which this was seen.
        terminal: Who is ahead.
        epoch: In which it was seen; nothing happens where another request moved it since.
        sign: What shows it, the rest of a sentence about the terminal.
        now_utc: Central's time.

    Returns:
        Whether it moved now.
    """
    connection.exec_driver_sql(_LOCK)
    told = {"terminal": terminal.terminal_id, "since": now_utc - _TRUSTED_AGAIN}
    if feed_epoch(connection) != epoch or connection.exec_driver_sql(_TOLD, told).first():
        return False
    turn = {"turn": secrets.token_hex(4), "terminal": terminal.terminal_id}
    connection.exec_driver_sql(_TURN, {**turn, "sign": sign, "now": now_utc})
    connection.exec_driver_sql(_OPEN, {"epoch": feed_epoch(connection), "now": now_utc})
    alarm(connection, ALARM, "database", _TEXT.format(name=terminal.name, sign=sign), now_utc)
    return True
