"""The snapshots that are ready: built once for many terminals, kept for a while, then built anew.

Files lie in one folder; a second process of the service finds what the first one built. Building
runs on a thread while the event loop goes on; terminals that ask meanwhile share it.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool

from central.database import Database
from central.feed.scope import Scope
from central.identity.city_keys import CityKeys
from central.problems import RefusedError, try_later
from central.settings import Settings
from central.snapshots.build import build
from parking.errors import UnavailableError
from parking.terminal import TerminalKind
from sync.wire import SCHEMA_LEVEL, SnapshotHead, SnapshotOffer

_log = logging.getLogger("central.snapshots")
_WAIT_S = 3.0
"""A terminal waits this long for a file that is being built, then asks again."""
Wanted = tuple[TerminalKind, str]


class Shelf:
    """The snapshots of one process. On the event loop, but for ``sweep`` and ``path``."""

    def __init__(self, settings: Settings, database: Database, keys: CityKeys) -> None:
        self._folder = settings.snapshot_dir
        self._kept = timedelta(seconds=settings.snapshot_ttl_s)
        self._database = database
        self._keys = keys
        self._building: dict[Wanted, asyncio.Task[SnapshotOffer]] = {}

    async def offer(
        self, scope: Scope, kind: TerminalKind, epoch: str, now_utc: datetime
    ) -> SnapshotOffer:
        """Return a snapshot of a scope that is fresh enough; it is built where there is none.

        Raises:
            RefusedError: 503 ``snapshot.building``: come back; 404 ``snapshot.none``: it cannot be
                built here, read the feed's pages.
        """
        found = await run_in_threadpool(self._find, scope, kind, epoch, now_utc)
        if found is not None:
            return found
        wanted = (kind, scope.scope_id)
        task = self._building.get(wanted)
        if task is None:
            work = partial(self._build, scope, kind, now_utc)
            task = asyncio.create_task(run_in_threadpool(work), name="snapshot")
            self._building[wanted] = task
            task.add_done_callback(lambda _: self._building.pop(wanted, None))
        try:
            return await asyncio.wait_for(asyncio.shield(task), _WAIT_S)
        except TimeoutError as error:
            raise try_later("snapshot.building", "The data are being packed.") from error
        except (OSError, UnavailableError) as error:
            _log.warning("snapshot_failed error=%s", error)
            raise _none("No snapshot can be built now; read the feed's pages.") from error

    def _build(self, scope: Scope, kind: TerminalKind, now_utc: datetime) -> SnapshotOffer:
        packed, offer = build(
            self._database, self._keys, self._folder, scope, kind, now_utc=now_utc
        )
        said = packed.with_suffix(".writing")
        said.write_bytes(msgspec.json.encode(offer))
        said.replace(packed.with_suffix(".json"))
        return offer

    def _find(
        self, scope: Scope, kind: TerminalKind, epoch: str, now_utc: datetime
    ) -> SnapshotOffer | None:
        zones = None if scope.zones is None else list(scope.zones)
        wanted = (kind.value, zones, epoch, SCHEMA_LEVEL)
        fresh: list[tuple[datetime, SnapshotOffer]] = []
        for path in self._folder.glob("*.json"):
            offer, head = _read(path)
            is_it = (head.kind, head.zones, head.feed_epoch, head.schema_level) == wanted
            if is_it and now_utc - self._kept < head.built_utc <= now_utc:
                fresh.append((head.built_utc, offer))
        return max(fresh, key=lambda one: one[0])[1] if fresh else None

    def path(self, snapshot_id: str, scope: Scope, kind: TerminalKind) -> Path:
        """Return the file of a snapshot that a reader may have.

        Raises:
            RefusedError: 404 ``snapshot.gone``: ask for another one.
        """
        try:
            _, head = _read(self._folder / f"{snapshot_id}.json")
        except OSError as error:
            raise _gone() from error
        zones = None if scope.zones is None else list(scope.zones)
        if (head.kind, head.zones) != (kind.value, zones):
            raise _gone()
        return self._folder / f"{snapshot_id}.zst"

    def sweep(self, now_utc: datetime) -> int:
        """Remove files that nobody is offered any more nor downloads; return how many."""
        old = [
            path
            for path in self._folder.glob("*.json")
            if _read(path)[1].built_utc < now_utc - 2 * self._kept
        ]
        for path in old:
            path.unlink(missing_ok=True)
            path.with_suffix(".zst").unlink(missing_ok=True)
        return len(old)


def _read(path: Path) -> tuple[SnapshotOffer, SnapshotHead]:
    offer = msgspec.json.decode(path.read_bytes(), type=SnapshotOffer)
    return offer, msgspec.json.decode(offer.head, type=SnapshotHead)


def _none(sentence: str) -> RefusedError:
    return RefusedError(404, "snapshot.none", sentence)


def _gone() -> RefusedError:
    return RefusedError(404, "snapshot.gone", "This snapshot is no longer kept; ask for another.")
