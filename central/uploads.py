"""Files that come in by chunks: each chunk is on the disk, with its folder, before it is answered.

The length of what is here is the offset from which the sender goes on, so either side may be killed
at any time. Blocks; run on a worker thread. Two callers must not change one file at once.
"""

import hashlib
import os
from pathlib import Path
from typing import Annotated

from fastapi import Path as PathParameter

from central.problems import RefusedError

HashInPath = Annotated[str, PathParameter(json_schema_extra={"pattern": "^[0-9a-fA-F]{64}$"})]
"""How a path names a file; the pattern is for the published schema, ``read_hash`` for people."""


def read_hash(text: str) -> bytes:
    """Return the hash by which a path names a file.

    Raises:
        RefusedError: 400 ``upload.name``.
    """
    try:
        sha256 = bytes.fromhex(text)
    except ValueError:
        sha256 = b""
    if len(sha256) != 32 or len(text) != 64:
        raise RefusedError(
            400, "upload.name", "A file is named by its SHA-256, 64 hexadecimal digits."
        )
    return sha256


def length(path: Path) -> int:
    """Return how long a file is, 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def append(path: Path, chunk: bytes, *, at: int) -> None:
    """Write at the end of a file, durable on return, or leave it as long as it was.

    Args:
        path: Its folder is made when missing.
        chunk: May be empty.
        at: Length of the file before.

    Raises:
        RefusedError: 409 ``upload.offset`` naming the true length.
        OSError: The disk takes nothing more.
    """
    here = length(path)
    if at != here:
        sentence = f"Central has {here} bytes of this and goes on from there."
        raise RefusedError(409, "upload.offset", sentence, offset=here)
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


def name(part: Path, target: Path, sha256: bytes) -> bool:
    """Give a whole upload its name if its hash fits, durable on return; else remove it.

    Raises:
        OSError: The disk fails.
    """
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").digest()
    if found != sha256:
        part.unlink()
        return False
    rename(part, target)
    return True


def rename(fresh: Path, target: Path) -> None:
    """Give a file that is on the disk its name, durable on return."""
    made = not target.parent.exists()
    target.parent.mkdir(exist_ok=True)
    fresh.replace(target)
    sync_folder(target.parent)
    if made:
        sync_folder(target.parent.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
