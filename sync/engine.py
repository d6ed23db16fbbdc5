"""The sync engine of a terminal: one ``run_once`` that pushes, pulls and uploads, in that order.

Sans loop and sans network: the store and the gateway are the small Protocols below. Sync thread
only. Must not import ``local_db``, httpx or anything above.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from parking.audit import head_bytes
from parking.clock import Clock
from parking.errors import ParkingError, UnavailableError, UserError
from sync.failures import GapError, ResyncError, TooLargeError, unknown_version
from sync.news import ToSend
from sync.wire import (
    MOST_OPS,
    SCHEMA_LEVEL,
    STORED,
    FeedPage,
    Op,
    OpResult,
    PushAnswer,
    PushRequest,
)

MOST_BATCH_BYTES = 512 * 1024
"""Before compression, which leaves a quarter: a full batch of citations fits."""
_OUTCOMES = STORED | {"refused"}
_UNREACHABLE = frozenset({"network.down", "network.timeout", "network.not_central"})
_PHOTO_REFUSALS = frozenset({"photo.damaged", "photo.missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Operations of one lane to push, in order and without gaps.

    Attributes:
        epoch: The terminal's epoch in which they were made.
        lane: ``sync.records.Lane`` of all of them.
        link: Audit link of the last of them, 32 bytes.
    """

    epoch: int
    lane: int
    ops: tuple[Op, ...]
    link: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPosition:
    """Where a terminal stands in the feed; both empty before the first page."""

    feed_epoch: str
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoToSend:
    """A photo to upload; ``chunks`` gives its plain bytes from the start at each call."""

    sha256: bytes
    byte_length: int
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """How far central's clock is ahead of ours, by one exchange (Cristian's method).

    Attributes:
        offset_ms: Central minus terminal.
        uncertainty_ms: Half of the round trip, rounded up, >= 1.
        measured_utc: By our clock.
    """

    offset_ms: int
    uncertainty_ms: int
    measured_utc: datetime


class SyncStore(Protocol):
    """What the engine needs of the local store; ``local_db.outbox.LocalOutbox`` is it."""

    def next_batch(self, *, most_ops: int, most_bytes: int) -> Batch | None:
        """Return the oldest operations of the lowest lane that has any, or None."""
        ...

    def settle(
        self,
        batch: Batch,
        results: Iterable[OpResult],
        *,
        durable_through: int,
        now_utc: datetime,
    ) -> None:
        """Store central's answers; forget what its backups hold."""
        ...

    def send_from(self, epoch: int, lane: int, next_seq: int) -> bool:
        """Mark kept operations of a lane from ``next_seq`` on as to send; False if it is gone."""
        ...

    def next_photo(self) -> PhotoToSend | None:
        """Return the oldest photo whose record central has, or None."""
        ...

    def photo_answered(self, digest: bytes, *, refused: str, now_utc: datetime) -> None:
        """Store that central has a photo, or why it refused it."""
        ...

    def free_photos(self, *, now_utc: datetime) -> int:
        """Remove photo files that central has for good."""
        ...

    def feed_position(self) -> FeedPosition:
        """Return where the feed goes on."""
        ...

    def apply_page(self, page: FeedPage) -> frozenset[str]:
        """Bring a page in, all or nothing, cursor included; return the names of its records."""
        ...

    def start_feed_again(self, feed_epoch: str) -> None:
        """Fetch everything anew; rows stay usable until then, the outbox is untouched."""
        ...

    def meet_epoch(self, feed_epoch: str) -> bool:
        """Note central's epoch; after a restore mark kept operations to send and return True."""
        ...

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        ...

    def unread(self) -> int:
        """Return how many rows of the feed this version could not read."""
        ...


class Gateway(Protocol):
    """What the engine and its loop need of the network; ``sync.gateway.HTTPGateway`` is it.

    Every method raises ``UnavailableError`` (see ``sync.failures``) when the exchange did not work
    and ``UserError`` with central's words when central refused.
    """

    @property
    def clock_offset(self) -> ClockOffset | None:
        """Return the newest measurement, None before the first."""
        ...

    def push(self, request: PushRequest) -> PushAnswer:
        """Send operations."""
        ...

    def feed(self, cursor: str) -> FeedPage:
        """Fetch the page after a cursor."""
        ...

    def put_photo(self, photo: PhotoToSend) -> None:
        """Upload a photo."""
        ...

    def wake(self, moved: Callable[[], None]) -> None:
        """Hold the wake channel open and call ``moved`` at each event, until it ends."""
        ...

    def stop_waking(self) -> None:
        """End ``wake`` from another thread, now and for good."""
        ...


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What one round did.

    Attributes:
        pushed: Operations central answered.
        photos: Photos central took.
        rows: Rows pulled.
        changed: Names of the records pulled.
        remaining: Rows still to pull, 0 when caught up.
        unread: Rows set aside because this version cannot read them.
        error: The first thing that did not work, else None. Nothing is lost by it.
        again: There is more to do at once.
    """

    pushed: int = 0
    photos: int = 0
    rows: int = 0
    changed: frozenset[str] = frozenset()
    remaining: int = 0
    unread: int = 0
    error: ParkingError | None = None
    again: bool = False


Progress = Callable[[SyncReport], None]
_Leg = Callable[[SyncReport, Progress, Callable[[], bool]], None]


def _unheard(_report: SyncReport) -> None:
    """Hear of progress when nobody wants to."""


class SyncEngine:
    """Brings one terminal and central together, a round at a time."""

    def __init__(
        self,
        store: SyncStore,
        gateway: Gateway,
        clock: Clock,
        *,
        terminal_id: UUID,
        sign: Callable[[bytes], bytes],
    ) -> None:
        """Work for one enrolled device.

        Args:
            store: The local store.
            gateway: The network.
            clock: The terminal's clock.
            terminal_id: Who the device is.
            sign: Ed25519 by the device key, 64 bytes; signs one chain head per push.
        """
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._terminal_id = terminal_id
        self._sign = sign
        self._most_ops = MOST_OPS

    @property
    def gateway(self) -> Gateway:
        """Return the network it works with."""
        return self._gateway

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        return self._store.to_send()

    def run_once(
        self,
        *,
        progress: Progress = _unheard,
        hurry: Callable[[], bool] = lambda: False,
    ) -> SyncReport:
        """Push all operations, pull all pages, then upload photos; the very first time pull first.

        The lowest lane is looked for again before every batch, so that a citation saved during a
        long push of checks goes next.

        Photos come last so that megabytes never hold up what an officer's next check rests on. A
        leg that fails does not keep the next one from running, unless nobody can be reached.

        Args:
            progress: Called after each exchange that did something.
            hurry: Asked between photos; True ends the round, to be run again at once.

        Returns:
            What was done; errors of the network and refusals are in it, not raised.

        Raises:
            UnavailableError: The local disk fails.
        """
        report = SyncReport()
        for leg in self._legs():
            try:
                leg(report, progress, hurry)
            except (UnavailableError, UserError) as error:
                report.error = report.error or error
                if getattr(error, "key", "") in _UNREACHABLE:
                    break
        return report

    def _legs(self) -> tuple[_Leg, ...]:
        # What is pushed to a central whose epoch is unknown has to be pushed once more when it is
        # known: it could have been restored in between.
        if not self._store.feed_position().feed_epoch:
            return self._pull, self._push, self._upload
        return self._push, self._pull, self._upload

    def _push(self, report: SyncReport, progress: Progress, _hurry: Callable[[], bool]) -> None:
        while batch := self._store.next_batch(most_ops=self._most_ops, most_bytes=MOST_BATCH_BYTES):
            try:
                report.pushed += self._push_batch(batch)
            except UnavailableError as error:
                if not self._may_go_on(error, batch):
                    raise
            else:
                self._most_ops = min(MOST_OPS, self._most_ops * 2)
            progress(report)

    def _may_go_on(self, error: UnavailableError, batch: Batch) -> bool:
        """Draw the lesson of a failed push; tell whether another try may pass at once."""
        size = min(self._most_ops, len(batch.ops))
        if isinstance(error, GapError):
            behind = error.next_seq < batch.ops[0].seq
            return behind and self._store.send_from(batch.epoch, batch.lane, error.next_seq)
        if isinstance(error, TooLargeError) or error.key == "network.timeout":
            self._most_ops = max(1, size // 2)
        return isinstance(error, TooLargeError) and size > 1

    def _push_batch(self, batch: Batch) -> int:
        now, last_seq = self._clock.now(), batch.ops[-1].seq
        head = head_bytes(
            terminal_id=self._terminal_id,
            epoch=batch.epoch,
            lane=batch.lane,
            seq=last_seq,
            link=batch.link,
        )
        request = PushRequest(
            terminal_id=self._terminal_id,
            epoch=batch.epoch,
            lane=batch.lane,
            schema_level=SCHEMA_LEVEL,
            sent_utc=now.utc,
            clock_uncertainty_ms=now.uncertainty_ms,
            head_signature=self._sign(head),
            ops=list(batch.ops),
        )
        answer = self._gateway.push(request)
        asked = {op.seq for op in batch.ops}
        results = [
            result
            for result in answer.results
            if result.seq in asked and result.outcome in _OUTCOMES
        ]
        self._store.settle(
            batch,
            results,
            durable_through=answer.durable_through,
            now_utc=self._clock.now().utc,
        )
        if not results:
            raise unknown_version()
        return len(results)

    def _pull(self, report: SyncReport, progress: Progress, _hurry: Callable[[], bool]) -> None:
        more = True
        while more:
            position = self._store.feed_position()
            try:
                page = self._gateway.feed(position.cursor)
            except ResyncError:
                if not position.cursor:
                    raise
                self._store.start_feed_again("")
                continue
            if position.cursor and page.feed_epoch != position.feed_epoch:
                self._store.start_feed_again(page.feed_epoch)
                continue
            report.again |= self._store.meet_epoch(page.feed_epoch)
            report.changed |= self._store.apply_page(page)
            report.rows += len(page.rows)
            report.remaining = page.remaining if page.more else 0
            more = page.more
            if more and page.cursor == position.cursor:
                raise unknown_version()
            progress(report)
        report.unread = self._store.unread()

    def _upload(self, report: SyncReport, progress: Progress, hurry: Callable[[], bool]) -> None:
        while photo := self._store.next_photo():
            if hurry():
                report.again = True
                return
            refused = self._upload_one(photo)
            self._store.photo_answered(photo.sha256, refused=refused, now_utc=self._clock.now().utc)
            report.photos += not refused
            progress(report)
        self._store.free_photos(now_utc=self._clock.now().utc)

    def _upload_one(self, photo: PhotoToSend) -> str:
        """Upload a photo; return why it can never pass, or nothing when central has it."""
        try:
            self._gateway.put_photo(photo)
        except UserError as error:
            if not error.key.startswith("photo."):
                raise
            return error.sentence
        except TooLargeError as error:
            return error.sentence
        except UnavailableError as error:
            if error.key not in _PHOTO_REFUSALS:
                raise
            return error.sentence
        return ""
