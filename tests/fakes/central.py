"""Central in memory behind ``sync.engine.Gateway``, on a network that can lose, cut and repeat.

Keeps the promises of the real one that terminals rest on: a repeated operation gets its stored
answer, the chain must go on without gaps under one signature, the feed never skips a row, and a
restore starts a new feed epoch.
"""

import copy
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Raw

from parking.audit import GENESIS, head_bytes, next_link
from parking.errors import UnavailableError, UserError
from sync.engine import ClockOffset
from sync.failures import (
    BusyError,
    GapError,
    OffsetError,
    ResyncError,
    cut_short,
    no_network,
    not_central,
    too_slow,
    unknown_version,
)
from sync.records import BY_CLASS, BY_NAME, decode, encode, key_of
from sync.upload import PhotoToSend
from sync.wire import FeedPage, FeedRow, OpResult, PhotoPlace, PushAnswer, PushRequest
from tests.fakes.clock import StillClock
from tests.fakes.terminal import sign

T = TypeVar("T")


class Trouble(StrEnum):
    """What may become of one exchange."""

    LOSE_REQUEST = "lose_request"
    LOSE_ANSWER = "lose_answer"
    CUT_ANSWER = "cut_answer"
    REPEAT = "repeat"
    DELIVER_LATE = "deliver_late"
    BUSY = "busy"
    PORTAL = "portal"
    OTHER_VERSION = "other_version"


_ARRIVES = frozenset({Trouble.LOSE_ANSWER, Trouble.CUT_ANSWER, Trouble.REPEAT})
_FAILS: dict[Trouble, Callable[[], UnavailableError]] = {
    Trouble.LOSE_REQUEST: no_network,
    Trouble.LOSE_ANSWER: too_slow,
    Trouble.CUT_ANSWER: cut_short,
    Trouble.DELIVER_LATE: too_slow,
    Trouble.BUSY: lambda: BusyError("Come back later.", retry_after_s=0.05),
    Trouble.PORTAL: not_central,
    Trouble.OTHER_VERSION: unknown_version,
}


@dataclass(slots=True)
class Books:
    """What central's database holds; a copy of it is a backup.

    Attributes:
        facts: Bytes of each stored record by (name, key).
        answers: (hash, answer, link) by (epoch, lane, seq).
        feed: (name, bytes) in order of commit.
        photos: Plain bytes by SHA-256.
        partial: What came in of photos that are not whole, by SHA-256.
        thumbnails: Small pictures by SHA-256 of the photo.
    """

    facts: dict[tuple[str, UUID], bytes] = field(default_factory=dict)
    answers: dict[tuple[int, int, int], tuple[bytes, OpResult, bytes]] = field(default_factory=dict)
    feed: list[tuple[str, bytes]] = field(default_factory=list)
    photos: dict[bytes, bytes] = field(default_factory=dict)
    partial: dict[bytes, bytes] = field(default_factory=dict)
    thumbnails: dict[bytes, bytes] = field(default_factory=dict)
    effects: int = 0


class FakeCentral:
    """The one central of a test.

    Attributes:
        page_rows: Rows of a feed page.
        durable: Whether acknowledged operations may be forgotten at once.
        judge: Says why a record is refused or flagged: (outcome, code, text), or None.
    """

    def __init__(self, *, page_rows: int = 3, durable: bool = False) -> None:
        self.books = Books()
        self.clock = StillClock()
        self.page_rows = page_rows
        self.durable = durable
        self.judge: Callable[[str, bytes], tuple[str, str, str] | None] = lambda *_: None
        self.most_ops = 500
        self._epoch = 1

    @property
    def feed_epoch(self) -> str:
        """Return the life of this database."""
        return f"life-{self._epoch}"

    def publish(self, value: Any) -> None:
        """Put a record of central into the feed."""
        self.books.feed.append((BY_CLASS[type(value)].name, encode(value)))

    def backup(self) -> Books:
        """Return a copy of everything."""
        return copy.deepcopy(self.books)

    def restore(self, backup: Books) -> None:
        """Go back to a copy; the feed starts a new life."""
        self.books = copy.deepcopy(backup)
        self._epoch += 1

    def facts(self, of: type) -> set[UUID]:
        """Return the keys of the stored records of a class."""
        name = BY_CLASS[of].name
        return {key for kind, key in self.books.facts if kind == name}

    def push(self, request: PushRequest) -> PushAnswer:
        """Take operations; a repeated one gets its stored answer."""
        if len(request.ops) > self.most_ops:
            raise UserError("test.size", "More operations than the test allows.")
        chain, first = (request.epoch, request.lane), request.ops[0].seq
        last = self._last(chain)
        if first > last + 1:
            raise GapError(f"Central goes on from {last + 1}.", next_seq=last + 1)
        link = GENESIS if first == 1 else self.books.answers[*chain, first - 1][2]
        results = []
        for seq, op in enumerate(request.ops, start=first):
            assert op.seq == seq, "operations are sent without gaps"
            link = next_link(link, seq=seq, name=op.name, payload=bytes(op.data))
            results.append(self._take((*chain, seq), op.name, bytes(op.data), link))
        head = head_bytes(
            terminal_id=request.terminal_id,
            epoch=request.epoch,
            lane=request.lane,
            seq=request.ops[-1].seq,
            link=link,
        )
        assert request.head_signature == sign(head), "the head covers every operation"
        return PushAnswer(
            results=results,
            durable_through=self._last(chain) if self.durable else 0,
            durability="committed",
            server_utc=self.clock.now().utc,
        )

    def _last(self, chain: tuple[int, int]) -> int:
        return max((seq for *kept, seq in self.books.answers if tuple(kept) == chain), default=0)

    def _take(self, place: tuple[int, int, int], name: str, data: bytes, link: bytes) -> OpResult:
        digest = sha256(data).digest()
        known = self.books.answers.get(place)
        if known is not None:
            assert known[0] == digest, "the same number never carries other bytes"
            return known[1]
        assert BY_NAME[name].lane == place[1], "every record travels in its own lane"
        result = OpResult(place[2], *(self.judge(name, data) or ("applied",)))
        self.books.answers[place] = digest, result, link
        if result.outcome != "refused":
            self._store(name, data)
        return result

    def _store(self, name: str, data: bytes) -> None:
        key = key_of(_decoded(name, data))
        assert (name, key) not in self.books.facts, "a fact takes effect once"
        self.books.facts[name, key] = data
        self.books.feed.append((name, data))
        self.books.effects += 1

    def photo_place(self, digest: bytes) -> PhotoPlace:
        """Tell how much of a photo is here."""
        whole = self.books.photos.get(digest)
        if whole is not None:
            return PhotoPlace(offset=len(whole), complete=True, durable=self.durable)
        return PhotoPlace(offset=len(self.books.partial.get(digest, b"")))

    def take_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        """Take bytes of a photo; whole and sound it is kept for good."""
        digest = photo.sha256
        if digest in self.books.photos:
            return self.photo_place(digest)
        here = self.books.partial.pop(digest, b"")
        if offset != len(here):
            self.books.partial[digest] = here
            raise OffsetError(f"Central goes on from byte {len(here)}.", offset=len(here))
        here += chunk
        if len(here) < photo.byte_length:
            self.books.partial[digest] = here
        elif sha256(here).digest() == digest:
            self.books.photos[digest] = here
        else:
            raise UserError("photo.hash", "The bytes are not those of the name.")
        return self.photo_place(digest)

    def page(self, cursor: str) -> FeedPage:
        """Return the rows after a cursor."""
        epoch, _, place = cursor.partition(":")
        if cursor and epoch != self.feed_epoch:
            raise ResyncError("Read everything again.")
        start = int(place or 0)
        end = min(start + self.page_rows, len(self.books.feed))
        return FeedPage(
            feed_epoch=self.feed_epoch,
            cursor=f"{self.feed_epoch}:{end}",
            rows=[FeedRow(name, Raw(data)) for name, data in self.books.feed[start:end]],
            more=end < len(self.books.feed),
            remaining=len(self.books.feed) - end,
            as_of=dict.fromkeys(
                ("pay_station", "app", "permit", "hotlist", "other"), self.clock.now().utc
            ),
            server_utc=self.clock.now().utc,
        )


class FakeGateway:
    """The network between one terminal and the fake central.

    Attributes:
        troubles: What becomes of the next exchanges, first to last; fine when empty.
        down: Whether nothing gets through at all.
        wakes: Set to let ``wake`` report one movement.
        along: Pages that came along with wake-ups; None lets the terminal ask for all.
    """

    def __init__(self, central: FakeCentral) -> None:
        self.central = central
        self.troubles: deque[Trouble] = deque()
        self.down = False
        self.calls: list[str] = []
        self.clock_offset: ClockOffset | None = None
        self.along: list[FeedPage] | None = None
        self._late: list[Callable[[], object]] = []
        self._moved = threading.Condition()
        self._movements = 0
        self._no_more_waking = False

    def push(self, request: PushRequest) -> PushAnswer:
        return self._through("push", lambda: self.central.push(request))

    def feed(self, cursor: str) -> FeedPage:
        return self._through("feed", lambda: self.central.page(cursor))

    def came_along(self, cursor: str) -> list[FeedPage] | None:
        """Return what came along, once."""
        del cursor
        pages = self.along
        self.along = [] if pages else pages
        return pages

    def photo_place(self, sha256: bytes) -> PhotoPlace:
        return self._through("place", lambda: self.central.photo_place(sha256))

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        return self._through("photo", lambda: self.central.take_chunk(photo, offset, chunk))

    def put_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        self._through("thumbnail", lambda: self.central.books.thumbnails.update({sha256: jpeg}))

    def wake(self, moved: Callable[[], None]) -> None:
        """Report each movement until ``hang_up`` or ``stop_waking``."""
        self.calls.append("wake")
        if self.down:
            raise no_network()
        with self._moved:
            seen = self._movements
            while not self._no_more_waking and not self.down:
                self._moved.wait(10)
                if self._movements > seen:
                    seen = self._movements
                    moved()
        raise cut_short()

    def move(self) -> None:
        """Tell the wake channel that the cursor moved."""
        with self._moved:
            self._movements += 1
            self._moved.notify_all()

    def cut(self) -> None:
        """Let nothing through any more."""
        with self._moved:
            self.down = True
            self._moved.notify_all()

    def stop_waking(self) -> None:
        with self._moved:
            self._no_more_waking = True
            self._moved.notify_all()

    def _through(self, name: str, effect: Callable[[], T]) -> T:
        self.calls.append(name)
        if self.down:
            raise no_network()
        trouble = self.troubles.popleft() if self.troubles else None
        late, self._late = self._late, []
        try:
            return self._exchange(trouble, effect)
        finally:
            # A request that the network held back arrives after the ones sent later.
            for held_back in late:
                _arrive(held_back)

    def _exchange(self, trouble: Trouble | None, effect: Callable[[], T]) -> T:
        if trouble is Trouble.DELIVER_LATE:
            self._late.append(effect)
        if trouble in _ARRIVES:
            effect()
        if trouble is not None and trouble in _FAILS:
            raise _FAILS[trouble]()
        return effect()


def _arrive(held_back: Callable[[], object]) -> None:
    try:
        held_back()
    except (GapError, OffsetError, ResyncError):
        # Nobody waits for the answer any more.
        return


def _decoded(name: str, data: bytes) -> Any:
    return decode(BY_NAME[name], data)
