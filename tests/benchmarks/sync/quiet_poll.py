"""G7, second half: what a terminal's poll costs central's database when nothing changed.

Transactions are counted by PostgreSQL itself, over a time with polls and over one without.
"""

import time

from tests.benchmarks.issuing import Joined
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median, percentile

_POLLS, _TOLD_AFTER_S = 200, 2.0
_COUNT = "select xact_commit + xact_rollback from pg_stat_database where datname = 'parking'"


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    city = place.city
    terminal = Joined(city, place.folder / "poll", name="T-903")
    assert terminal.engine.run_once().error is None
    cursor = terminal.store.outbox.feed_position().cursor
    before, began = _counted(city), time.monotonic()
    took_ms = []
    for _ in range(_POLLS):
        began_ns = time.perf_counter_ns()
        page = terminal.gateway.feed(cursor)
        took_ms.append((time.perf_counter_ns() - began_ns) / 1e6)
        assert not page.rows
    middle, ended = _counted(city), time.monotonic()
    time.sleep(ended - began)
    quiet = _counted(city) - middle
    terminal.close()
    per_poll = max(0.0, (middle - before - quiet) / _POLLS)
    row = Row(
        what="G7 a poll when nothing changed: transactions at central's database",
        figure=f"{per_poll:.1f} (p50 {median(took_ms):.1f} ms,"
        f" p99 {percentile(took_ms, 0.99):.1f})",
        bar="0",
        met=per_poll < 0.05,
    )
    return [row]


def _counted(city: City) -> int:
    # Backends report what they did at most once a second.
    time.sleep(_TOLD_AFTER_S)
    return int(city.one(_COUNT))
