"""The laws of the merge over random histories of one record, with clocks ten years apart."""

import random
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.soak.search import Limits
from tests.unit.sync.laws import (
    all_come_to_the_same,
    asked_exactly_when_unknowing,
    nothing_lost_silently,
    order_changes_nothing,
)
from tests.unit.sync.sheet import World

_CLOCKS_MS = (0, 0, 40_000, -315_360_000_000, 315_360_000_000)
_MOST_STEPS = 40
_TELL_EVERY = 2_000


def search(limits: Limits) -> int:
    """Play histories until the time is over; 0 nothing found, 1 a law was broken."""
    ends, played = time.monotonic() + limits.minutes * 60, 0
    while time.monotonic() < ends:
        seed = limits.seed + played
        for law in (_few_values, _every_value_once):
            try:
                law(random.Random(seed))
            except AssertionError as error:
                sys.stdout.write(f"WRONG seed {seed} {law.__name__}: {error}\n")
                return 1
        played += 1
        if played % _TELL_EVERY == 0:
            sys.stdout.write(f"{played:,} histories\n")
            sys.stdout.flush()
    sys.stdout.write(f"{played:,} histories of up to {_MOST_STEPS} steps\n")
    return 0


def _few_values(draw: random.Random) -> None:
    """Values come again and again, so that nothing can be told by them alone."""
    world = _played(draw, lambda _number: _change(draw))
    order_changes_nothing(world, draw)
    all_come_to_the_same(world)


def _every_value_once(draw: random.Random) -> None:
    world = _played(draw, lambda number: {"remark": str(number)})
    asked_exactly_when_unknowing(world)
    nothing_lost_silently(world)


def _played(draw: random.Random, change: Callable[[int], dict[str, Any]]) -> World:
    world = World([draw.choice(_CLOCKS_MS) for _ in range(3)])
    for number in range(draw.randint(0, _MOST_STEPS)):
        who = draw.randrange(3)
        if draw.random() < 0.4:
            world.sync(who)
        else:
            world.edit(who, **change(number))
    return world


def _change(draw: random.Random) -> dict[str, Any]:
    tags = tuple(tag for tag in "abcdefgh" if draw.random() < 0.4)[:6]
    return draw.choice(
        [
            {"plate": draw.choice(["", "A", "B"]), "state": draw.choice(["", "CT", "NY"])},
            {"remark": draw.choice(["", "a", "b"]), "car": draw.choice(["", "12", "14"])},
            {"motto": draw.choice(["", "a", "b"]), "odometer": draw.randrange(4)},
            {"spoiled": draw.randrange(90), "tags": tags},
        ]
    )
