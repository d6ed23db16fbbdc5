"""Hand-over files: every length reads back, and nothing can be cut, changed or mixed."""

import struct
from base64 import b64encode
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from parking.errors import UserError
from sync.handover import FRAME_BYTES, MAGIC, HandOverHeader, Item, SealedReader, SealedWriter
from tests.fakes.clock import NOON
from tests.fakes.terminal import TERMINAL_ID

CITY, DEVICE = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
FILE = X25519PrivateKey.generate()
ITEMS = [(Item.PUSH, b"a push" * 9), (Item.PHOTO, bytes(2 * FRAME_BYTES)), (Item.PUSH, b"")]


def sealed(*items: tuple[Item, bytes], file_key: X25519PrivateKey = FILE) -> bytes:
    header = HandOverHeader(
        terminal_id=TERMINAL_ID,
        terminal_name="T-004",
        epoch=1,
        made_utc=NOON,
        sealed_to=CITY.public_key().public_bytes_raw(),
        file_key=file_key.public_key().public_bytes_raw(),
        operations=7,
        photos=1,
    )
    file = BytesIO()
    writer = SealedWriter(file, header, file_key=file_key, sign=DEVICE.sign)
    for item in items:
        writer.add(*item)
    writer.close()
    return file.getvalue()


WHOLE = sealed(*ITEMS)


def opened(content: bytes, key: X25519PrivateKey = CITY) -> list[tuple[Item, bytes]]:
    return [*SealedReader(BytesIO(content)).items(key)]


def refused(content: bytes, key: X25519PrivateKey = CITY) -> str:
    with pytest.raises(UserError) as told:
        opened(content, key)
    assert told.value.sentence.endswith(".")
    return told.value.key


def frames_start() -> int:
    (length,) = struct.unpack_from(">I", WHOLE, len(MAGIC))
    return int(len(MAGIC) + 4 + length + 64)


@pytest.mark.parametrize(
    "length", [0, 1, FRAME_BYTES - 18, FRAME_BYTES - 9, FRAME_BYTES, 3 * FRAME_BYTES + 7]
)
def test_any_length_reads_back(length: int) -> None:
    content = bytes(at % 251 for at in range(length))
    assert opened(sealed((Item.PHOTO, content))) == [(Item.PHOTO, content)]


def test_items_come_in_order_and_the_header_is_signed() -> None:
    reader = SealedReader(BytesIO(WHOLE))
    assert [*reader.items(CITY)] == ITEMS
    assert (reader.header.terminal_name, reader.header.operations) == ("T-004", 7)
    DEVICE.public_key().verify(reader.signature, reader.signed)


def test_a_file_with_nothing_in_it_is_whole() -> None:
    assert opened(sealed()) == []


@settings(deadline=None, max_examples=50)
@given(at=st.integers(frames_start(), len(WHOLE) - 1))
def test_a_cut_anywhere_is_found(at: int) -> None:
    assert refused(WHOLE[:at]) == "hand_over.cut"


def verified(content: bytes) -> list[tuple[Item, bytes]]:
    """Open a file as central does: the signature first."""
    reader = SealedReader(BytesIO(content))
    try:
        DEVICE.public_key().verify(reader.signature, reader.signed)
    except InvalidSignature as error:
        raise UserError("signature", "Not signed.") from error
    return [*reader.items(CITY)]


@settings(deadline=None, max_examples=50)
@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found(at: int, bit: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] ^= 1 << bit
    with pytest.raises(UserError):
        verified(bytes(changed))


def test_a_cut_between_frames_is_a_cut() -> None:
    first = frames_start() + 4 + FRAME_BYTES + 16
    assert refused(WHOLE[:first]) == "hand_over.cut"


def test_frames_of_another_file_do_not_pass() -> None:
    other = sealed(*ITEMS, file_key=X25519PrivateKey.generate())
    assert len(other) == len(WHOLE)
    assert refused(WHOLE[: frames_start()] + other[frames_start() :]) == "hand_over.altered"


def test_frames_cannot_be_swapped() -> None:
    start, size = frames_start(), 4 + FRAME_BYTES + 16
    one, two = WHOLE[start : start + size], WHOLE[start + size : start + 2 * size]
    swapped = WHOLE[:start] + two + one + WHOLE[start + 2 * size :]
    assert refused(swapped) == "hand_over.altered"


def test_bytes_after_the_end_are_found() -> None:
    assert refused(WHOLE + b"more") in {"hand_over.altered", "hand_over.cut"}


def test_another_key_opens_nothing() -> None:
    assert refused(WHOLE, X25519PrivateKey.generate()) == "hand_over.altered"


def test_a_key_no_honest_device_makes_is_found() -> None:
    ours = b64encode(FILE.public_key().public_bytes_raw())
    zero = WHOLE.replace(ours, b64encode(bytes(32)))
    assert refused(zero) == "hand_over.altered"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 a zip",
        MAGIC,
        MAGIC + b"\xff\xff\xff\xff",
        MAGIC + b"\x00\x00\x00\x05hello" + bytes(64),
        MAGIC + b"\x00\x00\x00\x02{}" + bytes(64),
    ],
)
def test_another_file_is_told_as_that(content: bytes) -> None:
    assert refused(content) == "hand_over.foreign"


@pytest.mark.parametrize("plain", [b"X" + bytes(8), b"F" + b"\xff" * 8])
def test_items_that_no_writer_makes_are_found(plain: bytes) -> None:
    """Sealed rightly, so by a terminal, but not in the form of this version."""
    file = BytesIO()
    header = SealedReader(BytesIO(WHOLE)).header
    writer = SealedWriter(file, header, file_key=FILE, sign=DEVICE.sign)
    writer._seal(plain, last=True)
    assert refused(file.getvalue()) == "hand_over.altered"
