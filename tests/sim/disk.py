"""A terminal's disk: what survives a crash is what was committed, and nothing else.

``Disk`` is what the simulator needs of one; ``MemoryDisk`` keeps it in memory for mass histories,
``tests.sim.real_disk`` is the product's own encrypted store. A test shows that both behave alike.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any, Protocol

from msgspec import Raw, json

from parking.audit import GENESIS, next_link
from parking.edit import Edit
from parking.errors import UnavailableError
from parking.numbers import citation_number
from parking.terminal import Terminal
from sync.engine import SyncStore
from sync.merge import rebase
from sync.news import ToSend
from sync.pull import FeedPosition
from sync.push import Batch
from sync.records import BY_CLASS, BY_NAME, encode, key_of
from sync.wire import STORED, FeedPage, Op, OpResult
from tests.sim.feed_disk import MemoryFeed, identifiers
from tests.sim.photo_disk import File, MemoryPhotos
from tests.sim.tables import Tables, Work

Place = tuple[str, str]
"""Record name and key as text."""
Make = Callable[[Callable[[], str]], Sequence[Any]]


class Crash(BaseException):
    """The power is gone; nothing of the product may catch it."""


class Accident:
    """What happens to the disk at one of the next commits; nothing at first."""

    def __init__(self) -> None:
        self.crash_at = 0
        self.full_at = 0
        self.commits = 0

    def arm(self, *, crash_at: int = 0, full_at: int = 0) -> None:
        """Let the power go, or the disk be full, at a commit counted from 1; 0 for never."""
        self.crash_at, self.full_at, self.commits = crash_at, full_at, 0

    def before_commit(self) -> None:
        self.commits += 1
        if self.commits == self.crash_at:
            raise Crash
        if self.commits == self.full_at:
            raise UnavailableError("database.disk_full", "The disk is full.", retry_safe=True)


class Disk(Protocol):
    """One terminal's disk with its store open."""

    accident: Accident

    @property
    def outbox(self) -> SyncStore:
        """Return what the engine works with."""
        ...

    def save(self, make: "Make", photos: Sequence[bytes]) -> Sequence[Any]:
        """Save the facts that ``make`` gives in one transaction, after the files of the photos.

        Args:
            make: Gets what takes the next citation number; a rollback gives the number back.
            photos: Plain bytes of the photos that the facts name.
        """
        ...

    def kept(self) -> dict[tuple[int, int, int], tuple[str, bytes, str]]:
        """Return the outbox: name, payload and state by epoch, lane and seq."""
        ...

    def own(self) -> set[Place]:
        """Return the facts that were made here, as screens show them."""
        ...

    def rows(self) -> dict[Place, bytes]:
        """Return what the feed brought."""
        ...

    def shown(self, place: Place) -> tuple[Any | None, int]:
        """Return a record that may be edited as the screen shows it, and the revision seen."""
        ...

    def pictures(self) -> set[bytes]:
        """Return the SHA-256 of the photo files on the disk."""
        ...

    def crash(self) -> None:
        """Lose what was not committed, and start again."""
        ...

    def lose_reference(self) -> None:
        """Lose what the feed brought, as when its file is damaged, and start again."""
        ...

    def clone(self) -> "Disk":
        """Return a copy of the disk in another machine."""
        ...

    def close(self) -> None:
        """Switch off for good."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the outbox."""

    tx: int
    name: str
    payload: bytes
    made_utc: datetime
    state: str = "to_send"


class MemoryDisk:
    """A disk in memory; satisfies ``Disk`` and ``sync.engine.SyncStore``."""

    def __init__(
        self, terminal: Terminal, now: Callable[[], datetime], tables: Tables | None = None
    ) -> None:
        self.accident = Accident()
        self._terminal = terminal
        self._now = now
        self._tables = Tables(journal=False) if tables is None else tables
        self._tables.before_commit = self.accident.before_commit
        self.photos = MemoryPhotos(self._tables)
        self._feed = MemoryFeed(self._tables, self._in_use)

    @property
    def outbox(self) -> SyncStore:
        return self

    # --- the officer's side -----------------------------------------------------------------------

    def save(self, make: Make, photos: Sequence[bytes]) -> Sequence[Any]:
        for plain in photos:
            digest = sha256(plain).digest()
            if digest not in self._tables.table("photos"):
                work = self._tables.begin()
                work.set("photos", digest, File(plain, self._now(), self._tables.commits))
                work.commit()
        work = self._tables.begin()
        first: dict[int, int] = {}
        facts = make(lambda: self._next_number(work))
        for fact in facts:
            self._append(work, fact, first)
        work.commit()
        return facts

    def _next_number(self, work: Work) -> str:
        serial = work.get("serial", 0) or 1
        work.set("serial", 0, serial + 1)
        return citation_number(self._terminal.series, serial)

    def _append(self, work: Work, fact: Any, first: dict[int, int]) -> None:
        record, payload = BY_CLASS[type(fact)], encode(fact)
        epoch, lane = self._terminal.epoch, int(record.lane)
        last, link = work.get("chain", (epoch, lane)) or (0, GENESIS)
        seq = last + 1
        link = next_link(link, seq=seq, name=record.name, payload=payload)
        work.set("chain", (epoch, lane), (seq, link))
        work.set("links", (epoch, lane, seq), link)
        tx = first.setdefault(lane, seq)
        row = Waiting(tx, record.name, payload, self._now())
        work.set("outbox", (epoch, lane, seq), row)
        work.set("own", (record.name, str(key_of(fact))), payload)
        if record.name == "photo":
            work.set("named", fact.sha256, (epoch, lane, seq))

    def kept(self) -> dict[tuple[int, int, int], tuple[str, bytes, str]]:
        rows = self._tables.table("outbox").items()
        return {key: (row.name, row.payload, row.state) for key, row in rows}

    def own(self) -> set[Place]:
        return set(self._tables.table("own"))

    def rows(self) -> dict[Place, bytes]:
        return {place: row.payload for place, row in self._tables.table("fed").items()}

    def shown(self, place: Place) -> tuple[Any | None, int]:
        fed = self._tables.table("fed").get(place)
        row = None if fed is None else json.decode(fed.payload, type=BY_NAME[place[0]].of)
        revision = row.revision if row else 0
        is_old = fed is not None and self._feed.is_yet_to_come(place, fed)
        own = self._tables.table("own").items()
        mine = [json.decode(data, type=Edit) for (name, _), data in own if name == "edit"]
        mine = [edit for edit in mine if (edit.record, edit.record_key) == place]
        waiting = [edit for edit in mine if self._is_waiting(edit, revision, is_old=is_old)]
        seen = max((edit.base_revision for edit in mine), default=0)
        value = rebase(BY_NAME[place[0]], place[1], row, waiting, revision=revision)
        return value, max(revision, seen)

    def _is_waiting(self, edit: Edit, revision: int, *, is_old: bool) -> bool:
        carried_by = self._tables.table("merged").get(edit.edit_id)
        rows = self._tables.table("outbox").values()
        name = str(edit.edit_id).encode()
        states = [row.state for row in rows if row.name == "edit" and name in row.payload]
        if carried_by is None or "to_send" in states or (is_old and states):
            return carried_by != 0
        return bool(carried_by > revision)

    def pictures(self) -> set[bytes]:
        return set(self._tables.table("photos"))

    def crash(self) -> None:
        """Nothing to do: open transactions live in the calls that the crash ended."""
        self.accident.arm()

    def lose_reference(self) -> None:
        work = self._tables.begin()
        for table in ("fed", "leaving"):
            for place, _row in list(work.items(table)):
                work.drop(table, place)
        work.drop("feed", 0)
        work.commit()

    def clone(self) -> "MemoryDisk":
        return MemoryDisk(self._terminal, self._now, self._tables.copy())

    def close(self) -> None:
        """Nothing to close."""

    # --- the outbox -------------------------------------------------------------------------------

    def next_batch(
        self,
        *,
        most_ops: int,
        most_bytes: int,
        but: Collection[int] = (),
        behind: Batch | None = None,
    ) -> Batch | None:
        on_its_way: frozenset[tuple[int, int, int]] = frozenset()
        if behind is not None:
            on_its_way = frozenset((behind.epoch, behind.lane, op.seq) for op in behind.ops)
        rows = sorted(
            (
                (key, row)
                for key, row in self._tables.table("outbox").items()
                if _waits(row) and key[1] not in but and key not in on_its_way
            ),
            key=lambda item: (item[0][1], item[0][0], item[0][2]),
        )
        if not rows:
            return None
        run = _unbroken(rows)
        sent = run[: _whole_saves([row for _, row in run], most_ops, most_bytes)]
        epoch, lane, last = sent[-1][0]
        return Batch(
            epoch=epoch,
            lane=lane,
            ops=tuple(Op(seq, row.name, Raw(row.payload)) for (_, _, seq), row in sent),
            link=self._tables.table("links")[epoch, lane, last],
        )

    def settle(
        self,
        batch: Batch,
        results: Iterable[OpResult],
        *,
        durable_through: int,
        durability: str,  # noqa: ARG002  # the protocol's
        now_utc: datetime,  # noqa: ARG002  # the protocol's
    ) -> None:
        work = self._tables.begin()
        edits = {op.seq: op.data for op in batch.ops if op.name == "edit"}
        for result in results:
            if result.seq in edits:
                edit = json.decode(edits[result.seq], type=Edit)
                carried_by = result.code.removeprefix("revision.")
                work.set("merged", edit.edit_id, int(carried_by) if carried_by.isdecimal() else 0)
            key = (batch.epoch, batch.lane, result.seq)
            row = work.get("outbox", key)
            if row is not None and _waits(row):
                state = "sent" if result.outcome in STORED else "refused"
                work.set("outbox", key, replace(row, state=state))
        for key, row in list(work.items("outbox")):
            mine = key[:2] == (batch.epoch, batch.lane)
            if mine and key[2] <= durable_through and row.state == "sent":
                work.drop("outbox", key)
        work.commit()

    def send_from(self, epoch: int, lane: int, next_seq: int) -> bool:
        work = self._tables.begin()
        if work.get("outbox", (epoch, lane, next_seq)) is None:
            return False
        for key, row in list(work.items("outbox")):
            if key[:2] == (epoch, lane) and key[2] >= next_seq:
                work.set("outbox", key, replace(row, state="to_send"))
        work.commit()
        return True

    def meet_epoch(self, feed_epoch: str) -> bool:
        if self._tables.table("settings").get("feed_epoch") == feed_epoch:
            return False
        work, marked = self._tables.begin(), False
        for table in ("outbox", "photos"):
            for key, row in list(work.items(table)):
                if not _waits(row):
                    work.set(table, key, replace(row, state="to_send"))
                    marked = True
        self.photos.send_thumbnails_again(work)
        work.set("settings", "feed_epoch", feed_epoch)
        work.commit()
        return marked

    def to_send(self) -> ToSend:
        outbox, named = self._tables.table("outbox"), self._tables.table("named")
        # With its record, a photo waits for a person.
        refused = {digest for digest, key in named.items() if _is_refused(outbox.get(key))}
        kept = self._tables.table("photos").items()
        files = [file for digest, file in kept if digest in named and digest not in refused]
        every = [*outbox.values(), *files]
        waiting = [row for row in outbox.values() if _waits(row)]
        return ToSend(
            count=len(waiting) + sum(_waits(file) for file in files),
            oldest_utc=min((row.made_utc for row in waiting), default=None),
            parked=sum(row.state == "refused" for row in every),
        )

    # --- the feed ---------------------------------------------------------------------------------

    def feed_position(self) -> FeedPosition:
        return self._feed.position()

    def start_feed_again(self, feed_epoch: str) -> None:
        self._feed.start_again(feed_epoch)

    def apply_page(self, page: FeedPage) -> frozenset[str]:
        return self._feed.apply(page)

    def unread(self) -> int:
        return 0

    def _in_use(self) -> frozenset[str]:
        """Return every identifier in what central has not taken."""
        rows = self._tables.table("outbox").values()
        return identifiers(row.payload for row in rows if row.state != "sent")


def _waits(row: Waiting | File) -> bool:
    return row.state == "to_send"


def _is_refused(row: Waiting | None) -> bool:
    return row is not None and row.state == "refused"


Row = tuple[tuple[int, int, int], Waiting]


def _unbroken(rows: list[Row]) -> list[Row]:
    run = rows[:1]
    for (before, _), after in pairwise(rows):
        if after[0] != (*before[:2], before[2] + 1):
            break
        run.append(after)
    return run


def _whole_saves(run: list[Waiting], most_ops: int, most_bytes: int) -> int:
    """Return how many go together; a save is cut only when it alone is too much."""
    fits, size = 0, 0
    for row in run[:most_ops]:
        size += len(row.payload)
        if fits and size > most_bytes:
            break
        fits += 1
    if fits == len(run):
        return fits
    whole = fits
    while whole and run[whole].tx == run[whole - 1].tx:
        whole -= 1
    return whole or fits
