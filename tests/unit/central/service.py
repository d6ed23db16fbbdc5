"""Central in a thread of the test, with uvicorn on a loopback port the system chose."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from central.app import create_app
from central.context import Central
from central.identity.codes import Grant, Purpose, make_code
from central.rights.take import store_rights
from central.serve import server
from central.settings import Settings
from central.store import Row, store_many
from parking.clock import Reading
from parking.ids import uuid7
from parking.numbers import NumberLease
from parking.right import ParkingSession
from parking.terminal import TerminalKind
from sync.records import BY_CLASS
from sync.wire import SCHEMA_LEVEL, FeedPage, FeedRow, LeaseRequest, Problem
from tests.unit.central.device import Device
from tests.waiting import wait_until

_NUMBERS = itertools.count(100)


class TestClock:
    """The machine's clock, moved by ``ahead``."""

    __test__ = False

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> Reading:
        return Reading(datetime.now(UTC) + self.ahead, 50)


class Service:
    """A running central and the ways a test reaches it."""

    def __init__(self, base_url: str, central: Central) -> None:
        self.base_url = base_url
        self.central = central
        self.client = httpx.Client(base_url=base_url, timeout=10)

    @property
    def now_utc(self) -> datetime:
        return self.central.clock.now().utc

    def code(self, name: str, kind: TerminalKind, *, zone_id: str = "", reader_id: str = "") -> str:
        grant = Grant(
            terminal_name=name, terminal_kind=kind.value, zone_id=zone_id, reader_id=reader_id
        )
        with self.central.database.unit_of_work("test") as connection:
            return make_code(connection, Purpose.ENROL, grant, now_utc=self.now_utc)

    def enrol(self, name: str = "T-014", kind: TerminalKind = TerminalKind.OFFICER) -> Device:
        device = Device()
        device.enrol(self.client, self.code(name, kind))
        return device

    def enrol_new(self, kind: TerminalKind = TerminalKind.OFFICER) -> Device:
        """Enrol a device that no other test uses."""
        return self.enrol(f"T-{next(_NUMBERS)}", kind)

    def new_code(self, kind: TerminalKind = TerminalKind.OFFICER) -> str:
        """Make an enrolment code for a device that no other test uses."""
        return self.code(f"T-{next(_NUMBERS)}", kind)

    def lease(self, device: Device, count: int = 1000) -> NumberLease:
        asked = LeaseRequest(lease_id=uuid7(self.now_utc), count=count)
        answer = self.client.post(
            "/v1/number-leases",
            content=msgspec.json.encode(asked),
            headers=device.headers(self.now_utc),
        )
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=NumberLease)

    def store(self, *values: Any) -> None:
        """Store reference data as the city's import does."""
        with self.central.database.unit_of_work("test") as connection:
            for value in values:
                record = BY_CLASS[type(value)]
                store_many(connection, record, [Row(value=value)], received_utc=self.now_utc)

    def store_right(self, right: ParkingSession) -> tuple[int, int]:
        """Store a right as a payment does."""
        with self.central.database.unit_of_work("test") as connection:
            return store_rights(connection, [right], now_utc=self.now_utc)

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        with self.central.database.reading() as connection:
            return list(connection.exec_driver_sql(statement, parameters))

    def one(self, statement: str, **parameters: Any) -> Any:
        return self.rows(statement, **parameters)[0][0]

    def feed(self, device: Device, cursor: str = "") -> FeedPage:
        answer = self.client.get(
            "/sync/v1/feed",
            params={"cursor": cursor, "level": SCHEMA_LEVEL},
            headers=device.headers(self.now_utc),
        )
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=FeedPage)

    def feed_until(self, device: Device, name: str, *, count: int = 1) -> list[FeedRow]:
        """Read the whole feed until it has some rows of a record; other tests share the horizon."""
        found: list[FeedRow] = []

        def complete() -> bool:
            found[:] = [row for row in self.whole_feed(device) if row.name == name]
            return len(found) >= count

        wait_until(complete, what=f"{count} {name} in the feed")
        return found

    def ages(self, device: Device) -> dict[str, datetime]:
        """Read the whole feed and return the ages it ends with."""
        page = self.feed(device)
        while page.more:
            page = self.feed(device, page.cursor)
        return page.as_of

    def whole_feed(self, device: Device) -> Iterator[FeedRow]:
        page = self.feed(device)
        yield from page.rows
        while page.more:
            page = self.feed(device, page.cursor)
            yield from page.rows


def problem(answer: httpx.Response) -> Problem:
    """Return the problem in an answer that must be one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return msgspec.json.decode(answer.content, type=Problem)


@contextmanager
def running(settings: Settings, clock: TestClock) -> Iterator[Service]:
    """Run central while the block lasts."""
    app = create_app(settings, clock=clock)
    uvicorn_server = server(app)
    thread = threading.Thread(target=uvicorn_server.run, name="central")
    thread.start()
    try:
        wait_until(lambda: uvicorn_server.started or not thread.is_alive(), what="central")
        port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
        service = Service(f"http://127.0.0.1:{port}", app.state.central)
        try:
            wait_until(lambda: service.central.wake.connected, what="the wake channel")
            yield service
        finally:
            service.client.close()
    finally:
        uvicorn_server.should_exit = True
        thread.join(timeout=15)
        assert not thread.is_alive()
