"""SIGKILL, or a disk error, at every call of the terminal's real store, engine and gateway."""

import sys
import time
from collections import Counter

from tests.faults.tracing import missing
from tests.soak.search import Limits
from tests.soak.workers import Report, run_workers


def search(limits: Limits) -> int:
    """Strike until the time is over; 0 nothing lost, 1 something was, 69 cannot run here."""
    if reason := missing():
        sys.stderr.write(f"{reason}\n")
        return 69
    began = time.monotonic()
    reports = run_workers(
        "tests.faults.kills",
        minutes=limits.minutes,
        seed=limits.seed,
        told=lambda reports: _tell(reports, time.monotonic() - began),
    )
    sites: Counter[str] = Counter()
    for report in reports:
        sites.update(report["sites"])
    for site, count in sorted(sites.items()):
        sys.stdout.write(f"  {count:>7,}  {site}\n")
    _tell(reports, time.monotonic() - began)
    wrong = [line for report in reports for line in report["wrong"]]
    for line in wrong:
        sys.stdout.write(f"WRONG {line}\n")
    return 1 if wrong else 0


def _tell(reports: list[Report], took_s: float) -> None:
    sites: Counter[str] = Counter()
    for report in reports:
        sites.update(report["sites"])
    kills = sum(count for site, count in sites.items() if site.endswith("signal=KILL"))
    errors = sites.total() - kills
    missed, passed, told = (
        sum(report[name] for report in reports) for name in ("missed", "passed", "told")
    )
    wrong = sum(len(report["wrong"]) for report in reports)
    sys.stdout.write(
        f"{kills:,} kill points and {errors:,} disk errors at {len(sites):,} sites, "
        f"{sites.total() / took_s:,.1f}/s; {missed} not reached, {passed:,} restarts ended before "
        f"they were struck again, {told:,} runs told a person "
        f"of a failure, {wrong} wrong\n"
    )
    sys.stdout.flush()
