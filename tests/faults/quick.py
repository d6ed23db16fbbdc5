"""The small sets of ``./test``: python -m tests.faults.quick strikes|power SEED

In a process of its own, because the work is forked and the process of the tests has threads.
Prints one JSON object with what each set reached.
"""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.faults import kills, power
from tests.faults.fork_server import KILLED_AT, most_of
from tests.faults.reports import report
from tests.faults.shared_statements import share_compiled_statements
from tests.faults.striker import Day, Found, Point, striking

_CHAINS, _AGAIN, _ERRORS = 10, 2, 5
Reached = dict[str, dict[str, Any]]


def _strikes(seed: int) -> Reached:
    killed, failed, draw = Found(), Found(), random.Random(seed)
    day = Day(seed=seed, steps=("issue", "reopen", "sync"), morning=("start", "issue"))
    with kills.killing() as (stub, server), striking(day, stub, server) as striker:
        points = striker.points(KILLED_AT)
        near = [one for one in points if one.nth <= most_of(one.call)]
        for point in _of_sites(draw, near, _CHAINS):
            striker.kill((point, *kills.again(draw, near, _AGAIN)), killed)
        failing = [one for one in points if one.call in kills.FAILS_AT]
        for point in _of_sites(draw, failing, _ERRORS):
            striker.strike_once(point, draw.choice(kills.ERRORS), failed)
    return {"kills": kills.totals(killed), "errors": kills.totals(failed)}


def _of_sites(draw: random.Random, points: Sequence[Point], count: int) -> list[Point]:
    """Return a point of each of some sites, so that no two strikes are alike."""
    at: dict[str, list[Point]] = {}
    for point in points:
        at.setdefault(point.site, []).append(point)
    return [draw.choice(at[site]) for site in draw.sample(list(at), count)]


def _power(seed: int) -> Reached:
    found, lost = power.Found(), power.Found()
    stays = power.Extent(steps=1, joins=False, tries=1, share=0.12, whole=0.1)
    joins = power.Extent(steps=0, joins=True, tries=1, share=0.008)
    for extent in (stays, joins):
        for _ in power.search(seed, extent, found):
            pass
    for _ in power.search(seed, replace(stays, whole=0.0, lies=True), lost):
        if lost.wrong:
            break
    return {"power": power.totals(found), "lies": power.totals(lost)}


_SETS: dict[str, Callable[[int], Reached]] = {"strikes": _strikes, "power": _power}

if __name__ == "__main__":
    share_compiled_statements()
    report(_SETS[sys.argv[1]](int(sys.argv[2])))
