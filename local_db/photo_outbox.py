"""Photos on their way to central: what goes next, what was answered, what may leave this terminal.

Satisfies ``sync.upload.PhotoStore``. Sync thread; every write waits until no person is saving.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, exists, select, update

from local_db.opening import EncryptedFile
from local_db.photos import PhotoFolder
from local_db.rows import micros
from local_db.tables import FACT_TABLES, OUTBOX, PHOTO_FILE, SendState
from local_db.turns import Turns
from sync.upload import PhotoToSend, ThumbnailToSend

KEEP_SENT_PHOTOS = timedelta(hours=24)
"""A photo stays on the terminal at least for the rest of the shift; then central is asked each time
so much has passed whether it may go."""

_FILE = PHOTO_FILE.c
_PHOTO = FACT_TABLES["photo"].c


class PhotoOutbox:
    """The photos of one terminal as sync sees them."""

    def __init__(self, records: EncryptedFile, photos: PhotoFolder, turns: Turns) -> None:
        """Work on the open files of a store."""
        self._records = records
        self._photos = photos
        self._turns = turns

    def next_thumbnail(self) -> ThumbnailToSend | None:
        """Return the oldest thumbnail to send whose photo's record central has, or None."""
        row = self._first(_waiting(_FILE.thumb_state == SendState.TO_SEND))
        if row is None:
            return None
        return ThumbnailToSend(
            sha256=row.sha256,
            byte_length=row.thumb_bytes,
            read=lambda: self._photos.read_thumbnail(
                row.sha256, row.thumb_key, byte_length=row.thumb_bytes
            ),
        )

    def thumbnail_answered(self, digest: bytes, *, taken: bool) -> None:
        """Store that central has a thumbnail, or will never take it."""
        self._update(digest, thumb_state=SendState.SENT if taken else SendState.REFUSED)

    def next_photo(self) -> PhotoToSend | None:
        """Return the oldest photo to send whose record central has, or None."""
        row = self._first(_waiting(_FILE.state == SendState.TO_SEND))
        if row is None:
            return None
        return PhotoToSend(
            sha256=row.sha256,
            byte_length=row.byte_length,
            read=lambda offset, most_bytes: self._photos.read_part(
                row.sha256,
                row.key,
                byte_length=row.byte_length,
                offset=offset,
                most_bytes=most_bytes,
            ),
        )

    def photo_answered(self, digest: bytes, *, refused: str, now_utc: datetime) -> None:
        """Store that central has a photo, or why it refused it (empty when it has it)."""
        state = SendState.REFUSED if refused else SendState.SENT
        self._update(digest, state=state, text=refused, answered_utc=micros(now_utc))

    def send_photo_again(self, digest: bytes) -> None:
        """Mark a photo that central has lost as to send."""
        self._update(digest, state=SendState.TO_SEND, answered_utc=None)

    def photos_to_free(self, *, now_utc: datetime, most: int) -> tuple[bytes, ...]:
        """Return photos sent long ago whose records central's backups hold, oldest first.

        Args:
            now_utc: The present instant.
            most: Largest number of them.
        """
        in_outbox = select(OUTBOX.c.seq).where(OUTBOX.c.record_id == _PHOTO.photo_id)
        found = (
            select(_FILE.sha256)
            .join(FACT_TABLES["photo"], _PHOTO.sha256 == _FILE.sha256)
            .where(
                _FILE.state == SendState.SENT,
                _FILE.answered_utc < micros(now_utc - KEEP_SENT_PHOTOS),
                ~exists(in_outbox),
            )
            .order_by(_FILE.answered_utc)
            .limit(most)
        )
        with self._records.reading() as connection:
            return tuple(connection.execute(found).scalars())

    def free_photo(self, digest: bytes) -> None:
        """Remove the file of a photo that central has for good."""
        with self._turns.background(), self._records.writing() as connection:
            connection.execute(delete(PHOTO_FILE).where(_FILE.sha256 == digest))
            connection.commit()
        self._photos.remove(digest)

    def _first(self, statement: Select[Any]) -> Row[Any] | None:
        with self._records.reading() as connection:
            return connection.execute(statement.limit(1)).first()

    def _update(self, digest: bytes, **values: object) -> None:
        with self._turns.background(), self._records.writing() as connection:
            connection.execute(update(PHOTO_FILE).where(_FILE.sha256 == digest).values(**values))
            connection.commit()


def _waiting(state: ColumnElement[bool]) -> Select[Any]:
    """Select files in a state whose records central has, the oldest first."""
    unsent = select(OUTBOX.c.seq).where(
        OUTBOX.c.record_id == _PHOTO.photo_id, OUTBOX.c.state != SendState.SENT
    )
    return (
        select(PHOTO_FILE)
        .join(FACT_TABLES["photo"], _PHOTO.sha256 == _FILE.sha256)
        .where(state, ~exists(unsent))
        .order_by(_FILE.kept_utc)
    )
