"""Starting from a snapshot: checked, brought into a new encrypted file, exchanged in one step.

The new ``reference`` grows beside the old one, which stays in use; no lock of ``records`` is taken,
so people save as if nothing happened. Until the exchange a kill costs only the work; after it the
new file is whole. Rows that an unsent operation or a draft names come along. Sync thread.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import bindparam, insert, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlcipher3 import dbapi2

from local_db.arriving import Arriving
from local_db.failures import plain_disk_errors, plain_errors
from local_db.opening import EncryptedFile, fsync_file
from local_db.rows import mapping_of, micros
from local_db.scope import KeysInUse
from local_db.tables import FEED_TABLES, GENERATION
from parking.errors import UserError
from parking.zone import Source
from sync.records import BY_NAME
from sync.wire import SCHEMA_LEVEL, EnrolAnswer, SnapshotHead, SnapshotOffer, snapshot_bytes

_ARRIVING, _NEXT = "arriving.db", "reference.next.db"
_ROWS_AT_ONCE = 500
"""Some 5 ms of work; a person who saves goes first after each."""
_DIALECT = sqlite.dialect()
_ONLINE_PREFIX = b"stamford-online-key-1\n"
_SOURCES = frozenset(source.value for source in Source)
_SCHEMA = "SELECT sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL"
_FAST = ("cipher_log = off", "journal_mode = OFF", "synchronous = OFF", "cache_size = -16384")


class Snapshots:
    """The receiving end of snapshots on one terminal."""

    def __init__(
        self,
        folder: Path,
        key: str,
        reference: EncryptedFile,
        in_use: KeysInUse,
        people_first: Callable[[], None],
    ) -> None:
        """Receive into a folder.

        Args:
            folder: Of the store.
            key: Of its files.
            reference: The file that is exchanged.
            in_use: Gives the keys of rows that must come along.
            people_first: Waits while a person saves; called every few milliseconds.
        """
        self._reference = reference
        self._key = key
        self._in_use = in_use
        self._people_first = people_first
        self._next = folder / _NEXT
        self._arriving = Arriving(folder / _ARRIVING, key)

    def begin(self, offer: SnapshotOffer, identity: EnrolAnswer) -> tuple[SnapshotHead, int]:
        """Check what central offers; return its head and how many bytes of it are here.

        Args:
            offer: As it came.
            identity: Who this device is, with the city's root key it pinned.

        Raises:
            UserError: ``snapshot.signature``, ``snapshot.other``: it must not be used.
            UnavailableError: The disk is full or fails.
        """
        head = _checked(offer, identity)
        return head, self._arriving.begin(offer.head)

    def keep(self, at: int, chunk: bytes) -> None:
        """Keep bytes that follow those here, durable on return.

        Raises:
            UnavailableError: The disk is full or fails; nothing was kept.
        """
        self._arriving.keep(at, chunk)

    def adopt(self, head: SnapshotHead, told: Callable[[int], None]) -> frozenset[str]:
        """Bring a whole snapshot in and exchange ``reference`` for it, all or nothing.

        Args:
            head: As ``begin`` returned it.
            told: Called now and then with the rows brought in so far.

        Returns:
            The names of the records it had.

        Raises:
            UserError: ``snapshot.damaged``: the bytes are not those of the head; they are dropped.
            UnavailableError: The disk is full or fails; ``reference`` is as it was.
        """
        packed = self._arriving.whole()
        if sha256(packed).digest() != head.sha256:
            self._arriving.clear()
            raise _damaged()
        try:
            plain = zstandard.ZstdDecompressor().decompress(
                packed, max_output_size=head.plain_bytes
            )
        except zstandard.ZstdError as error:
            self._arriving.clear()
            raise _damaged() from error
        with plain_errors(), plain_disk_errors():
            names = self._fill(plain, head, told)
        self._reference.exchange(self._next)
        self._arriving.clear()
        return names

    def clear(self) -> None:
        """Remove what an interrupted start left, once nothing needs it."""
        self._arriving.clear()
        with plain_disk_errors():
            self._next.unlink(missing_ok=True)

    def close(self) -> None:
        """Close what is open."""
        self._arriving.close()

    def _fill(
        self, plain: bytes, head: SnapshotHead, told: Callable[[int], None]
    ) -> frozenset[str]:
        self._next.unlink(missing_ok=True)
        with closing(self._connect()) as new, _in_memory(plain) as old:
            found = {name for (name,) in old.execute("SELECT name FROM sqlite_master")}
            names = frozenset(FEED_TABLES.keys() & found)
            schema = self._schema()
            new.execute("BEGIN")
            for statement in schema["table"]:
                new.execute(statement)
            done = 0
            for name in names:
                for rows in _copied(old, new, name):
                    done += rows
                    told(done)
                    self._people_first()
            for statement in schema["index"]:
                new.execute(statement)
            self._bring_along(new)
            _set_state(new, head)
            new.execute("COMMIT")
        fsync_file(self._next)
        return names

    def _connect(self) -> dbapi2.Connection:
        connection = dbapi2.connect(self._next, isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{self._key}'\"")
        # Nobody reads it before it is whole, and it is fsynced then: a journal would protect it
        # from nothing.
        for pragma in _FAST:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _schema(self) -> dict[str, list[str]]:
        with self._reference.reading() as connection:
            return {
                kind: list(connection.exec_driver_sql(_SCHEMA, (kind,)).scalars())
                for kind in ("table", "index")
            }

    def _bring_along(self, new: dbapi2.Connection) -> None:
        """Copy from the present file what the new one needs and a snapshot does not carry."""
        used = sorted(self._in_use())
        with self._reference.reading() as connection:
            for name in ("schema_info", "alembic_version"):
                rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()  # noqa: S608  # ours
                _insert(new, name, rows)
            for name, table in FEED_TABLES.items():
                key = table.c[BY_NAME[name].key]
                rows = connection.execute(table.select().where(key.in_(used))).all() if used else []
                for row in rows:
                    if _insert(new, name, [row]):
                        _insert(new, "leaving", [(name, row._mapping[key.name])])


def _copied(old: sqlite3.Connection, new: dbapi2.Connection, name: str) -> Iterator[int]:
    """Copy a table in pieces; the rows go from one library to the other as they are."""
    table = FEED_TABLES[name]
    columns = [table.c[column] for column in mapping_of(BY_NAME[name].of).columns]
    source = old.execute(str(select(*columns).compile(dialect=_DIALECT)))
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in columns}
    sink = str(
        insert(table).values({**values, GENERATION: literal_column("1")}).compile(dialect=_DIALECT)
    )
    while rows := source.fetchmany(_ROWS_AT_ONCE):
        new.executemany(sink, rows)
        yield len(rows)


def _insert(new: dbapi2.Connection, name: str, rows: Any) -> int:
    count = 0
    for row in rows:
        places = ", ".join("?" * len(row))
        statement = f'INSERT OR IGNORE INTO "{name}" VALUES ({places})'  # noqa: S608  # as above
        count += new.execute(statement, tuple(row)).rowcount
    return count


def _set_state(new: dbapi2.Connection, head: SnapshotHead) -> None:
    zones = "" if head.zones is None else msgspec.json.encode(head.zones).decode()
    new.execute(
        "INSERT INTO feed_state (id, feed_epoch, cursor, wire_level, generation, catching_up,"
        " zones) VALUES (1, ?, ?, ?, 1, 0, ?)",
        (head.feed_epoch, head.cursor, SCHEMA_LEVEL, zones),
    )
    ages = [(name, micros(at)) for name, at in head.as_of.items() if name in _SOURCES]
    new.executemany("INSERT INTO source_status VALUES (?, ?)", ages)


@contextmanager
def _in_memory(plain: bytes) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file that never lies on the disk unencrypted."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(plain)
        yield connection


def _checked(offer: SnapshotOffer, identity: EnrolAnswer) -> SnapshotHead:
    try:
        root = Ed25519PublicKey.from_public_bytes(identity.city_root_key)
        root.verify(offer.online_key_signature, _ONLINE_PREFIX + offer.online_key)
        online = Ed25519PublicKey.from_public_bytes(offer.online_key)
        online.verify(offer.signature, snapshot_bytes(offer.head))
        head = msgspec.json.decode(offer.head, type=SnapshotHead)
    except (InvalidSignature, ValueError, msgspec.DecodeError) as error:
        raise UserError(
            "snapshot.signature", "The packed data are not signed by this city; they are not used."
        ) from error
    if (head.schema_level, head.kind) != (SCHEMA_LEVEL, identity.terminal.kind.value):
        raise UserError("snapshot.other", "The packed data are for another kind of terminal.")
    return head


def _damaged() -> UserError:
    return UserError("snapshot.damaged", "The packed data came damaged; they are fetched again.")
