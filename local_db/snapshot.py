"""Starting from a snapshot: checked, encrypted page by page, exchanged in one step.

A snapshot is a SQLite file in the terminal's own layout, so no row is looked at: its pages are
encrypted as they are, and what is this terminal's own is added. The new ``reference`` grows beside
the old one, which stays in use; no lock of ``records`` is taken, so people save as if nothing
happened. Until the exchange a kill costs only the work; after it the new file is whole. Rows that
an unsent operation or a draft names come along. Sync thread.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection
from sqlcipher3 import dbapi2

from local_db.arriving import Arriving
from local_db.failures import plain_disk_errors, plain_errors
from local_db.opening import EncryptedFile, fsync_file
from local_db.pages import PageCipher, is_plain_file
from local_db.rows import micros
from local_db.scope import KeysInUse
from local_db.tables import FEED_TABLES, LEAVING
from parking.errors import UserError
from parking.zone import Source
from sync.records import BY_NAME, FILE_PAGE_BYTES
from sync.wire import SCHEMA_LEVEL, EnrolAnswer, SnapshotHead, SnapshotOffer, snapshot_bytes

_ARRIVING, _NEXT = "arriving.db", "reference.next.db"
_PAGES_AT_ONCE = 64
"""A millisecond of work; a person who saves goes first after each."""
_ONLINE_PREFIX = b"stamford-online-key-1\n"
_SOURCES = frozenset(source.value for source in Source)
_MADE = "SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
_COLUMNS = (
    'SELECT t.name, c.name, c.type, c."notnull", c.pk, t.strict'
    " FROM pragma_table_list AS t, pragma_table_info(t.name) AS c WHERE t.schema = 'main'"
)
_FAST = (
    "cipher_log = off",
    "journal_mode = OFF",
    "synchronous = OFF",
    "cache_size = -16384",
    "temp_store = MEMORY",
)


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
            UserError: ``snapshot.damaged``: the bytes are not those of the head;
                ``snapshot.form``: the file is not laid out as here. They are dropped.
            UnavailableError: The disk is full or fails; ``reference`` is as it was.
        """
        packed = self._arriving.whole()
        if sha256(packed).digest() != head.sha256:
            self._arriving.clear()
            raise _damaged()
        try:
            with plain_errors(), plain_disk_errors():
                self._write(packed, head, told)
                names = self._complete(head)
        except zstandard.ZstdError as error:
            self._arriving.clear()
            raise _damaged() from error
        except UserError:
            self._arriving.clear()
            raise
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

    def _write(self, packed: bytes, head: SnapshotHead, told: Callable[[int], None]) -> None:
        """Write the pages; only the encrypted file is ever on the disk."""
        cipher, done = PageCipher(self._key), 0
        with (
            self._next.open("wb") as file,
            zstandard.ZstdDecompressor().stream_reader(packed) as source,
        ):
            while plain := source.read(_PAGES_AT_ONCE * FILE_PAGE_BYTES):
                if not done and not is_plain_file(plain, head.plain_bytes):
                    raise _other_form()
                done += len(plain)
                if done > head.plain_bytes:
                    raise _other_form()
                file.write(cipher.encrypt(plain))
                told(head.rows * done // head.plain_bytes)
                self._people_first()
        if done != head.plain_bytes:
            raise _other_form()

    def _complete(self, head: SnapshotHead) -> frozenset[str]:
        """Add what a snapshot does not carry; return the names of the records that it had."""
        with closing(self._connect()) as new, self._reference.reading() as present:
            new.execute("BEGIN")
            names = _records_of(new, present)
            for table, kind, statement in present.exec_driver_sql(_MADE).all():
                if kind != "table" or table not in names:
                    new.execute(statement)
                    self._people_first()
            _bring_along(new, present, self._in_use())
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


def _records_of(new: dbapi2.Connection, present: Connection) -> frozenset[str]:
    """Return the records that a new file has; it may have nothing else, and their columns are ours.

    In any order: a file that was once brought to this level has its newer columns last.
    """
    made = new.execute(_MADE).fetchall()
    names = frozenset(table for table, kind, _ in made if kind == "table")
    ours = {tuple(row) for row in present.exec_driver_sql(_COLUMNS) if row[0] in names}
    theirs = {row for row in new.execute(_COLUMNS).fetchall() if not row[0].startswith("sqlite_")}
    if len(made) != len(names) or not names <= FEED_TABLES.keys() or ours != theirs:
        raise _other_form()
    return names


def _bring_along(new: dbapi2.Connection, present: Connection, used: Collection[bytes]) -> None:
    """Copy from the present file what the new one needs and a snapshot does not carry."""
    for name in ("schema_info", "alembic_version"):
        found = present.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608  # two names of ours
        for row in found:
            _insert(new, name, found.keys(), row)
    for name, table in FEED_TABLES.items() if used else ():
        key = table.c[BY_NAME[name].key]
        for row in present.execute(table.select().where(key.in_(used))):
            if _insert(new, name, row._fields, row):
                _insert(new, "leaving", LEAVING.c.keys(), (name, row._mapping[key.name]))


def _insert(new: dbapi2.Connection, name: str, columns: Iterable[str], row: Sequence[Any]) -> int:
    names, places = ", ".join(columns), ", ".join("?" * len(row))
    statement = f'INSERT OR IGNORE INTO "{name}" ({names}) VALUES ({places})'  # noqa: S608  # our tables
    return new.execute(statement, tuple(row)).rowcount


def _set_state(new: dbapi2.Connection, head: SnapshotHead) -> None:
    zones = "" if head.zones is None else msgspec.json.encode(head.zones).decode()
    new.execute(
        "INSERT INTO feed_state (id, feed_epoch, cursor, wire_level, generation, catching_up,"
        " zones) VALUES (1, ?, ?, ?, 1, 0, ?)",
        (head.feed_epoch, head.cursor, SCHEMA_LEVEL, zones),
    )
    ages = [(name, micros(at)) for name, at in head.as_of.items() if name in _SOURCES]
    new.executemany("INSERT INTO source_status VALUES (?, ?)", ages)


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


def _other_form() -> UserError:
    return UserError(
        "snapshot.form", "The packed data are not laid out as this program needs; pages are read."
    )
