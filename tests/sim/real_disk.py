"""The product's own encrypted store as a disk of the simulator.

Power loss is a commit that never happens: what the files hold is what was committed before. (That
the files survive a real power loss is shown by the tests of faults, not here.)
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, select

from local_db.rows import mapping_of
from local_db.store import LocalStore
from local_db.tables import FACT_TABLES, FEED_TABLES, OUTBOX, PHOTO_FILE
from parking.numbers import NumberLease
from parking.terminal import Terminal
from sync.engine import SyncStore
from sync.records import BY_NAME, encode
from tests.fakes.terminal import KEY, enrolment
from tests.sim.clocks import DeviceClock
from tests.sim.disk import Accident, Make, Place
from tests.sim.photo_disk import THUMBNAIL

_MEMORY = Path("/dev/shm")  # noqa: S108  # where there is one, a history costs no disk


@cache
def home() -> Path:
    """Return a folder for the disks of this process and its forks, removed when it ends."""
    where = _MEMORY if _MEMORY.is_dir() else None
    home = tempfile.TemporaryDirectory(prefix="stamford-sim-", dir=where)
    atexit.register(home.cleanup)
    return Path(home.name)


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=home())) / "device"


def real_disk(terminal: Terminal, clock: DeviceClock) -> "RealDisk":
    """Return the disk of a device that was just enrolled."""
    folder, template = _new_folder(), home() / f"{os.getpid()}-{terminal.name}-{terminal.kind}"
    if not template.exists():
        _enrol(template, terminal, clock)
    shutil.copytree(template, folder)
    return RealDisk(folder, clock)


def _enrol(folder: Path, terminal: Terminal, clock: DeviceClock) -> None:
    store = LocalStore.create(folder, KEY, clock)
    store.keep_identity(enrolment(**{name: getattr(terminal, name) for name in _IDENTITY}))
    store.keep_lease(
        NumberLease(
            lease_id=terminal.terminal_id,
            terminal_id=terminal.terminal_id,
            series=terminal.series,
            first_serial=1,
            last_serial=999_999,
        )
    )
    store.close()


_IDENTITY = ("terminal_id", "name", "kind", "series", "epoch")


class RealDisk:
    """Satisfies ``tests.sim.disk.Disk``."""

    def __init__(self, folder: Path, clock: DeviceClock) -> None:
        self.accident = Accident()
        self._folder = folder
        self._clock = clock
        self._open()

    def _open(self) -> None:
        self._store = LocalStore.open(self._folder, KEY, self._clock)
        for file in (self._store._records, self._store._reference):
            event.listen(file._writer, "commit", self._before_commit)

    def _before_commit(self, connection: Connection) -> None:
        try:
            self.accident.before_commit()
        except BaseException:
            # As SQLite itself does when a COMMIT fails.
            connection.connection.rollback()
            raise

    @property
    def outbox(self) -> SyncStore:
        return self._store.outbox

    def save(self, make: Make, photos: Sequence[bytes]) -> Sequence[Any]:
        for plain in photos:
            self._store.save_photo(plain, thumbnail=plain[:THUMBNAIL])
        with self._store.saving() as work:
            facts = make(work.next_number)
            for fact in facts:
                work.add(fact)
            work.commit()
        return facts

    def kept(self) -> dict[tuple[int, int, int], tuple[str, bytes, str]]:
        with self._store._records.reading() as connection:
            rows = connection.execute(select(OUTBOX)).all()
        return {(row.epoch, row.lane, row.seq): (row.name, row.payload, row.state) for row in rows}

    def own(self) -> set[Place]:
        found: set[Place] = set()
        with self._store._records.reading() as connection:
            for name, table in FACT_TABLES.items():
                keys = connection.execute(select(table.c[BY_NAME[name].key])).scalars()
                found.update((name, str(UUID(bytes=key))) for key in keys)
        return found

    def rows(self) -> dict[Place, bytes]:
        found = {}
        with self._store._reference.reading() as connection:
            for name, table in FEED_TABLES.items():
                record = BY_NAME[name]
                for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}"):
                    value = mapping_of(record.of).value(row)
                    found[name, str(getattr(value, record.key))] = encode(value)
        return found

    def shown(self, place: Place) -> tuple[Any | None, int]:
        found = self._store.shown(BY_NAME[place[0]].of, place[1])
        return found.value, found.base_revision

    def pictures(self) -> set[bytes]:
        with self._store._records.reading() as connection:
            return set(connection.execute(select(PHOTO_FILE.c.sha256)).scalars())

    def crash(self) -> None:
        self.accident.arm()
        self._store.close()
        self._open()

    def lose_reference(self) -> None:
        self._store.close()
        for path in self._folder.glob("reference.db*"):
            path.unlink()
        self._open()

    def clone(self) -> "RealDisk":
        folder = _new_folder()
        self._store.close()
        shutil.copytree(self._folder, folder)
        self._open()
        return RealDisk(folder, self._clock)

    def close(self) -> None:
        self._store.close()
        shutil.rmtree(self._folder.parent)
