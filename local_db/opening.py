"""Opens one encrypted database file: key, WAL, full fsync, both read back at every open.

SQLCipher with a raw 256-bit key (STACK.md 1.1). One writing connection and a few reading ones per
file; a device lock for the life of the process keeps a second program out. Any worker thread; must
not import anything above ``sync``.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from local_db.failures import DAMAGED, failure, plain_disk_errors, plain_errors
from local_db.gate import Gate
from parking.errors import ParkingError, UnavailableError, UserError

_KEY_FORM = re.compile(r"[0-9a-fA-F]{64}")
_NOT_A_DATABASE = 26
_BUSY_MS = 5000


def check_key(key: str) -> str:
    """Return the key if it has the one allowed form; SQLCipher itself would take any text.

    Raises:
        UserError: ``database.key_form``; the key is not repeated in the sentence.
    """
    if not _KEY_FORM.fullmatch(key):
        raise UserError(
            "database.key_form",
            "The database key must be exactly 64 hexadecimal digits (0-9, a-f).",
            action="Ask IT to restore the key of this device.",
        )
    return key


class DeviceLock:
    """Keeps a second program away from the files of this device until closed or the process ends.

    An exclusive transaction on a small plain SQLite file: the operating system frees it when the
    process dies, on Linux and Windows alike.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            UserError: ``database.in_use`` when another program holds it.
            UnavailableError: ``database.disk``.
        """
        with ExitStack() as undone, _plain_lock_errors():
            connection = sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False
            )
            undone.callback(connection.close)
            connection.execute("BEGIN EXCLUSIVE")
            undone.pop_all()
        self._connection = connection

    def close(self) -> None:
        """Free the lock."""
        self._connection.close()


@contextmanager
def _plain_lock_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise failure(error) from error
        raise UserError(
            "database.in_use",
            "The parking terminal is already running on this device.",
            action="Use the window that is open, or close it first.",
        ) from error


class EncryptedFile:
    """One open SQLCipher file.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path, key: str, *, cache_kib: int, replaceable: bool = False) -> None:
        """Open the file, or create it where there is none, and make sure that it is durable.

        Args:
            path: In a folder that exists.
            key: 64 hexadecimal digits.
            cache_kib: Page cache of each connection, in KiB.
            replaceable: Whether it can be fetched again: damage met later leaves a note for the
                next opening (``damage_note``).

        Raises:
            UserError: ``database.key_form``, ``database.key_wrong``.
            UnavailableError: The file does not keep WAL and full fsync, or the disk fails.
        """
        self.path = path
        self._key = check_key(key)
        self._cache_kib = cache_kib
        self._replaceable = replaceable
        self._gate = Gate()
        self._followers: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._writer = self._engine(connections=1, begin="BEGIN IMMEDIATE", query_only=False)
        self._reader = self._engine(connections=4, begin="BEGIN", query_only=True)
        try:
            with plain_errors(), plain_disk_errors(), self._writer.connect():
                fsync_folder(path.parent)
        except ParkingError:
            self.close()
            raise

    def follow(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Tell a holder of a bare connection to close it before, and to open it after an exchange.

        Args:
            pause: Closes the connection; called while nobody else uses the file.
            resume: Opens it again.
        """
        self._followers.append((pause, resume))

    def exchange(self, new: Path) -> None:
        """Put another whole, closed and fsynced file in the place of this one, all or nothing.

        Readers wait meanwhile and see the new file after. Killed at any point, the next opening
        finds either file whole.

        Raises:
            UnavailableError: The old file could not be closed, or the disk fails; it stays in use.
        """
        with self._gate.alone():
            for pause, _ in self._followers:
                pause()
            try:
                self.close()
                _replace(new, self.path)
            finally:
                for _, resume in self._followers:
                    resume()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the writing connection inside a transaction; rolled back unless it was committed."""
        with self._gate.user(), self._errors(), self._writer.connect() as connection:
            connection.begin()
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that cannot write, with one snapshot until the end of the block."""
        with (
            self._gate.user(),
            self._errors(),
            self._reader.connect() as connection,
            connection.begin(),
        ):
            yield connection

    def raw_reader(self, *, cache_kib: int) -> dbapi2.Connection:
        """Return a bare connection of its own that cannot write; the caller closes it.

        Args:
            cache_kib: Most of the file it may keep decrypted in memory, in KiB.
        """
        with self._errors():
            pooled = self._reader.raw_connection()
            pooled.detach()
            # SQLAlchemy types it as any driver's connection, or None once it is closed.
            connection = cast("dbapi2.Connection", pooled.dbapi_connection)
            connection.execute(f"PRAGMA cache_size = {-cache_kib}")
            return connection

    def noted(self, error: ParkingError) -> ParkingError:
        """Return an error of this file, having left a note for the next opening if it is damage."""
        if self._replaceable and getattr(error, "key", "") == DAMAGED:
            with suppress(OSError):
                damage_note(self.path).touch()
        return error

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with plain_errors():
                yield
        except UnavailableError as error:
            self.noted(error)
            raise

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self._reader.dispose()
        self._writer.dispose()

    def _engine(self, *, connections: int, begin: str, query_only: bool) -> Engine:
        engine = create_engine(
            URL.create("sqlite+pysqlcipher", password=f"x'{self._key}'", database=str(self.path)),
            poolclass=QueuePool,
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"isolation_level": None, "check_same_thread": False},
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            try:
                self._prepare(connection, query_only=query_only)
            except dbapi2.Error as error:
                raise self._open_failure(error) from error

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    def _prepare(self, connection: dbapi2.Connection, *, query_only: bool) -> None:
        # SQLCipher writes page errors to stderr by itself; ours are told once, in words.
        connection.execute("PRAGMA cipher_log = off")
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute(f"PRAGMA cache_size = {-self._cache_kib}")
        journal = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        # An I/O error inside the switch raises nothing (RELIABILITY.md 3), hence the reading back.
        found = (journal, connection.execute("PRAGMA synchronous").fetchone())
        if found != (("wal",), (2,)):
            raise UnavailableError(
                "database.journal",
                "The disk does not keep the database safe (write-ahead log refused). Tell IT.",
                retry_safe=True,
            )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        if query_only:
            connection.execute("PRAGMA query_only = ON")

    def _open_failure(self, error: dbapi2.Error) -> Exception:
        if getattr(error, "sqlite_errorcode", 0) == _NOT_A_DATABASE:
            return UserError(
                "database.key_wrong",
                f"The key of this device does not open its {self.path.stem} database, "
                "or the file is damaged.",
                action="Nothing was changed. Ask IT to restore the key of this device.",
            )
        return failure(error)


def damage_note(path: Path) -> Path:
    """Return where a note lies that a replaceable file is damaged: opening reads little of it."""
    return path.with_name(f"{path.name}-damaged")


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, and its name durable: an fsync inside does not do that.

    Raises:
        OSError: The disk refuses.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    # A start that was killed here has made the folder, but perhaps not its name.
    for one in made or [folder]:
        fsync_folder(one.parent)


def _replace(new: Path, path: Path) -> None:
    with plain_disk_errors():
        # The last connection to close removes the log; one left behind would be read into the new
        # file and damage it.
        if path.with_name(path.name + "-wal").exists():
            raise UnavailableError(
                "database.busy",
                "A database file of this device is still in use; trying again is safe.",
                retry_safe=True,
            )
        new.replace(path)
        fsync_folder(path.parent)


def fsync_file(path: Path) -> None:
    """Make the bytes of a closed file durable."""
    with plain_disk_errors(), path.open("rb+") as file:
        os.fsync(file.fileno())


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable; on Windows the file system does so by itself."""
    if os.name == "nt":  # pragma: no cover  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
