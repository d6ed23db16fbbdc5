"""G7, second half: what a held poll costs central's database while nothing changes.

Central counts its own transactions by who acts, so those for terminals and for waking them are
known exactly; what PostgreSQL counts in the same time is told beside it and is of central's jobs.
"""

import threading
import time
from collections import Counter

import httpx

from tests.benchmarks.issuing import Joined
from tests.benchmarks.pace import let_pass
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median

_POLLS, _HELD_S, _COUNTED_S = 20, 26, 15.0
_SETTLED_S = 5.0
_COUNT = "select xact_commit + xact_rollback from pg_stat_database where datname = 'parking'"
_COUNTER = "database_transactions_total"
_OURS = "device", "worker:wake"
"""Who acts in requests of terminals, and when they are woken."""


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    city = place.city
    terminal = Joined(city, place.folder / "poll", name="T-903")
    assert terminal.engine.run_once().error is None
    cursor = terminal.store.outbox.feed_position().cursor
    polls = [
        threading.Thread(target=terminal.holding(cursor, wait_s=_HELD_S)) for _ in range(_POLLS)
    ]
    for poll in polls:
        poll.start()
    let_pass(_SETTLED_S)
    listening = _metric(city, "wake_channels").total()
    before, all_before = _metric(city, _COUNTER), int(city.one(_COUNT))
    let_pass(_COUNTED_S)
    made, everything = _metric(city, _COUNTER) - before, int(city.one(_COUNT)) - all_before
    for poll in polls:
        poll.join()
    at_once_ms = [_took_ms(terminal, cursor) for _ in range(50)]
    terminal.close()
    ours = sum(made[name] for name in _OURS)
    row = Row(
        what=f"G7 {_COUNTED_S:.0f} s of {listening} held polls, nothing changed: transactions",
        figure=f"{ours} (a poll that is answered at once p50 {median(at_once_ms):.1f} ms)",
        baseline=f"central's own jobs {made.total() - ours}; PostgreSQL counted {everything}",
        bar="0",
        met=ours == 0 and listening == _POLLS,
    )
    return [row]


def _took_ms(terminal: Joined, cursor: str) -> float:
    began_ns = time.perf_counter_ns()
    assert not terminal.gateway.feed(cursor).rows
    return (time.perf_counter_ns() - began_ns) / 1e6


def _metric(city: City, name: str) -> Counter[str]:
    """Return a metric of central by its one label, "" where it has none."""
    lines = httpx.get(f"{city.stage.central_url}/metrics").text.splitlines()
    found: Counter[str] = Counter()
    for line in lines:
        if line.startswith((f"{name}{{", f"{name} ")):
            label, value = line.removeprefix(name).rsplit(" ", 1)
            found[label.partition('"')[2].partition('"')[0]] = int(float(value))
    return found
