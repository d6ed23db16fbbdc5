"""The terminal's side of starting and of starting over; satisfies ``sync.starting.StartStore``.

Sync thread.
"""

from collections.abc import Callable

from local_db.digests import digests
from local_db.feed import Feed
from local_db.opening import EncryptedFile
from local_db.snapshot import Snapshots
from parking.errors import BugError
from sync.wire import (
    SCHEMA_LEVEL,
    DigestAnswer,
    DigestRequest,
    EnrolAnswer,
    SnapshotHead,
    SnapshotOffer,
)


class LocalStart:
    """What a terminal holds, and what it starts from instead."""

    def __init__(
        self,
        feed: Feed,
        snapshots: Snapshots,
        reference: EncryptedFile,
        identity: Callable[[], EnrolAnswer | None],
    ) -> None:
        """Work on an open store; what an interrupted start left is removed if it is of no use."""
        self._feed = feed
        self._snapshots = snapshots
        self._reference = reference
        self._identity = identity
        self._head: SnapshotHead | None = None
        if feed.position().cursor:
            snapshots.clear()

    def digests(self) -> DigestRequest:
        """Return what is held, record by record."""
        return DigestRequest(
            feed_epoch=self._feed.position().feed_epoch,
            schema_level=SCHEMA_LEVEL,
            digests=digests(self._reference),
        )

    def go_on(self, answer: DigestAnswer) -> None:
        """Keep what is as at central and fetch the rest, from where central says."""
        self._feed.start_again(answer.feed_epoch, cursor=answer.cursor, same=answer.same)

    def begin_snapshot(self, offer: SnapshotOffer) -> tuple[SnapshotHead, int]:
        """Check an offer; return its head and how many bytes of the file are here."""
        identity = self._identity()
        if identity is None:
            raise BugError("a snapshot was offered before this device is enrolled")
        self._head, held = self._snapshots.begin(offer, identity)
        return self._head, held

    def keep_part(self, at: int, chunk: bytes) -> None:
        """Keep bytes that follow those here, durable on return."""
        self._snapshots.keep(at, chunk)

    def adopt(self, told: Callable[[int], None]) -> frozenset[str]:
        """Bring the whole snapshot in, all or nothing; return the names of the records it had."""
        if self._head is None:
            raise BugError("there is no snapshot to bring in")
        return self._snapshots.adopt(self._head, told)

    def close(self) -> None:
        """Close what is open."""
        self._snapshots.close()
