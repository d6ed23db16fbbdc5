"""The feed's upkeep: partitions ahead, old ones dropped whole, the floor told, held-back alarms."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from central.database import Database
from central.feed.epoch import feed_epoch, prepare_epoch
from central.feed.read import read_page
from central.feed.scope import Scope
from central.feed.upkeep import OldestWriter, keep_partitions
from central.metrics import Metrics
from central.problems import RefusedError
from central.settings import Settings
from central.store import Row, store_many
from parking.zone import Zone
from sync.records import BY_CLASS
from sync.wire import FeedPage
from tests import databases
from tests.unit.central.samples import ZONE
from tests.waiting import wait_until

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ZONES = Scope(names=("zone",))


@pytest.fixture
def store(settings: Settings) -> Iterator[Database]:
    found = Database(settings)
    prepare_epoch(found, NOW)
    yield found
    found.close()


def ask(store: Database, statement: str, **parameters: Any) -> list[Any]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement, parameters)]


def partitions(store: Database) -> list[tuple[int, int]]:
    found = ask(
        store,
        "select from_xid::text::int8, to_xid::text::int8 from feed_partitions"
        " where dropped_utc is null order by from_xid",
    )
    return [(low, high) for low, high in found]


def shrink(database: databases.Database) -> None:
    """Let partitions be so narrow that the next transactions fill them."""
    with psycopg.connect(database.dsn("parking_owner")) as owner:
        owner.execute("select feed_ahead(1, 0)")


def test_partitions_are_ahead_and_without_gaps(store: Database) -> None:
    keep_partitions(store, now_utc=NOW, days=90)
    found = partitions(store)
    [(here,)] = ask(store, "select pg_snapshot_xmax(pg_current_snapshot())::text::int8")
    assert found[0][0] == 0
    assert found[-1][1] > here + 2 * 2**20
    assert all(high == low for (_, high), (low, _) in itertools.pairwise(found))
    assert ask(store, "select count(*) from feed_rest") == [(0,)]


def test_an_old_partition_is_dropped_whole_and_older_cursors_start_over(
    store: Database, database: databases.Database
) -> None:
    with store.unit_of_work("test") as connection:
        store_many(connection, BY_CLASS[Zone], [Row(value=ZONE)], received_utc=NOW)
    with store.reading() as connection:
        epoch = feed_epoch(connection)

    def read() -> FeedPage:
        with store.reading() as connection:
            return read_page(connection, f"{epoch}:1:0:all", ZONES, epoch=epoch, now_utc=NOW)

    # Transactions of other tests may hold the horizon back for a moment, here and below.
    wait_until(lambda: read().rows, what="the zone in the feed")
    old = read()
    assert [row.name for row in old.rows] == ["zone"]
    _fill_first_partition(database)

    def is_full() -> bool:
        assert keep_partitions(store, now_utc=NOW, days=90) == 0
        return bool(ask(store, "select 1 from feed_partitions where full_utc is not null"))

    wait_until(is_full, what="the first partition full")
    assert keep_partitions(store, now_utc=NOW + timedelta(days=89), days=90) == 0
    assert keep_partitions(store, now_utc=NOW + timedelta(days=91), days=90) == 1
    assert ask(store, "select count(*) from feed") == [(0,)]
    with store.reading() as connection:
        with pytest.raises(RefusedError) as refused:
            read_page(connection, old.cursor, ZONES, epoch=epoch, now_utc=NOW)
        assert (refused.value.status, refused.value.key) == (410, "feed.resync")
        again = read_page(connection, "", ZONES, epoch=epoch, now_utc=NOW)
    assert [row.name for row in again.rows] == ["zone"]
    assert keep_partitions(store, now_utc=NOW + timedelta(days=200), days=90) == 0


def _fill_first_partition(database: databases.Database) -> None:
    """End the first partition at the present transaction, as a million transactions would."""
    with psycopg.connect(database.dsn("parking_owner")) as owner:
        row = owner.execute("select pg_current_xact_id()::text::int8").fetchone()
        assert row is not None
        here = row[0] + 1
        names = owner.execute("select name from feed_partitions order by from_xid").fetchall()
        for (name,) in names:
            owner.execute(f"alter table feed detach partition {name}")
        owner.execute(
            f"alter table feed attach partition {names[0][0]} for values from ('0') to ('{here}')"
        )
        for (name,) in names[1:]:
            owner.execute(f"drop table {name}")
            owner.execute("delete from feed_partitions where name = %s", (name,))
        owner.execute("update feed_partitions set to_xid = %s::text::xid8", (here,))
        owner.execute("select feed_ahead(1048576, 2)")


def test_rows_in_the_catch_all_do_not_stop_the_next_partitions(
    store: Database, database: databases.Database
) -> None:
    with psycopg.connect(database.dsn("parking_owner")) as owner:
        names = owner.execute("select name from feed_partitions").fetchall()
        for (name,) in names:
            owner.execute(f"drop table {name}")
        owner.execute("delete from feed_partitions")
        owner.execute("insert into feed (name, key) values ('zone', 'late')")
    keep_partitions(store, now_utc=NOW, days=90)
    [(here,)] = ask(store, "select pg_snapshot_xmax(pg_current_snapshot())::text::int8")
    assert partitions(store)[-1][1] > here + 2 * 2**20
    assert ask(store, "select key from feed") == [("late",)]


def test_the_service_may_not_drop_what_is_young(store: Database) -> None:
    with store.unit_of_work("test") as connection:
        statement = "select feed_drop('e', %(now)s, interval '0 days')"
        assert connection.exec_driver_sql(statement, {"now": NOW}).scalar() == 0


def test_a_write_that_is_open_too_long_is_one_alarm(
    store: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.feed.upkeep.LONGEST_WRITER_S", 0.0)
    metrics = Metrics()
    watch = OldestWriter(store, metrics)
    with psycopg.connect(settings.database_url) as writer:
        writer.execute("select pg_current_xact_id()")
        pid = writer.info.backend_pid

        def ours() -> list[Any]:
            return ask(store, "select text from alarms where subject = %(it)s", it=f"process:{pid}")

        def told() -> bool:
            watch.look(NOW)
            return bool(ours())

        # Other tests of the cluster may hold an older one for a moment.
        wait_until(told, what="the alarm about the write that is open")
        watch.look(NOW)
        assert len(ours()) == 1
        assert "no terminal gets news" in ours()[0][0]
        assert b"feed_oldest_writer_seconds" in metrics.text()
