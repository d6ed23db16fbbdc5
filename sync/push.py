"""The push leg of a round: what waits, the lowest lane first, each lane in its own signed chain.

The lowest lane is looked for again before every batch, so that a citation saved during a long push
of checks goes next. Where central has no room for a lane, the lanes below it still go; where it
cannot take a lane's next operations at all, every other lane still goes. Sans network; sync thread
only. Must not import ``local_db``, httpx or anything above.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from parking.audit import head_bytes
from parking.clock import Clock
from parking.errors import UnavailableError, UserError
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


class PushStore(Protocol):
    """What the leg needs of the local store; ``local_db.outbox.LocalOutbox`` is it."""

    def next_batch(
        self, *, most_ops: int, most_bytes: int, but: Collection[int] = ()
    ) -> Batch | None:
        """Return the oldest operations of the lowest lane that has any, but for some, or None."""
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
    ) -> None:
        """Send nothing yet; the arguments are those of ``sync.engine.SyncEngine``."""
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._terminal_id = terminal_id
        self._sign = sign
        self._most_ops = MOST_OPS

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
        while (batch := self._next(stuck)) and batch.lane < below:
            try:
                report.pushed += self._send(batch)
            except BusyError as error:
                shed, below = error, batch.lane
                report.busy_lane = batch.lane
            except (UnavailableError, UserError) as error:
                self._set_aside(error, batch, stuck)
            else:
                self._most_ops = min(MOST_OPS, self._most_ops * 2)
            progress(report)
        if failed := shed or next(iter(stuck.values()), None):
            raise failed

    def _next(self, stuck: Collection[int]) -> Batch | None:
        return self._store.next_batch(
            most_ops=self._most_ops, most_bytes=MOST_BATCH_BYTES, but=stuck
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

    def _send(self, batch: Batch) -> int:
        answer = self._gateway.push(self._request(batch))
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
            durability=answer.durability,
            now_utc=self._clock.now().utc,
        )
        if not results:
            raise unknown_version()
        return len(results)

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


def _of_one_lane(error: _Failure) -> bool:
    """Tell whether the answer concerns what was sent, and not who sent it or the way there."""
    if isinstance(error, UserError):
        return error.key.startswith(_LANES_OWN)
    return isinstance(error, GapError | TooLargeError) or error.key in {
        "central.trouble",
        "central.version",
    }
