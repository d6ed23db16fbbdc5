"""Sealed hand-over files at central: taken by chunks like photos, kept for days, never half."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from central import cli
from central.hand_over.files import HandOverFiles
from central.identity.city_keys import init_keys, read_keys
from central.problems import RefusedError
from parking.errors import UnavailableError
from sync.wire import MOST_HAND_OVER_BYTES, UploadPlace

SEALED = os.urandom(1000)
NAME = hashlib.sha256(SEALED).digest()


@pytest.fixture
def files(tmp_path: Path) -> HandOverFiles:
    return HandOverFiles(tmp_path)


def test_a_file_comes_in_by_chunks_and_again_is_harmless(files: HandOverFiles) -> None:
    assert files.place(NAME) == UploadPlace(offset=0)
    first = files.add(NAME, SEALED[:400], offset=0, byte_length=1000)
    assert first == files.place(NAME) == UploadPlace(offset=400)
    whole = files.add(NAME, SEALED[400:], offset=400, byte_length=1000)
    assert whole == files.place(NAME) == UploadPlace(offset=1000, complete=True)
    assert files.add(NAME, SEALED[:9], offset=0, byte_length=1000) == whole
    assert files.path(NAME).read_bytes() == SEALED


@pytest.mark.parametrize(
    ("offset", "chunk", "byte_length", "status", "key"),
    [
        (7, b"x", 1000, 409, "upload.offset"),
        (0, b"x" * 1001, 1000, 413, "hand_over.too_large"),
        (0, b"x", MOST_HAND_OVER_BYTES + 1, 413, "hand_over.too_large"),
        (0, bytes(1000), 1000, 422, "hand_over.hash"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    files: HandOverFiles, offset: int, chunk: bytes, byte_length: int, status: int, key: str
) -> None:
    with pytest.raises(RefusedError) as told:
        files.add(NAME, chunk, offset=offset, byte_length=byte_length)
    assert (told.value.status, told.value.key) == (status, key)
    assert files.place(NAME) == UploadPlace(offset=0)


def test_a_full_disk_keeps_what_was_here(
    files: HandOverFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.add(NAME, SEALED[:400], offset=0, byte_length=1000)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(UnavailableError) as told:
            files.add(NAME, SEALED[400:], offset=400, byte_length=1000)
    assert told.value.key == "hand_over.disk"
    assert files.place(NAME).offset == 400


def test_files_go_after_days_without_a_byte(files: HandOverFiles) -> None:
    assert files.sweep(before_s=time.time()) == 0
    files.add(NAME, SEALED, offset=0, byte_length=1000)
    assert files.sweep(before_s=time.time() - 60) == 0
    os.utime(files.path(NAME), (1, 1))
    assert files.sweep(before_s=time.time() - 60) == 1
    assert files.place(NAME).offset == 0


def test_a_rotation_makes_a_key_and_keeps_the_old_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "keys"
    init_keys(folder)
    seen = [read_keys(folder).hand_over_public]
    for _ in range(2):
        assert cli.main(["rotate-hand-over-key", "--dir", str(folder)]) == 0
        told = capsys.readouterr()
        keys = read_keys(folder)
        assert told.out.strip() == keys.hand_over_public.hex()
        assert "the old one is kept" in told.err
        seen.append(keys.hand_over_public)
    assert len(set(seen)) == len(keys.hand_over) == 3
    for public in seen:
        key = keys.opening(public)
        assert key is not None
        assert key.public_key().public_bytes_raw() == public
    assert keys.opening(bytes(32)) is None
    assert cli.main(["rotate-hand-over-key", "--dir", str(tmp_path / "none")]) == 1
    assert "is missing" in capsys.readouterr().err
