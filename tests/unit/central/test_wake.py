"""Wake-ups: told at once, told again when a late row becomes visible, never too many channels."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from central.feed.wake import LISTENER_NAME, WakeHub
from central.problems import RefusedError
from tests.unit.central.device import Device
from tests.unit.central.samples import right
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until

EVENT = "data: {}"


@contextmanager
def channel(service: Service, device: Device) -> Iterator[Iterator[str]]:
    """Open a wake channel; yields its lines that are not empty."""
    timeout = httpx.Timeout(10, read=10)
    with service.client.stream(
        "GET", "/sync/v1/wake", headers=device.headers(), timeout=timeout
    ) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield (line for line in answer.iter_lines() if line)


def test_a_channel_tells_once_at_the_start_and_then_of_every_change(service: Service) -> None:
    with channel(service, service.enrol_new()) as lines:
        assert next(lines) == EVENT
        service.store(right(service.now_utc, "WAKE1"))
        assert next(lines) == EVENT


def test_a_row_above_the_horizon_wakes_again_when_it_is_below(fresh_service: Service) -> None:
    device = fresh_service.enrol()
    url = fresh_service.central.settings.database_url
    with psycopg.connect(url) as older, channel(fresh_service, device) as lines:
        assert next(lines) == EVENT
        older.execute("select pg_current_xact_id()")
        cursor = fresh_service.feed(device).cursor
        fresh_service.store(right(fresh_service.now_utc, "WAKE2"))
        older.rollback()
        while not fresh_service.feed(device, cursor).rows:
            assert next(lines) == EVENT


def test_a_closed_channel_is_forgotten(service: Service) -> None:
    with channel(service, service.enrol_new()) as lines:
        assert next(lines) == EVENT
        assert service.central.wake.open_channels >= 1
    wait_until(lambda: service.central.wake.open_channels == 0, what="the channel to close")


def test_the_hub_connects_again_and_then_wakes_everybody(fresh_service: Service) -> None:
    service = fresh_service
    with channel(service, service.enrol()) as lines:
        assert next(lines) == EVENT
        with psycopg.connect(service.central.settings.database_url, autocommit=True) as connection:
            ended = connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name = %s",
                (LISTENER_NAME,),
            ).fetchall()
            assert ended == [(True,)]
        assert next(lines) == EVENT
        service.store(right(service.now_utc, "WAKE3"))
        assert next(lines) == EVENT


def test_nobody_listens_without_a_token(service: Service) -> None:
    answer = service.client.get("/sync/v1/wake")
    assert (answer.status_code, problem(answer).key) == (401, "token.missing")


def test_a_quiet_channel_beats_and_closing_the_hub_ends_it() -> None:
    async def listen() -> list[bytes]:
        hub = WakeHub("", most=1, heartbeat_s=0.01)
        events = hub.events()
        found = [await anext(events), await anext(events)]
        hub.close()
        return [*found, *[event async for event in events]]

    assert asyncio.run(listen()) == [b"data: {}\n\n", b": beat\n\n"]


def test_many_movements_are_one_event() -> None:
    async def listen() -> list[bytes]:
        hub = WakeHub("", most=1, heartbeat_s=0.01)
        events = hub.events()
        found = [await anext(events)]
        for _ in range(5):
            hub.wake_all()
        return [*found, await anext(events), await anext(events)]

    assert asyncio.run(listen()) == [b"data: {}\n\n", b"data: {}\n\n", b": beat\n\n"]


def test_above_the_cap_a_terminal_is_told_to_poll() -> None:
    async def listen() -> None:
        hub = WakeHub("", most=1)
        hub.check_room()
        await anext(hub.events())
        with pytest.raises(RefusedError) as refused:
            hub.check_room()
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "30")

    asyncio.run(listen())
