"""Power cuts on the terminal's real store: images of the disk, opened one by one."""

import sys
import time
from collections import Counter

from tests.faults.tracing import missing
from tests.soak.search import Limits
from tests.soak.workers import Report, run_workers

_TELL_EVERY_S = 30.0


def search(limits: Limits) -> int:
    """Open images until the time is over; 0 nothing lost, 1 something was, 69 cannot run here."""
    if reason := missing():
        sys.stderr.write(f"{reason}\n")
        return 69
    began = told_at = time.monotonic()

    def told(reports: list[Report]) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TELL_EVERY_S:
            told_at = time.monotonic()
            _tell(reports, told_at - began)

    reports = run_workers("tests.faults.power", minutes=limits.minutes, seed=limits.seed, told=told)
    _tell(reports, time.monotonic() - began)
    fates: Counter[str] = Counter()
    for report in reports:
        fates.update(report["fates"])
    for fate, count in sorted(fates.items()):
        sys.stdout.write(f"  {count:>9,}  {fate}\n")
    wrong = [line for report in reports for line in report["wrong"]]
    for line in wrong:
        sys.stdout.write(f"WRONG {line}\n")
    return 1 if wrong else 0


def _tell(reports: list[Report], took_s: float) -> None:
    images, whole, moments, wrong = (
        sum(found if isinstance(found, int) else len(found) for found in column)
        for column in zip(
            *((r["images"], r["whole"], r["moments"], r["wrong"]) for r in reports), strict=True
        )
    )
    sys.stdout.write(
        f"{images:,} images ({whole:,} by the whole store) of {moments:,} cuts, "
        f"{images / took_s:,.0f}/s, {wrong} wrong\n"
    )
    sys.stdout.flush()
