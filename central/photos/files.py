"""Photo files on disk: ``ab/abcdef...jpg`` by SHA-256, gathered from chunks, synced with folders.

A file gets its name only after its bytes are on the disk and their hash fits, so a name is proof of
its content. What is not whole lies under ``incoming/``; its length, written and synced before it is
answered, is the offset that the terminal goes on from. Blocks; run on a worker thread. Two callers
must not change the same photo at once (``central.photos.intake`` holds a lock).
"""

import hashlib
import os
from pathlib import Path

from central.problems import RefusedError
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
        name = sha256.hex()
        return self._folder / name[:2] / f"{name}.jpg"

    def thumbnail_path(self, sha256: bytes) -> Path:
        """Return where the thumbnail of the photo with this hash is kept."""
        return self.path(sha256).with_suffix(".thumb.jpg")

    def whole_bytes(self, sha256: bytes) -> int:
        """Return the length of a whole photo, 0 when it is not here."""
        return _length(self.path(sha256))

    def partial_bytes(self, sha256: bytes) -> int:
        """Return how much of a photo has come in that is not whole."""
        return _length(self._part(sha256))

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
                ``photo.no_image``, 422 ``photo.hash``; after the last two nothing of it is left.
            UnavailableError: ``photo.disk``; what was here before still is.
        """
        part, here = self._part(sha256), self.partial_bytes(sha256)
        if offset != here:
            raise wrong_offset(here)
        if byte_length > MOST_PHOTO_BYTES or offset + len(chunk) > byte_length:
            part.unlink(missing_ok=True)
            raise RefusedError(413, "photo.too_large", "A photo may have at most 24 MiB.")
        if offset == 0 and not chunk.startswith(_JPEG_START):
            raise no_image()
        try:
            _append(part, chunk, at=offset)
            if offset + len(chunk) < byte_length:
                return False
            self._name(sha256, part)
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
            _append(fresh, jpeg, at=0)
            _rename(fresh, target)
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

    def _name(self, sha256: bytes, part: Path) -> None:
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").digest()
        if found != sha256:
            part.unlink()
            raise RefusedError(
                422,
                "photo.hash",
                "The photo arrived damaged: its hash does not fit.",
                action="Send it again.",
            )
        _rename(part, self.path(sha256))


def no_image() -> RefusedError:
    """Return the refusal of a file that is no photo."""
    return RefusedError(
        415, "photo.no_image", "This file is no JPEG photo.", action="Take it again."
    )


def wrong_offset(here: int) -> RefusedError:
    """Return the refusal of bytes that do not go on where an upload ends."""
    sentence = f"Central has {here} bytes of this and goes on from there."
    return RefusedError(409, "upload.offset", sentence, offset=here)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _append(path: Path, chunk: bytes, *, at: int) -> None:
    """Write at the end of a file, or leave it as long as it was."""
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(at)
            raise
    if at == 0:
        sync_folder(path.parent)
    if made:
        sync_folder(path.parent.parent)


def _rename(fresh: Path, target: Path) -> None:
    made = not target.parent.exists()
    target.parent.mkdir(exist_ok=True)
    fresh.replace(target)
    sync_folder(target.parent)
    if made:
        sync_folder(target.parent.parent)


def _disk() -> UnavailableError:
    return UnavailableError(
        "photo.disk", "Central's disk took nothing more; what it has is safe.", retry_safe=True
    )
