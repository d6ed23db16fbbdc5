"""Kill points and disk errors: strace strikes at one call of the real store, engine and gateway.

Every point is one system call of one afternoon (``tests.faults.work``) against the stub central:
SIGKILL just before it, or an error instead of it. Then the real code opens what was left and goes
on. A worker of ``./soak kill``: python -m tests.faults.kills MINUTES SEED
"""

import http.client
import itertools
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from local_db.store import LocalStore
from sync.engine import SyncEngine
from sync.gateway import Device, HTTPGateway
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, enrolled, sign
from tests.faults.calls import OPTIONS, read_calls, told_by
from tests.faults.checks import Promises, heard, local_facts, wrong_after
from tests.faults.folders import memory_folder
from tests.faults.reports import report
from tests.faults.shared_statements import share_compiled_statements
from tests.faults.stub import BooksTold
from tests.faults.tracing import TELLS, Tell, run_traced
from tests.faults.work import Afternoon, drawn_steps, run_and_tell

KILLED_AT = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "unlink", "mkdir")
FAILS_AT = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename")
ERRORS = ("ENOSPC", "EIO")
_MOST_ROUNDS = 12
# Loading the authorities of the system takes longer than an afternoon; the stub has no TLS.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


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
        missed: Points that the work ended before.
        told: Disk errors of which the person was told.
        wrong: What was lost or broken, with its point.
    """

    sites: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)


class StubControl:
    """The stub central of this process, and what the search asks of it."""

    def __init__(self, port: int) -> None:
        """Speak with the stub on a port of this machine."""
        self.port = port

    def begin(self, seed: int) -> None:
        """Start with an empty central."""
        self._ask("POST", f"/begin?seed={seed}")

    def keep(self) -> None:
        """Keep what it has."""
        self._ask("POST", "/keep")

    def back(self, seed: int) -> None:
        """Go back to what was kept, with the troubles of a seed."""
        self._ask("POST", f"/back?seed={seed}")

    def books(self) -> BooksTold:
        """Return what it has, and end its troubles."""
        return msgspec.json.decode(self._ask("GET", "/books"), type=BooksTold)

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path)
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def stub_central() -> Iterator[StubControl]:
    """Run a stub central while the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.stub"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield StubControl(int(process.stdout.readline()))
        process.stdin.close()


class Striker:
    """Runs one afternoon again and again, each time with one fault."""

    def __init__(self, day: Day, stub: StubControl, folder: Path) -> None:
        """Strike at a day.

        Args:
            day: Which.
            stub: Its central.
            folder: Empty, for this striker alone.
        """
        self._day = day
        self._stub = stub
        self._device = folder / "device"
        self._template = folder / "template"
        self._log = folder / "calls"
        self._before: list[str] = []
        stub.begin(day.seed)
        if day.morning is not None:
            enrolled(self._template).close()
            self._run(self._template, day.seed + 1, day.morning, self._before.append)
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
                phase = line.removeprefix("phase ") if line.startswith("phase ") else phase
            if call.name in calls:
                counts[call.name] += 1
                kind = _kind(call.path, self._device)
                site = f"{phase}: {call.name} {kind}"
                points.append(Point(call=call.name, nth=counts[call.name], site=site))
        return points

    def kill(self, point: Point, found: Found) -> None:
        """Kill before the call of a point; note what was found."""
        self._strike(point, "signal=KILL", found)

    def fail(self, point: Point, error: str, found: Found) -> None:
        """Let the call of a point fail; note what was found."""
        self._strike(point, f"error={error}", found)

    def _strike(self, point: Point, how: str, found: Found) -> None:
        self._prepare()
        inject = f"inject={point.call}:{how}:when={point.nth}"
        ended = run_traced(self._work, ["-e", f"trace={point.call}", "-e", inject])
        promises = heard((*self._before, *ended.lines))
        if how.startswith("signal") and not ended.killed:
            found.missed += 1
            return
        found.sites[f"{point.site} {how}"] += 1
        found.told += bool(promises.failures)
        wrong = "; ".join(promises.faults) or self._wrong(promises)
        if wrong:
            place = f"seed {self._day.seed}, {point.call} {point.nth} ({point.site}), {how}"
            found.wrong.append(f"{place}: {wrong}")

    def _prepare(self) -> None:
        shutil.rmtree(self._device, ignore_errors=True)
        if self._template.exists():
            shutil.copytree(self._template, self._device)
        self._stub.back(self._day.seed)

    def _work(self, tell: Tell) -> None:
        self._run(self._device, self._day.seed, self._day.steps, tell)

    def _run(self, device: Path, seed: int, steps: tuple[str, ...], tell: Tell) -> None:
        gateway = self._gateway()
        run_and_tell(Afternoon(device, gateway, tell, seed=seed), tell, steps)
        gateway.close()

    def _gateway(self) -> HTTPGateway:
        return HTTPGateway(
            f"http://127.0.0.1:{self._stub.port}",
            StillClock(),
            device=Device(terminal_id=TERMINAL_ID, sign=sign),
            tls=_NO_TLS,
        )

    def _wrong(self, promises: Promises) -> str:
        books = self._stub.books()
        promises.received = {(name, bytes.fromhex(key)) for name, key, _ in books.facts}
        promises.photos -= {bytes.fromhex(digest) for digest in books.photos}
        return wrong_after(self._device, promises, then=self._wrong_at_central)

    def _wrong_at_central(self, store: LocalStore) -> str:
        """Let the engine go on by itself; central must end with exactly what is here, once."""
        with closing(self._gateway()) as gateway:
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


def _kind(path: str, device: Path) -> str:
    if not path.startswith(str(device)):
        return "another file"
    name = path.removeprefix(f"{device}").lstrip("/")
    if name.startswith("photos/"):
        return "a photo's part" if name.endswith(".part") else "a photo"
    return name or "the folder"


@contextmanager
def striking(day: Day, stub: StubControl) -> Iterator[Striker]:
    """Give a striker with a folder in memory."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        yield Striker(day, stub, Path(folder))


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
    with stub_central() as stub:
        for number in itertools.count(seed * 10_000):
            draw = random.Random(number)
            with striking(drawn_day(number), stub) as striker:
                for point in striker.points(KILLED_AT):
                    striker.kill(point, found)
                    if point.call in FAILS_AT and draw.random() < 0.1:
                        striker.fail(point, draw.choice(ERRORS), found)
                    if time.monotonic() > ends:
                        report(totals(found))
                        return
            report(totals(found))


def totals(found: Found) -> dict[str, object]:
    """Return what a report tells."""
    return {
        "sites": found.sites,
        "missed": found.missed,
        "told": found.told,
        "wrong": found.wrong[:5],
    }


if __name__ == "__main__":
    share_compiled_statements()
    work(float(sys.argv[1]), int(sys.argv[2]))
