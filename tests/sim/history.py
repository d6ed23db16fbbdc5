"""One history from its seed to its verdict, and how a failing one is made small."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from sync.engine import SyncEngine
from tests.sim.rest import come_to_rest, start_from_nothing
from tests.sim.steps import Plan, Step
from tests.sim.watch import BrokenError
from tests.sim.world import MakeDisk, World, memory_disk

MakeWorld = Callable[[Plan], World]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a history ended.

    Attributes:
        broken: What does not hold; empty when all does.
        trace_hash: The same for two runs of one plan.
        counts: Steps and accidents that happened.
        faults: Faults of the network that were met.
        checked: Invariants, by how often they were checked.
    """

    plan: Plan
    broken: str
    trace_hash: str
    counts: Counter[str]
    faults: Counter[str]
    checked: Counter[str]


def make_world(
    plan: Plan, *, make_disk: MakeDisk = memory_disk, engine_class: type[SyncEngine] = SyncEngine
) -> World:
    """Return the city in which a plan is to happen."""
    return World(plan, make_disk=make_disk, engine_class=engine_class)


def run(plan: Plan, make: MakeWorld = make_world) -> Verdict:
    """Let a history happen, come to rest, and be judged."""
    world, broken = make(plan), ""
    try:
        for step in plan.steps:
            world.run(step)
        come_to_rest(world)
        world.watch.at_rest()
        start_from_nothing(world)
    except BrokenError as error:
        broken = str(error)
    except Exception as error:  # noqa: BLE001  # a fault of the product is a verdict too
        broken = f"fault: {error!r}"
    finally:
        world.close()
    return Verdict(
        plan=plan,
        broken=broken,
        trace_hash=world.trace_hash,
        counts=world.counts,
        faults=world.faults(),
        checked=world.watch.checked,
    )


def shrunk(plan: Plan, make: MakeWorld = make_world, *, most_s: float = 600.0) -> Plan:
    """Return the smallest plan found that still breaks the invariant that ``plan`` breaks.

    Args:
        plan: One that breaks an invariant.
        make: As for ``run``.
        most_s: After so many seconds the smallest one found by then is returned.
    """
    wanted, ends_s = _name(run(plan, make).broken), time.monotonic() + most_s

    def breaks(steps: tuple[Step, ...]) -> bool:
        if time.monotonic() > ends_s:
            return False
        return _name(run(replace(plan, steps=steps), make).broken) == wanted

    steps = _without_chunks(plan.steps, breaks)
    steps = _simpler(steps, breaks)
    return replace(plan, steps=_without_chunks(steps, breaks))


def _name(broken: str) -> str:
    return broken.partition(":")[0]


def _without_chunks(
    steps: tuple[Step, ...], breaks: Callable[[tuple[Step, ...]], bool]
) -> tuple[Step, ...]:
    """Leave out ever smaller chunks of steps while it still breaks."""
    size = max(1, len(steps) // 2)
    while True:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if breaks(fewer):
                steps = fewer
            else:
                at += size
        if size == 1:
            return steps
        size //= 2


def _simpler(
    steps: tuple[Step, ...], breaks: Callable[[tuple[Step, ...]], bool]
) -> tuple[Step, ...]:
    """Leave out faults, accidents and inner steps one by one while it still breaks."""
    for at, step in enumerate(steps):
        for simpler in _less(step):
            tried = (*steps[:at], simpler, *steps[at + 1 :])
            if breaks(tried):
                return _simpler(tried, breaks)
    return steps


def _less(step: Step) -> list[Step]:
    less = [replace(step, crash_at=0)] if step.crash_at else []
    less += [replace(step, full_at=0)] if step.full_at else []
    for name in ("faults", "inside"):
        entries = getattr(step, name)
        for at in range(len(entries)):
            less.append(replace(step, **{name: entries[:at] + entries[at + 1 :]}))
    return less
