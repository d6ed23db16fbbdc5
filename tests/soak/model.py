"""Searches the model of the protocol (``tests/models/sync.pml``) whole, with Spin.

First each planted bug must give a counterexample, then the real rules must give none. Needs the
Debian packages ``spin`` and ``gcc``.
"""

import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.soak.search import Limits

_MODEL = Path(__file__).parents[1] / "models" / "sync.pml"
_NO_RESTORE = ("BACKUPS=0", "RESTORES=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One search.

    Attributes:
        claim: The property, by its name in the model.
        flags: Of the preprocessor.
        planted: Whether a counterexample must be found.
        bits: Keep two bits per state instead of the state: more states, a few may be missed.
    """

    claim: str
    flags: tuple[str, ...] = ()
    planted: bool = False
    bits: bool = False

    def __str__(self) -> str:
        return " ".join((self.claim, *self.flags))


RUNS = (
    Run(claim="kept", flags=("NO_DEDUPE", "TROUBLES=1"), planted=True),
    Run(claim="kept", flags=("FORGET_AT_ACK", "TROUBLES=1"), planted=True),
    Run(claim="settles", flags=("BEYOND_HORIZON", "TROUBLES=1"), planted=True),
    Run(claim="settles", flags=("ACK_BEFORE_COMMIT", "TROUBLES=1", *_NO_RESTORE), planted=True),
    Run(claim="settles", flags=("EPOCH_IGNORED", "TROUBLES=1"), planted=True),
    Run(claim="settles", flags=("NO_RETRY", "TROUBLES=1", *_NO_RESTORE), planted=True),
    Run(claim="settles", flags=("OLD_CURSOR", "TROUBLES=1"), planted=True),
    # Nobody's reading matters to what is kept, and one terminal's stands for each (``sync.pml``).
    Run(claim="kept", flags=("TROUBLES=2", "READERS=0")),
    Run(claim="settles", flags=("TROUBLES=2", "READERS=1", "RESTORES=0")),
    Run(claim="settles", flags=("TROUBLES=1", "READERS=1")),
    Run(claim="kept", flags=("TERMINALS=3", "TROUBLES=2", "READERS=0"), bits=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one search came to.

    Attributes:
        whole: Every state was visited, or a counterexample ended the search.
    """

    states: int
    errors: int
    whole: bool
    seconds: float


def search(limits: Limits) -> int:
    """Run every search within the limit; 1 when a bug is not found or the real rules break."""
    missing = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    if missing:
        print(f"This needs {' and '.join(missing)}; on Debian: apt-get install {' '.join(missing)}")
        return 69
    ends_s, wrong = time.monotonic() + limits.minutes * 60, 0
    for run in RUNS:
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            print(f"  not reached: {run}")
            continue
        found = _search(run, left_s)
        wrong += _tell(run, found)
    return int(wrong > 0)


def _tell(run: Run, found: Found) -> bool:
    """Print one search; return whether it went wrong."""
    wrong = bool(found.errors) != run.planted
    says = "counterexample" if found.errors else "no counterexample"
    reach = "all" if found.whole else "the time ended after"
    reach = "about all" if run.bits and found.whole else reach
    print(
        f"  {run!s:<52} {says}, {reach} {found.states:,} states, {found.seconds:.0f} s"
        f"{'   WRONG' if wrong else ''}",
        flush=True,
    )
    return wrong


def _search(run: Run, most_s: float) -> Found:
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stamford-model-") as folder:
        defined = [f"-D{flag}" for flag in run.flags]
        _work(["spin", "-a", *defined, str(_MODEL)], folder)
        # What ends at its first counterexample is sooner compiled than searched.
        speed = "-O1" if run.planted else "-O2"
        memory = "-DBITSTATE" if run.bits else "-DCOLLAPSE"
        _work(["gcc", speed, "-w", "-DNOFAIR", memory, "-o", "pan", "pan.c"], folder)
        size = "-w33" if run.bits else "-w25"
        command = ["./pan", "-a", "-m100000", size, "-N", run.claim]
        out, whole = _pan(command, folder, most_s)
    return Found(
        states=int(_number(r"(\d+) states, stored", out)),
        errors=int(_number(r"errors: (\d+)", out)),
        whole=whole,
        seconds=time.monotonic() - began_s,
    )


def _work(command: Sequence[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _pan(command: Sequence[str], folder: str, most_s: float) -> tuple[str, bool]:
    """Run the checker; when its time is up it is asked to say what it reached."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as pan:
        try:
            out, _ = pan.communicate(timeout=most_s)
        except subprocess.TimeoutExpired:
            pan.send_signal(signal.SIGINT)
            out, _ = pan.communicate()
            return out, False
    return out, True


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"the checker did not say what it found:\n{text}")
    return found.group(1)
