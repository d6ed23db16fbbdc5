"""The parts of a snapshot that have arrived, in an encrypted file of their own, whatever happens.

A download goes on where it stopped after a lost network, a kill or a power cut. The rows of a city
are personal data, so they lie on the disk encrypted even here. Sync thread.
"""

from pathlib import Path

from sqlalchemy import Connection

from local_db.failures import plain_disk_errors
from local_db.opening import EncryptedFile

_CACHE_KIB = 1024
_MAKE = (
    "CREATE TABLE IF NOT EXISTS offer (id INTEGER PRIMARY KEY, head BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS part (at INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
)
_HELD = "SELECT coalesce(max(at + length(bytes)), 0) FROM part"


class Arriving:
    """What has arrived of one snapshot; opened at the first call, gone with ``clear``."""

    def __init__(self, path: Path, key: str) -> None:
        """Say where it lies; nothing is opened yet."""
        self._path = path
        self._key = key
        self._file: EncryptedFile | None = None

    def begin(self, head: bytes) -> int:
        """Return how many bytes of a snapshot are here; those of another one are dropped.

        Raises:
            UnavailableError: The disk is full or fails.
        """
        with self._opened().writing() as connection:
            for statement in _MAKE:
                connection.exec_driver_sql(statement)
            found = connection.exec_driver_sql("SELECT head FROM offer").scalar()
            if found != head:
                _start(connection, head)
            held = int(connection.exec_driver_sql(_HELD).scalar_one())
            connection.commit()
        return held

    def keep(self, at: int, chunk: bytes) -> None:
        """Keep bytes that follow those here, durable on return.

        Raises:
            UnavailableError: The disk is full or fails; nothing was kept.
        """
        with self._opened().writing() as connection:
            connection.exec_driver_sql("INSERT INTO part VALUES (?, ?)", (at, chunk))
            connection.commit()

    def whole(self) -> bytes:
        """Return all bytes that are here, in order."""
        with self._opened().reading() as connection:
            parts = connection.exec_driver_sql("SELECT bytes FROM part ORDER BY at").scalars()
            return b"".join(parts)

    def clear(self) -> None:
        """Remove everything; nothing to remove is fine."""
        self.close()
        with plain_disk_errors():
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> EncryptedFile:
        if self._file is None:
            self._file = EncryptedFile(self._path, self._key, cache_kib=_CACHE_KIB)
        return self._file


def _start(connection: Connection, head: bytes) -> None:
    connection.exec_driver_sql("DELETE FROM part")
    connection.exec_driver_sql("INSERT OR REPLACE INTO offer VALUES (1, ?)", (head,))
