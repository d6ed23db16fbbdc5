"""Which rows of ``reference`` may go when a terminal's zones change, and which must still stay.

A row that an operation not yet taken by central names, or an open draft, stays until that is done;
until then it is listed in ``leaving``. Sync thread.
"""

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from local_db.opening import EncryptedFile
from local_db.tables import DRAFT, FEED_TABLES, LEAVING, OUTBOX, SendState
from sync.records import BY_NAME, RECORDS
from sync.wire import FeedLeave

KeysInUse = Callable[[], frozenset[bytes]]
SCOPED = tuple(record.name for record in RECORDS if record.scope)
_UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_AT_ONCE = 10_000
"""SQLite takes 250,000 parameters; a list this long is a fault of ours elsewhere."""


def keys_in_use(records: EncryptedFile) -> frozenset[bytes]:
    """Return every identifier in what central has not taken yet and in open drafts."""
    waiting = select(OUTBOX.c.payload).where(OUTBOX.c.state != SendState.SENT)
    found: set[bytes] = set()
    with records.reading() as connection:
        for statement in (waiting, select(DRAFT.c.body)):
            for body in connection.execute(statement).scalars():
                found.update(UUID(key.decode()).bytes for key in _UUID.findall(body))
    return frozenset(found)


def drop_outside(connection: Connection, zones: Iterable[str], in_use: KeysInUse) -> None:
    """Remove the rows of other zones, but for those in use."""
    kept = tuple(zones)
    for name in SCOPED:
        scope = FEED_TABLES[name].c[str(BY_NAME[name].scope)]
        drop(connection, name, scope.not_in(kept), in_use)


def drop_left(connection: Connection, left: Iterable[FeedLeave], in_use: KeysInUse) -> None:
    """Remove rows that central says are no longer for this terminal, but for those in use."""
    keys: dict[str, list[bytes]] = {}
    for gone in left:
        if gone.name in SCOPED:
            keys.setdefault(gone.name, []).append(UUID(gone.key).bytes)
    for name, wanted in keys.items():
        drop(connection, name, _key(FEED_TABLES[name], name).in_(wanted), in_use)


def drop_what_waited(connection: Connection, in_use: KeysInUse) -> None:
    """Remove rows that had to stay, where nothing uses them any more."""
    waiting = connection.execute(select(LEAVING.c.name, LEAVING.c.key)).all()
    if not waiting:
        return
    used = in_use()
    for name, key in waiting:
        if key not in used:
            table = FEED_TABLES[name]
            connection.execute(delete(table).where(_key(table, name) == key))
            connection.execute(delete(LEAVING).where(LEAVING.c.name == name, LEAVING.c.key == key))


def stay(connection: Connection, name: str, keys: Iterable[bytes]) -> None:
    """Take back that rows are leaving: the feed brought them again."""
    connection.execute(delete(LEAVING).where(LEAVING.c.name == name, LEAVING.c.key.in_(keys)))


def drop(connection: Connection, name: str, which: ColumnElement[bool], in_use: KeysInUse) -> None:
    """Remove rows of one table; those in use are noted as leaving.

    Args:
        connection: In a write transaction of ``reference``.
        name: The record.
        which: The rows.
        in_use: Asked only when there is something to remove.
    """
    table = FEED_TABLES[name]
    key = _key(table, name)
    if connection.execute(select(key).where(which).limit(1)).first() is None:
        return
    used = list(in_use())[:_AT_ONCE]
    connection.execute(delete(table).where(which, key.not_in(used)))
    for kept in connection.execute(select(key).where(which)).scalars().all():
        row = {"name": name, "key": kept}
        connection.execute(insert(LEAVING).values(row).on_conflict_do_nothing())


def _key(table: Table, name: str) -> ColumnElement[bytes]:
    return table.c[BY_NAME[name].key]
