"""The upload leg of a round: thumbnails first, then photos in chunks from where central says.

Thumbnails of all photos go before any photo, so that a supervisor sees every car soon. A photo goes
up in chunks; central names the next byte it wants, so either side may be killed at any time. After
each chunk the leg makes way for newer operations. A photo leaves this terminal only when central
says again, later, that its backups hold it. Sans network; sync thread only. Must not import
``local_db``, httpx or anything above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parking.clock import Clock
from parking.errors import UnavailableError, UserError
from sync.failures import OffsetError, TooLargeError, unknown_version
from sync.report import Progress, SyncReport
from sync.token_bucket import TokenBucket
from sync.wire import PHOTO_CHUNK_BYTES, PhotoPlace

_NEVER_HERE = frozenset({"photo.damaged", "photo.missing"})
_MOST_ASTRAY = 3
"""Times that central may name another offset for one photo in one round."""
_MOST_FREED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoToSend:
    """A photo to upload.

    Attributes:
        sha256: Of the plain bytes.
        byte_length: Of the plain bytes.
        read: Gives at most so many (second) plain bytes from an offset (first) on; raises
            ``UnavailableError`` ``photo.missing`` or ``photo.damaged``.
    """

    sha256: bytes
    byte_length: int
    read: Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailToSend:
    """A small picture of the photo with this hash; ``read`` gives it, and raises as a photo's."""

    sha256: bytes
    byte_length: int
    read: Callable[[], bytes]


class PhotoStore(Protocol):
    """What the leg needs of the local store; ``local_db.photo_outbox.PhotoOutbox`` is it."""

    def next_thumbnail(self) -> ThumbnailToSend | None:
        """Return the oldest thumbnail to send whose photo's record central has, or None."""
        ...

    def thumbnail_answered(self, digest: bytes, *, taken: bool) -> None:
        """Store that central has a thumbnail, or will never take it."""
        ...

    def next_photo(self) -> PhotoToSend | None:
        """Return the oldest photo to send whose record central has, or None."""
        ...

    def photo_answered(self, digest: bytes, *, refused: str, now_utc: datetime) -> None:
        """Store that central has a photo, or why it refused it (empty when it has it)."""
        ...

    def photos_to_free(self, *, now_utc: datetime, most: int) -> tuple[bytes, ...]:
        """Return photos sent long ago whose records central's backups hold, oldest first."""
        ...

    def free_photo(self, digest: bytes) -> None:
        """Remove the file of a photo that central has for good."""
        ...

    def send_photo_again(self, digest: bytes) -> None:
        """Mark a photo that central has lost as to send."""
        ...


class PhotoGateway(Protocol):
    """What the leg needs of the network; raises as ``sync.engine.Gateway``."""

    def photo_place(self, sha256: bytes) -> PhotoPlace:
        """Ask how much of a photo central has."""
        ...

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        """Send bytes of a photo from an offset on.

        Raises:
            OffsetError: Central wants to go on from another offset.
        """
        ...

    def put_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        """Send the thumbnail of a photo."""
        ...


class PhotoLeg:
    """Uploads what waits, a chunk at a time; lives as long as its engine."""

    def __init__(
        self, store: PhotoStore, gateway: PhotoGateway, clock: Clock, bucket: TokenBucket
    ) -> None:
        """Send nothing yet.

        Args:
            store: The local store.
            gateway: The network.
            clock: The terminal's clock.
            bucket: The share of the network that photos may take.
        """
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._bucket = bucket
        self._damaged: set[bytes] = set()

    def run(self, report: SyncReport, progress: Progress, hurry: Callable[[], bool]) -> None:
        """Send until nothing waits, something newer does, or the share of the network is used up.

        Args:
            report: Counts photos; told when to go on.
            progress: Called after each whole photo.
            hurry: Asked after each chunk; True ends the leg.
        """
        if not self._send_thumbnails(report, hurry):
            return
        while photo := self._store.next_photo():
            if not self._send(photo, report, hurry):
                return
            progress(report)
        self._free()

    def _send_thumbnails(self, report: SyncReport, hurry: Callable[[], bool]) -> bool:
        """Return False when the leg has to end."""
        while thumbnail := self._store.next_thumbnail():
            if self._over_its_share(thumbnail.byte_length, report):
                return False
            taken = self._send_thumbnail(thumbnail)
            self._store.thumbnail_answered(thumbnail.sha256, taken=taken)
            if _makes_way(report, hurry):
                return False
        return True

    def _send_thumbnail(self, thumbnail: ThumbnailToSend) -> bool:
        """Send one; whatever it cannot be sent for keeps no evidence back."""
        try:
            self._gateway.put_thumbnail(thumbnail.sha256, thumbnail.read())
        except (UserError, TooLargeError) as error:
            if isinstance(error, UserError) and not error.key.startswith("photo."):
                raise
            return False
        except UnavailableError as error:
            if error.key not in _NEVER_HERE:
                raise
            return False
        return True

    def _send(self, photo: PhotoToSend, report: SyncReport, hurry: Callable[[], bool]) -> bool:
        """Send a photo to its end; return False when the leg has to end before."""
        try:
            if not self._send_chunks(photo, report, hurry):
                return False
            refused = ""
        except (UserError, TooLargeError) as error:
            if isinstance(error, UserError) and not error.key.startswith("photo."):
                raise
            if self._is_first_damage(photo, error):
                return True
            refused = error.sentence
        except UnavailableError as error:
            if error.key not in _NEVER_HERE:
                raise
            refused = error.sentence
        self._damaged.discard(photo.sha256)
        now_utc = self._clock.now().utc
        self._store.photo_answered(photo.sha256, refused=refused, now_utc=now_utc)
        report.photos += not refused
        if hurry():
            report.again = True
            return False
        return True

    def _is_first_damage(self, photo: PhotoToSend, error: UserError | TooLargeError) -> bool:
        """Tell whether the bytes were hurt on their way for the first time: they go once more."""
        if error.key != "photo.hash" or photo.sha256 in self._damaged:
            return False
        self._damaged.add(photo.sha256)
        return True

    def _send_chunks(
        self, photo: PhotoToSend, report: SyncReport, hurry: Callable[[], bool]
    ) -> bool:
        place, astray = self._gateway.photo_place(photo.sha256), 0
        while not place.complete:
            chunk = photo.read(place.offset, PHOTO_CHUNK_BYTES)
            if self._over_its_share(len(chunk), report):
                return False
            try:
                place = self._gateway.put_chunk(photo, place.offset, chunk)
            except OffsetError as error:
                astray += 1
                if astray > _MOST_ASTRAY:
                    raise unknown_version() from error
                place = PhotoPlace(offset=error.offset)
            if not place.complete and _makes_way(report, hurry):
                return False
        return True

    def _over_its_share(self, size: int, report: SyncReport) -> bool:
        report.again_in_s = self._bucket.wait_s(size)
        return report.again_in_s > 0

    def _free(self) -> None:
        """Free what central has for good; send again what it lost."""
        now_utc = self._clock.now().utc
        for digest in self._store.photos_to_free(now_utc=now_utc, most=_MOST_FREED):
            place = self._gateway.photo_place(digest)
            if place.complete and place.durable:
                self._store.free_photo(digest)
            elif place.complete:
                self._store.photo_answered(digest, refused="", now_utc=now_utc)
            else:
                self._store.send_photo_again(digest)


def _makes_way(report: SyncReport, hurry: Callable[[], bool]) -> bool:
    if hurry():
        report.again = True
        return True
    return False
