"""Take a hand-over file of another terminal to central, at a supervisor's desk. I/O lane.

The file goes up sealed as it is; only central can open it. Source: docs/decisions/0019.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.ports import HandOverDesk
from app.post import Duty
from app.words import _
from parking.errors import UserError
from parking.officer import Act
from sync.failures import OffsetError
from sync.handover import SealedReader
from sync.wire import MOST_HAND_OVER_BYTES, PHOTO_CHUNK_BYTES, UploadPlace

_MOST_ASTRAY = 3
"""Times that central may name another offset before this gives up."""
Progress = Callable[[int, int], None]
"""Told the bytes central has, and all bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverFile:
    """What a hand-over file says of itself; central alone can tell whether it is true.

    Attributes:
        operations: In the file.
        photos: At most in the file.
    """

    path: Path
    terminal_name: str
    made_utc: datetime
    operations: int
    photos: int
    byte_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverTaken:
    """What became of a hand-over file.

    Attributes:
        new: Operations central did not have.
        known: Operations it had before; nothing happened twice.
        parked: Of both, those it refused and keeps for a person.
        photos: Photos of the file that central has now.
        troubles: Sentences about what could not be taken.
    """

    terminal_name: str
    new: int
    known: int
    parked: int
    photos: int
    troubles: tuple[str, ...]


def read_hand_over(path: Path) -> HandOverFile:
    """Read what a hand-over file says of itself.

    Raises:
        UserError: ``hand_over.unreadable``, ``hand_over.foreign`` or ``hand_over.too_large``.
    """
    try:
        with path.open("rb") as file:
            header = SealedReader(file).header
        byte_length = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    if byte_length > MOST_HAND_OVER_BYTES:
        raise UserError("hand_over.too_large", _("A hand-over file may have at most 4 GiB."))
    return HandOverFile(
        path=path,
        terminal_name=header.terminal_name,
        made_utc=header.made_utc,
        operations=header.operations,
        photos=header.photos,
        byte_length=byte_length,
    )


def take_hand_over(
    duty: Duty, central: HandOverDesk, found: HandOverFile, *, progress: Progress
) -> HandOverTaken:
    """Send a hand-over file to central and let it take in what it holds; safe to repeat.

    Args:
        duty: Who does it: a supervisor.
        central: The network.
        found: As ``read_hand_over`` gave it.
        progress: Called after each exchange, on this thread.

    Raises:
        UserError: ``duty.forbidden``, ``hand_over.unreadable``, or central's words:
            ``hand_over.foreign``, ``hand_over.key``, ``hand_over.terminal``,
            ``hand_over.signature``, ``hand_over.hash``.
        UnavailableError: The network; what went up stays up, go on later.
    """
    duty.allowed(Act.TAKE_HAND_OVER)
    try:
        with found.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
            _send(central, file, sha256, found.byte_length, progress)
    except OSError as error:
        raise _unreadable(found.path, error) from error
    report = central.open_hand_over(sha256)
    return HandOverTaken(
        terminal_name=report.terminal_name,
        new=report.new,
        known=report.known,
        parked=report.parked,
        photos=report.photos,
        troubles=tuple(report.troubles),
    )


def _send(
    central: HandOverDesk, file: BinaryIO, sha256: bytes, byte_length: int, progress: Progress
) -> None:
    place, astray = central.hand_over_place(sha256), 0
    while not place.complete:
        progress(place.offset, byte_length)
        file.seek(place.offset)
        chunk = file.read(PHOTO_CHUNK_BYTES)
        try:
            place = central.put_hand_over(sha256, place.offset, chunk, byte_length=byte_length)
        except OffsetError as error:
            astray += 1
            if astray > _MOST_ASTRAY:
                raise
            place = UploadPlace(offset=error.offset)
    progress(byte_length, byte_length)


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(
        "hand_over.unreadable",
        _("The file {name} cannot be read: {why}.").format(
            name=path.name, why=error.strerror or error
        ),
        action=_("Put the stick in again, or copy the file to this computer first."),
    )
