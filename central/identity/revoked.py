"""Devices that were shut out, noted beside the city's keys: no restored database forgets them.

One line per device: its public key in hexadecimal, the epoch it had. Enrolled again, a device has
a later epoch and is welcome. Blocks.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from central.database import Database
from central.log import audit
from central.store import Row, load_many, store_many, value_of
from parking.clock import Clock
from parking.errors import UserError
from parking.terminal import Terminal
from sync.records import BY_CLASS

_FILE = "revoked-devices"
_WELCOME = """
select terminal_id from terminals where public_key = any (%(keys)s::bytea[]) and not revoked
"""


def note_revoked(folder: Path, terminal: Terminal) -> None:
    """Note a device for good, durable on return.

    Args:
        folder: Of the city's keys.
        terminal: As it is now.

    Raises:
        UserError: ``keys.folder``.
    """
    path = folder / _FILE
    try:
        with path.open("a", encoding="ascii") as file:
            file.write(f"{terminal.public_key.hex()} {terminal.epoch}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UserError("keys.folder", f"{path} cannot be written: {error.strerror}.") from error


def revoked_keys(folder: Path) -> dict[bytes, int]:
    """Return the keys of all devices that were ever shut out, each with its last epoch then.

    Raises:
        UserError: ``keys.broken``: nobody comes back before somebody looked.
    """
    path, found = folder / _FILE, dict[bytes, int]()
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            key, epoch = line.split()
            found[bytes.fromhex(key)] = max(int(epoch), found.get(bytes.fromhex(key), 0))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError("keys.broken", f"{path} cannot be read.") from error
    return found


def is_shut_out(terminal: Terminal, revoked: Mapping[bytes, int]) -> bool:
    """Tell whether a device was shut out in the epoch it has, or later."""
    return terminal.epoch <= revoked.get(terminal.public_key, 0)


def revoke_again(database: Database, folder: Path, clock: Clock) -> bool:
    """Shut devices out that a restored database has forgotten to be.

    Args:
        database: In a unit of work of its own.
        folder: Of the city's keys.
        clock: Central's.

    Returns:
        False: nothing is left to do.

    Raises:
        UserError: As ``revoked_keys``.
        UnavailableError: As ``Database.unit_of_work``.
    """
    record, revoked, now_utc = BY_CLASS[Terminal], revoked_keys(folder), clock.now().utc
    if not revoked:
        return False
    with database.unit_of_work("worker:revocations") as connection:
        ids = connection.exec_driver_sql(_WELCOME, {"keys": list(revoked)}).scalars().all()
        found = load_many(connection, record, ids).values()
        known: list[Terminal] = [value_of(record, row) for row in found]
        for terminal in known:
            if is_shut_out(terminal, revoked):
                rows = [Row(value=replace(terminal, revoked=True))]
                store_many(connection, record, rows, received_utc=now_utc)
                audit(connection, "terminal.revoked", str(terminal.terminal_id), now_utc=now_utc)
    return False
