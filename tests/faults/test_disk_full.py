"""A disk without room, for real: a small file system in memory, or a limit on the size of files."""

import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec import Raw

from local_db.failures import plain_disk_errors
from local_db.store import LocalStore
from parking.errors import UnavailableError
from parking.zone import Source
from sync.records import encode
from sync.wire import FeedPage, FeedRow
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import KEY, citation, enrolled, lease, photo, plate_check
from tests.faults.checks import heard, wrong_after
from tests.faults.work import saved_line
from tests.unit.parking import samples

_SMALL_BYTES = 4 * 1024 * 1024
_ROOM_BYTES = 400_000
_ENOUGH = 4
_MANY = 1_500
_MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Disk:
    """One that can be full.

    Attributes:
        folder: For the store; not there yet.
        fill: Leaves room for a few saves.
        make_room: As if somebody had thrown things away.
        says: The keys of what a person may be told.
    """

    folder: Path
    fill: Callable[[], None]
    make_room: Callable[[], None]
    says: frozenset[str]


@contextmanager
def _small(tmp_path: Path) -> Iterator[Disk]:
    mounted, ballast = tmp_path / "disk", tmp_path / "disk" / "ballast"
    mounted.mkdir()
    size = f"size={_SMALL_BYTES},mode=700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(mounted)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"only root may mount a small disk: {done.stderr.strip()}")

    def fill() -> None:
        room = os.statvfs(mounted)
        ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - _ROOM_BYTES))

    try:
        yield Disk(
            mounted / "device",
            fill,
            ballast.unlink,
            frozenset({"database.disk_full", "photo.disk"}),
        )
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)


@contextmanager
def _limited(tmp_path: Path) -> Iterator[Disk]:
    folder, before = tmp_path / "device", resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        largest = max(path.stat().st_size for path in folder.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + _ROOM_BYTES // 3, before[1]))

    def make_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    try:
        # A file that may not grow is no full disk to SQLite, but one that does not answer.
        yield Disk(folder, fill, make_room, frozenset({"database.disk", "photo.disk"}))
    finally:
        make_room()


@pytest.mark.parametrize("kind", [_small, _limited], ids=["small disk", "limited files"])
def test_a_full_disk_is_told_loses_nothing_and_work_goes_on_when_there_is_room(
    kind: Callable[[Path], AbstractContextManager[Disk]], tmp_path: Path
) -> None:
    with kind(tmp_path) as disk:
        store = enrolled(disk.folder)
        store.keep_lease(lease(1, 1000, lease_id=UUID(int=1)))
        disk.fill()
        lines, told = _issue_until_full(store)
        assert lines
        before, page = store.outbox.feed_position(), _page()
        told += _told(lambda: store.outbox.apply_page(page))
        assert store.outbox.feed_position() == before
        store.close()
        # It may not open without room; nothing is lost by trying.
        told += _told(lambda: LocalStore.open(disk.folder, KEY, StillClock()).close())
        assert {error.key for error in told} <= disk.says
        assert all(error.retry_safe and error.sentence for error in told)
        disk.make_room()
        assert wrong_after(disk.folder, heard(lines), then=lambda store: _takes(store, page)) == ""


def _issue_until_full(store: LocalStore) -> tuple[list[str], list[UnavailableError]]:
    """Issue citations until some in a row are refused; return what was promised, what was told."""
    lines: list[str] = []
    told: list[UnavailableError] = []
    while len(told) < _ENOUGH:
        assert len(lines) < _MOST_LINES
        refused = _told(lambda: lines.extend(_issue(store, len(lines))))
        told = [*told, *refused] if refused else []
    return lines, told


def _issue(store: LocalStore, number: int) -> list[str]:
    """Issue a citation with a photo; return what is promised once that returned."""
    plain = number.to_bytes(2) * 2_000
    digest = store.save_photo(plain)
    with store.saving() as work:
        paper = work.next_number()
        made = citation(number=paper)
        facts = made, plate_check(), photo(made, digest, len(plain))
        for fact in facts:
            work.add(fact)
        work.commit()
    return [f"number {paper}", f"photo {digest.hex()}", *map(saved_line, facts)]


def _told(do: Callable[[], object]) -> list[UnavailableError]:
    try:
        do()
    except UnavailableError as error:
        return [error]
    return []


def _page() -> FeedPage:
    rows = [samples.session(parking_session_id=uuid4()) for _ in range(_MANY)]
    return FeedPage(
        feed_epoch="life-1",
        cursor="life-1:9",
        rows=[FeedRow("parking_session", Raw(encode(row))) for row in rows],
        more=False,
        as_of={source.value: NOON for source in Source},
        server_utc=NOON,
    )


def _takes(store: LocalStore, page: FeedPage) -> str:
    store.outbox.apply_page(page)
    found = len(store.candidates("AB12345").rights)
    return "" if found == _MANY else f"{found} of {_MANY} rows of the page came in"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "database.disk_full"),
        (errno.EDQUOT, "database.disk_full"),
        (errno.EIO, "database.disk"),
    ],
)
def test_a_file_system_without_room_is_told_apart_from_one_that_fails(
    number: int, key: str
) -> None:
    with pytest.raises(UnavailableError) as told, plain_disk_errors():
        raise OSError(number, os.strerror(number))
    assert told.value.key == key
