"""Bytes are judged before any decoder sees them."""

import struct
import zlib

import pytest

from app.scan.messages import MAX_PHOTO_BYTES, PhotoRefusedError
from app.scan.photo import PhotoSize, check_photo

_END = b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _jpeg(width: int = 640, height: int = 480) -> bytes:
    """A JPEG file as far as its markers go; the scan holds no picture."""
    thumbnail = b"\xff\xd8" + _segment(0xC0, struct.pack(">BHH", 8, 1, 1)) + _END
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE1, b"Exif\0\0" + thumbnail),
            b"\xff",  # Fill bytes may stand before any marker.
            _segment(0xC2, struct.pack(">BHHB", 8, height, width, 3) + bytes(9)),
            _segment(0xDA, bytes(10)),
            bytes(200),
            _END,
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def _png(width: int = 640, height: int = 480) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", bytes(50)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [_jpeg(), _png()], ids=["jpeg", "png"])
def test_a_whole_photo_tells_its_size(content: bytes) -> None:
    assert check_photo(content) == PhotoSize(640, 480)


def test_what_follows_the_end_of_a_jpeg_does_no_harm() -> None:
    assert check_photo(_jpeg() + b"a video that the phone appended") == PhotoSize(640, 480)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"<html><body>Please sign in to this network</body></html>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7" + bytes(100),
        bytes(1000),
        b"\xff\xd8\xff\xe0\x00\x04xx" + b"no marker",
        b"\xff\xd8" + _segment(0xE0, b"JFIF") + _segment(0xDA, bytes(10)) + _END,
        _jpeg(width=0),
        _png(height=0),
        b"\x89PNG\r\n\x1a\n" + _chunk(b"junk", bytes(13)) + _chunk(b"IEND", b""),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoRefusedError, match=r"no photo: a JPEG or PNG") as refused:
        check_photo(content)
    assert refused.value.key == "photo.not_an_image"


@pytest.mark.parametrize("content", [_jpeg(), _png()], ids=["jpeg", "png"])
def test_a_photo_cut_anywhere_after_its_first_bytes_is_refused_as_cut_short(content: bytes) -> None:
    for length in range(8, len(content)):
        with pytest.raises(PhotoRefusedError, match="cut short") as refused:
            check_photo(content[:length])
        assert refused.value.key == "photo.truncated"


@pytest.mark.parametrize(
    "content",
    [
        _jpeg() + bytes(MAX_PHOTO_BYTES),
        _jpeg(width=12_001, height=1),
        _png(width=9_000, height=9_000),
        _png(width=2**31, height=2**31),
    ],
    ids=["bytes", "side", "pixels", "bomb"],
)
def test_too_much_is_refused_with_what_is_allowed(content: bytes) -> None:
    with pytest.raises(PhotoRefusedError, match="too large: at most") as refused:
        check_photo(content)
    assert refused.value.key == "photo.too_large"
