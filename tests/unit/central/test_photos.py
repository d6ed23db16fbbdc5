"""Photo files: in chunks from a place that both sides know, whole or not at all, kept once."""

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from central import cli
from central.photos.evidence import copy_photos, missing_photos, waiting_for_photos
from central.photos.files import PhotoFiles
from central.photos.intake import sweep_partials
from parking.terminal import TerminalKind
from sync.wire import MOST_PHOTO_BYTES, MOST_THUMBNAIL_BYTES, PHOTO_CHUNK_BYTES, PhotoPlace
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem

JPEG = b"\xff\xd8\xff\xe0"
CHUNK = PHOTO_CHUNK_BYTES


@pytest.fixture
def device(service: Service) -> Device:
    return service.enrol_new()


def a_photo(size: int = 2 * CHUNK + 9) -> bytes:
    return JPEG + os.urandom(size - len(JPEG))


def name(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def photo_files(service: Service) -> PhotoFiles:
    return PhotoFiles(service.central.settings.photo_dir)


def on_disk(service: Service) -> set[Path]:
    return {path for path in service.central.settings.photo_dir.rglob("*") if path.is_file()}


def put(
    service: Service, device: Device, photo: bytes, offset: int, chunk: bytes, **other: Any
) -> httpx.Response:
    headers = {
        **device.headers(),
        "Upload-Offset": str(offset),
        "Upload-Length": str(other.get("length", len(photo))),
    }
    path = f"/sync/v1/photos/{other.get('name', name(photo))}"
    return service.client.patch(path, content=chunk, headers=headers)


def place(answer: httpx.Response) -> PhotoPlace:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PhotoPlace)


def ask(service: Service, device: Device, photo: bytes) -> PhotoPlace:
    path = f"/sync/v1/photos/{name(photo)}/place"
    return place(service.client.get(path, headers=device.headers()))


def put_all(service: Service, device: Device, photo: bytes) -> PhotoPlace:
    found = PhotoPlace(offset=0)
    for offset in range(0, len(photo), CHUNK):
        found = place(put(service, device, photo, offset, photo[offset : offset + CHUNK]))
    return found


def test_a_photo_comes_in_by_chunks_and_is_kept_under_its_hash(
    service: Service, device: Device
) -> None:
    photo = a_photo()
    assert ask(service, device, photo) == PhotoPlace(offset=0)
    assert place(put(service, device, photo, 0, photo[:CHUNK])) == PhotoPlace(offset=CHUNK)
    assert ask(service, device, photo) == PhotoPlace(offset=CHUNK)
    assert not photo_files(service).path(bytes.fromhex(name(photo))).exists()
    place(put(service, device, photo, CHUNK, photo[CHUNK : 2 * CHUNK]))
    whole = PhotoPlace(offset=len(photo), complete=True, durable=True)
    assert place(put(service, device, photo, 2 * CHUNK, photo[2 * CHUNK :])) == whole
    assert ask(service, device, photo) == whole
    assert photo_files(service).path(bytes.fromhex(name(photo))).read_bytes() == photo
    [(length, terminal_id)] = service.rows(
        "select byte_length, terminal_id from photo_files where sha256 = %(hash)s",
        hash=bytes.fromhex(name(photo)),
    )
    assert (length, terminal_id) == (len(photo), device.terminal.terminal_id)


@pytest.mark.parametrize("offset", [0, 7, CHUNK - 1, CHUNK + 1, 2 * CHUNK])
def test_a_chunk_for_another_place_is_told_the_true_one(
    service: Service, device: Device, offset: int
) -> None:
    photo = a_photo()
    put(service, device, photo, 0, photo[:CHUNK])
    answer = put(service, device, photo, offset, photo[offset : offset + 9])
    assert (answer.status_code, problem(answer).key) == (409, "upload.offset")
    assert problem(answer).offset == CHUNK
    assert ask(service, device, photo).offset == CHUNK


def test_a_photo_that_is_here_takes_no_more_bytes(service: Service, device: Device) -> None:
    photo = a_photo(1000)
    put_all(service, device, photo)
    other = service.enrol_new()
    assert ask(service, other, photo).complete
    assert place(put(service, other, photo, 0, b"anything")).complete
    assert photo_files(service).path(bytes.fromhex(name(photo))).read_bytes() == photo


def test_another_device_may_go_on_where_the_first_one_stopped(
    service: Service, device: Device
) -> None:
    photo = a_photo()
    put(service, device, photo, 0, photo[:CHUNK])
    other = service.enrol_new()
    place(put(service, other, photo, CHUNK, photo[CHUNK : 2 * CHUNK]))
    assert place(put(service, other, photo, 2 * CHUNK, photo[2 * CHUNK :])).complete


def test_a_power_cut_between_the_last_byte_and_the_name_needs_no_byte_again(
    service: Service, device: Device
) -> None:
    photo = a_photo(1000)
    put(service, device, photo, 0, photo[:500])
    [part] = [path for path in on_disk(service) if path.stem == name(photo)]
    part.write_bytes(photo)
    assert ask(service, device, photo) == PhotoPlace(offset=1000)
    assert place(put(service, device, photo, 1000, b"")).complete


def test_a_row_that_a_restore_lost_is_written_again(service: Service, device: Device) -> None:
    photo = a_photo(100)
    path = photo_files(service).path(bytes.fromhex(name(photo)))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(photo)
    assert ask(service, device, photo).complete
    count = "select 1 from photo_files where sha256 = %(hash)s"
    assert len(service.rows(count, hash=bytes.fromhex(name(photo)))) == 1


def test_a_photo_whose_file_was_lost_is_taken_again(service: Service, device: Device) -> None:
    photo = a_photo(100)
    put_all(service, device, photo)
    path = photo_files(service).path(bytes.fromhex(name(photo)))
    path.unlink()
    assert ask(service, device, photo) == PhotoPlace(offset=0)
    assert put_all(service, device, photo).complete
    assert path.read_bytes() == photo


def test_bytes_that_do_not_fit_the_hash_are_dropped(service: Service, device: Device) -> None:
    before, photo = on_disk(service), a_photo()
    damaged = photo[:CHUNK] + bytes(len(photo) - CHUNK)
    put(service, device, photo, 0, damaged[:CHUNK])
    put(service, device, photo, CHUNK, damaged[CHUNK : 2 * CHUNK])
    answer = put(service, device, photo, 2 * CHUNK, damaged[2 * CHUNK :])
    assert (answer.status_code, problem(answer).key) == (422, "photo.hash")
    assert on_disk(service) == before
    assert put_all(service, device, photo).complete


@pytest.mark.parametrize(
    ("chunk", "length", "status", "key"),
    [
        (b"GIF89a" + bytes(100), 200, 415, "photo.no_image"),
        (b"<html>sign in to this network</html>", 200, 415, "photo.no_image"),
        (b"", 200, 415, "photo.no_image"),
        (JPEG, MOST_PHOTO_BYTES + 1, 413, "photo.too_large"),
        (JPEG, 3, 413, "photo.too_large"),
        (JPEG + bytes(CHUNK), 10**6, 413, "body.too_large"),
        (JPEG, 0, 400, "request.parameter"),
        (JPEG, -1, 400, "request.parameter"),
        (JPEG, "many", 400, "request.parameter"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    service: Service, device: Device, chunk: bytes, length: object, status: int, key: str
) -> None:
    before = on_disk(service)
    answer = put(service, device, os.urandom(9), 0, chunk, length=length)
    assert (answer.status_code, problem(answer).key) == (status, key)
    assert on_disk(service) == before


@pytest.mark.parametrize(
    "bad", ["x", "0" * 63, "g" * 64, "00 " * 21 + "0", "..%2f..%2fetc%2fpasswd", "." * 64]
)
def test_a_name_that_is_no_hash_is_refused(service: Service, device: Device, bad: str) -> None:
    answer = put(service, device, JPEG, 0, JPEG, name=bad)
    assert answer.status_code in {400, 404}
    assert problem(answer).key in {"upload.name", "http.404"}


def test_nobody_sends_photos_without_a_token(service: Service) -> None:
    headers = {"Upload-Offset": "0", "Upload-Length": "4"}
    path = f"/sync/v1/photos/{'0' * 64}"
    answer = service.client.patch(path, content=JPEG, headers=headers)
    assert (answer.status_code, problem(answer).key) == (401, "token.missing")


def test_a_thumbnail_comes_before_its_photo_and_desks_see_it(
    service: Service, device: Device
) -> None:
    photo, small = a_photo(), JPEG + b"small"
    path = f"/sync/v1/photos/{name(photo)}/thumbnail"
    for content in (small, JPEG + b"another"):
        answer = service.client.put(path, content=content, headers=device.headers())
        assert answer.status_code == 204
    desk = service.enrol_new(TerminalKind.SUPERVISOR)
    shown = service.client.get(path, headers=desk.headers())
    assert (shown.status_code, shown.content) == (200, small)
    refused = service.client.get(path, headers=device.headers())
    assert (refused.status_code, problem(refused).key) == (403, "photo.desk")
    whole = service.client.get(path.removesuffix("/thumbnail"), headers=desk.headers())
    assert (whole.status_code, problem(whole).key) == (404, "photo.unknown")
    assert problem(whole).sentence == "This photo has not come in yet."


def test_a_desk_gets_a_photo_once_it_is_whole(service: Service, device: Device) -> None:
    photo, desk = a_photo(), service.enrol_new(TerminalKind.SUPERVISOR)
    path = f"/sync/v1/photos/{name(photo)}"

    def got(by: Device, path: str = path) -> httpx.Response:
        return service.client.get(path, headers=by.headers())

    put(service, device, photo, 0, photo[:CHUNK])
    assert (got(desk).status_code, problem(got(desk)).key) == (404, "photo.unknown")
    put(service, device, photo, CHUNK, photo[CHUNK : 2 * CHUNK])
    put(service, device, photo, 2 * CHUNK, photo[2 * CHUNK :])
    shown = got(desk)
    assert (shown.status_code, shown.content) == (200, photo)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert (got(device).status_code, problem(got(device)).key) == (403, "photo.desk")
    assert service.client.get(path).status_code == 401
    small = got(desk, f"{path}/thumbnail")
    assert (small.status_code, problem(small).key) == (404, "photo.unknown")


@pytest.mark.parametrize(
    "bad", ["x", "g" * 64, "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "." * 64]
)
@pytest.mark.parametrize("end", ["", "/thumbnail"])
def test_a_desk_gets_nothing_but_photos(service: Service, bad: str, end: str) -> None:
    desk = service.enrol_new(TerminalKind.SUPERVISOR)
    answer = service.client.get(f"/sync/v1/photos/{bad}{end}", headers=desk.headers())
    assert answer.status_code in {400, 404}
    assert problem(answer).key in {"upload.name", "http.404"}


def test_the_schema_says_that_photos_come_as_pictures(service: Service) -> None:
    paths = service.client.get("/v1/openapi.json").json()["paths"]
    for path in ("/sync/v1/photos/{sha256_hex}", "/sync/v1/photos/{sha256_hex}/thumbnail"):
        assert "requestBody" not in paths[path]["get"]
        assert list(paths[path]["get"]["responses"]["200"]["content"]) == ["image/jpeg"]


@pytest.mark.parametrize(
    ("content", "status", "key"),
    [
        (b"GIF89a", 415, "photo.no_image"),
        (JPEG + bytes(MOST_THUMBNAIL_BYTES), 413, "body.too_large"),
    ],
)
def test_what_is_no_thumbnail_is_refused(
    service: Service, device: Device, content: bytes, status: int, key: str
) -> None:
    path = f"/sync/v1/photos/{name(os.urandom(9))}/thumbnail"
    answer = service.client.put(path, content=content, headers=device.headers())
    assert (answer.status_code, problem(answer).key) == (status, key)


def test_a_full_disk_keeps_what_was_here(
    service: Service, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = a_photo()
    put(service, device, photo, 0, photo[:CHUNK])

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        answer = put(service, device, photo, CHUNK, photo[CHUNK : 2 * CHUNK])
    assert (answer.status_code, problem(answer).key) == (503, "photo.disk")
    assert ask(service, device, photo).offset == CHUNK


def test_partial_photos_are_dropped_after_days_without_a_byte(
    service: Service, device: Device
) -> None:
    old, young = a_photo(), a_photo()
    for photo in (old, young):
        put(service, device, photo, 0, photo[:CHUNK])
    [part] = [path for path in on_disk(service) if path.stem == name(old)]
    week_ago = time.time() - 7 * 86_400 - 60
    os.utime(part, (week_ago, week_ago))
    central = service.central
    assert sweep_partials(central.database, central.clock, photo_files(service), days=7) == 1
    assert ask(service, device, old).offset == 0
    assert ask(service, device, young).offset == CHUNK


def test_evidence_is_complete_when_every_photo_is_here(service: Service, device: Device) -> None:
    photos = [a_photo(50), a_photo(60)]
    hashes = tuple(bytes.fromhex(name(photo)) for photo in photos)
    made = device.citation(plate="PH0T0", photo_hashes=hashes)
    device.push(service.client, made, device.citation(plate="PH0T0"))

    def missing() -> dict[Any, list[bytes]]:
        with service.central.database.reading() as connection:
            return missing_photos(connection, [made.citation_id])

    def waits() -> bool:
        with service.central.database.reading() as connection:
            later = service.now_utc
            return made.citation_id in waiting_for_photos(connection, before=later, most=10**6)

    assert (missing(), waits()) == ({made.citation_id: [*hashes]}, True)
    put_all(service, device, photos[0])
    assert (missing(), waits()) == ({made.citation_id: [hashes[1]]}, True)
    put_all(service, device, photos[1])
    assert (missing(), waits()) == ({}, False)


def test_where_backups_count_a_photo_is_safe_once_it_is_copied(
    fresh_service: Service, tmp_path: Path
) -> None:
    service, photo = fresh_service, a_photo()
    central = service.central
    device, target = service.enrol(), tmp_path / "copies"
    service.client.put(
        f"/sync/v1/photos/{name(photo)}/thumbnail", content=JPEG, headers=device.headers()
    )
    put_all(service, device, photo)
    files = photo_files(service)
    object.__setattr__(central, "settings", replace(central.settings, durability="archived"))
    assert ask(service, device, photo) == PhotoPlace(offset=len(photo), complete=True)
    lost = a_photo(20)
    put_all(service, device, lost)
    files.path(bytes.fromhex(name(lost))).unlink()
    assert copy_photos(central.database, central.clock, files, target) == 1
    assert copy_photos(central.database, central.clock, files, target) == 0
    assert ask(service, device, photo).durable
    copied = PhotoFiles(target)
    assert copied.path(bytes.fromhex(name(photo))).read_bytes() == photo
    assert copied.thumbnail_path(bytes.fromhex(name(photo))).read_bytes() == JPEG


def test_copies_that_cannot_be_made_are_told(
    fresh_service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service, photo = fresh_service, a_photo(100)
    settings = service.central.settings
    put_all(service, service.enrol(), photo)
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PARKING_PHOTO_DIR", str(settings.photo_dir))
    (tmp_path / "file").write_bytes(b"no folder")
    assert cli.main(["copy-photos", "--to", str(tmp_path / "file")]) == 1
    assert "Photos could not be copied" in capsys.readouterr().err
    assert cli.main(["copy-photos", "--to", str(tmp_path / "copies")]) == 0
    assert "1 photos copied" in capsys.readouterr().err
