"""Photo files: whole or not at all, named by their hash, kept once."""

import hashlib
import os
from pathlib import Path

import httpx
import pytest

from central.photos.files import LONGEST_BYTES, photo_path
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40 + b"\xff\xd9"


@pytest.fixture
def device(service: Service) -> Device:
    return service.enrol_new()


def put(service: Service, device: Device, name: str, content: bytes) -> httpx.Response:
    headers = {**device.headers(), "Content-Type": "image/jpeg"}
    return service.client.put(f"/sync/v1/photos/{name}", content=content, headers=headers)


def files(service: Service) -> set[Path]:
    return {path for path in service.central.settings.photo_dir.rglob("*") if path.is_file()}


def test_a_photo_is_kept_under_its_hash_and_sending_it_again_is_harmless(
    service: Service, device: Device
) -> None:
    photo = JPEG + os.urandom(300_000)
    sha256 = hashlib.sha256(photo)
    for _ in range(2):
        answer = put(service, device, sha256.hexdigest(), photo)
        assert (answer.status_code, answer.content) == (204, b"")
    path = photo_path(service.central.settings.photo_dir, sha256.digest())
    assert path.read_bytes() == photo
    [(length, terminal_id)] = service.rows(
        "select byte_length, terminal_id from photo_files where sha256 = %(hash)s",
        hash=sha256.digest(),
    )
    assert (length, terminal_id) == (len(photo), device.terminal.terminal_id)


def test_a_photo_whose_file_was_lost_is_taken_again(service: Service, device: Device) -> None:
    photo = JPEG + os.urandom(10)
    sha256 = hashlib.sha256(photo)
    path = photo_path(service.central.settings.photo_dir, sha256.digest())
    put(service, device, sha256.hexdigest(), photo)
    path.unlink()
    assert put(service, device, sha256.hexdigest(), photo).status_code == 204
    assert path.read_bytes() == photo


@pytest.mark.parametrize(
    ("content", "status", "key"),
    [
        (b"GIF89a" + bytes(100), 415, "photo.no_image"),
        (b"<html>sign in to this network</html>", 415, "photo.no_image"),
        (b"\xff\xd8", 415, "photo.no_image"),
        (b"", 415, "photo.no_image"),
        (JPEG + bytes(LONGEST_BYTES), 413, "photo.too_large"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    service: Service, device: Device, content: bytes, status: int, key: str
) -> None:
    before = files(service)
    answer = put(service, device, hashlib.sha256(content).hexdigest(), content)
    assert (answer.status_code, problem(answer).key) == (status, key)
    assert files(service) == before


def test_a_photo_that_arrives_damaged_is_refused_and_leaves_nothing(
    service: Service, device: Device
) -> None:
    before = files(service)
    answer = put(service, device, hashlib.sha256(b"other").hexdigest(), JPEG)
    assert (answer.status_code, problem(answer).key) == (422, "photo.hash")
    assert files(service) == before


@pytest.mark.parametrize("name", ["x", "0" * 63, "g" * 64, "00 " * 21 + "0"])
def test_a_name_that_is_no_hash_is_refused(service: Service, device: Device, name: str) -> None:
    answer = put(service, device, name, JPEG)
    assert (answer.status_code, problem(answer).key) == (400, "photo.name")


def test_nobody_stores_photos_without_a_token(service: Service) -> None:
    answer = service.client.put(f"/sync/v1/photos/{'0' * 64}", content=JPEG)
    assert (answer.status_code, problem(answer).key) == (401, "token.missing")
