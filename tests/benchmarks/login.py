"""From the start of the program to its first window on screen, beside a bare PySide6 window.

Both are processes of their own with the same Python, offscreen, in turn; the terminal has joined
the city before, so what it shows first is the sign-in screen.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.benchmarks.place import Place
from tests.benchmarks.table import Row, median

ROUNDS = 7
_LIMIT_S = 60


def measure(place: Place) -> list[Row]:
    data = place.folder / "login"
    (data / "store").mkdir(parents=True)
    terminal = [
        *("terminal-until-painted", "--data", str(data), "--secrets", "systemd"),
        *("--central", "http://127.0.0.1:9", "--kind", "officer"),
    ]
    for words in (["bare"], terminal):
        _painted_ms(words)
    bare_ms, ours_ms = [], []
    for _ in range(ROUNDS):
        bare_ms.append(_painted_ms(["bare"]))
        ours_ms.append(_painted_ms(terminal))
    ratio = median(ours / bare for ours, bare in zip(ours_ms, bare_ms, strict=True))
    return [
        Row(
            what="sign-in screen painted, from the start of the process",
            figure=f"{median(ours_ms):.0f} ms",
            baseline=f"bare PySide6 window {median(bare_ms):.0f} ms",
            ratio=f"{ratio:.2f}x",
            bar="<= 2x",
            met=ratio <= 2,
        )
    ]


def _painted_ms(words: Sequence[str]) -> float:
    began_ns = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.windows", *words],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=True,
    )
    return (int(done.stdout.splitlines()[-1]) - began_ns) / 1e6
