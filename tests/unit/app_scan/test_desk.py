"""The worker's desk inside this process: what it answers to each kind of request."""

import struct

import cv2
import msgspec
import numpy as np
import pytest

from app.scan import models
from app.scan.messages import Answer, Frame, Photo, Refused, Request, ScanResult, Unavailable
from app.scan.worker import Desk
from simulator.city.photos import paint_photo


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def _ask(desk: Desk, request: Request) -> Answer:
    return desk.answer(msgspec.msgpack.encode(request))


def _pixels(photo: bytes) -> cv2.typing.MatLike:
    pixels = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels


def _result(desk: Desk, request: Request) -> ScanResult:
    answer = _ask(desk, request)
    assert isinstance(answer, ScanResult)
    return answer


@pytest.fixture(scope="module")
def photo() -> bytes:
    return paint_photo("BK47291", "CT", seed=1)


def test_the_plate_of_a_photo_comes_first_with_its_place_version_and_time(
    desk: Desk, photo: bytes
) -> None:
    answer = _result(desk, Photo(photo))
    first = answer.candidates[0]
    assert first.text == "BK47291"
    assert first.score > 0.5
    assert "CT" in first.usual_in
    assert first.note.startswith("fits CT")
    assert 440 < first.box.x + first.box.width / 2 < 840
    assert 450 < first.box.y + first.box.height / 2 < 800
    assert "PP-OCRv6" in answer.engine
    assert "onnxruntime" in answer.engine
    assert answer.elapsed_ms > 0


def test_a_photo_taken_with_the_camera_on_its_side_is_turned_by_its_own_note(
    desk: Desk, photo: bytes
) -> None:
    pixels = _pixels(photo)
    written, lying = cv2.imencode(".jpg", cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE))
    assert written
    turn_right = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
    note = b"Exif\0\0" + turn_right
    content = lying.tobytes()
    marked = content[:2] + struct.pack(">HH", 0xFFE1, len(note) + 2) + note + content[2:]
    assert _result(desk, Photo(marked)).candidates[0].text == "BK47291"


def test_a_camera_frame_is_read_like_a_photo(desk: Desk, photo: bytes) -> None:
    pixels = _pixels(photo)
    rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).tobytes()
    answer = _result(desk, Frame(width=1280, height=960, rgb=rgb))
    assert answer.candidates[0].text == "BK47291"


def test_places_in_a_very_large_photo_are_told_in_its_own_pixels(desk: Desk, photo: bytes) -> None:
    pixels = _pixels(photo)
    written, large = cv2.imencode(".jpg", cv2.resize(pixels, (5120, 3840)))
    assert written
    first = _result(desk, Photo(large.tobytes())).candidates[0]
    assert first.text == "BK47291"
    assert 1760 < first.box.x + first.box.width / 2 < 3360


@pytest.mark.parametrize("shape", [(960, 1280, 3), (1, 1, 3), (3, 2000, 3)])
def test_a_picture_without_a_plate_gives_no_candidates(
    desk: Desk, shape: tuple[int, int, int]
) -> None:
    written, grey = cv2.imencode(".png", np.full(shape, 128, np.uint8))
    assert written
    assert _result(desk, Photo(grey.tobytes())).candidates == ()


def test_what_is_no_photo_is_refused_in_words(desk: Desk, photo: bytes) -> None:
    for content, key in (
        (b"<html>", "photo.not_an_image"),
        (photo[:5000], "photo.truncated"),
        (photo[:-2], "photo.truncated"),
    ):
        answer = _ask(desk, Photo(content))
        assert isinstance(answer, Refused)
        assert answer.key == key
        assert answer.sentence.endswith(".")


def test_a_photo_with_nonsense_inside_is_refused_not_fatal(desk: Desk) -> None:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 9, 9, 99, 77, 0, 0, 0, 0)
    answer = _ask(desk, Photo(head + b"\0\0\0\0IEND\xaeB`\x82"))
    assert isinstance(answer, Refused)
    assert answer.key == "photo.not_an_image"


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (Frame(width=2, height=2, rgb=bytes(11)), "photo.frame_size"),
        (Frame(width=0, height=2, rgb=b""), "photo.not_an_image"),
        (Frame(width=20_000, height=1, rgb=bytes(60_000)), "photo.too_large"),
    ],
)
def test_a_damaged_frame_is_refused_in_words(desk: Desk, frame: Frame, key: str) -> None:
    answer = _ask(desk, frame)
    assert isinstance(answer, Refused)
    assert answer.key == key


def test_without_the_libraries_the_worker_says_so(
    desk: Desk, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "NEEDED", ("onnxruntime", "a_library_that_is_not_there"))
    answer = _ask(desk, Photo(photo))
    assert isinstance(answer, Unavailable)
    assert "a_library_that_is_not_there missing" in answer.sentence
    assert "Type the plate instead" in answer.sentence


def test_without_the_network_files_the_worker_says_so(
    desk: Desk, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "DETECTOR_FILE", "not-there.onnx")
    answer = _ask(desk, Photo(photo))
    assert isinstance(answer, Unavailable)
    assert answer.sentence == "The plate reading files are missing. Type the plate instead."
