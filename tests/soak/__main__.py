"""Runs one long search for faults: ``./soak NAME [--minutes M] [--seed S]``.

Prints the seed, the limit and what was reached. Exit status 0 when nothing was found, 1 when a
fault was found, 2 for a wrong argument, 69 when something outside the product is missing.
"""

import argparse
import importlib
import os
import random
import sys
import time
from collections.abc import Sequence

from tests.soak.search import SEARCHES, Limits


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named search."""
    names = "\n".join(f"  {name:<10} {about}" for name, about in SEARCHES.items())
    parser = argparse.ArgumentParser(
        prog="./soak",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Searches for faults for as long as it is given.\n\n{names}",
    )
    parser.add_argument("name", choices=sorted(SEARCHES), metavar="NAME", help="what to search")
    parser.add_argument("--minutes", type=_minutes, default=5.0, help="0.05 to 10080; default 5")
    parser.add_argument("--seed", type=int, help="where to begin; drawn and printed by default")
    words = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if words.seed is None else words.seed
    limits = Limits(minutes=words.minutes, seed=seed)
    print(f"./soak {words.name} --minutes {words.minutes:g} --seed {seed}  ({_load()})", flush=True)
    began = time.monotonic()
    status: int = importlib.import_module(f"tests.soak.{words.name}").search(limits)
    print(f"{(time.monotonic() - began) / 60:.1f} min, {_load()}: {_VERDICT.get(status, 'failed')}")
    return status


_VERDICT = {0: "nothing found", 1: "FAULT FOUND", 69: "could not run"}


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0.05 <= minutes <= 10_080:
        raise argparse.ArgumentTypeError("0.05 to 10080 minutes are allowed")
    return minutes


def _load() -> str:
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main())
