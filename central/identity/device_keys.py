"""The key each device had in each of its epochs: what it signed then stays verifiable.

A name that is enrolled again gets a new key and the next epoch; a hand-over file of the device
before it still has to be opened.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from parking.terminal import Terminal

_KEEP = """
insert into terminal_keys (terminal_id, epoch, public_key, since_utc)
values (%(terminal)s, %(epoch)s, %(key)s, %(now)s) on conflict do nothing
"""
_KEY = """
select public_key from terminal_keys where terminal_id = %(terminal)s and epoch = %(epoch)s
"""


def keep_key(connection: Connection, terminal: Terminal, *, now_utc: datetime) -> None:
    """Note the key of a device that has just joined."""
    row = {
        "terminal": terminal.terminal_id,
        "epoch": terminal.epoch,
        "key": terminal.public_key,
        "now": now_utc,
    }
    connection.exec_driver_sql(_KEEP, row)


def key_in_epoch(connection: Connection, terminal_id: UUID, epoch: int) -> bytes | None:
    """Return the public key a device had in an epoch, 32 bytes; None when it had none."""
    where = {"terminal": terminal_id, "epoch": epoch}
    found = connection.exec_driver_sql(_KEY, where).scalar()
    return None if found is None else bytes(found)
