"""What central's backups do not hold yet, to be carried there by hand: operations and photos.

One snapshot of ``records``; reading changes nothing. Any worker thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import Raw
from sqlalchemy import Connection, Row, Select, exists, func, select, tuple_

from local_db.batches import whole_saves
from local_db.photos import PhotoFolder
from local_db.tables import AUDIT_LINK, FACT_TABLES, OUTBOX, PHOTO_FILE, SendState
from sync.push import Batch
from sync.wire import MOST_OPS, Op

_MOST_BATCH_BYTES = 512 * 1024
_BOX, _FILE = OUTBOX.c, PHOTO_FILE.c


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhoto:
    """A photo whose file is not at central; ``read`` gives its plain bytes, 1 byte to 24 MiB.

    ``read`` raises ``UnavailableError`` ``photo.missing`` or ``photo.damaged``.
    """

    sha256: bytes
    read: Callable[[], bytes]


class KeptWork:
    """What is kept, at one moment; made by ``LocalStore.kept``.

    Attributes:
        operations: How many there are, whatever central answered: all that is not durable.
        photos: How many files of named photos are not at central.
    """

    def __init__(self, connection: Connection, photos: PhotoFolder) -> None:
        """Count.

        Args:
            connection: With one snapshot for as long as this is used.
            photos: The photo files.
        """
        self._connection = connection
        self._folder = photos
        self.operations = int(connection.execute(select(func.count(_BOX.seq))).scalar_one())
        waiting = select(func.count()).select_from(self._photo_files().subquery())
        self.photos = int(connection.execute(waiting).scalar_one())

    def batches(self) -> Iterator[Batch]:
        """Give all operations as pushes would: by epoch and lane, in order, whole saves."""
        after = (0, 0, 0)
        while batch := self._batch(after):
            yield batch
            after = (batch.epoch, batch.lane, batch.ops[-1].seq)

    def photo_files(self) -> Iterator[KeptPhoto]:
        """Give the photos, oldest first."""
        for row in self._connection.execute(self._photo_files().order_by(_FILE.kept_utc)):
            yield KeptPhoto(sha256=row.sha256, read=partial(self._read, row))

    def _read(self, row: Row[Any]) -> bytes:
        return b"".join(self._folder.read(row.sha256, row.key, byte_length=row.byte_length))

    def _batch(self, after: tuple[int, int, int]) -> Batch | None:
        rows = self._connection.execute(
            select(_BOX.lane, _BOX.epoch, _BOX.seq, _BOX.tx, _BOX.name, _BOX.payload)
            .where(tuple_(_BOX.epoch, _BOX.lane, _BOX.seq) > after)
            .order_by(_BOX.epoch, _BOX.lane, _BOX.seq)
            .limit(MOST_OPS + 1)
        ).all()
        if not rows:
            return None
        given = rows[: whole_saves(rows, MOST_OPS, _MOST_BATCH_BYTES)]
        last = given[-1]
        link = self._connection.execute(
            select(AUDIT_LINK.c.link).where(
                AUDIT_LINK.c.epoch == last.epoch,
                AUDIT_LINK.c.lane == last.lane,
                AUDIT_LINK.c.seq == last.seq,
            )
        ).scalar_one()
        ops = tuple(Op(row.seq, row.name, Raw(row.payload)) for row in given)
        return Batch(epoch=last.epoch, lane=last.lane, ops=ops, link=link)

    @staticmethod
    def _photo_files() -> Select[Any]:
        photo = FACT_TABLES["photo"].c
        named = exists(select(photo.photo_id).where(photo.sha256 == _FILE.sha256))
        return select(_FILE.sha256, _FILE.key, _FILE.byte_length, _FILE.kept_utc).where(
            _FILE.state != SendState.SENT, named
        )
