"""One push in one transaction: verify, answer what is known, store what is new, answer it.

The fast path stores a batch class by class. Where the database refuses a value (a NUL character,
say), the whole push is taken again carefully, each operation in a savepoint of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from central.arrays import BinaryArray
from central.edits.take import merge_facts
from central.late_truth.judge import judge, lock_plates
from central.log import alarm, flag
from central.problems import RefusedError
from central.push.answers import durable_through, record_answers, record_answers_again
from central.push.chain import Verified, verify
from central.push.facts import Fact, read_fact, refused, store_facts
from central.push.oddities import load_known, oddities
from central.push.parked import close, close_taken, park, refuse_closings, to_judge_again
from central.push.vouchers import flag_double_use
from parking.citation import Citation
from parking.parked import ParkedClosing
from parking.plate import plate_key
from parking.slip import CouldNotPay
from parking.terminal import Terminal
from parking.voucher import VoucherUse
from sync.wire import OpResult, PushRequest

_QUEUE_SEALS = """
insert into seal_queue (citation_ids) values (%(ids)s::_uuid)
"""
_FORK = "Another record was sent under this number before; both are kept for city IT."
_UNSTORABLE = "The database cannot hold a value of this record."


@dataclass(slots=True, kw_only=True)
class Intake:
    """The taking of one push; lives for one unit of work.

    Attributes:
        careful: Store one by one, so that one bad value refuses one operation.
        durability: ``committed`` or ``archived``: which operations count as durable.
        barred: Code and sentence with which every new operation is parked, from a device that
            nobody may trust; None for all others.
        results: Answers by operation, as they become known.
        new: Facts stored for the first time.
        held: Citations held because a right covers them.
        alarms: Codes of the alarms that were raised.
        durable_through: Highest operation of the lane that central can no longer lose.
    """

    connection: Connection
    terminal: Terminal
    push: PushRequest
    now_utc: datetime
    careful: bool
    durability: str
    barred: tuple[str, str] | None = None
    results: dict[int, OpResult] = field(default_factory=dict)
    new: list[Fact] = field(default_factory=list)
    held: int = 0
    alarms: list[str] = field(default_factory=list)
    durable_through: int = 0

    def take(self) -> list[OpResult] | RefusedError:
        """Take the push; repeating it gives the same answers and changes nothing.

        Returns:
            Answers in the order of the operations, or a refusal as a value when the alarm it raised
            must be committed.

        Raises:
            RefusedError: As ``central.push.chain.verify``.
            DataError: Not careful, and the database does not take some value.
            IntegrityError: Likewise.
        """
        verified = verify(self.connection, self.terminal, self.push)
        if isinstance(verified, RefusedError):
            self._alarm(verified.key, verified.sentence)
            return verified
        fresh, again = self._answer_known(verified)
        self._take_facts(self._read(verified, [*again, *fresh]))
        self._answer_again(verified, again)
        self._finish(verified, fresh)
        return [self.results[op.seq] for op in self.push.ops]

    def _answer_known(self, verified: Verified) -> tuple[list[int], list[int]]:
        """Answer repeated and forked operations; return the places of new and once refused ones."""
        fresh, again = [], []
        for place, op in enumerate(self.push.ops):
            if place >= verified.fork_at:
                self.results[op.seq] = refused(op.seq, "fork", _FORK)
            elif op.seq > verified.last_seq:
                fresh.append(place)
            else:
                self.results[op.seq] = verified.stored[op.seq].result
                if self.results[op.seq].outcome == "refused":
                    again.append(place)
        again = to_judge_again(self.connection, self.push, verified, again, self.results)
        return fresh, again

    def _read(self, verified: Verified, places: Sequence[int]) -> list[Fact]:
        facts = []
        for place in places:
            op = self.push.ops[place]
            if self.barred is not None:
                self.results[op.seq] = refused(op.seq, *self.barred)
                continue
            found = read_fact(op, verified.hashes[place], self.terminal, lane=self.push.lane)
            if isinstance(found, Fact):
                facts.append(found)
                self.results[op.seq] = OpResult(op.seq, "applied")
            else:
                self.results[op.seq] = found
        closings = refuse_closings(self.connection, self.terminal, facts)
        self.results |= {answer.seq: answer for answer in closings}
        return [fact for fact in facts if self.results[fact.seq].outcome != "refused"]

    def _take_facts(self, facts: Sequence[Fact]) -> None:
        lock_plates(self.connection, _judged_plates(facts))
        for group in [[fact] for fact in facts] if self.careful else [facts]:
            self._store(group)
        citations = _citations(self.new)
        if citations:
            ids = BinaryArray("uuid", [citation.citation_id for citation in citations])
            self.connection.exec_driver_sql(_QUEUE_SEALS, {"ids": ids})
        if plates := _judged_plates(self.new):
            self.held = len(judge(self.connection, plates, now_utc=self.now_utc))
        if citations:
            self._flag_oddities()
        self._flag_vouchers()
        answers, held = merge_facts(self.connection, self.terminal, self.new, now_utc=self.now_utc)
        self.results |= {answer.seq: answer for answer in answers}
        self.held += held
        closings = [
            fact.row.value for fact in self.new if isinstance(fact.row.value, ParkedClosing)
        ]
        close(self.connection, closings, self.now_utc)

    def _store(self, facts: Sequence[Fact]) -> None:
        try:
            if self.careful:
                with self.connection.begin_nested():
                    new, clashes = store_facts(self.connection, facts, self.now_utc)
            else:
                new, clashes = store_facts(self.connection, facts, self.now_utc)
        except (DataError, IntegrityError):
            if not self.careful:
                raise
            new, clashes = [], [refused(facts[0].seq, "record.unstorable", _UNSTORABLE)]
        self.new += new
        self.results |= {clash.seq: clash for clash in clashes}

    def _flag_oddities(self) -> None:
        facts = [fact for fact in self.new if isinstance(fact.row.value, Citation)]
        known = load_known(self.connection, self.terminal, _citations(facts), self.now_utc)
        flags = []
        for fact in facts:
            odd = list(oddities(fact.row.value, known))
            flags += [(fact.record.name, str(fact.key), code, text) for code, text in odd]
            if odd:
                self.results[fact.seq] = OpResult(fact.seq, "flagged", *odd[0])
        flag(self.connection, flags, self.now_utc)

    def _flag_vouchers(self) -> None:
        facts = {fact.key: fact.seq for fact in self.new if isinstance(fact.row.value, VoucherUse)}
        uses = [fact.row.value for fact in self.new if fact.key in facts]
        for key, odd in flag_double_use(self.connection, uses, self.now_utc).items():
            self.results[facts[key]] = OpResult(facts[key], "flagged", *odd)

    def _answer_again(self, verified: Verified, again: Sequence[int]) -> None:
        """Keep new answers to what passes now; where it does not, the first answer stays."""
        taken = []
        for place in again:
            seq = self.push.ops[place].seq
            if self.results[seq].outcome == "refused":
                self.results[seq] = verified.stored[seq].result
            else:
                taken.append(place)
        if taken:
            answers = [self.results[self.push.ops[place].seq] for place in taken]
            record_answers_again(self.connection, self.push, answers, now_utc=self.now_utc)
            close_taken(self.connection, self.push, verified, taken, now_utc=self.now_utc)

    def _finish(self, verified: Verified, fresh: Sequence[int]) -> None:
        parked = park(self.connection, self.push, verified, self.results, now_utc=self.now_utc)
        if "fork" in parked:
            self._alarm("fork", f"Epoch {self.push.epoch}, lane {self.push.lane}: {_FORK}")
        if "key.taken" in parked:
            self._alarm("key.taken", "An identifier was used for two different records.")
        if fresh:
            self.durable_through = record_answers(
                self.connection,
                self.push,
                verified,
                fresh,
                self.results,
                durability=self.durability,
                now_utc=self.now_utc,
            )
        else:
            self.durable_through = durable_through(
                self.connection, self.push, durability=self.durability
            )

    def _alarm(self, code: str, text: str) -> None:
        alarm(self.connection, code, f"terminal:{self.terminal.terminal_id}", text, self.now_utc)
        self.alarms.append(code)


def _judged_plates(facts: Sequence[Fact]) -> list[str]:
    """Return the plates of what is judged: citations, and the slips of who could not pay."""
    values = (fact.row.value for fact in facts)
    return [plate_key(one.plate) for one in values if isinstance(one, Citation | CouldNotPay)]


def _citations(facts: Sequence[Fact]) -> list[Citation]:
    return [fact.row.value for fact in facts if isinstance(fact.row.value, Citation)]
