"""Runs a search in several processes at once, one per processor, and adds up what they report."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import msgspec

Report = dict[str, Any]
_LATE_S = 120.0


def run_workers(
    module: str, *, minutes: float, seed: int, told: Callable[[list[Report]], None]
) -> list[Report]:
    """Start ``python -m module MINUTES SEED`` once per processor; return their last reports.

    Args:
        module: Prints one JSON object per line on standard output, each replacing its last.
        minutes: Wall time that a worker may take.
        seed: Each worker gets its own, drawn from this one.
        told: Gets the newest report of each worker, every time one has a new one.

    Raises:
        RuntimeError: A worker failed; what it said stands on standard error.
    """
    count = os.cpu_count() or 1
    with ExitStack() as running:
        workers = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", module, str(minutes), str(seed * count + number)],
                    stdout=subprocess.PIPE,
                )
            )
            for number in range(count)
        ]
        try:
            reports = _follow(workers, told, ends=time.monotonic() + minutes * 60 + _LATE_S)
        finally:
            for worker in workers:
                if worker.poll() is None:
                    worker.kill()
    if any(worker.returncode for worker in workers):
        raise RuntimeError(f"a worker of {module} failed")
    return reports


def _follow(
    workers: Sequence["subprocess.Popen[bytes]"],
    told: Callable[[list[Report]], None],
    *,
    ends: float,
) -> list[Report]:
    reports: dict[int, Report] = {}
    with selectors.DefaultSelector() as selector:
        for number, worker in enumerate(workers):
            selector.register(worker.stdout, selectors.EVENT_READ, number)  # type: ignore[arg-type]  # a pipe
        while selector.get_map():
            for key, _ in selector.select(timeout=max(0.0, ends - time.monotonic())):
                line = key.fileobj.readline()  # type: ignore[union-attr]  # a pipe
                if line:
                    reports[key.data] = msgspec.json.decode(line)
                    told(list(reports.values()))
                else:
                    selector.unregister(key.fileobj)
            if time.monotonic() > ends:
                raise RuntimeError("a worker did not end in time")
    for worker in workers:
        worker.wait()
    return list(reports.values())
