"""The photos of a terminal in memory; satisfies ``sync.upload.PhotoStore``."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.upload import PhotoToSend, ThumbnailToSend
from tests.sim.tables import Tables, Work

_KEEP_SENT = timedelta(hours=24)
THUMBNAIL = 6
"""Bytes of a thumbnail here: the first of its photo."""


@dataclass(frozen=True, slots=True)
class File:
    """One photo file.

    Attributes:
        commit: Number of the commit that brought it; decides between files of one instant.
    """

    plain: bytes
    kept_utc: datetime
    commit: int
    state: str = "to_send"
    thumbnail: str = "to_send"
    answered_utc: datetime | None = None


class MemoryPhotos:
    """Photo files in the tables of a disk; a record names a file once its save is committed."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def next_thumbnail(self) -> ThumbnailToSend | None:
        for digest, file in self._ready():
            if file.thumbnail == "to_send":
                return _thumbnail(digest, file.plain[:THUMBNAIL])
        return None

    def thumbnail_answered(self, digest: bytes, *, taken: bool) -> None:
        self._update(digest, thumbnail="sent" if taken else "refused")

    def next_photo(self) -> PhotoToSend | None:
        for digest, file in self._ready():
            if file.state == "to_send":
                return _photo(digest, file.plain)
        return None

    def photo_answered(self, digest: bytes, *, refused: str, now_utc: datetime) -> None:
        self._update(digest, state="refused" if refused else "sent", answered_utc=now_utc)

    def photos_to_free(self, *, now_utc: datetime, most: int) -> tuple[bytes, ...]:
        outbox, named = self._tables.table("outbox"), self._tables.table("named")
        found = [
            (file.answered_utc, digest)
            for digest, file in self._tables.table("photos").items()
            if file.state == "sent" and digest in named and named[digest] not in outbox
            if file.answered_utc < now_utc - _KEEP_SENT
        ]
        return tuple(digest for _, digest in sorted(found)[:most])

    def free_photo(self, digest: bytes) -> None:
        work = self._tables.begin()
        work.drop("photos", digest)
        work.commit()

    def send_photo_again(self, digest: bytes) -> None:
        self._update(digest, state="to_send", answered_utc=None)

    def send_thumbnails_again(self, work: Work) -> None:
        """Mark thumbnails that central had as to send, within a transaction."""
        for digest, file in list(work.items("photos")):
            if file.thumbnail == "sent":
                work.set("photos", digest, replace(file, thumbnail="to_send"))

    def _ready(self) -> Iterator[tuple[bytes, File]]:
        """Yield files whose records central has, the oldest first."""
        outbox, named = self._tables.table("outbox"), self._tables.table("named")
        files = self._tables.table("photos").items()
        for digest, file in sorted(files, key=lambda item: (item[1].kept_utc, item[1].commit)):
            if digest in named:
                row = outbox.get(named[digest])
                if row is None or row.state == "sent":
                    yield digest, file

    def _update(self, digest: bytes, **changes: object) -> None:
        work = self._tables.begin()
        work.set("photos", digest, replace(work.get("photos", digest), **changes))
        work.commit()


def _photo(digest: bytes, plain: bytes) -> PhotoToSend:
    return PhotoToSend(
        sha256=digest, byte_length=len(plain), read=lambda offset, most: plain[offset:][:most]
    )


def _thumbnail(digest: bytes, plain: bytes) -> ThumbnailToSend:
    return ThumbnailToSend(sha256=digest, byte_length=len(plain), read=lambda: plain)
