"""Units of work, the store, the worker loop: what holds when things go wrong."""

import asyncio
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from central import workers
from central.database import Database
from central.log import audit
from central.problems import RefusedError
from central.settings import Settings
from central.slots import Slots
from central.store import Row, load_many, store_many, value_of
from parking.citation import Citation
from parking.errors import UnavailableError
from parking.tariff import Day, EnforcedSpan, Tariff
from parking.zone import Zone
from sync.records import BY_CLASS
from tests.unit.central.samples import TARIFF, ZONE, citation
from tests.waiting import wait_until

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)


def stored(database: Database, of: type, key: object) -> object:
    record = BY_CLASS[of]
    with database.reading() as connection:
        found = load_many(connection, record, [key])
    return value_of(record, found[str(key)]) if found else None


def test_every_kind_of_value_comes_back_as_it_was(store: Database) -> None:
    tariff = Tariff(
        tariff_id='odd "name"',
        version="\\1",
        time_zone="America/New_York",
        spans=(
            EnforcedSpan(
                days=(Day.MONDAY, Day.SUNDAY),
                opens_minute=0,
                closes_minute=2,
                rate_cents_per_hour=3,
            ),
        ),
        increment_minutes=15,
        max_stay_minutes=None,
        holidays=(date(2027, 1, 1), date(2027, 12, 25)),
        revision=1,
    )
    zone = Zone(
        zone_id="odd",
        name="\N{LATIN SMALL LETTER E WITH ACUTE}, {x} \"y\" 'z' \\ %s",
        time_zone="America/New_York",
        tariff_id="x",
        covered_by=('a"b', "c\\d", "e,f", "{g}", ""),
        revision=1,
    )
    issued = citation(
        NOW + timedelta(microseconds=7), "ODD 1", photo_hashes=(bytes(32), b'\\"{},' + bytes(27))
    )
    with store.unit_of_work("test") as connection:
        for value in (tariff, zone, issued):
            row = Row(value=value, payload_sha256=bytes(32))
            store_many(connection, BY_CLASS[type(value)], [row], received_utc=NOW)
    assert stored(store, Tariff, tariff.tariff_id) == tariff
    assert stored(store, Zone, "odd") == zone
    assert stored(store, Citation, issued.citation_id) == issued


def test_a_fact_is_never_changed_and_reference_data_grows(store: Database) -> None:
    first = citation(NOW, "GROW 1")
    other = citation(NOW, "GROW 2", citation_id=first.citation_id)
    with store.unit_of_work("test") as connection:
        for value in (first, other):
            row = Row(value=value, payload_sha256=bytes(32))
            store_many(connection, BY_CLASS[Citation], [row], received_utc=NOW)
        assert store_many(connection, BY_CLASS[Citation], [], received_utc=NOW) == frozenset()
        twice = [Row(value=TARIFF), Row(value=TARIFF, extra={"new": 1})]
        store_many(connection, BY_CLASS[Tariff], twice, received_utc=NOW)
        # What a newer version added is not taken away by one that does not know it.
        assert store_many(connection, BY_CLASS[Tariff], twice[:1], received_utc=NOW) == frozenset()
        dearer = [Row(value=replace(TARIFF, increment_cents=TARIFF.increment_cents + 5))]
        changed = store_many(connection, BY_CLASS[Tariff], dearer, received_utc=NOW)
        assert changed == {TARIFF.tariff_id}
    assert stored(store, Citation, first.citation_id) == first
    found = stored(store, Tariff, TARIFF.tariff_id)
    assert isinstance(found, Tariff)
    assert found.revision == 2


def test_a_unit_of_work_rolls_back_when_it_raises_and_names_its_actor(store: Database) -> None:
    def fail() -> None:
        with store.unit_of_work("somebody") as connection:
            audit(connection, "test.rolled_back", "x", now_utc=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.unit_of_work("somebody") as connection:
        audit(connection, "test.kept", "x", now_utc=NOW, detail={"count": 1})
    with store.reading() as connection:
        found = connection.exec_driver_sql("select actor, act, detail from audit_logs").all()
    assert [tuple(row) for row in found] == [("somebody", "test.kept", {"count": 1})]


def test_a_reading_transaction_writes_nothing(store: Database) -> None:
    def write() -> None:
        with store.reading() as connection:
            audit(connection, "test.never", "x", now_utc=NOW)

    with pytest.raises(Exception, match="read-only"):
        write()


def test_a_deadlock_is_a_busy_database_and_trying_again_is_safe(store: Database) -> None:
    both, failures = threading.Barrier(2), []

    def cross(first: int, second: int) -> None:
        try:
            with store.unit_of_work("test") as connection:
                connection.exec_driver_sql(f"select pg_advisory_xact_lock({first})")
                both.wait(timeout=10)
                connection.exec_driver_sql(f"select pg_advisory_xact_lock({second})")
        except UnavailableError as error:
            failures.append(error)

    threads = [
        threading.Thread(target=cross, args=order)
        for order in ((900_001, 900_002), (900_002, 900_001))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [failure] = failures
    assert (failure.key, failure.retry_safe) == ("database.busy", True)


def test_when_every_connection_is_taken_the_database_is_busy(shared_settings: Settings) -> None:
    one = Database(replace(shared_settings, pool_size=1, database_timeout_s=0.05))
    try:
        with one.reading(), pytest.raises(UnavailableError) as busy, one.reading():
            pass
        assert (busy.value.key, busy.value.retry_safe) == ("database.busy", True)
    finally:
        one.close()


def test_after_the_database_restarts_one_try_fails_and_the_next_works(
    shared_settings: Settings,
) -> None:
    broken = Database(replace(shared_settings, pool_size=2))
    statement = "select pg_backend_pid()"
    try:
        with broken.reading() as first, broken.reading() as second:
            pids = [one.exec_driver_sql(statement).scalar_one() for one in (first, second)]
        with psycopg.connect(shared_settings.direct_url, autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(pid) from unnest(%s) pid", (pids,))
        with pytest.raises(UnavailableError, match="does not answer"), broken.reading():
            pass
        with broken.reading() as fresh:
            assert fresh.exec_driver_sql(statement).scalar_one() not in pids
    finally:
        broken.close()


def test_a_statement_of_ours_that_is_wrong_is_no_outage(store: Database) -> None:
    def wrong() -> None:
        with store.reading() as connection:
            connection.exec_driver_sql("select nothing from violations")

    with pytest.raises(ProgrammingError):
        wrong()


def test_slots_are_given_back() -> None:
    slots = Slots(1)
    for _ in range(2):
        with slots.place(), pytest.raises(RefusedError, match="busy"), slots.place():
            pass


@pytest.mark.parametrize(("most", "expected"), [(1, [1, 1, 1]), (2, [1, 2, 2]), (8, [4, 6, 8])])
def test_who_is_less_urgent_gets_fewer_slots(most: int, expected: list[int]) -> None:
    slots = Slots(most)
    with ExitStack() as places:
        given, counts = 0, []
        for share in (0.5, 0.75, 1.0):
            while _given(slots, places, share):
                given += 1
            counts.append(given)
            with pytest.raises(RefusedError, match="busy"):
                slots.check(share)
    assert counts == expected
    slots.check()


def _given(slots: Slots, places: ExitStack, share: float) -> bool:
    try:
        places.enter_context(slots.place(share))
    except RefusedError:
        return False
    return True


def test_slots_tell_that_they_are_busy() -> None:
    slots = Slots(2)
    found = [slots.busy]
    with slots.place():
        found.append(slots.busy)
    assert found == [False, True]
    wait_until(lambda: not slots.busy, what="the slots to be left alone")


def test_no_statement_of_a_unit_of_work_is_compiled_first(store: Database) -> None:
    with store.unit_of_work("test") as connection:
        assert connection.exec_driver_sql("show jit").scalar() == "off"


def test_a_job_that_fails_goes_on_and_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[int] = []
    done = asyncio.Event()

    def work() -> bool:
        runs.append(len(runs))
        if len(runs) == 1:
            raise UnavailableError("database.away", "Away.", retry_safe=True)
        if len(runs) == 2:
            raise ValueError("ours")
        return len(runs) < 5

    async def run() -> None:
        async with workers.running([workers.Job("test", 0.0, work)]):
            while len(runs) < 6:
                await asyncio.sleep(0)
        done.set()

    asyncio.run(asyncio.wait_for(run(), timeout=10))
    assert done.is_set()
    messages = [record.getMessage() for record in caplog.records]
    assert messages[:2] == ["job=test waits key=database.away", "job=test failed"]


def test_zones_are_loaded_by_key_alone(store: Database) -> None:
    with store.unit_of_work("test") as connection:
        store_many(connection, BY_CLASS[Zone], [Row(value=ZONE)], received_utc=NOW)
        assert load_many(connection, BY_CLASS[Zone], ["nowhere"]) == {}
        assert set(load_many(connection, BY_CLASS[Zone], [ZONE.zone_id, "x"])) == {ZONE.zone_id}
