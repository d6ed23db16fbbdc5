"""G7, second half: what a held poll costs central's database while nothing changes.

Transactions are counted by PostgreSQL itself: while polls are held, and as long without any.
"""

import threading
import time

from tests.benchmarks.issuing import Joined
from tests.benchmarks.pace import let_pass
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median

_POLLS, _HELD_S, _COUNTED_S = 20, 26, 8.0
_SETTLED_S = 12.0
"""An idle backend of PostgreSQL tells what it did after ten seconds at the latest."""
_COUNT = "select xact_commit + xact_rollback from pg_stat_database where datname = 'parking'"


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
    held = _transactions(city)
    for poll in polls:
        poll.join()
    let_pass(_SETTLED_S)
    windows = [_transactions(city) for _ in range(3)]
    quiet = median(windows)
    at_once_ms = [_took_ms(terminal, cursor) for _ in range(50)]
    terminal.close()
    per_poll = max(0.0, (held - quiet) / _POLLS)
    row = Row(
        what=f"G7 {_COUNTED_S:.0f} s of a held poll, nothing changed: transactions at the database",
        figure=f"{per_poll:.2f} (a poll that is answered at once p50 {median(at_once_ms):.1f} ms)",
        baseline=f"without polls {quiet:.0f} in all, with {_POLLS} held {held}",
        bar="0",
        # Central's own jobs fall into a window of eight seconds once more or once less.
        met=held <= max(windows) + 1,
    )
    return [row]


def _took_ms(terminal: Joined, cursor: str) -> float:
    began_ns = time.perf_counter_ns()
    assert not terminal.gateway.feed(cursor).rows
    return (time.perf_counter_ns() - began_ns) / 1e6


def _transactions(city: City) -> int:
    before = int(city.one(_COUNT))
    let_pass(_COUNTED_S)
    return int(city.one(_COUNT)) - before
