"""Photo files: named by the hash of their plain bytes, encrypted in frames with a key per file.

A file is written and fsynced with its folder before the COMMIT that names it; what no record names
is removed at start-up. AES-256-GCM, frames of 64 KiB; the frame's number and whether it is the last
one are authenticated, so frames cannot be cut off, swapped or mixed. Store lane for writing, any
worker thread for reading.
"""

import os
import secrets
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local_db.opening import fsync_folder, make_folder
from parking.errors import UnavailableError, UserError

FRAME_BYTES = 64 * 1024
MOST_BYTES = 24 * 1024 * 1024
"""Of one photo, as ``parking.photo`` and central allow."""

_TAG_BYTES = 16
_HALF_WRITTEN = ".part"
_THUMBNAIL = ".thumb"


class PhotoFolder:
    """The photo files of one terminal."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made here when it is missing."""
        self._folder = folder
        make_folder(folder)

    def write(self, plain: bytes) -> tuple[bytes, bytes]:
        """Write a photo so that it survives a power cut.

        Args:
            plain: 1 byte to 24 MiB.

        Returns:
            SHA-256 of the plain bytes, and the key of this file.

        Raises:
            UserError: ``photo.size``.
            UnavailableError: ``photo.disk``; nothing was kept.
        """
        if not 0 < len(plain) <= MOST_BYTES:
            raise UserError(
                "photo.size", f"A photo has 1 byte to 24 MiB; this has {len(plain)} bytes."
            )
        digest = sha256(plain).digest()
        return digest, self._write(self._path(digest), plain)

    def write_thumbnail(self, digest: bytes, plain: bytes) -> bytes:
        """Write the thumbnail of a photo beside it, as safe as the photo; return its own key.

        Raises:
            UnavailableError: ``photo.disk``; nothing was kept.
        """
        return self._write(self._thumbnail_path(digest), plain)

    def _write(self, path: Path, plain: bytes) -> bytes:
        key, part = secrets.token_bytes(32), path.with_suffix(_HALF_WRITTEN)
        try:
            with part.open("wb") as file:
                file.writelines(_sealed_frames(plain, key))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            fsync_folder(self._folder)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise UnavailableError(
                "photo.disk",
                "The photo could not be written to the disk. Free some space and take it again.",
                retry_safe=True,
            ) from error
        return key

    def read(self, digest: bytes, key: bytes, *, byte_length: int) -> Iterator[bytes]:
        """Give the plain bytes in frames; memory never holds more than one.

        Args:
            digest: The photo's name.
            key: Of this file.
            byte_length: Of the plain bytes.

        Raises:
            UnavailableError: ``photo.missing`` or ``photo.damaged``, also in the middle.
        """
        return _frames(self._path(digest), key, byte_length=byte_length, first=0)

    def read_part(
        self, digest: bytes, key: bytes, *, byte_length: int, offset: int, most_bytes: int
    ) -> bytes:
        """Return at most ``most_bytes`` plain bytes from an offset on; empty at the end.

        Raises:
            UnavailableError: As ``read``.
        """
        if offset >= byte_length:
            return b""
        first, skipped = divmod(offset, FRAME_BYTES)
        wanted = min(most_bytes, byte_length - offset)
        frames = _frames(self._path(digest), key, byte_length=byte_length, first=first)
        plain = bytearray()
        while len(plain) < skipped + wanted:
            plain += next(frames)
        return bytes(plain[skipped : skipped + wanted])

    def read_thumbnail(self, digest: bytes, key: bytes, *, byte_length: int) -> bytes:
        """Return the plain bytes of a photo's thumbnail; raises as ``read``."""
        path = self._thumbnail_path(digest)
        return b"".join(_frames(path, key, byte_length=byte_length, first=0))

    def remove(self, digest: bytes) -> None:
        """Remove a photo's file and its thumbnail; no error when there is none."""
        for path in self._paths(digest):
            path.unlink(missing_ok=True)

    def sweep(self, named: Collection[bytes]) -> int:
        """Remove every file that no record names; return how many. At start-up only."""
        names = {path.name for each in named for path in self._paths(each)}
        strangers = [path for path in self._folder.iterdir() if path.name not in names]
        for path in strangers:
            path.unlink()
        return len(strangers)

    def _path(self, digest: bytes) -> Path:
        return self._folder / digest.hex()

    def _thumbnail_path(self, digest: bytes) -> Path:
        return self._folder / f"{digest.hex()}{_THUMBNAIL}"

    def _paths(self, digest: bytes) -> tuple[Path, Path]:
        return self._path(digest), self._thumbnail_path(digest)


def _frames(path: Path, key: bytes, *, byte_length: int, first: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            frames = max(1, -(-byte_length // FRAME_BYTES))
            file.seek(first * (FRAME_BYTES + _TAG_BYTES))
            for number in range(first, frames):
                sealed = file.read(FRAME_BYTES + _TAG_BYTES)
                yield _opened(sealed, key, number, last=number == frames - 1)
    except OSError as error:
        raise UnavailableError(
            "photo.missing", "The photo is no longer on this terminal.", retry_safe=True
        ) from error


def _sealed_frames(plain: bytes, key: bytes) -> Iterator[bytes]:
    cipher, view = AESGCM(key), memoryview(plain)
    starts = range(0, len(plain), FRAME_BYTES)
    for number, start in enumerate(starts):
        frame = view[start : start + FRAME_BYTES]
        last = number == len(starts) - 1
        yield cipher.encrypt(_nonce(number), frame, _label(last=last))


def _opened(sealed: bytes, key: bytes, number: int, *, last: bool) -> bytes:
    try:
        return AESGCM(key).decrypt(_nonce(number), sealed, _label(last=last))
    except (InvalidTag, ValueError) as error:
        raise UnavailableError(
            "photo.damaged", "The photo's file on this terminal is damaged.", retry_safe=False
        ) from error


def _nonce(number: int) -> bytes:
    # The key is used for this one file, so the frame's number never repeats under it.
    return number.to_bytes(12, "big")


def _label(*, last: bool) -> bytes:
    return b"stamford-photo-1 last" if last else b"stamford-photo-1 more"
