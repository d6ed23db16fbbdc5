"""Simulated histories on all cores until the time is up or one of them breaks an invariant.

One history in ``REAL_EVERY`` runs on the product's own encrypted stores, and must give the very
same trace as the same history on disks in memory.
"""

import multiprocessing
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice

from tests.sim.history import Verdict, make_world, run, shrunk
from tests.sim.network import Fault
from tests.sim.real_disk import home, real_disk
from tests.sim.steps import Plan, plan
from tests.soak.search import Limits

REAL_EVERY = 500
_CHUNK = 25
_CHUNKS_AT_ONCE = 40
_TELL_EVERY_S = 60.0
_on_real_disks = partial(make_world, make_disk=real_disk)


@dataclass(slots=True)
class Tally:
    """What some histories came to.

    Attributes:
        failed: Seed and what broke, of the first that did.
    """

    histories: int = 0
    real: int = 0
    cpu_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    failed: tuple[int, str] | None = None

    def add(self, verdict: Verdict) -> None:
        self.histories += 1
        self.counts += verdict.counts
        self.faults += verdict.faults
        self.checked += verdict.checked
        if verdict.broken and self.failed is None:
            self.failed = verdict.plan.seed, verdict.broken

    def join(self, other: "Tally") -> None:
        self.histories += other.histories
        self.real += other.real
        self.cpu_s += other.cpu_s
        self.counts += other.counts
        self.faults += other.faults
        self.checked += other.checked
        self.failed = self.failed or other.failed


def _run_chunk(first: int) -> Tally:
    tally, began_s = Tally(), time.process_time()
    for seed in range(first, first + _CHUNK):
        verdict = run(plan(seed))
        tally.add(verdict)
        if seed % REAL_EVERY == 0 and not verdict.broken:
            tally.real += 1
            _compare(tally, verdict)
    tally.cpu_s = time.process_time() - began_s
    return tally


def _compare(tally: Tally, in_memory: Verdict) -> None:
    on_disk = run(in_memory.plan, _on_real_disks)
    tally.add(on_disk)
    if not on_disk.broken and on_disk.trace_hash != in_memory.trace_hash:
        tally.failed = (
            in_memory.plan.seed,
            "the real store does other things than the simulated one",
        )


def search(limits: Limits) -> int:
    """Run histories from the seed on; 1 when one breaks an invariant, which is shrunk and shown."""
    began_s, total = time.monotonic(), Tally()
    ends_s, told_s = began_s + limits.minutes * 60, began_s
    firsts = count(limits.seed, _CHUNK)
    home()  # Made before the workers are: they never clean up after themselves.
    with multiprocessing.Pool(os.cpu_count()) as pool:
        while time.monotonic() < ends_s and total.failed is None:
            for tally in pool.imap_unordered(_run_chunk, islice(firsts, _CHUNKS_AT_ONCE)):
                total.join(tally)
            if time.monotonic() - told_s > _TELL_EVERY_S:
                told_s = time.monotonic()
                print(f"  {total.histories:,} histories", flush=True)
    _show(total, (time.monotonic() - began_s) / 60)
    if total.failed:
        _show_failure(*total.failed)
    return int(total.failed is not None)


def _show(total: Tally, minutes: float) -> None:
    each_ms = 1000 * total.cpu_s / max(1, total.histories)
    print(
        f"{total.histories:,} histories, {total.histories / minutes:,.0f} per minute,"
        f" {each_ms:.1f} ms of CPU each; {total.real} of them on the real store too"
    )
    _show_counts("network faults met", total.faults, {str(fault) for fault in Fault})
    _show_counts("steps and accidents", total.counts)
    _show_counts("invariants checked", total.checked)


def _show_counts(title: str, counts: Counter[str], among: set[str] | None = None) -> None:
    print(f"{title}:")
    for name in sorted({*counts, *(among or ())}):
        print(f"  {name:<36} {counts[name]:>12,}")


def _show_failure(seed: int, broken: str) -> None:
    print(f"seed {seed}: {broken}", flush=True)
    small = _smallest(plan(seed))
    if small is not None:
        print(f"shrunk to {len(small.steps)} steps, {small.terminals} terminals,")
        print(f"pages of {small.page_rows} rows: {run(small).broken}")
        for step in small.steps:
            print(f"  {step}")


def _smallest(found: Plan) -> Plan | None:
    """Return the smallest plan that breaks on disks in memory, None if only the real store does."""
    return shrunk(found) if run(found).broken else None
