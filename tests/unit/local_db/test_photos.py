"""Photo files: every length reads back, every damage is found."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_db.photos import FRAME_BYTES, MOST_BYTES, PhotoFolder
from parking.errors import UnavailableError, UserError

_SEALED = FRAME_BYTES + 16


@pytest.fixture
def photos(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path / "photos")


@pytest.mark.parametrize(
    "length", [1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES + 7]
)
def test_any_length_reads_back_frame_by_frame(photos: PhotoFolder, length: int) -> None:
    plain = bytes(at % 251 for at in range(length))
    digest, key = photos.write(plain)
    frames = list(photos.read(digest, key, byte_length=length))
    assert b"".join(frames) == plain
    assert max(len(frame) for frame in frames) <= FRAME_BYTES


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[PhotoFolder, bytes, bytes, bytes]:
    """A photo of more than three frames: its folder, bytes, name and key."""
    photos = PhotoFolder(tmp_path_factory.mktemp("parts"))
    plain = bytes(at % 251 for at in range(3 * FRAME_BYTES + 7))
    return photos, plain, *photos.write(plain)


@settings(deadline=None, max_examples=50)
@given(offset=st.integers(0, 3 * FRAME_BYTES + 9), most=st.integers(1, 2 * FRAME_BYTES))
def test_any_part_reads_as_it_is(
    kept: tuple[PhotoFolder, bytes, bytes, bytes], offset: int, most: int
) -> None:
    photos, plain, digest, key = kept
    found = photos.read_part(digest, key, byte_length=len(plain), offset=offset, most_bytes=most)
    assert found == plain[offset : offset + most]


def test_a_thumbnail_lies_beside_its_photo_and_goes_with_it(
    photos: PhotoFolder, tmp_path: Path
) -> None:
    digest, _ = photos.write(b"picture")
    key = photos.write_thumbnail(digest, b"small")
    assert photos.read_thumbnail(digest, key, byte_length=5) == b"small"
    assert photos.sweep({digest}) == 0
    photos.remove(digest)
    assert [*(tmp_path / "photos").iterdir()] == []
    with pytest.raises(UnavailableError) as refused:
        photos.read_thumbnail(digest, key, byte_length=5)
    assert refused.value.key == "photo.missing"


def test_no_picture_lies_readable_on_the_disk(photos: PhotoFolder, tmp_path: Path) -> None:
    digest, _ = photos.write(b"a wheel on the kerb" * 100)
    assert b"wheel" not in (tmp_path / "photos" / digest.hex()).read_bytes()


@pytest.mark.parametrize("length", [0, MOST_BYTES + 1])
def test_a_photo_of_a_wrong_size_is_refused(photos: PhotoFolder, length: int) -> None:
    with pytest.raises(UserError, match="1 byte to 24 MiB"):
        photos.write(bytes(length))


def test_a_disk_that_fails_keeps_nothing(tmp_path: Path) -> None:
    photos = PhotoFolder(tmp_path / "photos")
    (tmp_path / "photos").rmdir()
    with pytest.raises(UnavailableError, match="could not be written") as refused:
        photos.write(b"x")
    assert refused.value.key == "photo.disk"


def test_a_photo_that_is_gone_is_told(photos: PhotoFolder) -> None:
    digest, key = photos.write(b"x")
    photos.remove(digest)
    photos.remove(digest)
    with pytest.raises(UnavailableError) as refused:
        list(photos.read(digest, key, byte_length=1))
    assert refused.value.key == "photo.missing"


@given(at=st.integers(0, 2 * _SEALED + 15), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found(
    tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "flipped"
    photos = PhotoFolder(folder)
    plain = bytes(2 * FRAME_BYTES)
    digest, key = photos.write(plain)
    content = bytearray((folder / digest.hex()).read_bytes())
    content[min(at, len(content) - 1)] ^= 1 << bit
    (folder / digest.hex()).write_bytes(content)
    with pytest.raises(UnavailableError) as refused:
        list(photos.read(digest, key, byte_length=len(plain)))
    assert refused.value.key == "photo.damaged"
    assert not refused.value.retry_safe


@pytest.mark.parametrize("damage", ["last frame cut", "half a frame", "swapped", "empty"])
def test_frames_cannot_be_cut_or_swapped(photos: PhotoFolder, tmp_path: Path, damage: str) -> None:
    plain = bytes(3 * FRAME_BYTES)
    digest, key = photos.write(plain)
    path = tmp_path / "photos" / digest.hex()
    sealed = path.read_bytes()
    damaged = {
        "last frame cut": sealed[: 2 * _SEALED],
        "half a frame": sealed[: 2 * _SEALED + 100],
        "swapped": sealed[_SEALED : 2 * _SEALED] + sealed[:_SEALED] + sealed[2 * _SEALED :],
        "empty": b"",
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(UnavailableError, match="damaged"):
        list(photos.read(digest, key, byte_length=len(plain)))


def test_a_shorter_record_does_not_pass_for_the_photo(photos: PhotoFolder) -> None:
    digest, key = photos.write(bytes(2 * FRAME_BYTES))
    with pytest.raises(UnavailableError, match="damaged"):
        list(photos.read(digest, key, byte_length=FRAME_BYTES))


def test_the_key_of_another_photo_opens_nothing(photos: PhotoFolder) -> None:
    digest, _ = photos.write(b"one")
    _, other_key = photos.write(b"two")
    with pytest.raises(UnavailableError, match="damaged"):
        list(photos.read(digest, other_key, byte_length=3))


def test_the_sweep_removes_what_nothing_names(photos: PhotoFolder, tmp_path: Path) -> None:
    named, _ = photos.write(b"named")
    photos.write(b"stranger")
    (tmp_path / "photos" / "half.part").write_bytes(b"half")
    assert photos.sweep({named}) == 2
    assert [path.name for path in (tmp_path / "photos").iterdir()] == [named.hex()]
