"""Plants bugs in the product and looks how soon a search finds each, and how short its case gets.

Bugs of the terminal's side must be caught by their known case; then they are searched by simulated
histories from the seed on, and the first that shows one is shrunk. Bugs of central are planted in
runs of central's own tests on a real PostgreSQL, of which one must fail.
"""

import os
import subprocess
import sys
import time
from itertools import count

from tests.sim.cases import cases, world_of
from tests.sim.history import run, shrunk
from tests.sim.mutations import MUTATIONS, Mutation, planted
from tests.sim.steps import Plan, plan
from tests.soak.central_mutations import CENTRAL_MUTATIONS, CentralMutation
from tests.soak.search import Limits


def search(limits: Limits) -> int:
    """Plant every bug; 1 when one is not caught by its case or tests."""
    # Half of a bug's share is for finding it, half for making its history small.
    share_s = limits.minutes * 60 / (len(MUTATIONS) + len(CENTRAL_MUTATIONS)) / 2
    missed = [each.name for each in MUTATIONS if not _is_found(each, limits.seed, share_s)]
    missed += [each.name for each in CENTRAL_MUTATIONS if not _fails(each)]
    every = len(MUTATIONS) + len(CENTRAL_MUTATIONS)
    print(f"{every - len(missed)} of {every} planted bugs caught; missed: {missed or 'none'}")
    return int(bool(missed))


def _is_found(mutation: Mutation, seed: int, share_s: float) -> bool:
    ends_s, make = time.monotonic() + share_s, world_of(mutation)
    case = cases()[mutation.name]
    with planted(mutation):
        broken = run(case, make).broken
        found = _first_broken(mutation, seed, ends_s)
        small = shrunk(found, make, most_s=share_s) if found else None
    word = f"caught by {len(case.steps):>2} steps" if broken else "MISSED"
    says = "not in this time"
    if found and small:
        after = found.seed - seed + 1
        says = f"history {after}, shrunk to {len(small.steps)} steps"
    print(f"  {mutation.name:<44} {word}; searched: {says}; {broken}", flush=True)
    return bool(broken)


def _first_broken(mutation: Mutation, seed: int, ends_s: float) -> Plan | None:
    for number in count(seed):
        drawn = plan(number)
        if run(drawn, world_of(mutation)).broken:
            return drawn
        if time.monotonic() > ends_s:
            return None
    return None


def _fails(mutation: CentralMutation) -> bool:
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "tests.soak.planting")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *mutation.tests],
        env={**os.environ, "STAMFORD_PLANTED": mutation.name},
        capture_output=True,
        text=True,
        check=False,
    )
    # 1: a test failed. Anything else is not the suite's verdict.
    says = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()[-200:]]
    word = "caught" if done.returncode == 1 else "MISSED"
    print(f"  {mutation.name:<44} {word}: {says[0]}", flush=True)
    return done.returncode == 1
