"""The feed: nothing skipped whatever the order of commits, whole transactions, honest ages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from central.database import Database
from central.feed.cursor import Cursor, Walk, read_cursor
from central.feed.epoch import OpenEpochs, feed_epoch, prepare_epoch
from central.feed.read import read_page, read_rows, report_source
from central.feed.scope import Scope, names_for
from central.problems import RefusedError
from central.settings import Settings
from central.store import Row, store_many
from parking.terminal import TerminalKind
from parking.zone import Source, Zone
from sync.records import BY_CLASS
from sync.wire import FeedPage
from tests import databases
from tests.unit.central.device import Device
from tests.unit.central.samples import ZONE, right
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until

EVERYTHING = Scope(names=names_for(TerminalKind.SUPERVISOR))


def zones(count: int, letter: str) -> list[Zone]:
    return [
        Zone(
            zone_id=f"{letter}{number}",
            name="Main Street",
            time_zone="America/New_York",
            tariff_id="street",
        )
        for number in range(count)
    ]


def page(service: Service, cursor: str = "", *, most: int = 500) -> FeedPage:
    with service.central.database.reading() as connection:
        return read_page(
            connection,
            cursor,
            EVERYTHING,
            epoch=feed_epoch(connection),
            now_utc=service.now_utc,
            most=most,
        )


def caught_up(service: Service) -> str:
    """Return a cursor behind everything; transactions of other tests may hold it back.

    The tables are read first; a row of theirs may come once more. Then a marker is waited for.
    """
    walked = page(service, "", most=5000)
    while walked.more:
        walked = page(service, walked.cursor, most=5000)
    marker = right(service.now_utc, "MARKER")
    service.store(marker)
    cursors = [walked.cursor]

    def seen() -> bool:
        found = page(service, cursors[-1], most=5000)
        cursors.append(found.cursor)
        return any(str(marker.parking_session_id).encode() in bytes(row.data) for row in found.rows)

    wait_until(seen, what="the marker in the feed")
    return cursors[-1]


def ids(found: FeedPage) -> list[str]:
    return [msgspec.json.decode(row.data)["zone_id"] for row in found.rows if row.name == "zone"]


def pages_until(service: Service, cursor: str, wanted: int, *, most: int = 500) -> list[FeedPage]:
    """Read pages until they carry a number of zones."""
    found: list[FeedPage] = []

    def complete() -> bool:
        found.append(page(service, found[-1].cursor if found else cursor, most=most))
        return sum(len(ids(one)) for one in found) >= wanted

    wait_until(complete, what=f"{wanted} zones")
    return found


def test_an_open_older_transaction_holds_the_feed_and_its_age(service: Service) -> None:
    cursor = caught_up(service)
    with psycopg.connect(service.central.settings.database_url) as older:
        older.execute("select pg_current_xact_id()")
        opened = datetime.now(UTC)
        service.store(*zones(1, "held"))
        held = page(service, cursor)
        assert ids(held) == []
        assert held.as_of[Source.PAY_STATION.value] <= opened + timedelta(milliseconds=50)
        older.rollback()
    [*_, last] = pages_until(service, held.cursor, 1)
    assert ids(last) == ["held0"]
    # Transactions of other tests may hold the age back for a moment too.
    wait_until(
        lambda: page(service, last.cursor).as_of[Source.PAY_STATION.value] > opened,
        what="an age after the older transaction",
    )


def test_a_page_ends_with_a_whole_transaction(service: Service) -> None:
    cursor = caught_up(service)
    service.store(*zones(7, "whole"))
    service.store(*zones(3, "after"))
    found = pages_until(service, cursor, 10, most=4)
    carrying = [ids(one) for one in found if ids(one)]
    assert [len(one) for one in carrying] == [7, 3]
    assert [one.more for one in found if ids(one)] == [True, False]
    assert next(one.remaining for one in found if ids(one)) >= 3


def test_a_row_changed_twice_comes_once_as_it_stands(service: Service) -> None:
    cursor = caught_up(service)
    for name in ("First", "Second"):
        service.store(replace(zones(1, "twice")[0], name=name))
    rows = [
        msgspec.json.decode(row.data) for one in pages_until(service, cursor, 1) for row in one.rows
    ]
    assert rows[-1]["name"] == "Second"
    assert rows[-1]["revision"] == 2


def test_storing_the_same_again_tells_nobody(service: Service) -> None:
    service.store(*zones(1, "same"))
    cursor = caught_up(service)
    service.store(*zones(1, "same"))
    service.store(*zones(1, "other"))
    assert [zone for one in pages_until(service, cursor, 1) for zone in ids(one)] == ["other0"]


def test_what_a_source_reported_counts_only_with_the_rows_before_it(service: Service) -> None:
    cursor, until = caught_up(service), datetime.now(UTC) - timedelta(minutes=1)
    with psycopg.connect(service.central.settings.database_url) as older:
        older.execute("select pg_current_xact_id()")
        with service.central.database.unit_of_work("test") as connection:
            store_many(connection, BY_CLASS[Zone], [Row(value=ZONE)], received_utc=service.now_utc)
            report_source(connection, Source.APP, until)
        assert page(service, cursor).as_of.get("app") != until
        older.rollback()
    wait_until(lambda: page(service, cursor).as_of.get("app") == until, what="the report")
    with service.central.database.unit_of_work("test") as connection:
        report_source(connection, Source.APP, until - timedelta(hours=1))
        report_source(connection, Source.PERMIT, service.now_utc + timedelta(days=1))
    wait_until(lambda: "permit" in page(service, cursor).as_of, what="the second report")
    as_of = page(service, cursor).as_of
    assert as_of["app"] == until
    assert as_of["permit"] == as_of["pay_station"]
    assert "hotlist" not in as_of


def test_each_kind_of_terminal_gets_its_own_records() -> None:
    assert "tariff" in names_for(TerminalKind.KIOSK)
    assert "citation" not in names_for(TerminalKind.KIOSK)
    assert "plate_check" not in names_for(TerminalKind.OFFICER)
    assert "plate_check" in names_for(TerminalKind.SUPERVISOR)


def test_a_cursor_of_another_epoch_starts_over(service: Service) -> None:
    device = service.enrol_new()
    epoch = service.feed(device).feed_epoch
    for cursor in (f"{epoch}:5:0", "deadbeef-1:5:0:all"):
        _starts_over(service, device, cursor)


def test_a_terminal_ahead_of_the_database_moves_the_epoch_but_once_a_day(
    fresh_service: Service,
) -> None:
    service = fresh_service
    device, other = service.enrol_new(), service.enrol_new()
    first = service.feed(device).feed_epoch
    _starts_over(service, device, f"{first}:999999999999:0:all")
    second = service.feed(device).feed_epoch
    assert second.startswith(f"{first}-")
    _starts_over(service, device, f"{second}:999999999999:0:all")
    _starts_over(service, other, f"{first}:999999999999:0:all")
    assert service.feed(other).feed_epoch == second
    _starts_over(service, other, f"{first}-00000000:5:0:all")
    assert service.feed(other).feed_epoch.startswith(f"{first}-")
    assert service.feed(other).feed_epoch != second
    texts = [text for (text,) in service.rows("select text from alarms order by alarm_id")]
    assert [device.terminal.name in texts[0], other.terminal.name in texts[1]] == [True, True]
    assert len(texts) == 2


def _starts_over(service: Service, device: Device, cursor: str) -> None:
    answer = service.client.get(
        "/sync/v1/feed", params={"cursor": cursor}, headers=device.headers()
    )
    assert (answer.status_code, problem(answer).key) == (410, "feed.resync")


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "a:b", "a:1:b:all", "a:-1:0:all", "a:1:0:all:0", f"a:{10**30}:0:all"),
        *("a:1:\N{SUPERSCRIPT TWO}:all", "a:1:0:all:none:x:*::"),
    ],
)
def test_what_is_no_cursor_is_refused(service: Service, cursor: str) -> None:
    device = service.enrol_new()
    answer = service.client.get(
        "/sync/v1/feed", params={"cursor": cursor}, headers=device.headers()
    )
    assert (answer.status_code, problem(answer).key) == (400, "feed.cursor")


def test_a_cursor_comes_back_as_it_was_written() -> None:
    cursor = Cursor("6930ab12c4d5e6f7-1", 2**62, 2**62, "all")
    assert read_cursor(str(cursor), epoch=cursor.epoch) == cursor
    walking = replace(cursor, walk=Walk(held="none", left=7, name="zone", key="1:2"))
    assert read_cursor(str(walking), epoch=cursor.epoch) == walking
    assert walking.tail() == cursor


def test_rows_of_another_cluster_are_told_again_before_the_epoch_opens(
    database: databases.Database, settings: Settings
) -> None:
    with psycopg.connect(database.dsn("postgres")) as superuser:
        superuser.execute(
            "insert into feed (xid, name, key)"
            " select '900000000000'::xid8, 'zone', 'Z' || n from generate_series(1, 1500) n"
        )
    store = Database(settings)
    try:
        with store.reading() as connection, pytest.raises(RefusedError) as refused:
            OpenEpochs().check(connection, feed_epoch(connection))
        assert (refused.value.status, refused.value.key) == (503, "feed.preparing")
        for _ in range(2):
            prepare_epoch(store, datetime.now(UTC))

        def told() -> set[str]:
            with store.reading() as connection:
                OpenEpochs().check(connection, feed_epoch(connection))
                rows = read_rows(connection, 0, 0, ["zone"], most=5000)
            return {key for _, key in rows.told}

        wait_until(lambda: len(told()) == 1500, what="the rows told again")
    finally:
        store.close()


def test_fields_of_a_newer_version_outlive_a_change_by_this_one(service: Service) -> None:
    cursor = caught_up(service)
    newer, record = zones(1, "newer")[0], BY_CLASS[Zone]
    with service.central.database.unit_of_work("test") as connection:
        rows = [Row(value=newer, extra={"colour": "blue"})]
        store_many(connection, record, rows, received_utc=service.now_utc)
    service.store(replace(newer, name="Changed here"))
    service.store(replace(newer, name="Changed here"))
    data = [
        msgspec.json.decode(row.data) for one in pages_until(service, cursor, 1) for row in one.rows
    ]
    assert (data[-1]["colour"], data[-1]["name"], data[-1]["revision"]) == (
        "blue",
        "Changed here",
        2,
    )
