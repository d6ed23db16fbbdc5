"""Prints the benchmark table: ``./bench [name ...]``, every row of it by default.

Takes about four minutes on two cores. Exit status 0 when every bar was met, 1 when one was missed.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Sequence

from tests.benchmarks.place import Place
from tests.benchmarks.table import Row, heading, load, show

BENCHMARKS: dict[str, str] = {
    "lookup": "what is known about a plate, and the decision, over a million rights",
    "quote": "a price over the sample rates, with the stay that goes before it",
    "local_save": "saving one citation on the terminal",
    "push": "10,000 citations from a terminal through HTTP into PostgreSQL",
    "payments": "card to approved, webhooks, purchases per minute on one central worker",
    "login": "from the start of the program to its first window",
    "event_loop": "how long the screen stands still while 10,000 rows arrive",
}
"""Modules of this package whose ``measure(place)`` returns rows of the table."""

_TOUR = Row(what="payment to the officer's screen", figure="./run measures and prints it")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["scan"]:
        return _scan(words[1:])
    if words[:1] == ["sync"]:
        return _sync(words[1:])
    parser = argparse.ArgumentParser(
        prog="./bench",
        description="Prints the benchmark table. ./bench scan FOLDER measures plate reading on a"
        " folder of labelled photos; ./bench sync the bars of sync.",
    )
    parser.add_argument("name", nargs="*", help="benchmarks to run; all by default")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and end")
    options = parser.parse_args(words)
    if options.list:
        for name, about in BENCHMARKS.items():
            print(f"{name:<12} {about}")
        return 0
    unknown = [name for name in options.name if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    return _run(options.name or list(BENCHMARKS))


def _scan(words: Sequence[str]) -> int:
    from tests.benchmarks.scan import main as scan

    return scan(words)


def _sync(words: Sequence[str]) -> int:
    from tests.benchmarks.sync.main import main as sync

    return sync(words)


def _run(names: Sequence[str]) -> int:
    print(heading())
    rows: list[Row] = []
    with Place() as place:
        for name in names:
            began = time.monotonic()
            print(f"  {name} ...", end="", file=sys.stderr, flush=True)
            rows += importlib.import_module(f"tests.benchmarks.{name}").measure(place)
            print(f" {time.monotonic() - began:.0f} s, {load()}", file=sys.stderr)
    show([*rows, _TOUR])
    print(f"At the end: {load()}")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
