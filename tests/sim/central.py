"""Central as the protocol describes it, written apart from the product: the judge of histories.

Transactions have an id from their begin and become visible at their commit, so a feed reader meets
the same trap as with PostgreSQL. Whatever a promise of central rests on (stored answers, chains,
forks, the feed's horizon, backups) is here in its plainest form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec import Raw, json

from parking.audit import GENESIS, head_bytes, next_link
from parking.errors import UserError
from parking.terminal import Terminal
from parking.zone import Source
from sync.failures import GapError, OffsetError, ResyncError, too_slow
from sync.records import BY_NAME, RECORDS
from sync.upload import PhotoToSend
from sync.wire import FeedLeave, FeedPage, FeedRow, OpResult, PhotoPlace, PushAnswer, PushRequest
from tests.sim.clocks import TrueTime
from tests.sim.keys import sign
from tests.sim.merging import take_choice, take_edit
from tests.sim.tables import Tables, Work

CHUNK = 16
"""Bytes of a photo that one request brings to central's disk, so that photos take several."""
_FORK = "Another record was sent under this number before; both are kept."
_MERGES = {"edit": take_edit, "conflict_choice": take_choice}
_ONLY_CENTRAL = frozenset({"paid", "refunded", "noted"})
Chain = tuple[UUID, int, int]
Zones = tuple[str, ...] | None


@dataclass(slots=True)
class Open:
    """A transaction of central that has not ended.

    Attributes:
        xid: Its place in the feed, taken when it began.
        locks: What others must wait for.
    """

    xid: int
    work: Work
    locks: set[Any] = field(default_factory=set)


class Central:
    """The one central of a history.

    Attributes:
        alarms: What it told the people of city IT.
        lives: 1, and one more with every restore.
        scoped: Terminals whose zones were ever changed.
        page_rows: Rows of a feed page; the last transaction is completed beyond it.
    """

    def __init__(self, time: TrueTime, *, page_rows: int) -> None:
        self.tables = Tables(journal=True)
        self.page_rows = page_rows
        self.terminals: dict[UUID, Terminal] = {}
        self.alarms: list[str] = []
        self.scoped: set[UUID] = set()
        self._time = time
        self.lives = 1
        self._next_xid = 1
        self._next_seq = 1
        self._open: dict[int, Open] = {}
        self._archived: dict[Chain, int] = {}
        self._archived_photos: set[bytes] = set()

    @property
    def feed_epoch(self) -> str:
        return f"life-{self.lives}"

    # --- transactions -----------------------------------------------------------------------------

    def begin(self) -> Open:
        opened = Open(self._next_xid, self.tables.begin())
        self._next_xid += 1
        self._open[opened.xid] = opened
        return opened

    def commit(self, opened: Open) -> bool:
        """Make a transaction visible; False when central stopped in between and it is gone."""
        if self._open.get(opened.xid) is not opened:
            return False
        opened.work.commit()
        del self._open[opened.xid]
        return True

    def abort(self, opened: Open) -> None:
        if self._open.get(opened.xid) is opened:
            del self._open[opened.xid]

    def lock(self, opened: Open, what: Any) -> None:
        """Take a lock until the end of the transaction.

        Raises:
            UnavailableError: ``network.timeout``: somebody else has it, and nobody waits forever.
        """
        if any(what in other.locks for other in self._open.values() if other is not opened):
            self.abort(opened)
            raise too_slow()
        opened.locks.add(what)

    def put(self, opened: Open, name: str, key: str, data: bytes) -> None:
        """Store a row and tell the feed."""
        before = opened.work.get("rows", (name, key))
        opened.work.set("rows", (name, key), data)
        # A row that changes its zone is told to those it leaves, too.
        for zone in {_zone(name, data): None, **({_zone(name, before): None} if before else {})}:
            opened.work.set("feed", (opened.xid, self._next_seq), (name, key, zone))
            self._next_seq += 1

    # --- life -------------------------------------------------------------------------------------

    def restart(self) -> None:
        """Stop and start: what was not committed is gone."""
        self._open.clear()

    def archive(self) -> None:
        """Let the backups hold everything committed until now."""
        self.tables.forget_journal()
        self._archived = dict(self.tables.table("heads"))
        self._archived_photos = self.pictures()

    def restore(self, transactions: int) -> int:
        """Go back some transactions, never past the backups; return how many."""
        self.restart()
        lost = self.tables.take_back(transactions)
        self.lives += 1
        feed = self.tables.table("feed")
        self._next_xid = max((xid for xid, _ in feed), default=0) + 1
        self._next_seq = max((seq for _, seq in feed), default=0) + 1
        return lost

    # --- push -------------------------------------------------------------------------------------

    def take(self, opened: Open, push: PushRequest) -> PushAnswer:
        """Answer a push inside a transaction.

        Raises:
            UserError: ``push.order``, ``push.chain``, ``push.terminal``.
            GapError: As ``sync.failures``.
            UnavailableError: Somebody else works on the chain.
        """
        chain = push.terminal_id, push.epoch, push.lane
        self.lock(opened, chain)
        last = opened.work.get("heads", chain) or 0
        links, other_history = self._verify(opened.work, chain, push, last)
        results, forked = [], other_history
        for op, link in zip(push.ops, links, strict=True):
            data = bytes(op.data)
            known = opened.work.get("answers", (*chain, op.seq))
            forked = forked or (known is not None and known[0] != sha256(data).digest())
            if forked:
                result = OpResult(op.seq, "refused", "fork", _FORK)
                self._park(opened, chain, result, link, op.name, data)
            elif known is not None:
                result = known[2]
            else:
                result = self._new(opened, chain, op.seq, op.name, data, link)
            results.append(result)
        if forked:
            self.alarms.append("fork")
        return PushAnswer(
            results=results,
            durable_through=self._archived.get(chain, 0),
            server_utc=self._time.utc,
        )

    def _verify(
        self, work: Work, chain: Chain, push: PushRequest, last: int
    ) -> tuple[list[bytes], bool]:
        first = push.ops[0].seq
        if [op.seq for op in push.ops] != list(range(first, first + len(push.ops))):
            raise UserError("push.order", "Operations are sent in order, without gaps.")
        known = work.get("answers", (*chain, first - 1))
        bases = [(GENESIS if first == 1 else known and known[1], False)]
        bases += [(link, True) for link in work.get("forks", (*chain, first - 1)) or ()]
        for base, other_history in bases:
            if base:
                links = _links(base, push)
                head = head_bytes(
                    terminal_id=chain[0],
                    epoch=chain[1],
                    lane=chain[2],
                    seq=push.ops[-1].seq,
                    link=links[-1],
                )
                if push.head_signature == sign(chain[0], head):
                    return links, other_history
        if first > last + 1:
            raise GapError(f"Central goes on from {last + 1}.", next_seq=last + 1)
        self.alarms.append("push.chain")
        raise UserError("push.chain", "The signature does not fit the operations sent before.")

    def _new(
        self, opened: Open, chain: Chain, seq: int, name: str, data: bytes, link: bytes
    ) -> OpResult:
        result = self._effect(opened, seq, name, data)
        if result.outcome == "refused":
            self._park(opened, chain, result, link, name, data)
        opened.work.set("answers", (*chain, seq), (sha256(data).digest(), link, result))
        opened.work.set("heads", chain, seq)
        return result

    def _effect(self, opened: Open, seq: int, name: str, data: bytes) -> OpResult:
        value = json.decode(data)
        if name == "citation_event" and value["kind"] in _ONLY_CENTRAL:
            return OpResult(seq, "refused", "event.not_allowed", "This device may not record it.")
        key = value[BY_NAME[name].key]
        self.lock(opened, (name, key))
        known = opened.work.get("rows", (name, key))
        if known is None:
            self.put(opened, name, key, data)
            opened.work.set("effects", (opened.xid, self._next_seq), (name, key))
            if name in _MERGES:
                return OpResult(seq, *_MERGES[name](self, opened, data, self._time.utc))
        elif known != data:
            return OpResult(seq, "refused", "key.taken", "Another record has this identifier.")
        return OpResult(seq, "applied")

    def _park(
        self, opened: Open, chain: Chain, result: OpResult, link: bytes, name: str, data: bytes
    ) -> None:
        opened.work.set("parked", (*chain, result.seq, link), (name, data, result.code))
        if result.code == "fork":
            others = opened.work.get("forks", (*chain, result.seq)) or ()
            if link not in others:
                opened.work.set("forks", (*chain, result.seq), (*others, link))

    # --- feed -------------------------------------------------------------------------------------

    def page(self, terminal_id: UUID, cursor: str) -> FeedPage:
        """Return the page after a cursor: below the horizon, whole transactions only.

        Raises:
            ResyncError: The cursor is of another life.
        """
        zones = self._zones(terminal_id)
        life, after = self._place(cursor, zones)
        if life != self.feed_epoch:
            raise ResyncError("Read everything again.")
        horizon = min(self._open, default=self._next_xid)
        places = self._readable(terminal_id, after, horizon)
        taken = places[: self.page_rows]
        if taken:
            taken += [at for at in places[self.page_rows :] if at[0] == taken[-1][0]]
        more = len(taken) < len(places)
        end = taken[-1] if more else max(after, (horizon, 0))
        feed, rows = self.tables.table("feed"), self.tables.table("rows")
        told = {feed[at][:2]: None for at in taken}
        inside = {place for place in told if _is_inside(place[0], rows[place], zones)}
        return FeedPage(
            feed_epoch=self.feed_epoch,
            cursor=f"{self.feed_epoch}:{end[0]}:{end[1]}:{_named(zones)}",
            rows=[FeedRow(place[0], Raw(rows[place])) for place in told if place in inside],
            left=[FeedLeave(*place) for place in told if place not in inside],
            zones=None if zones is None else list(zones),
            more=more,
            remaining=len(places) - len(taken),
            as_of=dict.fromkeys((source.value for source in Source), self._time.utc),
            server_utc=self._time.utc,
        )

    def told(self) -> set[tuple[str, str]]:
        """Return the rows that the feed has told, below its horizon."""
        horizon = min(self._open, default=self._next_xid)
        feed = self.tables.table("feed").items()
        return {(name, key) for (xid, _seq), (name, key, _zone) in feed if xid < horizon}

    def _place(self, cursor: str, zones: Zones) -> tuple[str, tuple[int, int]]:
        """Return life and place of a cursor; after a change of zones everything is told again."""
        if not cursor:
            return self.feed_epoch, (0, 0)
        life, xid, seq, of_zones = cursor.split(":")
        return life, (int(xid), int(seq)) if of_zones == _named(zones) else (0, 0)

    def _readable(
        self, terminal_id: UUID, after: tuple[int, int], horizon: int
    ) -> list[tuple[int, int]]:
        names, zones = self._names(terminal_id), self._zones(terminal_id)
        found = (
            at
            for at, (name, _key, zone) in self.tables.table("feed").items()
            if after < at < (horizon, 0) and name in names
            if zones is None or zone is None or zone in zones
        )
        return sorted(found)

    def _names(self, terminal_id: UUID) -> frozenset[str]:
        kind = self.terminals[terminal_id].kind
        return frozenset(record.name for record in RECORDS if kind in record.readers)

    def _zones(self, terminal_id: UUID) -> Zones:
        return self.terminals[terminal_id].zone_ids or None

    def assign(self, terminal_id: UUID, zone_ids: tuple[str, ...]) -> None:
        """Let IT give a terminal other zones; none for all."""
        self.scoped.add(terminal_id)
        self.terminals[terminal_id] = replace(self.terminals[terminal_id], zone_ids=zone_ids)

    def projection(self, terminal_id: UUID) -> dict[tuple[str, str], bytes]:
        """Return the rows that a terminal is to have when nothing moves any more."""
        names, zones = self._names(terminal_id), self._zones(terminal_id)
        rows = self.tables.table("rows")
        return {
            place: data
            for place, data in rows.items()
            if place[0] in names and _is_inside(place[0], data, zones)
        }

    # --- photos -----------------------------------------------------------------------------------

    def photo_place(self, digest: bytes) -> PhotoPlace:
        """Return how much of a photo is here."""
        plain, length = self.tables.table("photos").get(digest, (b"", -1))
        complete = len(plain) == length
        durable = complete and digest in self._archived_photos
        return PhotoPlace(offset=len(plain), complete=complete, durable=durable)

    def keep_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        """Take a part of a photo; only some of a chunk may reach the disk.

        Raises:
            OffsetError: Central goes on from another byte.
            UserError: ``photo.hash``; what was here is thrown away.
        """
        plain, _length = self.tables.table("photos").get(photo.sha256, (b"", -1))
        if offset != len(plain):
            raise OffsetError("Central goes on from another byte.", offset=len(plain))
        plain += chunk[:CHUNK]
        if len(plain) == photo.byte_length and sha256(plain).digest() != photo.sha256:
            raise UserError("photo.hash", "The bytes are not those of the hash.")
        opened = self.begin()
        opened.work.set("photos", photo.sha256, (plain, photo.byte_length))
        self.commit(opened)
        return self.photo_place(photo.sha256)

    def keep_thumbnail(self, digest: bytes, jpeg: bytes) -> None:
        """Take a thumbnail; the same again changes nothing."""
        opened = self.begin()
        opened.work.set("thumbnails", digest, jpeg)
        self.commit(opened)

    def pictures(self) -> set[bytes]:
        """Return the photos that are here whole."""
        photos = self.tables.table("photos").items()
        return {digest for digest, (plain, length) in photos if len(plain) == length}


def _zone(name: str, data: bytes) -> str | None:
    scope = BY_NAME[name].scope
    return json.decode(data)[scope] if scope else None


def _is_inside(name: str, data: bytes, zones: Zones) -> bool:
    zone = _zone(name, data) if zones else None
    return zone is None or zones is None or zone in zones


def _named(zones: Zones) -> str:
    return "all" if zones is None else "+".join(zones)


def _links(base: bytes, push: PushRequest) -> list[bytes]:
    def chained() -> Iterator[bytes]:
        link = base
        for op in push.ops:
            link = next_link(link, seq=op.seq, name=op.name, payload=bytes(op.data))
            yield link

    return list(chained())
