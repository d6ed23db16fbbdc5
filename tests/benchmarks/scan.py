"""How well and how fast a folder of labelled photos is read: ``./bench scan FOLDER``.

The folder holds ``labels.csv`` with the columns region, file and plate, and the photos under
``region/file``. Folded counts O and Q as 0 and I as 1, which labels confuse.
"""

import argparse
import csv
import os
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from app.scan.client import ScanWorker
from tests.benchmarks.table import Row, heading, load, percentile, show

_FOLD = str.maketrans("OQI", "001")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024
_TIMEOUT_S = 60.0
_BARS: Mapping[tuple[str, str], float] = {
    ("us", "top-1"): 0.80,
    ("us", "top-3"): 0.88,
    ("eu", "folded top-1"): 0.97,
}
_CPU_BAR_S = 0.8
_MEMORY_BAR_MIB = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    region: str
    photo: Path
    plate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    label: _Label
    texts: tuple[str, ...]
    cpu_s: float
    resident_mib: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Read every labelled photo of a folder and print the table; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="./bench scan", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with labels.csv")
    parser.add_argument("--misses", action="store_true", help="print each photo read wrongly")
    options = parser.parse_args(arguments)
    if not (options.folder / "labels.csv").is_file():
        print(f"There is no labels.csv in {options.folder}.")
        return 2
    print(heading())
    with ScanWorker() as worker:
        print(worker.warm_up(timeout_s=_TIMEOUT_S))
        reads = [_read(worker, label) for label in _labels(options.folder)]
        peak_mib = _status_mib(worker, "VmHWM")
    rows = [*_rows_of_regions(reads), *_rows_of_cost(reads, peak_mib)]
    show(rows)
    if options.misses:
        _print_misses(reads)
    print(f"At the end: {load()}")
    return int(any(row.met is False for row in rows))


def _labels(folder: Path) -> Iterable[_Label]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            photo = folder / line["region"] / line["file"]
            yield _Label(region=line["region"], photo=photo, plate=line["plate"])


def _read(worker: ScanWorker, label: _Label) -> _Read:
    before_s = _cpu_s(worker)
    found = worker.read(label.photo.read_bytes(), timeout_s=_TIMEOUT_S).candidates
    return _Read(
        label=label,
        texts=tuple(one.text for one in found),
        cpu_s=_cpu_s(worker) - before_s,
        resident_mib=_status_mib(worker, "VmRSS"),
    )


def _cpu_s(worker: ScanWorker) -> float:
    fields = Path(f"/proc/{worker.process_id}/stat").read_text(encoding="utf-8")
    user, system = fields.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * _TICK_S


def _status_mib(worker: ScanWorker, name: str) -> float:
    lines = Path(f"/proc/{worker.process_id}/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024 / _MIB


def _rows_of_regions(reads: Sequence[_Read]) -> Iterable[Row]:
    def region_of(read: _Read) -> str:
        return read.label.region

    for region, group in groupby(sorted(reads, key=region_of), key=region_of):
        part = list(group)
        shares = {
            "top-1": sum(_rank(read) == 0 for read in part) / len(part),
            "top-3": sum(_rank(read) in range(3) for read in part) / len(part),
            "folded top-1": sum(_folded_right(read) for read in part) / len(part),
        }
        for name, share in shares.items():
            bar = _BARS.get((region, name))
            yield Row(
                what=f"{region}, {len(part)} photos, {name}",
                figure=f"{share:.1%}",
                bar="" if bar is None else f">= {bar:.0%}",
                met=None if bar is None else share >= bar,
            )


def _rows_of_cost(reads: Sequence[_Read], peak_mib: float) -> Iterable[Row]:
    cpu_s = [read.cpu_s for read in reads]
    mean_s = statistics.fmean(cpu_s)
    resident = percentile([read.resident_mib for read in reads], 0.5)
    yield Row(
        what="processor time a photo, mean",
        figure=f"{mean_s:.2f} s",
        bar=f"<= {_CPU_BAR_S} s",
        met=mean_s <= _CPU_BAR_S,
    )
    yield Row(what="processor time a photo, p95", figure=f"{percentile(cpu_s, 0.95):.2f} s")
    yield Row(
        what="memory of the worker between photos",
        figure=f"{resident:.0f} MiB",
        bar=f"<= {_MEMORY_BAR_MIB} MiB",
        met=resident <= _MEMORY_BAR_MIB,
    )
    yield Row(what="memory of the worker, highest moment", figure=f"{peak_mib:.0f} MiB")


def _rank(read: _Read) -> int:
    return read.texts.index(read.label.plate) if read.label.plate in read.texts else -1


def _folded_right(read: _Read) -> bool:
    wanted = read.label.plate.translate(_FOLD)
    return bool(read.texts) and read.texts[0].translate(_FOLD) == wanted


def _print_misses(reads: Iterable[_Read]) -> None:
    for read in reads:
        if _rank(read) != 0:
            print(f"{read.label.photo.name}: {read.label.plate}, read {', '.join(read.texts)}")


if __name__ == "__main__":
    sys.exit(main())
