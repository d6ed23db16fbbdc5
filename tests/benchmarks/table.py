"""Rows of the benchmark table: a figure, what bounds it in the same run, the bar, the verdict."""

import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        figure: The measured value with its unit.
        baseline: What it is compared with, measured in the same run; empty when the bar is
            absolute.
        ratio: Figure to baseline; empty without a baseline.
        bar: What is asked; empty for a figure that only explains another.
        met: Whether it was reached; None without a bar.
    """

    what: str
    figure: str
    baseline: str = ""
    ratio: str = ""
    bar: str = ""
    met: bool | None = None


_VERDICT = {True: "met", False: "MISSED", None: ""}


def heading() -> str:
    """Return when and where this was measured, and how busy the machine was before."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{now}, {_processor()}, {os.cpu_count()} CPUs, {platform.system()}"
        f" {platform.machine()}, Python {platform.python_version()}, {load()}"
    )


def load() -> str:
    """Return the load averages over 1, 5 and 15 minutes."""
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())


def show(rows: Iterable[Row]) -> None:
    """Print the table, its columns aligned so that it reads in a terminal and in Markdown."""
    titles = ("what", "figure", "beside it in the same run", "ratio", "bar", "")
    cells = [titles] + [
        (row.what, row.figure, row.baseline, row.ratio, row.bar, _VERDICT[row.met]) for row in rows
    ]
    widths = [max(len(line[at]) for line in cells) for at in range(len(titles))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below which ``share`` (0 to 1) of all lie."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(samples: Iterable[float]) -> float:
    """Return the middle sample."""
    return statistics.median(samples)


def of_rounds(
    rounds: Sequence[Sequence[float]], figure: Callable[[Sequence[float]], float]
) -> float:
    """Return the middle of a figure over all rounds, so that one bad moment does not decide."""
    return median(figure(samples) for samples in rounds)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unnamed processor"
