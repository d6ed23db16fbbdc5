"""Thumbnails are small, upright, without EXIF, and never in the way of evidence."""

import random
from io import BytesIO

import pytest
from PIL import Image

from app.thumbnail import LONGEST_SIDE_PX, MOST_BYTES, thumbnail_of
from sync.wire import MOST_THUMBNAIL_BYTES

ORIENTATION, ROTATED_90 = 0x0112, 6


def jpeg(width: int, height: int, *, noisy: bool = False, orientation: int = 1) -> bytes:
    picture = Image.new("RGB", (width, height), (20, 90, 160))
    if noisy:
        noise = random.Random(3).randbytes(width * height * 3)
        picture = Image.frombytes("RGB", (width, height), noise)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def test_both_sides_allow_the_same_size() -> None:
    assert MOST_BYTES == MOST_THUMBNAIL_BYTES


@pytest.mark.parametrize(
    ("size", "shown"), [((1280, 960), (320, 240)), ((300, 900), (107, 320)), ((40, 30), (40, 30))]
)
def test_the_longest_side_is_bounded(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert opened(thumbnail_of(jpeg(*size))).size == shown


def test_a_picture_full_of_detail_still_fits() -> None:
    small = thumbnail_of(jpeg(800, 800, noisy=True))
    assert 0 < len(small) <= MOST_BYTES
    assert max(opened(small).size) <= LONGEST_SIDE_PX


def test_a_turned_camera_gives_an_upright_picture_and_no_exif() -> None:
    small = opened(thumbnail_of(jpeg(640, 320, orientation=ROTATED_90)))
    assert small.size == (160, 320)
    assert not small.getexif()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 picture \xff\xd9",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        jpeg(640, 480)[:300],
    ],
)
def test_what_cannot_be_made_smaller_has_none(content: bytes) -> None:
    assert thumbnail_of(content) == b""


def test_a_picture_that_would_fill_the_memory_has_none() -> None:
    bomb = bytearray(jpeg(64, 64))
    frame = bomb.index(b"\xff\xc0")
    bomb[frame + 5 : frame + 9] = (0xFFFF).to_bytes(2, "big") * 2
    assert thumbnail_of(bytes(bomb)) == b""
