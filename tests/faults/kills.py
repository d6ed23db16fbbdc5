"""Kill points and disk errors: strace strikes at one call of the real store, engine and gateway.

Kills come in chains: each call of a day is struck once on a fresh copy (``tests.faults.striker``),
and what opens and checks what that left is killed in its turn, and again, before central and
terminal are compared. A worker of ``./soak kill``: python -m tests.faults.kills MINUTES SEED
"""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tests.faults.folders import memory_folder
from tests.faults.fork_server import KILLED_AT, ForkServer, fork_server, most_of
from tests.faults.reports import report
from tests.faults.shared_statements import share_compiled_statements
from tests.faults.striker import KILL, Day, Found, Point, striking
from tests.faults.struck_work import Task, afternoon, work_for
from tests.faults.stub_control import StubControl, stub_central
from tests.faults.work import drawn_steps, whole_afternoon

FAILS_AT = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename")
ERRORS = ("error=ENOSPC", "error=EIO")
AGAIN = 5
"""How often what a kill left is opened, worked on and killed before all is compared."""


@contextmanager
def killing() -> Iterator[tuple[StubControl, ForkServer]]:
    """Run a stub central and the server of what is killed."""
    with stub_central() as stub:
        _warm_up(stub)
        with fork_server(work_for(stub.port)) as server:
            yield stub, server


def _warm_up(stub: StubControl) -> None:
    """Load and compile what an afternoon needs, so that every fork has it."""
    stub.begin(1)
    lines: list[str] = []
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        for steps in (whole_afternoon(random.Random(1), 0), ("look",)):
            task = Task(
                device=f"{folder}/device", seed=len(lines), steps=steps, before=tuple(lines)
            )
            afternoon(task, stub.port, lines.append)


def drawn_day(seed: int) -> Day:
    """Return two steps after a morning; every thirtieth day is one that a device joins on."""
    draw = random.Random(seed)
    if seed % 30 == 0:
        return Day(seed=seed, steps=("start",), morning=None)
    ends = draw.choice((("sync",), ("free",), ("end",), ()))
    morning = ("start", *drawn_steps(draw, draw.randint(0, 5)))
    return Day(seed=seed, steps=(*drawn_steps(draw, 2), *ends), morning=morning)


def work(minutes: float, seed: int) -> None:
    """Kill at every call of day after day, and let a tenth of the calls fail."""
    found, ends = Found(), time.monotonic() + minutes * 60
    with killing() as (stub, server):
        for number in itertools.count(seed * 10_000):
            draw = random.Random(number)
            with striking(drawn_day(number), stub, server) as striker:
                points = striker.points(KILLED_AT)
                near = [point for point in points if point.nth <= most_of(point.call)]
                for point in points:
                    if point in near:
                        striker.kill((point, *again(draw, near, AGAIN)), found)
                    else:
                        striker.strike_once(point, KILL, found)
                    if point.call in FAILS_AT and draw.random() < 0.1:
                        striker.strike_once(point, draw.choice(ERRORS), found)
                    if time.monotonic() > ends:
                        report(totals(found))
                        return
            report(totals(found))


def again(draw: random.Random, points: Sequence[Point], count: int) -> list[Point]:
    """Return where to strike at what goes on after a kill: mostly early, it may be less work."""
    return [
        replace(point, nth=draw.randint(1, point.nth)) for point in draw.choices(points, k=count)
    ]


def totals(found: Found) -> dict[str, object]:
    """Return what a report tells."""
    return {
        "sites": found.sites,
        "missed": found.missed,
        "passed": found.passed,
        "told": found.told,
        "wrong": found.wrong[:5],
    }


if __name__ == "__main__":
    share_compiled_statements()
    work(float(sys.argv[1]), int(sys.argv[2]))
