"""The small sets of ``./test``: python -m tests.faults.quick strikes|power SEED

In a process of its own, because the work is forked and the process of the tests has threads.
Prints one JSON object with what each set reached.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.faults import kills, power
from tests.faults.fork_server import KILLED_AT
from tests.faults.reports import report
from tests.faults.shared_statements import share_compiled_statements

_CHAINS, _AGAIN, _ERRORS = 12, 2, 6
Reached = dict[str, dict[str, Any]]


def _strikes(seed: int) -> Reached:
    killed, failed, draw = kills.Found(), kills.Found(), random.Random(seed)
    day = kills.Day(seed=seed, steps=("issue", "reopen", "sync"), morning=("start", "issue"))
    with kills.killing() as (stub, server), kills.striking(day, stub, server) as striker:
        points = striker.points(KILLED_AT)
        for point in draw.sample(points, _CHAINS):
            striker.kill((point, *kills.again(draw, points, _AGAIN)), killed)
        for point in draw.sample([one for one in points if one.call in kills.FAILS_AT], _ERRORS):
            striker.strike_once(point, draw.choice(kills.ERRORS), failed)
    return {"kills": kills.totals(killed), "errors": kills.totals(failed)}


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
