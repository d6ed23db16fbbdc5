"""Starts terminals from a snapshot and kills each at another step: one process, a fork per step.

``python -m tests.fakes.starter FOLDER`` makes ``FOLDER/<step>`` from ``FOLDER/enrolled``.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_db import opening, snapshot
from local_db.arriving import Arriving
from local_db.opening import EncryptedFile
from local_db.store import LocalStore
from sync.report import SyncReport
from sync.starting import Starting
from tests.fakes.clock import StillClock
from tests.fakes.snapshot import FakeStart
from tests.fakes.terminal import KEY

PART_BYTES = 4096


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, *, after_calls: int = 0) -> None:
    """Die instead of making a call, after letting some pass."""
    real, left = getattr(owner, name), [after_calls]

    def dying(*arguments: Any, **named: Any) -> Any:
        if not left[0]:
            _die()
        left[0] -= 1
        return real(*arguments, **named)

    setattr(owner, name, dying)


STEPS: dict[str, Callable[[], None]] = {
    "second part": lambda: _before(Arriving, "keep", after_calls=1),
    "all parts": lambda: _before(Arriving, "whole"),
    "filling": lambda: _before(snapshot, "_set_state"),
    "filled": lambda: _before(snapshot, "fsync_file"),
    "exchange": lambda: _before(EncryptedFile, "exchange"),
    "closed": lambda: _before(opening, "_replace"),
    # The first folder that is made durable is that of the parts.
    "renamed": lambda: _before(opening, "fsync_folder", after_calls=1),
    "exchanged": lambda: _before(Arriving, "clear"),
}


def start(store: LocalStore, body: bytes) -> FakeStart:
    """Start a store from a snapshot in small parts; return the network it used."""
    gateway = FakeStart(body)
    starting = Starting(store.starting, gateway)
    starting._part_bytes = PART_BYTES
    assert starting.from_file(SyncReport(), lambda _: None, lambda: False)
    return gateway


def main(folder: Path) -> None:
    """Kill a start at each step."""
    body = (folder / "packed").read_bytes()
    for step, prepare in STEPS.items():
        shutil.copytree(folder / "enrolled", folder / step)
        child = os.fork()
        if not child:
            store = LocalStore.open(folder / step, KEY, StillClock())
            prepare()
            start(store, body)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{step}: {os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
