"""The form of a hand-over file: what a terminal holds, sealed to the city, signed by the device.

    magic, header length (4 bytes), header (JSON), signature of the device (64 bytes), then frames:
    length (4 bytes), AES-256-GCM over at most 256 KiB.

Each frame's number is its nonce, and whether it is the last one is authenticated; the key comes
from X25519 with a key made for this file, by HKDF-SHA256 that takes in the header. So nothing can
be cut off, swapped, changed or mixed without being found. Inside, items follow each other: a
letter, a length (8 bytes), the content. Numbers are big-endian. Both sides; blocks on the file; no
other I/O. Source: docs/decisions/0019.
"""

import struct
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha256
from typing import Annotated, BinaryIO, NoReturn
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Meta, Struct

from parking.errors import UserError
from sync.wire import MOST_BODY_BYTES, MOST_PHOTO_BYTES, Instant, Key

MAGIC = b"stamford-hand-over-1\n"
ENDING = ".stamford"
KEY_PREFIX = b"stamford-hand-over-key-1\n"
"""Comes before the public key where the city's online key signs it."""
FRAME_BYTES = 256 * 1024
_TAG_BYTES = 16
_SIGNATURE_BYTES = 64
_MOST_HEADER_BYTES = 4096
_MOST_ITEM_BYTES = max(MOST_BODY_BYTES, MOST_PHOTO_BYTES + 32)
_COUNT = Annotated[int, Meta(ge=0, le=2**53)]


class HandOverHeader(Struct, frozen=True, kw_only=True):
    """What may be read without a key.

    Attributes:
        terminal_name: As painted on the device.
        epoch: The terminal's when the file was made; its key of then signed everything.
        made_utc: By the terminal's clock.
        sealed_to: The city's public key.
        file_key: The public key made for this file.
        operations: In the file.
        photos: Most in the file; one that cannot be read any more is left out.
    """

    terminal_id: UUID
    terminal_name: Annotated[str, Meta(min_length=1, max_length=20)]
    epoch: Annotated[int, Meta(ge=1, le=2**31)]
    made_utc: Instant
    sealed_to: Key
    file_key: Key
    operations: _COUNT
    photos: _COUNT


class Item(Enum):
    """What an item holds: a packed ``PushRequest``, a photo's hash and bytes, or the end."""

    PUSH = b"P"
    PHOTO = b"F"
    END = b"E"


class SealedWriter:
    """Writes a hand-over file item by item; ``close`` writes its end."""

    def __init__(
        self,
        file: BinaryIO,
        header: HandOverHeader,
        *,
        file_key: X25519PrivateKey,
        sign: Callable[[bytes], bytes],
    ) -> None:
        """Write the header.

        Args:
            file: Open for writing, at its start.
            header: With the public half of ``file_key``.
            file_key: Made for this file, forgotten after it.
            sign: Ed25519 by the device key, 64 bytes.
        """
        encoded = msgspec.json.encode(header)
        file.write(MAGIC + struct.pack(">I", len(encoded)) + encoded + sign(MAGIC + encoded))
        shared = file_key.exchange(X25519PublicKey.from_public_bytes(header.sealed_to))
        self._cipher = _cipher(shared, encoded)
        self._file = file
        self._waiting = bytearray()
        self._number = 0

    def add(self, item: Item, content: bytes) -> None:
        """Write one item."""
        self._waiting += item.value + struct.pack(">Q", len(content)) + content
        while len(self._waiting) > FRAME_BYTES:
            self._seal(bytes(self._waiting[:FRAME_BYTES]), last=False)
            del self._waiting[:FRAME_BYTES]

    def close(self) -> None:
        """Write the end; the caller syncs and closes the file."""
        self.add(Item.END, b"")
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), plain, _label(last=last))
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """Reads a hand-over file from its start.

    Attributes:
        header: Not yet verified.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read the header.

        Raises:
            UserError: ``hand_over.foreign``: this is no such file.
        """
        self._file = file
        start = file.read(len(MAGIC) + 4)
        if len(start) < len(MAGIC) + 4 or not start.startswith(MAGIC):
            _foreign()
        (length,) = struct.unpack(">I", start[len(MAGIC) :])
        if length > _MOST_HEADER_BYTES:
            _foreign()
        self._encoded = file.read(length)
        self.signature = file.read(_SIGNATURE_BYTES)
        try:
            self.header = msgspec.json.decode(self._encoded, type=HandOverHeader)
        except (msgspec.DecodeError, UnicodeDecodeError):
            _foreign()

    @property
    def signed(self) -> bytes:
        """Return what the device signed."""
        return MAGIC + self._encoded

    def items(self, key: X25519PrivateKey) -> Iterator[tuple[Item, bytes]]:
        """Open the frames and give the items, without the end.

        Args:
            key: The private half of ``header.sealed_to``.

        Raises:
            UserError: ``hand_over.cut`` or ``hand_over.altered``, also after some items.
        """
        try:
            shared = key.exchange(X25519PublicKey.from_public_bytes(self.header.file_key))
        except ValueError:  # A point that no honest key has.
            _altered()
        plain = _Plain(_frames(self._file, _cipher(shared, self._encoded)))
        while True:
            item, length = _item_start(plain.take(9))
            if item is Item.END:
                return
            yield item, plain.take(length)


class _Plain:
    """Gathers plain bytes from frames."""

    def __init__(self, frames: Iterator[bytes]) -> None:
        self._frames = frames
        self._here = bytearray()

    def take(self, length: int) -> bytes:
        while len(self._here) < length:
            frame = next(self._frames, None)
            if frame is None:
                _altered()
            self._here += frame
        taken = bytes(self._here[:length])
        del self._here[:length]
        return taken


def _frames(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    """Give the plain bytes of each frame, up to the first that is damaged."""
    number, sealed = 0, _frame(file)
    if not sealed:
        _cut()
    while sealed:
        following, damage = b"", None
        try:
            following = _frame(file)
        except UserError as error:
            damage = error
        last = not following and damage is None
        try:
            yield cipher.decrypt(_nonce(number), sealed, _label(last=last))
        except InvalidTag:
            if not last or not _opens(cipher, number, sealed):
                _altered()
            _cut()
        if damage is not None:
            raise damage
        number, sealed = number + 1, following


def _frame(file: BinaryIO) -> bytes:
    start = file.read(4)
    if not start:
        return b""
    length = struct.unpack(">I", start)[0] if len(start) == 4 else 0
    if length > FRAME_BYTES + _TAG_BYTES:
        _altered()
    sealed = file.read(length)
    if len(start) < 4 or len(sealed) < length:
        _cut()
    return sealed


def _opens(cipher: AESGCM, number: int, sealed: bytes) -> bool:
    """Tell whether the last frame here is a whole one that others should follow."""
    try:
        cipher.decrypt(_nonce(number), sealed, _label(last=False))
    except InvalidTag:
        return False
    return True


def _item_start(start: bytes) -> tuple[Item, int]:
    (length,) = struct.unpack(">Q", start[1:])
    try:
        item = Item(start[:1])
    except ValueError:
        _altered()
    if length > _MOST_ITEM_BYTES:
        _altered()
    return item, length


def _cipher(shared: bytes, header: bytes) -> AESGCM:
    info = MAGIC + sha256(header).digest()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(shared))


def _nonce(number: int) -> bytes:
    # The key belongs to this one file, so a frame's number never repeats under it.
    return number.to_bytes(12, "big")


def _label(*, last: bool) -> bytes:
    return b"last" if last else b"more"


def _foreign() -> NoReturn:
    raise UserError(
        "hand_over.foreign",
        "This is no hand-over file of a Stamford terminal.",
        action=f"Choose a file whose name ends in {ENDING}.",
    )


def _cut() -> NoReturn:
    raise UserError(
        "hand_over.cut",
        "The hand-over file ends too early: it was cut.",
        action="Copy it from the stick again, or write it again on the terminal.",
    )


def _altered() -> NoReturn:
    raise UserError(
        "hand_over.altered",
        "The hand-over file was changed or damaged after it was written.",
        action="Copy it from the stick again, or write it again on the terminal.",
    )
