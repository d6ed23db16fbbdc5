"""Taking photos in: one caller per photo at a time, whatever the process, and what central has.

The lock is the database's, so that several processes of the service may share one folder. Runs
inside the caller's unit of work; the file is durable before its row is committed, and a file whose
row was lost, as after a restore, gets it again when somebody asks.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from central.database import Database
from central.photos.files import PhotoFiles
from parking.clock import Clock
from sync.wire import PhotoPlace

_LOCK = "select pg_advisory_xact_lock(7305004, %(key)s)"
_STORE = """
insert into photo_files (sha256, byte_length, terminal_id, stored_utc)
values (%(sha256)s, %(bytes)s, %(terminal)s, %(now)s) on conflict do nothing
"""
_COPIED = "select 1 from photo_copies where sha256 = %(sha256)s"


class PhotoIntake:
    """The photos of one terminal, inside one unit of work."""

    def __init__(
        self,
        connection: Connection,
        files: PhotoFiles,
        *,
        terminal_id: UUID,
        now_utc: datetime,
        durability: str,
    ) -> None:
        """Take for a terminal.

        Args:
            connection: Of the unit of work.
            files: Where photos lie.
            terminal_id: Who sends.
            now_utc: Central's time.
            durability: ``committed``: a photo is safe on this disk; ``archived``: once copied.
        """
        self._connection = connection
        self._files = files
        self._terminal_id = terminal_id
        self._now_utc = now_utc
        self._durability = durability

    def place(self, sha256: bytes) -> PhotoPlace:
        """Tell how much of a photo is here."""
        whole = self._files.whole_bytes(sha256)
        if not whole:
            return PhotoPlace(offset=self._files.partial_bytes(sha256))
        self._note(sha256, whole)
        return PhotoPlace(offset=whole, complete=True, durable=self._is_durable(sha256))

    def add(self, sha256: bytes, chunk: bytes, *, offset: int, byte_length: int) -> PhotoPlace:
        """Take bytes of a photo; bytes of a whole one are let pass unread.

        Raises:
            RefusedError: As ``PhotoFiles.add``.
            UnavailableError: As ``PhotoFiles.add``.
        """
        lock(self._connection, sha256)
        if not self._files.whole_bytes(sha256):
            self._files.add(sha256, chunk, offset=offset, byte_length=byte_length)
        return self.place(sha256)

    def keep_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        """Take the thumbnail of a photo; raises as ``PhotoFiles.keep_thumbnail``."""
        lock(self._connection, sha256)
        self._files.keep_thumbnail(sha256, jpeg)

    def _note(self, sha256: bytes, byte_length: int) -> None:
        row = {
            "sha256": sha256,
            "bytes": byte_length,
            "terminal": self._terminal_id,
            "now": self._now_utc,
        }
        self._connection.exec_driver_sql(_STORE, row)

    def _is_durable(self, sha256: bytes) -> bool:
        if self._durability == "committed":
            return True
        found = self._connection.exec_driver_sql(_COPIED, {"sha256": sha256})
        return found.first() is not None


def lock(connection: Connection, sha256: bytes) -> None:
    """Keep everybody else from changing a photo until the transaction ends."""
    key = int.from_bytes(sha256[:4], "big", signed=True)
    connection.exec_driver_sql(_LOCK, {"key": key})


def sweep_partials(database: Database, clock: Clock, files: PhotoFiles, *, days: int) -> int:
    """Remove what came in of photos that nobody went on with for so many days; return how many."""
    before = (clock.now().utc - timedelta(days=days)).timestamp()
    swept = 0
    for sha256, _ in (old for old in files.partials() if old[1] < before):
        with database.unit_of_work("photo-partials") as connection:
            lock(connection, sha256)
            still_old = dict(files.partials()).get(sha256, before) < before
            if still_old:
                files.drop_partial(sha256)
                swept += 1
    return swept
