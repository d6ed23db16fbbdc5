"""The steps of a history: plain data, drawn from one seed, each with all it needs in itself.

A step never depends on the ones before it, so any of them can be left out when a failing history is
shrunk. Steps ``inside`` happen while central works on an exchange of the round.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.sim.network import Fault


class Kind(StrEnum):
    """What can happen."""

    CITE = "cite"
    EVENT = "event"
    OUTAGE = "outage"
    SHIFT = "shift"
    POISON = "poison"
    EDIT = "edit"
    CHOOSE = "choose"
    ROUND = "round"
    CRASH = "crash"
    LOSE_REFERENCE = "lose reference"
    JUMP = "clock jumps"
    PASS = "time passes"
    CLONE = "clone"
    DESK_BEGIN = "desk begins"
    DESK_END = "desk ends"
    DELIVER = "deliver"
    ZONES = "other zones"
    ARCHIVE = "archive"
    RESTART = "central restarts"
    RESTORE = "central is restored"


SAVES = (Kind.CITE, Kind.EVENT, Kind.OUTAGE, Kind.SHIFT, Kind.POISON, Kind.EDIT, Kind.CHOOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        who: Terminal, transaction or message, counted round.
        seed: Of what is drawn inside the step; also makes its identifiers.
        amount: Transactions to go back, seconds to pass, years to jump, rows to write.
        faults: What becomes of the exchanges of a round.
        inside: Steps that happen during an exchange of a round.
        crash_at: The terminal's commit, counted from 1, at which its power goes; 0 for none.
        full_at: Likewise, at which its disk is full.
    """

    kind: Kind
    who: int = 0
    seed: int = 0
    amount: int = 0
    faults: tuple[tuple[int, Fault], ...] = ()
    inside: tuple[tuple[int, "Step"], ...] = ()
    crash_at: int = 0
    full_at: int = 0

    def __str__(self) -> str:
        words = [f"{self.kind} #{self.who}"]
        words += [f"amount {self.amount}"] if self.amount else []
        words += [f"{fault} at exchange {at}" for at, fault in self.faults]
        words += [f"power lost at commit {self.crash_at}"] if self.crash_at else []
        words += [f"disk full at commit {self.full_at}"] if self.full_at else []
        words += [f"during exchange {at}: ({step})" for at, step in self.inside]
        return ", ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole history: how it is set up, and its steps.

    Attributes:
        terminals: How many, 1 to 5.
        page_rows: Rows of a feed page.
        longest_s: Of the steps, the most seconds that pass in one.
    """

    seed: int
    terminals: int
    page_rows: int
    steps: tuple[Step, ...]


_LIKELY = {
    Kind.CITE: 14,
    Kind.EVENT: 8,
    Kind.OUTAGE: 4,
    Kind.SHIFT: 3,
    Kind.POISON: 2,
    Kind.EDIT: 9,
    Kind.CHOOSE: 2,
    Kind.ROUND: 34,
    Kind.CRASH: 3,
    Kind.LOSE_REFERENCE: 1,
    Kind.JUMP: 2,
    Kind.PASS: 3,
    Kind.CLONE: 0.6,
    Kind.DESK_BEGIN: 7,
    Kind.DESK_END: 6,
    Kind.DELIVER: 5,
    Kind.ZONES: 1,
    Kind.ARCHIVE: 3,
    Kind.RESTART: 1,
    Kind.RESTORE: 2,
}
_INSIDE = (*SAVES, Kind.DESK_BEGIN, Kind.DESK_END, Kind.DELIVER, Kind.ROUND, Kind.RESTORE)


def plan(seed: int) -> Plan:
    """Draw a history from a seed."""
    draw = Random(seed)
    count = draw.choice((30, 40, 50, 60, 80))
    kinds = draw.choices(list(_LIKELY), list(_LIKELY.values()), k=count)
    # Some histories have a perfect network, some a terrible one.
    trouble = draw.choice((0.0, 0.1, 0.3, 0.6))
    return Plan(
        seed=seed,
        terminals=draw.choice((2, 2, 3, 3, 4, 5)),
        page_rows=draw.choice((1, 2, 5, 20)),
        steps=tuple(_step(kind, draw, trouble) for kind in kinds),
    )


def _step(kind: Kind, draw: Random, trouble: float) -> Step:
    step = Step(
        kind=kind,
        who=draw.randrange(60),
        seed=draw.getrandbits(64),
        amount=_amount(kind, draw),
        crash_at=draw.randrange(1, 6) if draw.random() < trouble / 4 else 0,
        full_at=draw.randrange(1, 6) if draw.random() < trouble / 8 else 0,
    )
    return _with_network(step, draw, trouble) if kind is Kind.ROUND else step


def _with_network(step: Step, draw: Random, trouble: float) -> Step:
    faults = {
        draw.randrange(10): draw.choice(list(Fault)) for _ in range(4) if draw.random() < trouble
    }
    inside = [
        (draw.randrange(8), _step(draw.choice(_INSIDE), draw, 0.0))
        for _ in range(2)
        if draw.random() < 0.3
    ]
    return Step(
        kind=step.kind,
        who=step.who,
        seed=step.seed,
        faults=tuple(sorted(faults.items())),
        inside=tuple(inside),
        crash_at=step.crash_at,
        full_at=step.full_at,
    )


def _amount(kind: Kind, draw: Random) -> int:
    if kind is Kind.RESTORE:
        return draw.randrange(1, 12)
    if kind is Kind.JUMP:
        return draw.choice((-10, -1, 1, 10))
    if kind is Kind.PASS:
        return draw.choice((60, 3600, 30 * 3600))
    return draw.randrange(1, 4)
