"""G8: saving a citation while 100,000 rows come into the same terminal, as one file and by pages.

File and pages are made ready before and brought in on a thread of their own, as the sync thread
does; the saves come on this one, as on the store lane. A terminal that starts takes the file, so
that is the bar; pages are what a program of an older level reads. The longest halt of the screen
while rows arrive is measured by ``./bench event_loop``.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from local_db.store import LocalStore
from parking.ids import uuid7
from parking.right import Permit
from sync.records import encode
from sync.report import SyncReport
from sync.starting import Starting
from sync.wire import FeedPage, FeedRow
from tests.benchmarks.place import Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median, of_rounds, percentile
from tests.fakes.snapshot import FakeStart, enrolled_in_city, packed
from tests.fakes.terminal import citation, enrolled, save

ROWS, PAGE_ROWS, _ROUNDS = 100_000, 500, 2
_FILES = 10
"""Files brought in per round: one takes less than a second, too few saves for a percentile."""
_APART_S = 0.05
"""Between two saves: twenty a second are more than any person makes, and leave room."""
BringIn = Callable[[LocalStore], None]


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    now = datetime.now(UTC)
    permits = [_permit(now, number) for number in range(ROWS)]
    body = packed(permits)
    return [
        _bar(place.folder / "file", partial(_by_file, FakeStart(body)), "one file", _FILES),
        _bar(place.folder / "pages", partial(_by_pages, list(_pages(permits, now))), "pages", 1),
    ]


def _bar(folder: Path, bring_in: BringIn, way: str, times: int) -> Row:
    quiet_ms: list[list[float]] = []
    busy_ms: list[list[float]] = []
    took_s: list[float] = []
    for number in range(_ROUNDS):
        store = enrolled_in_city(enrolled(folder / f"{number}"))
        quiet_ms.append([_save_ms(store) for _ in range(200)])
        saved, seconds = _save_during(store, bring_in, times)
        busy_ms.append(saved)
        took_s.append(seconds / times)
        store.close()
    p99 = of_rounds(busy_ms, partial(percentile, share=0.99))
    quiet = of_rounds(quiet_ms, partial(percentile, share=0.99))
    return Row(
        what=f"G8 local save while {ROWS:,} rows come in as {way}, p99",
        figure=f"{p99:.1f} ms (p50 {of_rounds(busy_ms, median):.2f}, worst"
        f" {max(map(max, busy_ms)):.1f}; {ROWS / median(took_s):,.0f} rows/s beside the saves)",
        baseline=f"quiet p99 {quiet:.1f} ms, p50 {of_rounds(quiet_ms, median):.2f}",
        ratio=f"{p99 / quiet:.1f}x",
        bar="<= 5 ms",
        met=p99 <= 5,
    )


def _save_during(store: LocalStore, bring_in: BringIn, times: int) -> tuple[list[float], float]:
    def bring_all() -> None:
        for _ in range(times):
            bring_in(store)

    began = time.perf_counter()
    importing = threading.Thread(target=bring_all)
    importing.start()
    saved_ms = []
    while importing.is_alive():
        saved_ms.append(_save_ms(store))
        importing.join(_APART_S)
    seconds = time.perf_counter() - began
    assert store.candidates("AA00000").permits, "the first permit is not there"
    return saved_ms, seconds


def _by_file(city: FakeStart, store: LocalStore) -> None:
    Starting(store.starting, city).from_file(SyncReport(), lambda _: None, lambda: False)


def _by_pages(pages: list[FeedPage], store: LocalStore) -> None:
    for page in pages:
        store.outbox.apply_page(page)


def _save_ms(store: LocalStore) -> float:
    made = citation()
    began_ns = time.perf_counter_ns()
    save(store, made)
    return (time.perf_counter_ns() - began_ns) / 1e6


def _pages(permits: list[Permit], now: datetime) -> Iterator[FeedPage]:
    for start in range(0, ROWS, PAGE_ROWS):
        rows = [
            FeedRow("permit", msgspec.Raw(encode(permit)))
            for permit in permits[start : start + PAGE_ROWS]
        ]
        yield FeedPage(
            feed_epoch="bench-1",
            cursor=f"bench-1:{start + 1}:0",
            rows=rows,
            more=start + PAGE_ROWS < ROWS,
            as_of={},
            server_utc=now,
        )


def _permit(now: datetime, number: int) -> Permit:
    return Permit(
        permit_id=uuid7(now),
        plate=f"{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}{number:05d}",
        plate_state="CT",
        zone_id="204",
        kind="Resident",
        start_utc=now - timedelta(days=1),
        end_utc=now + timedelta(days=30),
    )
