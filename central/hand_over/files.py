"""Sealed hand-over files as they come in, named by the SHA-256 of their bytes.

They lie beside the photos until nobody has touched them for days; sealed as they are, they may.
Blocks; run on a worker thread. Two callers must not change one file at once.
"""

from pathlib import Path

from central.problems import RefusedError
from central.uploads import append, length, name
from parking.errors import UnavailableError
from sync.wire import MOST_HAND_OVER_BYTES, UploadPlace

_FOLDER, _PART = "hand-overs", ".part"


class HandOverFiles:
    """The hand-over files of the city."""

    def __init__(self, folder: Path) -> None:
        """Use the folder of the photos."""
        self._folder = folder / _FOLDER

    def path(self, sha256: bytes) -> Path:
        """Return where the whole file is."""
        return self._folder / sha256.hex()

    def place(self, sha256: bytes) -> UploadPlace:
        """Tell how much of a file is here."""
        if whole := length(self.path(sha256)):
            return UploadPlace(offset=whole, complete=True)
        return UploadPlace(offset=length(self._part(sha256)))

    def add(self, sha256: bytes, chunk: bytes, *, offset: int, byte_length: int) -> UploadPlace:
        """Take bytes that go on where the file ends, durable on return.

        Raises:
            RefusedError: 409 ``upload.offset``, 413 ``hand_over.too_large``, 422
                ``hand_over.hash``, after which nothing of it is left.
            UnavailableError: ``hand_over.disk``; what was here before still is.
        """
        if byte_length > MOST_HAND_OVER_BYTES or offset + len(chunk) > byte_length:
            raise RefusedError(
                413, "hand_over.too_large", "A hand-over file may have at most 4 GiB."
            )
        if self.place(sha256).complete:
            return self.place(sha256)
        part = self._part(sha256)
        try:
            append(part, chunk, at=offset)
            whole = offset + len(chunk) == byte_length
            if whole and not name(part, self.path(sha256), sha256):
                raise RefusedError(
                    422, "hand_over.hash", "The hand-over file arrived damaged. Send it again."
                )
        except OSError as error:
            raise UnavailableError(
                "hand_over.disk",
                "Central's disk took nothing more; what it has is safe.",
                retry_safe=True,
            ) from error
        return self.place(sha256)

    def sweep(self, *, before_s: float) -> int:
        """Remove files that nobody touched since a Unix time; return how many."""
        found = [*self._folder.iterdir()] if self._folder.exists() else []
        old = [path for path in found if path.stat().st_mtime < before_s]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _part(self, sha256: bytes) -> Path:
        return self._folder / f"{sha256.hex()}{_PART}"
