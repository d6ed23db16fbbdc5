"""Wake-ups: told at once, told again when a late row becomes visible, never too many channels."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import msgspec
import psycopg
import pytest

from central.feed.riding import Movement
from central.feed.scope import Scope
from central.feed.wake import LISTENER_NAME, MOST_BYTES, Listener, WakeHub, _event
from central.problems import RefusedError
from sync.places import Step, step
from sync.wire import SCHEMA_LEVEL, FeedPage, FeedRow, WakeNews
from tests.unit.central.device import Device
from tests.unit.central.samples import ZONE, right
from tests.unit.central.service import Service, problem
from tests.unit.central.test_scope import confine
from tests.waiting import wait_until

EVENT = "data: {}"


def nothing(since: int, _scopes: object, _levels: object) -> Movement:
    """Look into a feed in which nothing moves."""
    return Movement(low=since, above=False, told=[])


@contextmanager
def channel(service: Service, device: Device, level: int = 0) -> Iterator[Iterator[str]]:
    """Open a wake channel; yields its lines that are not empty."""
    with service.client.stream(
        "GET",
        "/sync/v1/wake",
        params={"level": level},
        headers=device.headers(),
        timeout=httpx.Timeout(10, read=10),
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
        hub = WakeHub("", nothing, most=1, heartbeat_s=0.01)
        events = hub.events(Listener())
        found = [await anext(events), await anext(events)]
        hub.close()
        return [*found, *[event async for event in events]]

    assert asyncio.run(listen()) == [b"data: {}\n\n", b": beat\n\n"]


def test_many_movements_are_one_event() -> None:
    async def listen() -> list[bytes]:
        hub = WakeHub("", nothing, most=1, heartbeat_s=0.01)
        events = hub.events(Listener())
        found = [await anext(events)]
        for _ in range(5):
            hub.wake_all()
        return [*found, await anext(events), await anext(events)]

    assert asyncio.run(listen()) == [b"data: {}\n\n", b"data: {}\n\n", b": beat\n\n"]


def test_above_the_cap_a_terminal_is_told_to_poll() -> None:
    async def listen() -> None:
        hub = WakeHub("", nothing, most=1)
        hub.check_room()
        await anext(hub.events(Listener()))
        with pytest.raises(RefusedError) as refused:
            hub.check_room()
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "30")

    asyncio.run(listen())


def test_the_hub_says_which_records_of_which_zones_moved(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[str]] = []
    monkeypatch.setattr(Listener, "hear", lambda _, told, _pages: heard.extend(told))
    with channel(service, service.enrol_new()) as lines:
        assert next(lines) == EVENT
        for zone_id in ("W1", "W2"):
            service.store(right(service.now_utc, "WAKE4", zone_id=zone_id))
        service.store(replace(ZONE, zone_id="WAKEZONE"))
        wanted = [["parking_session", "W1"], ["parking_session", "W2"], ["zone", ""]]
        wait_until(lambda: all(told in heard for told in wanted), what="the movements")


def news_of(line: str) -> WakeNews:
    return msgspec.json.decode(line.removeprefix("data:"), type=WakeNews)


def riding(service: Service, lines: Iterator[str], zone_id: str) -> tuple[str, FeedPage]:
    """Store rights of a zone until a page rides along; return where it begins, and the page.

    What was stored before the channels opened may still wake everybody without a page.
    """
    while True:
        plate = f"R{uuid.uuid4().hex[:6].upper()}"
        service.store(right(service.now_utc, plate, zone_id=zone_id))
        line = next(lines)
        news = news_of(line)
        if news.page is not None and plate in line:
            return news.after, news.page


def test_a_page_rides_along_and_misses_nothing(fresh_service: Service) -> None:
    service, device = fresh_service, fresh_service.enrol("T-1")
    other = service.enrol("T-2")
    confine(service, device, "Z1")
    confine(service, other, "Z2")
    with (
        channel(service, device, SCHEMA_LEVEL) as lines,
        channel(service, other, SCHEMA_LEVEL) as others,
    ):
        _, first = riding(service, lines, "Z1")
        riding(service, others, "Z2")
        # Nothing of Z1 moved meanwhile, so the next page for Z1 begins where the last one ended.
        after, second = riding(service, lines, "Z1")
        assert after == first.cursor
        assert step(after, after=after, until=second.cursor) is Step.NEXT
        asked = service.feed(device, after)
        assert asked.rows == second.rows
        assert len(asked.rows) == 1
        assert asked.zones == second.zones == ["Z1"]
        _, theirs = riding(service, others, "Z2")
        assert [len(theirs.rows), theirs.zones] == [1, ["Z2"]], "a right of Z1 woke Z2"


def test_a_page_that_is_too_long_is_asked_for(service: Service) -> None:
    with channel(service, service.enrol_new(), SCHEMA_LEVEL) as lines:
        assert next(lines) == EVENT
        service.store(*(right(service.now_utc, f"LONG{number}") for number in range(60)))
        assert next(lines) == EVENT


def test_a_large_page_is_asked_for() -> None:
    row = FeedRow("permit", msgspec.Raw(b'"' + b"x" * MOST_BYTES + b'"'))
    page = FeedPage(
        feed_epoch="life",
        cursor="life:9:0:all",
        rows=[row],
        more=False,
        as_of={},
        server_utc=datetime.now(UTC),
    )
    assert _event(page, since=3) == b""
    small = msgspec.structs.replace(page, rows=[])
    assert news_of(_event(small, since=3).decode()) == WakeNews(after="life:3:0:all", page=small)


def test_a_revoked_terminal_gets_no_more_rows_and_its_channel_ends(fresh_service: Service) -> None:
    service, device = fresh_service, fresh_service.enrol("T-1")
    with channel(service, device, SCHEMA_LEVEL) as lines:
        assert next(lines) == EVENT
        service.store(replace(device.terminal, revoked=True))
        service.store(right(service.now_utc, "SECRET"))
        assert "SECRET" not in "".join(lines)


def test_who_falls_behind_is_told_to_ask() -> None:
    async def hear() -> tuple[bytes, bytes]:
        scope = Scope(names=("permit",))
        listener = Listener(scope, terminal_id=uuid.uuid4())
        events = []
        for wakes in (3, 9):
            for number in range(wakes):
                listener.hear([["permit", ""]], {scope: b"%d " % number})
            events.append(await listener.wait(1))
        return events[0], events[1]

    assert asyncio.run(hear()) == (b"0 1 2 ", b"data: {}\n\n")


def caught_up(service: Service, device: Device) -> str:
    """Return a cursor behind everything that was stored."""
    service.store(replace(ZONE, zone_id="WAKEMARK", name=f"{uuid.uuid4()}"))
    cursors = [""]

    def seen() -> bool:
        page = service.feed(device, cursors[-1])
        cursors.append(page.cursor)
        return not page.more and not page.rows

    wait_until(seen, what="the end of the feed")
    return cursors[-1]


def held_back(service: Service, device: Device, cursor: str, wait_s: int) -> FeedPage:
    answer = service.client.get(
        "/sync/v1/feed",
        params={"cursor": cursor, "level": SCHEMA_LEVEL, "wait_s": wait_s},
        headers=device.headers(),
        timeout=60,
    )
    assert answer.status_code == 200
    return msgspec.json.decode(answer.content, type=FeedPage)


def test_a_held_back_page_comes_when_something_moves(service: Service) -> None:
    device = service.enrol_new()
    cursor = caught_up(service, device)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(held_back, service, device, cursor, 50)
        wait_until(lambda: service.central.wake.open_channels >= 1, what="the wait")
        service.store(right(service.now_utc, "WAKE6"))
        assert b"WAKE6" in b"".join(bytes(row.data) for row in waiting.result().rows)


def test_a_held_back_page_is_empty_when_nothing_moved_in_time(service: Service) -> None:
    device = service.enrol_new()
    cursor = caught_up(service, device)
    before = transactions(service)
    assert held_back(service, device, cursor, 1).rows == []
    assert transactions(service) - before == 2, "one look, one more once it listens, none after"


def transactions(service: Service) -> float:
    """Return how many transactions central made for terminals."""
    found = re.search(
        r'^database_transactions_total{actor="terminal"} (\S+)$',
        service.client.get("/metrics").text,
        re.MULTILINE,
    )
    assert found
    return float(found[1])


def test_a_page_with_rows_is_not_held_back(service: Service) -> None:
    service.store(right(service.now_utc, "WAKE7"))
    device = service.enrol_new()
    assert held_back(service, device, "", 50).rows


def test_a_listener_hears_everything_once_zones_or_terminals_changed() -> None:
    async def hear(*told: list[str]) -> list[bool]:
        listener = Listener(Scope(names=("permit",), zones=("1",)))
        heard = []
        for one in told:
            listener.hear([one], {})
            heard.append(listener.moved.is_set())
            listener.moved.clear()
        return heard

    moved = asyncio.run(hear(["permit", "2"], ["photo", ""], ["permit", "1"], ["permit", ""]))
    assert moved == [False, False, True, True]
    assert asyncio.run(hear(["zone", ""], ["permit", "2"])) == [True, True]
