"""Plants bugs in the product and looks how soon a search finds each, and how short its case gets.

Bugs of the terminal's side are searched by simulated histories from the seed on, and the first that
shows one is shrunk. Bugs of central are planted in runs of central's own tests on a real
PostgreSQL, of which one must fail.
"""

import os
import subprocess
import sys
import time
from itertools import count

from tests.sim.cases import world_of
from tests.sim.history import run, shrunk
from tests.sim.mutations import MUTATIONS, Mutation, planted
from tests.sim.steps import Plan, plan
from tests.soak.central_mutations import CENTRAL_MUTATIONS, CentralMutation
from tests.soak.search import Limits


def search(limits: Limits) -> int:
    """Search every bug; 1 when one is not found within its share of the time."""
    share_s = limits.minutes * 60 / (len(MUTATIONS) + len(CENTRAL_MUTATIONS))
    missed = [each.name for each in MUTATIONS if not _is_found(each, limits.seed, share_s)]
    missed += [each.name for each in CENTRAL_MUTATIONS if not _fails(each)]
    every = len(MUTATIONS) + len(CENTRAL_MUTATIONS)
    print(f"{every - len(missed)} of {every} planted bugs found; missed: {missed or 'none'}")
    return int(bool(missed))


def _is_found(mutation: Mutation, seed: int, share_s: float) -> bool:
    ends_s, make = time.monotonic() + share_s, world_of(mutation)
    with planted(mutation):
        found = _first_broken(mutation, seed, ends_s)
        if found is None:
            print(f"  {mutation.name:<44} MISSED", flush=True)
            return False
        small = shrunk(found, make)
        broken = run(small, make).broken
    after = found.seed - seed + 1
    found_at = f"history {after:>4}, shrunk to {len(small.steps):>2} steps"
    print(f"  {mutation.name:<44} {found_at}: {broken}", flush=True)
    return True


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
