"""A terminal starts, and starts over, against the real central: files, digests, scopes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from central.feed import epoch
from central.feed.digests import Digests
from central.feed.epoch import feed_epoch
from central.feed.read import PAGE_ROWS
from central.feed.scope import scope_of
from central.store import MOST_AT_ONCE, Row, load_many, store_many, value_of
from local_db.store import LocalStore
from parking.ids import uuid7
from parking.right import Permit
from parking.terminal import Terminal as Enrolled
from parking.zone import Zone
from sync import starting
from sync.engine import SyncEngine
from sync.gateway import HTTPGateway
from sync.records import BY_CLASS
from sync.starting import Starting
from tests.contract.central.sides import RealSide, Terminal, closing
from tests.unit.central.samples import ZONE, right
from tests.unit.central.service import Service
from tests.waiting import wait_until


class Counting:
    """Passes the routes of starting on and counts what was asked."""

    def __init__(self, gateway: HTTPGateway) -> None:
        self._inner = gateway.starting
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        self.calls.append(name)
        found: Callable[..., object] = getattr(self._inner, name)
        return found


@pytest.fixture
def side(fresh_service: Service) -> Iterator[RealSide]:
    made = RealSide(fresh_service)
    yield made
    made.close()


@pytest.fixture
def terminal(side: RealSide, tmp_path: Path) -> Iterator[Terminal]:
    with closing(side.terminal(tmp_path / "device")) as found:
        yield found


@pytest.fixture
def calls(terminal: Terminal) -> Counting:
    assert isinstance(terminal.gateway, HTTPGateway)
    return Counting(terminal.gateway)


@pytest.fixture
def engine(
    side: RealSide, terminal: Terminal, calls: Counting, monkeypatch: pytest.MonkeyPatch
) -> SyncEngine:
    monkeypatch.setattr("sync.pull.LARGE_ROWS", 300)
    return SyncEngine(
        terminal.store.outbox,
        terminal.gateway,
        side.service.central.clock,
        terminal_id=terminal.terminal_id,
        sign=terminal.sign,
        starting=Starting(terminal.store.starting, calls),  # type: ignore[arg-type]  # by __getattr__
    )


def permits(service: Service, count: int, zone_id: str = "Z12") -> list[Permit]:
    now = service.now_utc
    made = [
        Permit(
            permit_id=uuid7(now),
            plate=f"P{number:05d}",
            plate_state="CT",
            zone_id=zone_id,
            kind="resident",
            start_utc=now - timedelta(days=1),
            end_utc=now + timedelta(days=300),
        )
        for number in range(count)
    ]
    for start in range(0, count, MOST_AT_ONCE):
        rows = [Row(value=value) for value in made[start : start + MOST_AT_ONCE]]
        with service.central.database.unit_of_work("test") as connection:
            store_many(connection, BY_CLASS[Permit], rows, received_utc=now)
    return made


def caught_up(service: Service, engine: SyncEngine, store: LocalStore) -> None:
    """Run rounds until the terminal holds what was stored last."""
    marker = right(service.now_utc, "MARKER")
    service.store(marker)

    def there() -> bool:
        report = engine.run_once()
        assert report.error is None
        found = {found.parking_session_id for found in store.candidates("MARKER").rights}
        return marker.parking_session_id in found

    wait_until(there, what="the marker")


def same_as_central(service: Service, store: LocalStore) -> bool:
    """Compare every record of the terminal with central, by the digests of both."""
    request = store.starting.digests()
    identity = store.identity()
    assert identity is not None
    with service.central.database.unit_of_work("test") as connection:
        key = str(identity.terminal.terminal_id)
        record = BY_CLASS[Enrolled]
        enrolled = value_of(record, load_many(connection, record, [key])[key])
        scope = scope_of(connection, enrolled)
        answer = Digests().compare(connection, request, scope, epoch=feed_epoch(connection))
    return set(answer.same) == set(scope.names)


def test_a_new_terminal_starts_from_one_file(
    side: RealSide, terminal: Terminal, engine: SyncEngine, calls: Counting
) -> None:
    made = permits(side.service, 1000)
    caught_up(side.service, engine, terminal.store)
    assert calls.calls == ["snapshot", "snapshot_part"]
    kept = replace(made[3], revision=1)
    assert terminal.store.candidates(made[3].plate).permits == (kept,)
    assert same_as_central(side.service, terminal.store)


def test_a_small_city_is_read_by_pages(
    side: RealSide, terminal: Terminal, engine: SyncEngine, calls: Counting
) -> None:
    permits(side.service, 150)
    caught_up(side.service, engine, terminal.store)
    assert calls.calls == []
    assert same_as_central(side.service, terminal.store)


def test_where_no_file_can_be_had_pages_bring_everything(
    side: RealSide,
    terminal: Terminal,
    engine: SyncEngine,
    calls: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(side.service.central.snapshots, "_folder", Path("/proc/none"))
    permits(side.service, 900)
    caught_up(side.service, engine, terminal.store)
    assert calls.calls == ["snapshot"]
    assert same_as_central(side.service, terminal.store)


def test_after_a_restore_only_what_differs_comes_again(
    side: RealSide,
    terminal: Terminal,
    engine: SyncEngine,
    calls: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    permits(side.service, 200)
    caught_up(side.service, engine, terminal.store)
    _move_epoch(side.service, monkeypatch)
    with terminal.store._reference.writing() as connection:
        connection.exec_driver_sql("update zone set name = 'Lost', revision = 7")
        connection.commit()
    report = engine.run_once()
    assert report.error is None
    assert calls.calls == ["digests"]
    assert report.rows < 100
    assert [zone.name for zone in terminal.store.zones()] == [ZONE.name]
    assert same_as_central(side.service, terminal.store)


def _move_epoch(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database be another one than before, as after a restore."""
    monkeypatch.setattr(epoch, "_HERE", "select 'restored-2' from pg_control_system()")
    epoch.prepare_epoch(service.central.database, service.now_utc)


def test_what_one_revision_held_in_two_lives_ends_as_at_central(
    side: RealSide, terminal: Terminal, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught_up(side.service, engine, terminal.store)
    _move_epoch(side.service, monkeypatch)
    side.service.store(replace(ZONE, name="After the restore"))
    with terminal.store._reference.writing() as connection:
        connection.exec_driver_sql("update zone set name = 'Before it', revision = 2")
        connection.commit()

    def told() -> bool:
        assert engine.run_once().error is None
        return [zone.name for zone in terminal.store.zones()] == ["After the restore"]

    wait_until(told, what="the zone of this life")


def test_a_large_gain_of_scope_comes_as_a_file_and_a_loss_goes(
    side: RealSide, terminal: Terminal, engine: SyncEngine, calls: Counting
) -> None:
    service = side.service
    service.store(
        Zone(zone_id="Z13", name="Other", time_zone="America/New_York", tariff_id="street")
    )
    permits(service, 50)
    others = permits(service, 900, "Z13")
    _confine(service, terminal, "Z12")
    caught_up(service, engine, terminal.store)
    assert terminal.store.candidates(others[60].plate).permits == ()
    assert calls.calls == []
    _confine(service, terminal)
    caught_up(service, engine, terminal.store)
    assert calls.calls[0] == "snapshot"
    assert len(terminal.store.candidates(others[60].plate).permits) == 1
    _confine(service, terminal, "Z12")
    caught_up(service, engine, terminal.store)
    assert terminal.store.candidates(others[60].plate).permits == ()
    assert same_as_central(service, terminal.store)


def _confine(service: Service, terminal: Terminal, *zone_ids: str) -> None:
    record = BY_CLASS[Enrolled]
    key = str(terminal.terminal_id)
    with service.central.database.unit_of_work("test") as connection:
        found = value_of(record, load_many(connection, record, [key])[key])
        row = Row(value=replace(found, zone_ids=zone_ids))
        store_many(connection, record, [row], received_utc=service.now_utc)


def test_the_size_from_which_a_file_is_asked_for_is_a_page_or_more() -> None:
    assert starting.LARGE_ROWS > PAGE_ROWS
