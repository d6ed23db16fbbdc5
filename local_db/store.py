"""The terminal's store: two encrypted files, one device lock, and the one way to save.

Satisfies ``app.ports.Store``. ``saving`` and the ``keep`` methods belong to the store lane; reads
may run on any worker thread, never on the GUI thread. Must not import anything above ``sync``.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import select

from local_db.answers import StoreAnswers
from local_db.failures import plain_disk_errors
from local_db.feed import Feed
from local_db.kept_work import KeptWork
from local_db.lookup import Lookup
from local_db.opening import (
    DeviceLock,
    EncryptedFile,
    check_key,
    damage_note,
    fsync_folder,
    make_folder,
)
from local_db.outbox import LocalOutbox
from local_db.photos import PhotoFolder
from local_db.schema import RECORDS_SCHEMA, REFERENCE_SCHEMA, Schema, bring_to_level
from local_db.scope import keys_in_use
from local_db.snapshot import Snapshots
from local_db.standing import LocalStanding
from local_db.starting import LocalStart
from local_db.tables import PHOTO_FILE
from local_db.turns import Turns
from local_db.work import LocalWork
from parking.check import Candidates
from parking.clock import Clock
from parking.errors import ParkingError, UnavailableError, UserError
from parking.numbers import NumberLease
from parking.terminal import Terminal
from sync.news import ToSend
from sync.wire import EnrolAnswer

IDENTITY = "identity"
"""Setting with central's answer to the enrolment: who this device is, and the city's keys."""
_RECORDS, _REFERENCE, _PHOTOS, _LOCK = "records.db", "reference.db", "photos", "terminal.lock"
_RECORDS_CACHE_KIB = 8 * 1024
_PEOPLE_FIRST_S = 1.0
"""Longest that an import waits for a save: a disk that hangs must not stop it for good."""
_REFERENCE_CACHE_KIB = 16 * 1024
LOOKUP_CACHE_KIB = 512 * 1024
"""Most the lookup may keep decrypted; it grows to what is really looked up (STACK.md 1.1)."""


class LocalStore(StoreAnswers):
    """The open store of one terminal; one process at a time, closed by ``close``.

    Attributes:
        outbox: The side that ``sync.engine.SyncEngine`` works with.
        starting: The side that ``sync.starting.Starting`` works with.
        standing: The side that ``sync.standing.StandingLeg`` works with.
    """

    def __init__(self, folder: Path, key: str, clock: Clock) -> None:
        """Open or make both files; use ``create`` and ``open``, which say what they expect.

        Raises:
            UserError: As ``open``.
            UnavailableError: As ``open``.
        """
        check_key(key)
        self._clock = clock
        self._told: list[Callable[[], None]] = []
        self._turns = Turns()
        with ExitStack() as opened:
            opened.callback(DeviceLock(folder / _LOCK).close)
            records = _open_records(folder / _RECORDS, key)
            opened.callback(records.close)
            reference = _open_reference(folder / _REFERENCE, key)
            opened.callback(reference.close)
            super().__init__(records, reference)
            self._lookup = Lookup(reference, cache_kib=LOOKUP_CACHE_KIB)
            opened.callback(self._lookup.close)
            with plain_disk_errors():
                self._photos = PhotoFolder(folder / _PHOTOS)
                self._photos.sweep(self._named_photos())
            in_use = partial(keys_in_use, records)
            people_first = partial(self._turns.let_people_go_first, _PEOPLE_FIRST_S)
            feed = Feed(reference, in_use, people_first)
            self.outbox = LocalOutbox(records, feed, self._photos, self._turns)
            snapshots = Snapshots(folder, key, reference, in_use, people_first)
            self.starting = LocalStart(feed, snapshots, reference, self.identity)
            opened.callback(self.starting.close)
            self.standing = LocalStanding(records, reference, feed, self._turns, self.identity)
            self._terminal = self._read_terminal()
            self._closing = opened.pop_all()

    @classmethod
    def create(cls, folder: Path, key: str, clock: Clock) -> "LocalStore":
        """Make the store of a device that joins; finishing an interrupted start is fine.

        Args:
            folder: Made here when missing.
            key: 64 hexadecimal digits.
            clock: The terminal's clock.

        Raises:
            UserError: As ``open``.
            UnavailableError: As ``open``.
        """
        with plain_disk_errors():
            make_folder(folder)
        return cls(folder, key, clock)

    @classmethod
    def open(cls, folder: Path, key: str, clock: Clock) -> "LocalStore":
        """Open the store of an enrolled device.

        A damaged ``reference`` file is thrown away and fetched again; ``records`` never is.

        Raises:
            UserError: ``database.key_form``, ``database.key_wrong``, ``database.in_use``,
                ``database.too_new`` or ``database.missing``.
            UnavailableError: ``database.damaged``, ``database.journal``, ``database.disk``.
        """
        if not cls.exists(folder):
            raise UserError(
                "database.missing",
                "The records of this device are not where they were.",
                action="Ask IT: the disk may not be attached. Enrol the device again only if "
                "the records are lost.",
            )
        return cls(folder, key, clock)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether a store was made in a folder."""
        return (folder / _RECORDS).exists()

    def close(self) -> None:
        """Close everything and free the device lock."""
        self._closing.close()

    def on_saved(self, told: Callable[[], None]) -> None:
        """Call ``told`` on the saving thread after each commit; it must not save."""
        self._told.append(told)

    @contextmanager
    def saving(self) -> Iterator[LocalWork]:
        """Open one local transaction; left without ``commit`` it rolls back.

        Raises:
            UnavailableError: Disk full, damaged or gone; nothing was saved.
            BugError: Started inside another save, or a constraint of ours is broken.
        """
        with self._turns.person(), self._records.writing() as connection:
            yield LocalWork(
                connection, self._clock, terminal=self._terminal, committed=self._tell_saved
            )

    def keep_lease(self, lease: NumberLease) -> None:
        """Store a lease that central signed; the same lease again changes nothing."""
        with self.saving() as work:
            work.keep_lease(lease)
            work.commit()

    def keep_draft(self, name: str, data: bytes) -> None:
        """Store or replace a draft; it never leaves this terminal."""
        with self.saving() as work:
            work.keep_draft(name, data)
            work.commit()

    def keep_setting(self, name: str, data: bytes | None) -> None:
        """Store, replace or remove (None) a local-only setting, durable on return."""
        with self.saving() as work:
            work.keep_setting(name, data)
            work.commit()

    def keep_identity(self, answer: EnrolAnswer) -> None:
        """Store who this device is; facts can be saved from now on."""
        self.keep_setting(IDENTITY, msgspec.json.encode(answer))
        self._terminal = answer.terminal

    def identity(self) -> EnrolAnswer | None:
        """Return central's answer to the enrolment, or None before it."""
        kept = self.setting(IDENTITY)
        return None if kept is None else msgspec.json.decode(kept, type=EnrolAnswer)

    def candidates(self, key: str) -> Candidates:
        """Find all that is known about one plate key, look-alikes included."""
        return self._lookup.candidates(key, now_utc=self._clock.now().utc)

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        return self.outbox.to_send()

    def send_parked_again(self) -> int:
        """Let what central refused go once more, where another answer is possible; return how many.

        Raises:
            UnavailableError: The disk is full or fails.
        """
        marked = self.outbox.send_parked_again()
        if marked:
            self._tell_saved()
        return marked

    def save_photo(self, plain: bytes, *, thumbnail: bytes = b"") -> bytes:
        """Write a photo encrypted and fsynced, and name it; return its SHA-256.

        Args:
            plain: 1 byte to 24 MiB.
            thumbnail: A small picture of it, kept in the same way; empty when there is none.

        Raises:
            UserError: ``photo.size``.
            UnavailableError: ``photo.disk`` or what ``saving`` raises; nothing was kept.
        """
        digest = sha256(plain).digest()
        if self._photo_key(digest) is not None:
            return digest
        digest, key = self._photos.write(plain)
        thumb_key = self._photos.write_thumbnail(digest, thumbnail) if thumbnail else None
        with self.saving() as work:
            work.keep_photo_file(
                digest,
                key=key,
                byte_length=len(plain),
                thumb_key=thumb_key,
                thumb_bytes=len(thumbnail),
            )
            work.commit()
        return digest

    def photo(self, sha256: bytes) -> bytes:
        """Return the plain bytes of a photo kept here.

        Raises:
            UnavailableError: ``photo.missing`` or ``photo.damaged``.
        """
        found = self._photo_key(sha256)
        if found is None:
            raise UnavailableError(
                "photo.missing", "The photo is no longer on this terminal.", retry_safe=True
            )
        key, byte_length = found
        return b"".join(self._photos.read(sha256, key, byte_length=byte_length))

    def drop_photos(self, *, but: Collection[bytes]) -> int:
        """Remove the photos that no record names, as of dropped drafts. At start-up only.

        Args:
            but: Hashes of those that stay all the same: of the draft.

        Returns:
            How many files were removed.
        """
        with self.saving() as work:
            work.drop_photo_files(but=but)
            work.commit()
        with plain_disk_errors():
            return self._photos.sweep(self._named_photos())

    @contextmanager
    def kept(self) -> Iterator[KeptWork]:
        """Give what central's backups do not hold yet, at one moment. Any worker thread."""
        with self._records.reading() as connection:
            yield KeptWork(connection, self._photos)

    def hand_over_key(self) -> bytes | None:
        """Return the newest key for hand-over files; None when the city never gave one."""
        return self.standing.hand_over_key()

    def _photo_key(self, digest: bytes) -> tuple[bytes, int] | None:
        file = PHOTO_FILE.c
        with self._records.reading() as connection:
            row = connection.execute(
                select(file.key, file.byte_length).where(file.sha256 == digest)
            ).first()
        return None if row is None else (row.key, row.byte_length)

    def _named_photos(self) -> set[bytes]:
        with self._records.reading() as connection:
            return set(connection.execute(select(PHOTO_FILE.c.sha256)).scalars())

    def _read_terminal(self) -> Terminal | None:
        identity = self.identity()
        return None if identity is None else identity.terminal

    def _tell_saved(self) -> None:
        for told in self._told:
            told()


def _open_records(path: Path, key: str) -> EncryptedFile:
    return _at_level(path, key, RECORDS_SCHEMA, cache_kib=_RECORDS_CACHE_KIB)


def _open_reference(path: Path, key: str) -> EncryptedFile:
    """Open what can be fetched again; start anew when it is damaged, foreign or from a newer build.

    ``records`` opened with the same key just before, so the key is not to blame.
    """
    note = damage_note(path)
    if not note.exists():
        with suppress(UserError, UnavailableError):
            return _at_level(path, key, REFERENCE_SCHEMA, cache_kib=_REFERENCE_CACHE_KIB)
    with plain_disk_errors():
        for gone in (*(path.with_name(path.name + end) for end in ("", "-wal", "-shm")), note):
            gone.unlink(missing_ok=True)
    return _at_level(path, key, REFERENCE_SCHEMA, cache_kib=_REFERENCE_CACHE_KIB)


def _at_level(path: Path, key: str, schema: Schema, *, cache_kib: int) -> EncryptedFile:
    replaceable = schema is REFERENCE_SCHEMA
    file = EncryptedFile(path, key, cache_kib=cache_kib, replaceable=replaceable)
    try:
        bring_to_level(file, schema)
        with plain_disk_errors():
            fsync_folder(path.parent)
    except ParkingError:
        file.close()
        raise
    return file
