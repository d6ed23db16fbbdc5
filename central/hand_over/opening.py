"""Opening a hand-over file: who wrote it, and its operations and photos as if they came by network.

Each push and each photo is a unit of work of its own and safe to repeat, so a file may be opened
any number of times, also after its terminal came back and sent the same. Blocks; worker thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from central.body import decode
from central.context import Central, settled
from central.identity.device_keys import key_in_epoch
from central.identity.tokens import public_key
from central.log import audit
from central.photos.files import PhotoFiles
from central.photos.intake import PhotoIntake
from central.problems import RefusedError
from central.push.intake import Intake
from central.push.routes import count
from central.store import load_many, value_of
from parking.errors import UserError
from parking.terminal import Terminal
from sync.handover import HandOverHeader, Item, SealedReader
from sync.records import BY_CLASS
from sync.wire import PHOTO_CHUNK_BYTES, HandOverReport, OpResult, PushRequest, unpack

_REVOKED = (
    "terminal.revoked",
    "This came by hand from a device that was revoked; a person decides whether it is true.",
)
_LAST = """
select last_seq from sync_chains
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
"""
_MOST_TROUBLES = 10
_HASH_BYTES = 32


@dataclass(slots=True)
class _Tally:
    new: int = 0
    known: int = 0
    parked: int = 0
    photos: int = 0
    troubles: list[str] = field(default_factory=list)

    def trouble(self, sentence: str) -> None:
        if sentence not in self.troubles and len(self.troubles) < _MOST_TROUBLES:
            self.troubles.append(sentence)


def open_hand_over(central: Central, path: Path, *, desk: Terminal) -> HandOverReport:
    """Open a file and take in what it holds.

    Args:
        central: The service.
        path: A whole file.
        desk: Which desk brought it, for the audit log.

    Returns:
        What became of it; a file that is cut or damaged in the middle gives what came before.

    Raises:
        UserError: ``hand_over.foreign``, ``hand_over.key``, ``hand_over.terminal`` or
            ``hand_over.signature``; nothing was taken.
        UnavailableError: As ``Database.unit_of_work``; open it again.
    """
    with path.open("rb") as file:
        reader = SealedReader(file)
        key = _private_key(central, reader.header)
        terminal = _writer(central, reader)
        tally = _Tally()
        for item, content in _items(reader, key, tally):
            if item is Item.PUSH:
                _take_push(central, terminal, content, tally)
            else:
                _take_photo(central, terminal, content, tally)
    _note(central, terminal, desk, tally)
    return HandOverReport(
        terminal_name=terminal.name,
        new=tally.new,
        known=tally.known,
        parked=tally.parked,
        photos=tally.photos,
        troubles=tally.troubles,
    )


def _private_key(central: Central, header: HandOverHeader) -> X25519PrivateKey:
    key = central.keys.opening(header.sealed_to)
    if key is None:
        raise UserError(
            "hand_over.key",
            "This hand-over file was sealed for another city, or with a key this city has lost.",
            action="Tell city IT.",
        )
    return key


def _writer(central: Central, reader: SealedReader) -> Terminal:
    """Return the terminal that wrote a file, with the key it had then."""
    header, record = reader.header, BY_CLASS[Terminal]
    with central.database.reading() as connection:
        found = load_many(connection, record, [header.terminal_id])
        key = key_in_epoch(connection, header.terminal_id, header.epoch)
    if not found or key is None:
        raise UserError("hand_over.terminal", "No device of this city wrote this hand-over file.")
    try:
        public_key(key).verify(reader.signature, reader.signed)
    except InvalidSignature as error:
        raise UserError(
            "hand_over.signature",
            "The hand-over file is not signed by the device that it names.",
            action="Keep the stick and tell city IT.",
        ) from error
    terminal: Terminal = value_of(record, found[str(header.terminal_id)])
    return replace(terminal, public_key=key)


def _items(
    reader: SealedReader, key: X25519PrivateKey, tally: _Tally
) -> Iterator[tuple[Item, bytes]]:
    """Give the items as far as they can be read."""
    try:
        yield from reader.items(key)
    except UserError as error:
        tally.trouble(f"{error.sentence} What came before is stored. {error.action}")


def _take_push(central: Central, terminal: Terminal, content: bytes, tally: _Tally) -> None:
    try:
        push = decode(unpack(content), PushRequest)
        try:
            results, last_seq = _pushed(central, terminal, push, careful=False)
        except (DataError, IntegrityError):
            results, last_seq = _pushed(central, terminal, push, careful=True)
    except UserError as error:
        tally.trouble(error.sentence)
        return
    known = sum(result.seq <= last_seq for result in results)
    tally.known += known
    tally.new += len(results) - known
    tally.parked += sum(result.outcome == "refused" for result in results)


def _pushed(
    central: Central, terminal: Terminal, push: PushRequest, *, careful: bool
) -> tuple[list[OpResult], int]:
    """Take a push as its route does; return the answers and what was the last operation before."""
    where = {"terminal": push.terminal_id, "epoch": push.epoch, "lane": push.lane}
    with central.database.unit_of_work(f"terminal:{terminal.terminal_id}") as connection:
        last_seq = int(connection.exec_driver_sql(_LAST, where).scalar() or 0)
        intake = Intake(
            connection=connection,
            terminal=terminal,
            push=push,
            now_utc=central.clock.now().utc,
            careful=careful,
            durability=central.settings.durability,
            barred=_REVOKED if terminal.revoked else None,
        )
        results = intake.take()
    count(central, intake)
    return settled(results), last_seq


def _take_photo(central: Central, terminal: Terminal, content: bytes, tally: _Tally) -> None:
    digest, plain = content[:_HASH_BYTES], content[_HASH_BYTES:]
    if sha256(plain).digest() != digest:
        tally.trouble("A photo in the file is not what its name says; it was left out.")
        return
    try:
        _take_chunks(central, terminal, digest, plain)
    except RefusedError as error:
        tally.trouble(error.sentence)
    else:
        tally.photos += 1


def _take_chunks(central: Central, terminal: Terminal, digest: bytes, plain: bytes) -> None:
    actor = f"terminal:{terminal.terminal_id}"
    with central.database.unit_of_work(actor) as connection:
        place = _photos(central, connection, terminal).place(digest)
    while not place.complete:
        chunk = plain[place.offset : place.offset + PHOTO_CHUNK_BYTES]
        add = partial(PhotoIntake.add, offset=place.offset, byte_length=len(plain))
        with central.database.unit_of_work(actor) as connection:
            place = add(_photos(central, connection, terminal), digest, chunk)


def _photos(central: Central, connection: Connection, terminal: Terminal) -> PhotoIntake:
    return PhotoIntake(
        connection,
        PhotoFiles(central.settings.photo_dir),
        terminal_id=terminal.terminal_id,
        now_utc=central.clock.now().utc,
        durability=central.settings.durability,
    )


def _note(central: Central, terminal: Terminal, desk: Terminal, tally: _Tally) -> None:
    detail = {"new": tally.new, "known": tally.known, "parked": tally.parked}
    with central.database.unit_of_work(f"terminal:{desk.terminal_id}") as connection:
        audit(
            connection,
            "hand_over.taken",
            str(terminal.terminal_id),
            now_utc=central.clock.now().utc,
            detail={**detail, "photos": tally.photos, "troubles": len(tally.troubles)},
        )
