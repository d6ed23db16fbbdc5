"""What a terminal holds, record by record, as numbers that central can compare with its own.

Computed by SQLite over its rows; nothing is loaded. Sync thread.
"""

from contextlib import closing
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.dialects import sqlite

from local_db.failures import plain_errors
from local_db.opening import EncryptedFile
from local_db.tables import FEED_TABLES
from sync.records import BY_NAME
from sync.wire import Digest, row_digest

_CACHE_KIB = 8 * 1024
_DIALECT = sqlite.dialect(paramstyle="named")


def digests(reference: EncryptedFile) -> list[Digest]:
    """Return a digest of every record of the feed, within the zones this terminal has now.

    Raises:
        UnavailableError: The file is damaged or the disk fails.
    """
    with plain_errors(), closing(reference.raw_reader(cache_kib=_CACHE_KIB)) as connection:
        connection.create_function("row_digest", 2, _row_digest, deterministic=True)
        state = connection.execute("SELECT zones FROM feed_state").fetchone()
        zones = state[0] if state else ""
        found = []
        for name in FEED_TABLES:
            statement = _scoped(name) if zones else _whole(name)
            [(rows, total)] = connection.execute(statement, {"zones": zones}).fetchall()
            found.append(Digest(name, rows, total))
    return found


@cache
def _whole(name: str) -> str:
    return str(_statement(name).compile(dialect=_DIALECT))


@cache
def _scoped(name: str) -> str:
    scope = BY_NAME[name].scope
    if scope is None:
        return _whole(name)
    zones = select(func.json_each(bindparam("zones")).table_valued("value").c.value)
    within = _statement(name).where(FEED_TABLES[name].c[scope].in_(zones))
    return str(within.compile(dialect=_DIALECT))


def _statement(name: str) -> Select[Any]:
    columns = FEED_TABLES[name].c
    revision = columns.revision if "revision" in columns else literal_column("0")
    digest = func.row_digest(columns[BY_NAME[name].key], revision)
    return select(func.count(), func.coalesce(func.sum(digest), literal_column("0"))).select_from(
        FEED_TABLES[name]
    )


def _row_digest(key: bytes | str, revision: int) -> int:
    return row_digest(str(UUID(bytes=key)) if isinstance(key, bytes) else key, revision)
