"""One local save: validate, row, outbox, audit link; encrypted, fsynced. Beside a bare commit.

The floor is the same payload written to a plain SQLite file in one transaction, full fsync.
"""

import sqlite3
import time
from collections.abc import Callable
from functools import partial

from local_db.store import LocalStore
from sync.records import encode
from tests.benchmarks.place import Place
from tests.benchmarks.table import Row, median, of_rounds, percentile
from tests.fakes.terminal import citation, enrolled, save

ROUNDS, SAVES = 7, 200


def measure(place: Place) -> list[Row]:
    store = enrolled(place.folder / "save")
    bare = sqlite3.connect(place.folder / "bare-save.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE payload (seq INTEGER PRIMARY KEY, data BLOB)")
    ours: list[list[float]] = []
    floor: list[list[float]] = []
    for _ in range(ROUNDS):
        floor.append([])
        ours.append([])
        for _ in range(SAVES):
            floor[-1].append(_took_ms(_bare_save(bare)))
            ours[-1].append(_took_ms(_save(store)))
    bare.close()
    store.close()
    return [_row(ours, floor)]


def _row(ours: list[list[float]], floor: list[list[float]]) -> Row:
    p99 = of_rounds(ours, partial(percentile, share=0.99))
    floor_p99 = of_rounds(floor, partial(percentile, share=0.99))
    worst = max(map(max, ours))
    return Row(
        what="local save (check, row, outbox, audit link; FULL, encrypted), p99",
        figure=f"{p99:.1f} ms (p50 {of_rounds(ours, median):.2f}, worst {worst:.1f})",
        baseline=f"bare commit p99 {floor_p99:.1f} ms, p50 {of_rounds(floor, median):.2f}",
        ratio=f"{p99 / floor_p99:.1f}x",
        bar="<= 10 ms",
        met=p99 <= 10,
    )


def _save(store: LocalStore) -> Callable[[], object]:
    made = citation()
    return lambda: save(store, made)


def _bare_save(bare: sqlite3.Connection) -> Callable[[], object]:
    payload = encode(citation())
    return lambda: bare.execute("INSERT INTO payload (data) VALUES (?)", (payload,))


def _took_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - started) / 1e6
