"""How long the GUI thread of a real terminal stands still while 10,000 rows sync into its store.

The terminal is a process of its own, joined to the city and signed in, its check screen in front
with an answer that follows the news. The rows are stored at central as they would come from the
app's company, 100 in a transaction; the round ends when the answer on screen changes because of the
very last row. Gaps are between two ticks of a 5 ms timer on the GUI thread, the 5 ms included.
"""

import array
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

from parking.ids import uuid7
from parking.right import ParkingSession, Permit, RightSource
from simulator.city.remote import Remote
from tests.benchmarks.place import City, Place
from tests.benchmarks.table import Row, of_rounds, percentile

ROUNDS, ROWS = 3, 10_000
_AT_ONCE = 100
_IDLE_S = 3.0
_BADGE, _PIN, _ZONE = "0417", "736194", "204"
_DRAW = random.Random(20270303)


@dataclass(frozen=True, slots=True)
class _Span:
    """From and until when, by ``time.monotonic_ns``."""

    began_ns: int
    ended_ns: int


def measure(place: Place) -> list[Row]:
    terminal = _Terminal(place.city, place.folder / "event-loop")
    idle, busy = [], []
    try:
        terminal.start_work()
        for number in range(ROUNDS):
            terminal.check(f"ZZ1000{number}")
            idle.append(_span(lambda: threading.Event().wait(_IDLE_S)))
            busy.append(_span(partial(terminal.take_rows, f"ZZ1000{number}")))
    finally:
        ticks = terminal.stop()
    return _rows([_gaps(ticks, one) for one in idle], [_gaps(ticks, one) for one in busy], busy)


def _rows(idle: list[list[float]], busy: list[list[float]], spans: Sequence[_Span]) -> list[Row]:
    p99, idle_p99 = (of_rounds(one, partial(percentile, share=0.99)) for one in (busy, idle))
    longest, idle_longest = of_rounds(busy, max), of_rounds(idle, max)
    took_s = of_rounds([[(one.ended_ns - one.began_ns) / 1e9] for one in spans], max)
    return [
        Row(
            what=f"gap of the event loop while {ROWS:,} rows sync, p99",
            figure=f"{p99:.0f} ms ({ROWS / took_s:,.0f} rows/s from central to screen)",
            baseline=f"idle {idle_p99:.0f} ms",
            ratio=f"{p99 / idle_p99:.1f}x",
            bar="<= 33 ms",
            met=p99 <= 33,
        ),
        Row(
            what="the longest gap",
            figure=f"{longest:.0f} ms (worst of all rounds {max(map(max, busy)):.0f})",
            baseline=f"idle {idle_longest:.0f} ms",
            ratio=f"{longest / idle_longest:.1f}x",
            bar="<= 100 ms",
            met=longest <= 100,
        ),
    ]


def _span(work: object) -> _Span:
    began_ns = time.monotonic_ns()
    assert callable(work)
    work()
    return _Span(began_ns, time.monotonic_ns())


def _gaps(ticks_ns: Sequence[int], span: _Span) -> list[float]:
    """Return the gaps within a span, in ms."""
    return [
        (after - before) / 1e6
        for before, after in pairwise(ticks_ns)
        if span.began_ns <= before and after <= span.ended_ns
    ]


class _Terminal:
    """A terminal process with a stop-watch, played through its drive socket."""

    def __init__(self, city: City, home: Path) -> None:
        self._city = city
        self._ticks = home / "ticks"
        credentials = home / "credentials"
        credentials.mkdir(parents=True, mode=0o700)
        (credentials / "parking-terminal").write_bytes(secrets.token_bytes(32))
        (credentials / "parking-terminal").chmod(0o400)
        with (home / "terminal.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.benchmarks.windows"),
                    *("terminal-ticking", str(self._ticks)),
                    *("--kind", "officer", "--data", str(home / "data")),
                    *("--central", city.stage.central_url, "--secrets", "systemd"),
                    *("--drive", str(home / "drive")),
                ],
                env={
                    **os.environ,
                    "QT_QPA_PLATFORM": "offscreen",
                    "CREDENTIALS_DIRECTORY": str(credentials),
                },
                stdout=log,
                stderr=log,
            )
        self._remote = Remote("T-901", home / "drive")

    def start_work(self) -> None:
        """Join, sign in, start a shift, stand in a zone."""
        remote = self._remote
        remote.wait("main_button", text="Join", limit_s=30)
        remote.type(self._city.enrol_code("T-901"), into="code")
        remote.press("Enter")
        remote.wait("badge", limit_s=60)
        remote.type(_BADGE, into="badge")
        remote.press("F7")
        remote.wait("new_pin")
        remote.type(self._city.stage.command("activation-code", "--badge", _BADGE), into="code")
        remote.type(_PIN, into="new_pin")
        remote.type(_PIN, into="same_pin")
        remote.press("Enter")
        remote.wait("beat_4", limit_s=30)
        remote.click("beat_4")
        remote.press("F9")
        remote.wait("plate_entry")
        remote.press("F10")
        remote.wait(f"zone_{_ZONE}")
        remote.click(f"zone_{_ZONE}")
        remote.wait("plate_entry")

    def check(self, plate: str) -> None:
        """Let the officer look at a car that nobody knows."""
        if self._remote.screen() != "ready":
            self._remote.press("F2")
        self._remote.wait("plate_entry")
        self._remote.press("Esc")
        self._remote.type(plate, into="plate_entry")
        self._remote.press("Enter")
        self._remote.wait("answer", text="CANNOT KNOW")

    def take_rows(self, plate: str) -> None:
        """Store rows at central, a permit of the plate last, and wait until the officer sees it."""
        for start in range(0, ROWS - 1, _AT_ONCE):
            self._city.store(*(self._right() for _ in range(min(_AT_ONCE, ROWS - 1 - start))))
        self._city.store(self._permit(plate))
        self._remote.wait("answer", text="PERMIT", limit_s=60)

    def stop(self) -> Sequence[int]:
        """End it as a person would; return the times of its ticks."""
        self._remote.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)
        ticks = array.array("q")
        ticks.frombytes(self._ticks.read_bytes())
        return ticks

    def _right(self) -> ParkingSession:
        now = self._city.now_utc
        return ParkingSession(
            parking_session_id=uuid7(now),
            plate=f"AB{_DRAW.randrange(100_000):05d}",
            plate_state="CT",
            zone_id=_ZONE,
            start_utc=now,
            end_utc=now + timedelta(minutes=15 * _DRAW.randrange(1, 13)),
            source=RightSource.APP,
            source_ref="app",
            price_cents=250,
            made_utc=now,
        )

    def _permit(self, plate: str) -> Permit:
        now = self._city.now_utc
        return Permit(
            permit_id=uuid7(now),
            plate=plate,
            plate_state="CT",
            zone_id=_ZONE,
            kind="Resident",
            start_utc=now - timedelta(days=1),
            end_utc=now + timedelta(days=30),
        )
