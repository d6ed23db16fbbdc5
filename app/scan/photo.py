"""Tells whether bytes are a whole JPEG or PNG photo before a decoder touches them.

Pure, standard library only, any thread. Decoders paint a half photo without a word, so its end is
looked for here.

Source: ITU-T T.81 annex B (JPEG markers), W3C PNG section 5 (chunks).
"""

import struct
from dataclasses import dataclass

from app.scan.messages import MAX_PHOTO_BYTES, PhotoRefusedError

MAX_SIDE_PX = 12_000
MAX_PIXELS = 64_000_000

_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_PNG_HEAD = 24
_SCAN, _END = 0xDA, b"\xff\xd9"
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """Width and height in pixels as the file says, before any rotation note."""

    width: int
    height: int


def check_photo(content: bytes) -> PhotoSize:
    """Make sure that bytes are a whole photo of a size we look at.

    Raises:
        PhotoRefusedError: ``photo.too_large``, ``photo.not_an_image`` or ``photo.truncated``.
    """
    check_length(len(content))
    if content.startswith(_JPEG_START):
        size = _jpeg_size(content)
    elif content.startswith(_PNG_START):
        size = _png_size(content)
    else:
        raise not_an_image()
    return check_size(size)


def check_length(length: int) -> None:
    """Refuse more bytes than are looked at.

    Raises:
        PhotoRefusedError: ``photo.too_large``.
    """
    if length > MAX_PHOTO_BYTES:
        raise PhotoRefusedError(
            "photo.too_large", "The photo is too large: at most 24 MiB are allowed."
        )


def check_size(size: PhotoSize) -> PhotoSize:
    """Refuse pictures without pixels or with more than memory is kept for.

    Raises:
        PhotoRefusedError: ``photo.not_an_image`` or ``photo.too_large``.
    """
    if size.width < 1 or size.height < 1:
        raise not_an_image()
    if max(size.width, size.height) > MAX_SIDE_PX or size.width * size.height > MAX_PIXELS:
        raise PhotoRefusedError(
            "photo.too_large",
            f"The photo is too large: at most {MAX_SIDE_PX} pixels a side and"
            f" {MAX_PIXELS // 1_000_000} million pixels are allowed.",
        )
    return size


def not_an_image() -> PhotoRefusedError:
    """The refusal of bytes that are no photo."""
    return PhotoRefusedError(
        "photo.not_an_image", "This is no photo: a JPEG or PNG file is needed."
    )


def truncated() -> PhotoRefusedError:
    """The refusal of a photo whose end is missing."""
    return PhotoRefusedError("photo.truncated", "The photo is cut short. Take or copy it again.")


def _png_size(content: bytes) -> PhotoSize:
    if len(content) < _PNG_HEAD or _PNG_END not in content[-_PNG_HEAD:]:
        raise truncated()
    if content[12:16] != b"IHDR":
        raise not_an_image()
    return PhotoSize(*struct.unpack(">II", content[16:24]))


def _jpeg_size(content: bytes) -> PhotoSize:
    size: PhotoSize | None = None
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise not_an_image()
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker == _SCAN:
            return _whole(content, at, size)
        else:
            if marker in _SIZES:
                size = _frame_size(content, at)
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise truncated()


def _frame_size(content: bytes, at: int) -> PhotoSize:
    if at + 9 > len(content):
        raise truncated()
    height, width = struct.unpack(">HH", content[at + 5 : at + 9])
    return PhotoSize(width, height)


def _whole(content: bytes, scan_at: int, size: PhotoSize | None) -> PhotoSize:
    if content.find(_END, scan_at) < 0:
        raise truncated()
    if size is None:
        raise not_an_image()
    return size
