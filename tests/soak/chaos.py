"""Chaos: real terminals, a real central and a real PostgreSQL are killed behind a bad network.

After each round the faults stop, nobody saves any more, and every queue must empty by itself; then
the terminals' histories, their stores and PostgreSQL are compared.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.city import City, Tally, Weather, small_city
from tests.soak.search import Limits

_TERMINALS = 3
_STRIKES = 12
_PAUSE_S = (0.2, 1.5)


def search(limits: Limits) -> int:
    """Go round after round until the time is over; 0 all held, 1 something did not."""
    draw, tally = random.Random(limits.seed), Tally()
    weather = Weather(random.Random(limits.seed + 1))
    ends = time.monotonic() + limits.minutes * 60
    with (
        tempfile.TemporaryDirectory() as folder,
        small_city(Path(folder), weather, terminals=_TERMINALS) as city,
    ):
        while time.monotonic() < ends and not tally.wrong:
            _round(city, weather, draw, tally)
            sys.stdout.write(
                f"{tally.rounds} rounds, {tally.struck.total():,} strikes "
                f"({', '.join(f'{count} {what}' for what, count in tally.struck.items())}), "
                f"{sum(city.broken.values()):,} broken of {city.exchanges:,} exchanges, "
                f"{tally.operations:,} operations compared\n"
            )
            sys.stdout.flush()
        for fault, count in sorted(city.broken.items()):
            sys.stdout.write(f"  {count:>7,}  {fault}\n")
    for line in tally.wrong:
        sys.stdout.write(f"WRONG {line}\n")
    return 1 if tally.wrong else 0


def _round(city: City, weather: Weather, draw: random.Random, tally: Tally) -> None:
    strikes: dict[str, Callable[[], None]] = {
        "terminal killed": lambda: city.kill_terminal(draw),
        "central killed": city.kill_central,
        "PostgreSQL crashed": city.crash_postgres,
        "weather changed": lambda: _change(weather, draw),
    }
    city.start_terminals(draw)
    for _ in range(_STRIKES):
        threading.Event().wait(draw.uniform(*_PAUSE_S))
        what = draw.choices(list(strikes), weights=(5, 2, 1, 3))[0]
        strikes[what]()
        tally.struck[what] += 1
    weather.share = 0.0
    stuck = city.rest()
    tally.rounds += 1
    if stuck:
        tally.wrong.append(f"round {tally.rounds}: stuck: {stuck}")
    city.compare(tally)


def _change(weather: Weather, draw: random.Random) -> None:
    weather.share = draw.choice((0.1, 0.4, 0.9))
