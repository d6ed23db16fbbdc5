"""The wake channel over real HTTP: events, pages that ride along, streams that do not pass."""

import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest

from parking.errors import UnavailableError, UserError
from sync.gateway import HTTPGateway
from sync.gateway.waking import WakePace, _shut
from sync.wire import SCHEMA_LEVEL, FeedLeave, FeedPage, WakeNews
from tests.fakes.clock import NOON, StillClock
from tests.unit.sync.answering import Reply, Request, Server, json_reply, problem
from tests.unit.sync.test_gateway import PORTAL, claims_of, feed_page, made_gateway
from tests.waiting import wait_until


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def gateway(server: Server, clock: StillClock) -> Iterator[HTTPGateway]:
    yield from made_gateway(server, clock)


class Channel:
    """A wake channel held open by a thread, and what came of it."""

    def __init__(self, gateway: HTTPGateway) -> None:
        self.moved = 0
        self.error: Exception | None = None
        self._gateway = gateway
        self._thread = threading.Thread(target=self._hold, name="channel")
        self._thread.start()

    def _hold(self) -> None:
        try:
            self._gateway.wake(self._count)
        except (UserError, UnavailableError) as error:
            self.error = error

    def _count(self) -> None:
        self.moved += 1

    def ended(self) -> Exception | None:
        """Wait for the end; return why."""
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.error


EVENTS = Reply(b"data: {}\n\n: beat\n\ndata: {}\n\n", media_type="text/event-stream")


def test_each_event_wakes_and_a_beat_does_not(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: EVENTS
    channel = Channel(gateway)
    assert channel.ended() is None
    assert channel.moved == 2
    assert server.requests[0].headers["Accept"] == "text/event-stream"
    claims_of(server.requests[0])


def test_a_page_that_rides_along_is_not_asked_for(server: Server, gateway: HTTPGateway) -> None:
    here, there = "life-1:3:0:all", "life-1:9:0:all"
    page = msgspec.structs.replace(feed_page(), cursor=there)
    told = msgspec.json.encode(WakeNews(after=here, page=page)).decode()
    odd = '{"page": "of a newer central"}'
    events = [f"data: {told}\n\n", f"data: {told}\n\ndata: {odd}\n\n"]

    def answer(request: Request) -> Reply:
        if "wake" not in request.path:
            return json_reply(feed_page())
        return Reply(events.pop(0).encode(), media_type="text/event-stream")

    server.answer = answer
    gateway.feed("")
    assert Channel(gateway).ended() is None
    assert server.requests[-1].path == f"/sync/v1/wake?level={SCHEMA_LEVEL}"
    assert gateway.came_along(here) == [page]
    assert gateway.came_along(there) == []
    assert Channel(gateway).ended() is None
    assert gateway.came_along(here) is None
    gateway.feed(here)
    assert gateway.came_along(here) == []


def test_a_silent_channel_is_dead(server: Server, clock: StillClock) -> None:
    server.answer = lambda _: Reply(EVENTS.body, media_type="text/event-stream", drip_s=5)
    gateway = HTTPGateway(server.url, clock, wake_pace=WakePace(silence_s=0.1))
    error = Channel(gateway).ended()
    server.hang_up.set()
    gateway.close()
    assert isinstance(error, UnavailableError)
    assert error.key == "network.timeout"


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (PORTAL, "network.not_central"),
        (problem(503, "wake.full"), "central.busy"),
        (problem(403, "terminal.revoked"), "terminal.revoked"),
        (Reply(EVENTS.body, media_type="text/event-stream", cut_after=9), "central.cut"),
    ],
)
def test_a_bad_channel_says_why(
    server: Server, gateway: HTTPGateway, reply: Reply, key: str
) -> None:
    server.answer = lambda _: reply
    error = Channel(gateway).ended()
    assert getattr(error, "key", "") == key


EMPTY = FeedPage(
    feed_epoch="life-1", cursor="life-1:7", rows=[], more=False, as_of={}, server_utc=NOON
)
FULL = msgspec.structs.replace(EMPTY, left=[FeedLeave("permit", "7")])


def test_where_streams_do_not_pass_pages_are_held_back_and_streams_tried_again(
    server: Server, clock: StillClock
) -> None:
    pages = [EMPTY, EMPTY, FULL]
    streams = [Reply(EVENTS.body, media_type="text/event-stream"), PORTAL, EVENTS]

    def answer(request: Request) -> Reply:
        if request.path.startswith("/sync/v1/wake"):
            return streams.pop(0)
        return json_reply(pages.pop(0))

    server.answer = answer
    gateway = HTTPGateway(
        server.url, clock, wake_pace=WakePace(short_s=5.0, again_s=3600.0, hold_s=7)
    )
    assert Channel(gateway).ended() is None
    assert Channel(gateway).ended() is not None
    held = Channel(gateway)
    assert held.ended() is None
    assert (held.moved, pages, len(streams)) == (1, [], 1)
    assert "wait_s=7" in server.requests[-1].path
    gateway._waking._stream_at = 0.0
    again = Channel(gateway)
    assert again.ended() is None
    assert again.moved == 2
    gateway.close()


def test_a_network_that_is_down_says_nothing_about_streams(clock: StillClock) -> None:
    gateway = HTTPGateway("http://127.0.0.1:1", clock)
    for _ in range(4):
        assert getattr(Channel(gateway).ended(), "key", "") == "network.down"
    assert gateway._waking._stream_at == 0.0
    gateway.close()


def held_open(_request: Request) -> Reply:
    """Answer with a channel that drips on for long."""
    beats = b"data: {}\n\n" + b": beat\n\n" * 1000
    return Reply(beats, media_type="text/event-stream", drip_s=0.005)


def test_a_channel_ends_when_told(server: Server, gateway: HTTPGateway) -> None:
    server.answer = held_open
    channel = Channel(gateway)
    wait_until(lambda: channel.moved == 1)
    gateway.stop_waking()
    gateway.stop_waking()
    assert channel.ended() is not None


def test_a_channel_ends_when_told_though_central_has_not_answered_yet(
    server: Server, gateway: HTTPGateway
) -> None:
    def silent(_request: Request) -> Reply:
        server.hang_up.wait(60)
        return Reply()

    server.answer = silent
    channel = Channel(gateway)
    wait_until(lambda: server.requests)
    gateway.stop_waking()
    assert channel.ended() is not None


def test_a_channel_that_opens_after_the_end_was_told_ends_too(
    server: Server, gateway: HTTPGateway
) -> None:
    server.answer = held_open
    gateway.stop_waking()
    assert Channel(gateway).ended() is not None


def test_a_closed_socket_is_no_reason_to_fail() -> None:
    one, other = socket.socketpair()
    one.close()
    other.close()
    _shut(one)
