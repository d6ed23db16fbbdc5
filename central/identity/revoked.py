"""Keys of devices that were shut out, beside the city's keys: no restore forgets them.

One line per key in hexadecimal. Blocks.
"""

import os
from pathlib import Path

from parking.errors import UserError

_FILE = "revoked-devices"


def note_revoked(folder: Path, public_key: bytes) -> None:
    """Note a key for good, durable on return; again changes nothing.

    Args:
        folder: Of the city's keys.
        public_key: Of the device, 32 bytes.

    Raises:
        UserError: ``keys.folder``.
    """
    if public_key in revoked_keys(folder):
        return
    path = folder / _FILE
    try:
        with path.open("a", encoding="ascii") as file:
            file.write(public_key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UserError("keys.folder", f"{path} cannot be written: {error.strerror}.") from error


def revoked_keys(folder: Path) -> frozenset[bytes]:
    """Return the keys of all devices that were ever shut out.

    Raises:
        UserError: ``keys.broken``: nobody comes back before somebody looked.
    """
    path = folder / _FILE
    try:
        return frozenset(map(bytes.fromhex, path.read_text(encoding="ascii").split()))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError) as error:
        raise UserError("keys.broken", f"{path} cannot be read.") from error
