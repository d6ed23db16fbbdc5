"""The cursor trap: rows that commit late. Our feed loses none, a cursor on the bare sequence does.

Twelve writers hold their transactions open for random times. A third reader takes pages that ride
along in wake-ups, of which some get lost. The naive reader is the negative control: if it lost
nothing, the trap would not have been set and this test would prove nothing.
"""

import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from central.database import Database
from central.feed.cursor import Cursor
from central.feed.epoch import OpenEpochs, feed_epoch, prepare_epoch
from central.feed.read import read_page
from central.feed.riding import Looks
from central.feed.scope import Scope
from central.settings import Settings
from central.store import Row, store_many
from parking.zone import Zone
from sync.gateway.riding import RidingPages
from sync.records import BY_CLASS
from sync.wire import FeedPage, WakeNews
from tests.unit.central.service import TestClock
from tests.unit.central.test_feed import ids, zones
from tests.waiting import wait_until

WRITERS, ROUNDS, LONGEST_S = 12, 12, 0.02
EVERY_ZONE = Scope(names=("zone",))
CLOCK = TestClock()


@pytest.fixture
def wide(settings: Settings) -> Iterator[Database]:
    """A pool with room for every writer and a reader."""
    found = Database(replace(settings, pool_size=WRITERS + 2))
    prepare_epoch(found, CLOCK.now().utc)
    yield found
    found.close()


def write(database: Database, writer: int, written: set[str]) -> None:
    """Store zones in transactions that stay open for random times."""
    chance, now_utc = random.Random(writer), CLOCK.now().utc
    for turn in range(ROUNDS):
        with database.unit_of_work("test") as connection:
            for zone in zones(chance.randrange(1, 4), f"W{writer}x{turn}x"):
                rows = [Row(value=zone)]
                store_many(connection, BY_CLASS[Zone], rows, received_utc=now_utc)
                written.add(zone.zone_id)
                threading.Event().wait(chance.uniform(0.0, LONGEST_S))


@dataclass
class Readers:
    """Two cursors on one feed."""

    database: Database
    cursor: str = ""
    seq: int = 0
    ours: list[str] = field(default_factory=list)
    naive: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Read what each cursor sees now."""
        with self.database.reading() as connection:
            epoch = feed_epoch(connection)
            cursor = self.cursor or str(Cursor(epoch, 1, 0, "all"))
            page = read_page(
                connection, cursor, EVERY_ZONE, epoch=epoch, now_utc=CLOCK.now().utc, most=20
            )
            rows = connection.exec_driver_sql(
                "select seq, key from feed where seq > %(seq)s order by seq", {"seq": self.seq}
            ).all()
        self.cursor = page.cursor
        self.ours.extend(ids(page))
        self.naive.update(key for _, key in rows)
        self.seq = rows[-1][0] if rows else self.seq


class Rider:
    """A terminal that takes what rides along, misses every fourth wake-up, and asks for the rest.

    Attributes:
        rode: Pages it did not have to ask for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._look = Looks(database, CLOCK, OpenEpochs())
        self._riding = RidingPages()
        self._since, self._wakes, self._cursor = 1, 0, ""
        self.rode = 0
        self.got: list[str] = []

    def look(self) -> None:
        """Let central look once and hear of it."""
        before, movement = self._since, self._look(self._since, [EVERY_ZONE], {})
        self._since, self._wakes = movement.low, self._wakes + 1
        page = movement.pages.get(EVERY_ZONE)
        if movement.told and self._wakes % 4:
            after = str(Cursor(page.feed_epoch, before, 0, "all")) if page else ""
            self._riding.keep(WakeNews(after=after, page=page))
        self._pull()

    def round(self) -> None:
        """Ask by the timer, as a terminal does that may have missed the last wake-up."""
        self._riding.asking()
        while self._bring_in(self._ask()):
            pass

    def _pull(self) -> None:
        pages = self._riding.take(self._cursor)
        if pages is not None:
            self.rode += len(pages)
            for page in pages:
                self._bring_in(page)
            return
        self.round()

    def _bring_in(self, page: FeedPage) -> bool:
        self._cursor = page.cursor
        self.got.extend(ids(page))
        return page.more

    def _ask(self) -> FeedPage:
        with self._database.reading() as connection:
            epoch = feed_epoch(connection)
            cursor = self._cursor or str(Cursor(epoch, 1, 0, "all"))
            now_utc = CLOCK.now().utc
            return read_page(connection, cursor, EVERY_ZONE, epoch=epoch, now_utc=now_utc, most=20)


def test_no_row_of_a_late_transaction_is_skipped_and_the_naive_cursor_skips_some(
    wide: Database,
) -> None:
    readers, rider, written = Readers(wide), Rider(wide), set[str]()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, wide, number, written) for number in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            readers.look()
            rider.look()
        for writer in writers:
            writer.result()

    def all_seen() -> bool:
        readers.look()
        rider.look()
        rider.round()
        return len(readers.ours) >= len(written) and set(rider.got) >= written

    wait_until(all_seen, what="every row")
    assert sorted(readers.ours) == sorted(written)
    # A page may bring rows again that were asked for in between; none may be missing.
    assert set(rider.got) == written

    more = itertools.count(WRITERS)

    def rides() -> bool:
        write(wide, next(more), written)
        rider.look()
        return rider.rode > 0

    wait_until(rides, what="a page that rides along")
    assert set(rider.got) <= written
    assert readers.naive < written, "the trap did not bite a cursor on the bare sequence"
