"""Building one snapshot: a scope's rows as they stood at one moment, in a packed SQLite file.

One REPEATABLE READ transaction gives both the rows and the place where the feed goes on: every
transaction below its horizon is in the file, what comes after comes by the feed, and what is in
both changes nothing. Blocks; run on a worker thread.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import msgspec
import zstandard
from sqlalchemy import Connection

from central.database import Database
from central.feed.cursor import Cursor
from central.feed.epoch import feed_epoch
from central.feed.read import ages, quiet_s
from central.feed.scope import Scope
from central.identity.city_keys import CityKeys
from central.snapshots.columns import layout_of
from parking.terminal import TerminalKind
from sync.records import FILE_PAGE_BYTES, FILE_RESERVED_BYTES
from sync.wire import SCHEMA_LEVEL, SnapshotHead, SnapshotOffer, snapshot_bytes

_HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text"
_ROWS_AT_ONCE = 5000
_BLOCK_BYTES = 1024 * 1024
_ZSTD_LEVEL = 9
"""A tenth less to send than at 6, for a tenth of a second once per file."""
_FAST = ("pragma journal_mode = off", "pragma synchronous = off")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rows alone say; the rest of the head comes from the packed file."""

    cursor: Cursor
    rows: int
    as_of: dict[str, datetime]


def build(
    database: Database,
    keys: CityKeys,
    folder: Path,
    scope: Scope,
    kind: TerminalKind,
    *,
    now_utc: datetime,
) -> tuple[Path, SnapshotOffer]:
    """Build a snapshot in a folder and return its file and what is offered of it.

    Args:
        database: Of central.
        keys: The city's; the online key signs the head.
        folder: Where the file goes; made when missing, readable by its owner alone.
        scope: What is in it.
        kind: Whom it is for.
        now_utc: Central's time, read before this call.

    Raises:
        UnavailableError: The database does not answer.
        OSError: The folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    snapshot_id = uuid4().hex
    packed = folder / f"{snapshot_id}.zst"
    with TemporaryDirectory(prefix=".building-", dir=folder) as work:
        plain = Path(work) / "plain.db"
        draft = _collect(database, plain, scope, now_utc)
        digest = _pack(plain, Path(work) / "packed")
        head = SnapshotHead(
            snapshot_id=snapshot_id,
            feed_epoch=draft.cursor.epoch,
            cursor=str(draft.cursor),
            schema_level=SCHEMA_LEVEL,
            kind=kind.value,
            zones=None if scope.zones is None else list(scope.zones),
            rows=draft.rows,
            byte_length=(Path(work) / "packed").stat().st_size,
            plain_bytes=plain.stat().st_size,
            sha256=digest,
            as_of=draft.as_of,
            built_utc=now_utc,
        )
        (Path(work) / "packed").replace(packed)
    return packed, _signed(head, keys)


def _signed(head: SnapshotHead, keys: CityKeys) -> SnapshotOffer:
    said = msgspec.json.encode(head)
    return SnapshotOffer(
        head=said,
        signature=keys.online.sign(snapshot_bytes(said)),
        online_key=keys.online_public,
        online_key_signature=keys.online_signature,
    )


def _collect(database: Database, plain: Path, scope: Scope, now_utc: datetime) -> Draft:
    with database.reading() as connection:
        heard_utc = now_utc - timedelta(seconds=quiet_s(connection))
    with database.at_one_moment() as connection, new_file(plain) as file:
        low = int(connection.exec_driver_sql(_HORIZON).scalar_one())
        epoch = feed_epoch(connection)
        zones = None if scope.zones is None else list(scope.zones)
        rows = sum(_copy(connection, file, name, zones) for name in scope.names)
        return Draft(
            cursor=Cursor(epoch, low, 0, scope.scope_id),
            rows=rows,
            as_of=ages(connection, low, heard_utc),
        )


@contextmanager
def new_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a new file whose pages leave room for a terminal's encryption; committed at the end.

    Raises:
        OSError: The folder cannot be written.
    """
    path.write_bytes(_empty_file())
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in _FAST:
            file.execute(pragma)
        file.execute("begin")
        yield file
        file.execute("commit")


def _empty_file() -> bytes:
    """Return an empty SQLite file of one page; no statement of SQLite's sets the reserved bytes.

    The places are those of https://www.sqlite.org/fileformat2.html, 1.3.4 and 1.6.
    """
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.execute(f"pragma page_size = {FILE_PAGE_BYTES}")
        empty.execute("vacuum")
        page = bytearray(empty.serialize())
    page[20] = FILE_RESERVED_BYTES
    page[105:107] = (FILE_PAGE_BYTES - FILE_RESERVED_BYTES).to_bytes(2, "big")
    return bytes(page)


def _copy(
    connection: Connection, file: sqlite3.Connection, name: str, zones: list[str] | None
) -> int:
    layout = layout_of(name)
    file.execute(layout.create)
    # Binary and with a cursor on the server: a city's rows are never in memory at once.
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor(name=f"snapshot_{name}") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(layout.select, {"zones": zones}, binary=True)
        return file.executemany(layout.insert, cursor).rowcount


def _pack(plain: Path, packed: Path) -> bytes:
    digest = sha256()
    compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
    with plain.open("rb") as source, packed.open("wb") as target:
        for block in compressor.read_to_iter(
            source, size=plain.stat().st_size, write_size=_BLOCK_BYTES
        ):
            digest.update(block)
            target.write(block)
    return digest.digest()
