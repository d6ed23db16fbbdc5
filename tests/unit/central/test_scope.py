"""Scopes: a terminal gets the rows of its zones, what it gains is sent, what leaves is told."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from central.feed.scope import check_level, names_for
from central.problems import RefusedError
from central.store import Row, load_many, store_many, value_of
from parking.right import ParkingSession
from parking.terminal import Terminal, TerminalKind
from parking.zone import Zone
from sync.records import BY_CLASS, RECORDS, RecordKind
from sync.wire import FeedPage
from tests.unit.central.device import Device
from tests.unit.central.samples import right
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until


def zone(zone_id: str, *covered_by: str) -> Zone:
    return Zone(
        zone_id=zone_id,
        name=zone_id,
        time_zone="America/New_York",
        tariff_id="street",
        covered_by=covered_by,
    )


def confine(service: Service, device: Device, *zone_ids: str) -> None:
    """Give a terminal a scope, as IT does."""
    record = BY_CLASS[Terminal]
    with service.central.database.unit_of_work("test") as connection:
        key = str(device.terminal.terminal_id)
        found = value_of(record, load_many(connection, record, [key])[key])
        row = Row(value=replace(found, zone_ids=zone_ids))
        store_many(connection, record, [row], received_utc=service.now_utc)


class Reader:
    """A terminal that only remembers which rights it holds."""

    def __init__(self, service: Service, device: Device) -> None:
        self.service, self.device = service, device
        # Zones of its own: the database is one for all tests of this module.
        own = device.terminal.name
        self.zone_ids = f"{own}-1", f"{own}-2", f"{own}-3"
        self.cursor = ""
        self.zones: list[str] | None = None
        self.held: dict[str, str] = {}
        self.got: list[str] = []
        self.ever: set[str] = set()

    def pull(self) -> None:
        """Read pages until nothing more waits."""
        self.got.clear()
        more = True
        while more:
            page = self.service.feed(self.device, self.cursor)
            self._apply(page)
            self.cursor, self.zones, more = page.cursor, page.zones, page.more

    def _apply(self, page: FeedPage) -> None:
        for row in page.rows:
            if row.name == "parking_session":
                right = msgspec.json.decode(row.data)
                self.held[right["parking_session_id"]] = right["zone_id"]
                self.got.append(right["plate"])
        for gone in page.left:
            self.held.pop(gone.key, None)
        if page.zones is not None:
            kept = set(page.zones)
            self.held = {key: zone for key, zone in self.held.items() if zone in kept}

    def pull_till(self, condition: Callable[[], bool], *, what: str) -> None:
        """Pull until something holds."""

        def holds() -> bool:
            self.pull()
            return condition()

        wait_until(holds, what=what)

    def pull_until(self, *plates: str) -> None:
        """Pull until the pages brought some plates, and no others that are new here.

        Others may hold the horizon: then a row that the first walk had comes once more.
        """
        seen: set[str] = set()

        def all_there() -> bool:
            self.pull()
            seen.update(self.got)
            return seen >= set(plates)

        wait_until(all_there, what=f"{plates}")
        assert seen - self.ever == set(plates)
        self.ever |= seen


@pytest.fixture
def reader(service: Service) -> Reader:
    made = Reader(service, service.enrol_new())
    first, second, third = made.zone_ids
    service.store(zone(first, second), zone(second), zone(third))
    return made


def sold(service: Service, plate: str, zone_id: str) -> ParkingSession:
    made = replace(right(service.now_utc, plate), zone_id=zone_id)
    service.store(made)
    return made


def test_a_terminal_gets_its_zones_and_those_that_cover_them(
    service: Service, reader: Reader
) -> None:
    confine(service, reader.device, reader.zone_ids[0])
    for number in (1, 2, 3):
        sold(service, f"OWN{number}", reader.zone_ids[number - 1])
    reader.pull_until("OWN1", "OWN2")
    assert reader.zones == [reader.zone_ids[0], reader.zone_ids[1]]
    sold(service, "OWN4", reader.zone_ids[2])
    sold(service, "OWN5", reader.zone_ids[0])
    reader.pull_until("OWN5")


def test_what_a_scope_gains_is_sent_and_nothing_else_again(
    service: Service, reader: Reader
) -> None:
    confine(service, reader.device, reader.zone_ids[1])
    sold(service, "GROW2", reader.zone_ids[1])
    sold(service, "GROW3", reader.zone_ids[2])
    reader.pull_till(lambda: "GROW2" in reader.got, what="the first pull")
    confine(service, reader.device, reader.zone_ids[1], reader.zone_ids[2])
    reader.pull()
    assert "GROW3" in reader.got
    assert "GROW2" not in reader.got
    confine(service, reader.device)
    confine(service, reader.device, reader.zone_ids[1])
    reader.pull()
    assert reader.zones == [reader.zone_ids[1]]
    assert set(reader.held.values()) == {reader.zone_ids[1]}


def test_from_some_zones_to_all_only_the_others_come(service: Service, reader: Reader) -> None:
    confine(service, reader.device, reader.zone_ids[1])
    sold(service, "ALL2", reader.zone_ids[1])
    sold(service, "ALL3", reader.zone_ids[2])
    reader.pull_till(lambda: "ALL2" in reader.got, what="the first pull")
    confine(service, reader.device)
    reader.pull()
    assert "ALL3" in reader.got
    assert "ALL2" not in reader.got
    assert reader.zones is None


def test_a_row_that_changes_its_zone_leaves_one_reader_and_enters_another(
    service: Service, reader: Reader
) -> None:
    other = Reader(service, service.enrol_new())
    confine(service, reader.device, reader.zone_ids[1])
    confine(service, other.device, reader.zone_ids[2])
    moved = sold(service, "MOVE1", reader.zone_ids[1])
    key = str(moved.parking_session_id)
    reader.pull_till(lambda: key in reader.held, what="the right in its first zone")
    other.pull()
    service.store(replace(moved, zone_id=reader.zone_ids[2]))
    reader.pull_till(lambda: key not in reader.held, what="the leave")
    other.pull_till(lambda: key in other.held, what="the enter")
    told = service.rows(
        "select count(*), count(distinct xid) from feed where key = %(key)s and xid ="
        " (select max(xid) from feed where key = %(key)s)",
        key=key,
    )
    assert told == [(2, 1)]


def test_every_row_that_can_change_its_zone_tells_the_zone_it_left(service: Service) -> None:
    watched = service.rows(
        "select event_object_table from information_schema.triggers"
        " where trigger_name = 'tell_left_zone'"
    )
    assert {table for (table,) in watched} >= {
        record.table_at_central
        for record in RECORDS
        if record.scope and record.kind is not RecordKind.FACT
    }


def test_a_scope_that_changes_during_a_walk_is_walked_from_its_beginning(
    service: Service, reader: Reader
) -> None:
    confine(service, reader.device, reader.zone_ids[1])
    sold(service, "TURN2", reader.zone_ids[1])
    sold(service, "TURN3", reader.zone_ids[2])
    page = service.feed(reader.device)
    confine(service, reader.device, reader.zone_ids[2])
    reader.cursor = page.cursor
    reader.pull_till(lambda: "TURN3" in reader.got, what="the other zone")
    assert set(reader.held.values()) == {reader.zone_ids[2]}


def test_a_device_that_joins_again_keeps_its_scope(service: Service, reader: Reader) -> None:
    confine(service, reader.device, reader.zone_ids[1])
    again = service.enrol(reader.device.terminal.name)
    assert again.terminal.zone_ids == (reader.zone_ids[1],)


def test_a_kiosk_gets_its_own_zone(service: Service) -> None:
    device = Device()
    device.enrol(service.client, service.code("K-SCOPE", TerminalKind.KIOSK, zone_id="112"))
    assert service.feed(device).zones == ["112"]


def test_a_cursor_of_a_scope_nobody_knows_starts_over(service: Service, reader: Reader) -> None:
    epoch = service.feed(reader.device).feed_epoch
    answer = service.client.get(
        "/sync/v1/feed",
        params={"cursor": f"{epoch}:5:0:deadbeef"},
        headers=reader.device.headers(),
    )
    confine(service, reader.device, reader.zone_ids[1])
    again = service.client.get(
        "/sync/v1/feed",
        params={"cursor": f"{epoch}:5:0:deadbeef"},
        headers=reader.device.headers(),
    )
    assert {problem(answer).key, problem(again).key} == {"feed.resync"}


def test_a_program_that_is_too_old_is_told_so_and_an_old_one_gets_what_it_knows() -> None:
    with pytest.raises(RefusedError, match="too old to get new data") as refused:
        check_level(2, oldest=3)
    assert (refused.value.status, refused.value.key) == (426, "schema.too_old")
    check_level(3, oldest=3)
    old, new = (set(names_for(TerminalKind.SUPERVISOR, level)) for level in (1, 2))
    assert {"citation", "terminal"} <= old
    assert new - old >= {"conflict", "citation_note", "outage_event"}
