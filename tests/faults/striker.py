"""Strikes at one call of an afternoon, on a fresh copy each time, and judges what that left.

Every point is one system call of one afternoon (``tests.faults.work``) against the stub central:
SIGKILL just before it, or an error instead of it. Then the real code opens what was left and goes
on, and central and terminal are compared.
"""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from local_db.store import LocalStore
from sync.engine import SyncEngine
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, enrolled, sign
from tests.faults.calls import OPTIONS, read_calls, told_by
from tests.faults.checks import Promises, heard, local_facts, wrong_after
from tests.faults.folders import memory_folder
from tests.faults.fork_server import ForkServer
from tests.faults.struck_work import Task, afternoon, stub_gateway
from tests.faults.stub_control import StubControl
from tests.faults.tracing import TELLS, Tell, run_traced
from tests.faults.work import drawn_steps

KILL = "signal=KILL"
_MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One call of an afternoon.

    Attributes:
        call: Name of the system call.
        nth: How many of them there were, this one included.
        site: Phase, call and kind of file, for the list of what was struck.
    """

    call: str
    nth: int
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """An afternoon that is struck again and again.

    Attributes:
        seed: Of all that is drawn, the stub's troubles included.
        steps: What is struck at.
        morning: What happened before, undisturbed; None when the device joins only now.
    """

    seed: int
    steps: tuple[str, ...]
    morning: tuple[str, ...] | None


@dataclass(slots=True)
class Found:
    """What a search reached.

    Attributes:
        sites: Points by where they struck and with what.
        missed: Points that the work ended before, where it was the same work.
        passed: Repeated strikes that the work, which is another after each kill, ended before.
        told: Disk errors of which the person was told.
        wrong: What was lost or broken, with its point.
    """

    sites: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    passed: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)


class Striker:
    """Runs one afternoon again and again, each time with other faults."""

    def __init__(self, day: Day, stub: StubControl, server: ForkServer, folder: Path) -> None:
        """Strike at a day.

        Args:
            day: Which.
            stub: Its central.
            server: Runs what is killed; made by ``killing``.
            folder: Empty, for this striker alone.
        """
        self._day = day
        self._stub = stub
        self._server = server
        self._device = folder / "device"
        self._template = folder / "template"
        self._log = folder / "calls"
        self._before: list[str] = []
        stub.begin(day.seed)
        if day.morning is not None:
            enrolled(self._template).close()
            task = Task(device=str(self._template), seed=day.seed + 1, steps=day.morning)
            afternoon(task, stub.port, self._before.append)
        stub.keep()

    def points(self, calls: tuple[str, ...]) -> list[Point]:
        """Return every call of some names that the undisturbed afternoon makes."""
        self._prepare()
        names = ",".join((*calls, TELLS))
        run_traced(self._work, [*OPTIONS, "-e", f"trace={names}"], log=self._log)
        counts: Counter[str] = Counter()
        points, phase = [], ""
        for call in read_calls(self._log):
            for line in told_by(call):
                phase = _phase(line) or phase
            if call.name in calls:
                counts[call.name] += 1
                site = self._site(phase, call.name, call.path)
                points.append(Point(call=call.name, nth=counts[call.name], site=site))
        return points

    def kill(self, points: Sequence[Point], found: Found) -> None:
        """Kill before the call of a point, and what goes on before that of the next, to the last.

        Args:
            points: Of this day; the first is met as it was listed, the others where the work that
                goes on makes as many calls of that name.
            found: Notes what was reached and what was wrong.
        """
        self._prepare()
        lines, place = list(self._before), f"seed {self._day.seed}"
        for number, point in enumerate(points):
            place += f", {point.call} {point.nth}"
            task = self._task(number, lines if number else ())
            struck = self._server.strike(
                msgspec.msgpack.encode(task), call=point.call, nth=point.nth
            )
            lines += struck.lines
            if struck.killed:
                phase = next(filter(None, map(_phase, reversed(struck.lines))), "")
                again = "again, " if number else ""
                found.sites[
                    f"{again}{self._site(phase, struck.call, struck.path)} signal=KILL"
                ] += 1
            elif number:
                found.passed += 1
            else:
                found.missed += 1
            lines += self._received(troubles=task.seed)
        self._judge(heard(lines), place, found)

    def strike_once(self, point: Point, how: str, found: Found) -> None:
        """Strike at the call of a point with strace attached for it alone.

        Args:
            point: However late in the work.
            how: What strace injects, e.g. ``error=EIO``.
            found: Notes what was reached and what was wrong.
        """
        self._prepare()
        inject = f"inject={point.call}:{how}:when={point.nth}"
        ended = run_traced(self._work, ["-e", f"trace={point.call}", "-e", inject])
        if how == KILL and not ended.killed:
            found.missed += 1
        else:
            found.sites[f"{point.site} {how}"] += 1
        place = f"seed {self._day.seed}, {point.call} {point.nth} ({point.site}), {how}"
        self._judge(heard((*self._before, *ended.lines)), place, found)

    def _judge(self, promises: Promises, place: str, found: Found) -> None:
        found.told += bool(promises.failures)
        wrong = "; ".join(promises.faults) or self._wrong(promises)
        if wrong:
            found.wrong.append(f"{place}: {wrong}")

    def _task(self, number: int, before: Iterable[str]) -> Task:
        """Return the day's own work, or what a restarted program does after the number-th kill."""
        device, seed, steps = str(self._device), self._day.seed, self._day.steps
        if number:
            seed = self._day.seed * 100 + number
            steps = drawn_steps(random.Random(seed), 3)
        return Task(device=device, seed=seed, steps=steps, before=tuple(before))

    def _received(self, *, troubles: int) -> Iterator[str]:
        """Give the lines of what central has; it has other troubles from now on."""
        books = self._stub.books(troubles=troubles)
        yield from (f"received {name} {key}" for name, key, _ in books.facts)
        yield from (f"letting {digest}" for digest in books.photos)

    def _site(self, phase: str, call: str, path: str) -> str:
        return f"{phase}: {call} {_kind(path, self._device)}"

    def _prepare(self) -> None:
        shutil.rmtree(self._device, ignore_errors=True)
        if self._template.exists():
            shutil.copytree(self._template, self._device)
        self._stub.back(self._day.seed)

    def _work(self, tell: Tell) -> None:
        afternoon(self._task(0, ()), self._stub.port, tell)

    def _wrong(self, promises: Promises) -> str:
        books = self._stub.books()
        promises.received = {(name, bytes.fromhex(key)) for name, key, _ in books.facts}
        promises.photos -= {bytes.fromhex(digest) for digest in books.photos}
        return wrong_after(self._device, promises, then=self._wrong_at_central)

    def _wrong_at_central(self, store: LocalStore) -> str:
        """Let the engine go on by itself; central must end with exactly what is here, once."""
        with closing(stub_gateway(self._stub.port)) as gateway:
            engine = SyncEngine(
                store.outbox, gateway, StillClock(), terminal_id=TERMINAL_ID, sign=sign
            )
            for _ in range(_MOST_ROUNDS):
                error = engine.run_once().error
                if error is None and store.to_send().count == 0:
                    return self._wrong_in_books(store)
            return f"the queue does not empty: {store.to_send()}, {error!r}"

    def _wrong_in_books(self, store: LocalStore) -> str:
        books, here = self._stub.books(), local_facts(store)
        there = {(name, bytes.fromhex(key)): digest for name, key, digest in books.facts}
        if set(there) != set(here):
            return f"central and terminal differ by {sorted(set(there) ^ set(here))[:3]}"
        if books.effects != len(there):
            return f"central stored {books.effects} times what are {len(there)} facts"
        return ""


def _phase(line: str) -> str:
    return line.removeprefix("phase ") if line.startswith("phase ") else ""


def _kind(path: str, device: Path) -> str:
    if not path.startswith(str(device)):
        return "another file"
    name = path.removeprefix(f"{device}").lstrip("/")
    if name.startswith("photos/"):
        return "a photo's part" if name.endswith(".part") else "a photo"
    return name or "the folder"


@contextmanager
def striking(day: Day, stub: StubControl, server: ForkServer) -> Iterator[Striker]:
    """Give a striker with a folder in memory."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        yield Striker(day, stub, server, Path(folder))
