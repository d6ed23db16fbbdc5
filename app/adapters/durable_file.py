"""Files that are whole after a power cut. Any lane."""

import os
import tempfile
from pathlib import Path


def replace_durably(file: Path, content: bytes) -> None:
    """Write a file of mode 0600: after a power cut it has the old content or the new.

    Raises:
        OSError: Disk full, no such folder, no right to write; the old content stands.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows orders the rename itself and opens no folder.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
