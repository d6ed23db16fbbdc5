"""The push leg of a round: what waits, the lowest lane first, each lane in its own signed chain.

The lowest lane is looked for again before every batch, so that a citation saved during a long push
of checks goes next. Where central has no room for a lane, the lanes below it still go; where it
cannot take a lane's next operations at all, every other lane still goes. While a batch is on its
way the answers to the one before are stored and the one after is chosen. Sans network; sync thread
only. Must not import ``local_db``, httpx or anything above.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from parking.audit import head_bytes
from parking.clock import Clock
from parking.errors import UnavailableError, UserError
from sync.beside import Beside, Start, afterwards
from sync.failures import BusyError, GapError, TooLargeError, unknown_version
from sync.report import ALL_LANES, Progress, SyncReport
from sync.wire import (
    MOST_OPS,
    SCHEMA_LEVEL,
    STORED,
    Op,
    OpResult,
    PushAnswer,
    PushRequest,
)

MOST_BATCH_BYTES = 512 * 1024
"""Before compression, which leaves a quarter: a full batch of citations fits."""
_Failure = UnavailableError | UserError
_OUTCOMES = STORED | {"refused"}
_SMALLER_MAY_PASS = frozenset({"network.timeout", "central.trouble"})
"""Next time a smaller push is tried: what goes before a poisonous operation gets through."""
_LANES_OWN = ("push.", "body.", "wire.", "record.")


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
class _Answered:
    """A batch whose answers are not stored here yet."""

    batch: Batch
    results: Sequence[OpResult]
    durable_through: int
    durability: str


class PushStore(Protocol):
    """What the leg needs of the local store; ``local_db.outbox.LocalOutbox`` is it."""

    def next_batch(
        self,
        *,
        most_ops: int,
        most_bytes: int,
        but: Collection[int] = (),
        behind: Batch | None = None,
    ) -> Batch | None:
        """Return the oldest operations of the lowest lane that has any, but for some, or None.

        Those of ``behind``, which is on its way, are not among them.
        """
        ...

    def settle(
        self,
        batch: Batch,
        results: Iterable[OpResult],
        *,
        durable_through: int,
        durability: str,
        now_utc: datetime,
    ) -> None:
        """Store central's answers; forget what its backups hold."""
        ...

    def send_from(self, epoch: int, lane: int, next_seq: int) -> bool:
        """Mark kept operations of a lane from ``next_seq`` on as to send; False if it is gone."""
        ...


class PushGateway(Protocol):
    """What the leg needs of the network; raises as ``sync.engine.Gateway``."""

    def push(self, request: PushRequest) -> PushAnswer:
        """Send operations."""
        ...


class PushLeg:
    """Sends what waits, batch by batch; lives as long as its engine."""

    def __init__(
        self,
        store: PushStore,
        gateway: PushGateway,
        clock: Clock,
        *,
        terminal_id: UUID,
        sign: Callable[[bytes], bytes],
        beside: Beside = afterwards,
    ) -> None:
        """Send nothing yet; the arguments are those of ``sync.engine.SyncEngine``."""
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._terminal_id = terminal_id
        self._sign = sign
        self._beside = beside
        self._most_ops = MOST_OPS
        self._answered: _Answered | None = None

    def run(self, report: SyncReport, progress: Progress, *, below: int = ALL_LANES) -> None:
        """Send everything of the lanes below one.

        Raises:
            BusyError: Central has no room for a lane; ``report.busy_lane`` says which. What waited
                in lower lanes, or was saved meanwhile, was sent.
            UnavailableError: As ``sync.engine.Gateway``; what concerns one lane alone is raised
                after all others were sent.
            UserError: Likewise.
        """
        shed: BusyError | None = None
        stuck: dict[int, _Failure] = {}
        self._answered = None
        with self._beside() as start:
            batch = self._next(stuck)
            while batch and batch.lane < below:
                ahead = None
                try:
                    ahead = self._send(batch, start, stuck, report)
                except BusyError as error:
                    shed, below = error, batch.lane
                    report.busy_lane = batch.lane
                except (UnavailableError, UserError) as error:
                    self._set_aside(error, batch, stuck)
                else:
                    self._most_ops = min(MOST_OPS, self._most_ops * 2)
                progress(report)
                batch = ahead or self._next(stuck)
        self._store_answers(report)
        if failed := shed or next(iter(stuck.values()), None):
            raise failed

    def _next(self, stuck: Collection[int], *, behind: Batch | None = None) -> Batch | None:
        return self._store.next_batch(
            most_ops=self._most_ops, most_bytes=MOST_BATCH_BYTES, but=stuck, behind=behind
        )

    def _set_aside(self, error: _Failure, batch: Batch, stuck: dict[int, _Failure]) -> None:
        """Leave the batch's lane out for the rest of the round, unless another try may pass."""
        if self._may_go_on(error, batch):
            return
        if not _of_one_lane(error):
            raise error
        stuck[batch.lane] = error

    def _may_go_on(self, error: _Failure, batch: Batch) -> bool:
        """Draw the lesson of a failed push; tell whether another try may pass at once."""
        size = min(self._most_ops, len(batch.ops))
        if isinstance(error, GapError):
            behind = error.next_seq < batch.ops[0].seq
            return behind and self._store.send_from(batch.epoch, batch.lane, error.next_seq)
        if isinstance(error, TooLargeError) or error.key in _SMALLER_MAY_PASS:
            self._most_ops = max(1, size // 2)
        return isinstance(error, TooLargeError) and size > 1

    def _send(
        self, batch: Batch, start: Start, stuck: Collection[int], report: SyncReport
    ) -> Batch | None:
        """Push a batch; meanwhile store the answers to the last one and choose the next.

        Returns:
            The next batch, while the answers to this one wait to be stored beside it; None when
            they are stored and the next one is still to be chosen.
        """
        wait = start(partial(self._gateway.push, self._request(batch)))
        self._store_answers(report)
        # A batch that follows trouble is small and goes alone.
        careful = self._most_ops < MOST_OPS
        ahead = None if careful else self._next(stuck, behind=batch)
        answer = wait()
        self._answered = answered = _answered(batch, answer)
        if ahead and answered.results and not self._overtaken(ahead, batch, stuck):
            return ahead
        self._store_answers(report)
        if not answered.results:
            raise unknown_version()
        return None

    def _overtaken(self, ahead: Batch, behind: Batch, stuck: Collection[int]) -> bool:
        """Tell whether something of a lower lane was saved since the batch was chosen."""
        first = self._store.next_batch(most_ops=1, most_bytes=1, but=stuck, behind=behind)
        return first is not None and first.lane < ahead.lane

    def _store_answers(self, report: SyncReport) -> None:
        answered, self._answered = self._answered, None
        if answered is None:
            return
        self._store.settle(
            answered.batch,
            answered.results,
            durable_through=answered.durable_through,
            durability=answered.durability,
            now_utc=self._clock.now().utc,
        )
        report.pushed += len(answered.results)

    def _request(self, batch: Batch) -> PushRequest:
        now = self._clock.now()
        head = head_bytes(
            terminal_id=self._terminal_id,
            epoch=batch.epoch,
            lane=batch.lane,
            seq=batch.ops[-1].seq,
            link=batch.link,
        )
        return PushRequest(
            terminal_id=self._terminal_id,
            epoch=batch.epoch,
            lane=batch.lane,
            schema_level=SCHEMA_LEVEL,
            sent_utc=now.utc,
            clock_uncertainty_ms=now.uncertainty_ms,
            head_signature=self._sign(head),
            ops=list(batch.ops),
        )


def _answered(batch: Batch, answer: PushAnswer) -> _Answered:
    asked = {op.seq for op in batch.ops}
    results = [
        result for result in answer.results if result.seq in asked and result.outcome in _OUTCOMES
    ]
    return _Answered(
        batch=batch,
        results=results,
        durable_through=answer.durable_through,
        durability=answer.durability,
    )


def _of_one_lane(error: _Failure) -> bool:
    """Tell whether the answer concerns what was sent, and not who sent it or the way there."""
    if isinstance(error, UserError):
        return error.key.startswith(_LANES_OWN)
    return isinstance(error, GapError | TooLargeError) or error.key in {
        "central.trouble",
        "central.version",
    }
