"""``./bench sync [name ...] [--peers FOLDER]``: every bar of sync by name, the figure, the verdict.

Exit status 0 when every bar was met, 1 when one was missed, 2 for words it does not know.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.place import Place
from tests.benchmarks.sync.peers import PeerError, Pouch
from tests.benchmarks.table import Row, heading, load, show

BARS: dict[str, str] = {
    "pushing": "G1 push, G2 bytes up, G7 a push repeated: 10,000 citations",
    "first_pull": "G3 first pull of 100,000 permits into the encrypted store",
    "payment": "G4 a right stored at central until an officer's store has it, 200 terminals",
    "conflicts": "G6 1,000 edits of the same fields on two terminals, until both agree",
    "quiet_poll": "G7 what a poll costs when nothing changed",
    "importing": "G8 saving while 100,000 rows come in",
    "drain": "G11 200 terminals come back with 25,000 operations",
}
"""Modules of this package whose ``measure(place, peer)`` returns rows of the table."""


def main(words: Sequence[str]) -> int:
    """Measure the named bars, or all."""
    parser = argparse.ArgumentParser(prog="./bench sync", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(BARS)}; all by default")
    parser.add_argument(
        "--peers",
        type=Path,
        metavar="FOLDER",
        help="measure PouchDB in turn with ours; the folder has sync_pouch_server.js,"
        " sync_pouch_client.js, violations.json, permits.json and node_modules",
    )
    options = parser.parse_args(words)
    unknown = [name for name in options.name if name not in BARS]
    if unknown:
        print(f"There is no bar {', '.join(unknown)}. There are: {', '.join(BARS)}.")
        return 2
    try:
        return _run(options.name or list(BARS), options.peers)
    except PeerError as error:
        print(error)
        return 2


def _run(names: Sequence[str], peers: Path | None) -> int:
    print(heading())
    rows: list[Row] = []
    for name in names:
        # Each bar has a city and a PouchDB of its own, so none rests on what another left behind.
        with ExitStack() as opened:
            place = opened.enter_context(Place())
            peer = opened.enter_context(Pouch(peers, place.folder / "peer")) if peers else None
            began = time.monotonic()
            print(f"  {name} ...", end="", file=sys.stderr, flush=True)
            module = importlib.import_module(f"tests.benchmarks.sync.{name}")
            rows += module.measure(place, peer)
            print(f" {time.monotonic() - began:.0f} s, {load()}", file=sys.stderr)
    show(rows)
    print(f"At the end: {load()}")
    return int(any(row.met is False for row in rows))
