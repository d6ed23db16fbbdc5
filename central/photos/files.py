"""Photo files on disk: ``ab/abcdef...jpg`` by SHA-256, gathered from chunks, synced with folders.

A file gets its name only after its bytes are on the disk and their hash fits, so a name is proof of
its content. What is not whole lies under ``incoming/``. Blocks; run on a worker thread. Two callers
must not change the same photo at once (``central.photos.intake`` holds a lock).
"""

from pathlib import Path

from central.problems import RefusedError
from central.uploads import append, length, name, rename
from parking.errors import UnavailableError
from sync.wire import MOST_PHOTO_BYTES

_JPEG_START = b"\xff\xd8\xff"
_INCOMING, _PART = "incoming", ".part"


class PhotoFiles:
    """The photo files of the city."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which may be missing until the first file."""
        self._folder = folder

    def path(self, sha256: bytes) -> Path:
        """Return where the photo with this hash is kept."""
        digits = sha256.hex()
        return self._folder / digits[:2] / f"{digits}.jpg"

    def thumbnail_path(self, sha256: bytes) -> Path:
        """Return where the thumbnail of the photo with this hash is kept."""
        return self.path(sha256).with_suffix(".thumb.jpg")

    def whole_bytes(self, sha256: bytes) -> int:
        """Return the length of a whole photo, 0 when it is not here."""
        return length(self.path(sha256))

    def partial_bytes(self, sha256: bytes) -> int:
        """Return how much of a photo has come in that is not whole."""
        return length(self._part(sha256))

    def add(self, sha256: bytes, chunk: bytes, *, offset: int, byte_length: int) -> bool:
        """Write bytes of a photo that go on where it ends; durable on return.

        Args:
            sha256: The photo's name.
            chunk: May be empty when all bytes are here and only their check is missing.
            offset: Of the chunk.
            byte_length: Of the whole photo.

        Returns:
            Whether the photo is whole now, and has its name.

        Raises:
            RefusedError: 409 ``upload.offset`` naming the true one, 413 ``photo.too_large``, 415
                ``photo.no_image``, 422 ``photo.hash``, after which nothing of it is left.
            UnavailableError: ``photo.disk``; what was here before still is.
        """
        part = self._part(sha256)
        if byte_length > MOST_PHOTO_BYTES or offset + len(chunk) > byte_length:
            raise RefusedError(413, "photo.too_large", "A photo may have at most 24 MiB.")
        if offset == 0 and not chunk.startswith(_JPEG_START):
            raise no_image()
        try:
            append(part, chunk, at=offset)
            if offset + len(chunk) < byte_length:
                return False
            if not name(part, self.path(sha256), sha256):
                raise RefusedError(
                    422,
                    "photo.hash",
                    "The photo arrived damaged: its hash does not fit.",
                    action="Send it again.",
                )
        except OSError as error:
            raise _disk() from error
        return True

    def keep_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        """Write the thumbnail of a photo, durable on return; the first one stays.

        Raises:
            RefusedError: 415 ``photo.no_image``.
            UnavailableError: ``photo.disk``.
        """
        if not jpeg.startswith(_JPEG_START):
            raise no_image()
        target = self.thumbnail_path(sha256)
        if target.exists():
            return
        fresh = self._folder / _INCOMING / f"{sha256.hex()}.thumb"
        try:
            fresh.unlink(missing_ok=True)
            append(fresh, jpeg, at=0)
            rename(fresh, target)
        except OSError as error:
            raise _disk() from error

    def partials(self) -> list[tuple[bytes, float]]:
        """Return photos that are not whole, each with the Unix time of its last byte."""
        folder = self._folder / _INCOMING
        found = sorted(folder.glob(f"*{_PART}")) if folder.exists() else []
        return [(bytes.fromhex(path.stem), path.stat().st_mtime) for path in found]

    def drop_partial(self, sha256: bytes) -> None:
        """Remove what came in of a photo that is not whole."""
        self._part(sha256).unlink(missing_ok=True)

    def _part(self, sha256: bytes) -> Path:
        return self._folder / _INCOMING / f"{sha256.hex()}{_PART}"


def no_image() -> RefusedError:
    """Return the refusal of a file that is no photo."""
    return RefusedError(
        415, "photo.no_image", "This file is no JPEG photo.", action="Take it again."
    )


def _disk() -> UnavailableError:
    return UnavailableError(
        "photo.disk", "Central's disk took nothing more; what it has is safe.", retry_safe=True
    )
