"""What can go wrong with a database file, in plain words. Any thread.

UserError          database.key_form, database.key_wrong, database.in_use, database.too_new,
                   database.missing
UnavailableError   database.disk_full, database.damaged, database.disk, database.busy,
                   database.journal
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from parking.errors import BugError, ParkingError, UnavailableError

_DISK_FULL = ("database.disk_full", "The disk is full. Nothing was saved; free some space.")
DAMAGED = "database.damaged"
_DAMAGED = (DAMAGED, "A database file of this device is damaged. Tell IT.")
_BUSY = ("database.busy", "The database is busy. Nothing was saved; try again.")
_DISK = ("database.disk", "The disk of this device does not answer. Nothing was saved; try again.")
_BY_CODE = {
    5: _BUSY,  # SQLITE_BUSY
    6: _BUSY,  # SQLITE_LOCKED
    8: _DISK,  # SQLITE_READONLY
    10: _DISK,  # SQLITE_IOERR
    11: _DAMAGED,  # SQLITE_CORRUPT
    13: _DISK_FULL,  # SQLITE_FULL
    14: _DISK,  # SQLITE_CANTOPEN
    26: _DAMAGED,  # SQLITE_NOTADB
}
"""Primary result codes (sqlite.org/rescode.html) that are no fault of ours."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def failure(error: Exception) -> ParkingError:
    """Return the error of ours that tells what a database error means.

    Args:
        error: As raised by SQLAlchemy or by the driver.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code not in _BY_CODE:
        return BugError(f"the database refused what we asked: {cause}")
    key, sentence = _BY_CODE[code]
    return UnavailableError(key, sentence, retry_safe=True)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors of the database into ours; all else passes.

    Raises:
        UnavailableError: Disk full, damaged, busy or gone; nothing was saved.
        BugError: A statement of ours is wrong, or breaks a constraint.
    """
    try:
        yield
    except (DBAPIError, dbapi2.Error) as error:
        raise failure(error) from error


@contextmanager
def plain_disk_errors() -> Iterator[None]:
    """Turn errors of the file system into ours; all else passes.

    Raises:
        UnavailableError: ``database.disk_full`` or ``database.disk``.
    """
    try:
        yield
    except OSError as error:
        key, sentence = _DISK_FULL if error.errno in _NO_ROOM else _DISK
        raise UnavailableError(key, sentence, retry_safe=True) from error
