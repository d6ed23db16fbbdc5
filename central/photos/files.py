"""Photo files on disk: ``ab/abcdef...jpg`` by SHA-256, written whole, synced with their folder.

A file gets its name only after its bytes are on the disk and their hash fits, so a name is proof of
its content. Blocks; run on a worker thread.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from central.problems import RefusedError

LONGEST_BYTES = 25_165_824
"""24 MiB: ``parking.photo.Photo.byte_length``."""

_JPEG_START = b"\xff\xd8\xff"


class PhotoDraft:
    """A photo being received; leave the ``with`` block without ``keep`` and nothing remains."""

    def __init__(self, folder: Path, sha256: bytes) -> None:
        self._folder = folder
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self._start = b""
        self.byte_length = 0
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
        self._path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "wb")

    def __enter__(self) -> "PhotoDraft":
        """Start receiving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, chunk: bytes) -> None:
        """Add bytes in order.

        Raises:
            RefusedError: 413 ``photo.too_large`` or 415 ``photo.no_image`` as soon as it shows.
        """
        self.byte_length += len(chunk)
        if self.byte_length > LONGEST_BYTES:
            raise RefusedError(413, "photo.too_large", "A photo may have at most 24 MiB.")
        if len(self._start) < len(_JPEG_START):
            self._start += chunk[: len(_JPEG_START)]
            if not _JPEG_START.startswith(self._start[: len(_JPEG_START)]):
                raise no_image()
        self._hash.update(chunk)
        self._file.write(chunk)

    def keep(self) -> None:
        """Check the hash and give the file its name; keeping the same photo twice is harmless.

        Raises:
            RefusedError: 422 ``photo.hash``; 415 ``photo.no_image`` when too short to be one.
        """
        if not self._start.startswith(_JPEG_START):
            raise no_image()
        if self._hash.digest() != self._sha256:
            raise RefusedError(
                422,
                "photo.hash",
                "The photo arrived damaged: its hash does not fit.",
                action="Send it again.",
            )
        self._file.flush()
        os.fsync(self._file.fileno())
        target = photo_path(self._folder, self._sha256)
        target.parent.mkdir(exist_ok=True)
        self._path.replace(target)
        _sync_folder(target.parent)
        _sync_folder(self._folder)


def no_image() -> RefusedError:
    """Return the refusal of a file that is no photo."""
    return RefusedError(
        415, "photo.no_image", "This file is no JPEG photo.", action="Take it again."
    )


def photo_path(folder: Path, sha256: bytes) -> Path:
    """Return where the photo with this hash is kept."""
    name = sha256.hex()
    return folder / name[:2] / f"{name}.jpg"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
