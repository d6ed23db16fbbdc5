"""One terminal per data folder: a lock that ends with the process, however it ends.

Any thread.
"""

import os
import sys
from pathlib import Path

from app.words import _
from parking.errors import UnavailableError, UserError

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    from app.adapters.linux.file_lock import lock as _lock

FILE = "process.lock"


class ProcessLock:
    """Held from construction until ``release`` or the end of the process.

    Args:
        folder: The data folder; made when missing, readable by its owner alone.

    Raises:
        UserError: ``terminal.running`` when another process holds it.
        UnavailableError: ``terminal.folder`` when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise UnavailableError(
                "terminal.folder",
                _("The folder {folder} cannot be used: {why}.").format(
                    folder=folder, why=error.strerror
                ),
                retry_safe=True,
            ) from error
        if not _lock(self._handle):
            os.close(self._handle)
            raise UserError(
                "terminal.running",
                _("A terminal already runs on the data folder {folder}.").format(folder=folder),
                action=_("Use that window, or choose another folder with --data."),
            )

    def release(self) -> None:
        """Let another process have the folder."""
        os.close(self._handle)
