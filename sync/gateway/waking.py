"""The wake channel of a terminal: server-sent events, or held-back pages where those do not pass.

Some proxies refuse or cut a stream that never ends. After two such cuts in a row the channel asks
for the feed's next page and lets central hold it back; now and then it tries the stream again. The
timer of the sync loop works without either. One thread; ``stop`` from any other.
"""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
import msgspec

from parking.errors import ParkingError
from sync.failures import cut_short, no_network, not_central, too_slow
from sync.gateway.exchange import Exchange, Told, decoded, raise_refusal
from sync.gateway.riding import RidingPages
from sync.wire import SCHEMA_LEVEL, FeedPage, WakeNews

_EVENT_STREAM, _JSON = "text/event-stream", "application/json"
_DATA = "data:"
_CONNECTED = {"connection.connect_tcp.complete", "connection.start_tls.complete"}
_JITTER = random.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class WakePace:
    """Times of the wake channel, in seconds.

    Attributes:
        silence_s: Silence after which a stream counts as dead; central beats every 15 s.
        short_s: A stream that ends sooner was cut, or never let through.
        hold_s: How long central may hold a page back, 1..55.
        again_s: Until the stream is tried again after it did not pass; jittered by a third.
    """

    silence_s: float = 45.0
    short_s: float = 20.0
    hold_s: int = 25
    again_s: float = 600.0


class WakeChannel:
    """Hears of movements for one terminal."""

    def __init__(
        self,
        exchange: Exchange,
        cursor: Callable[[], str],
        riding: RidingPages,
        pace: WakePace,
    ) -> None:
        """Open nothing yet.

        Args:
            exchange: The connections of a gateway.
            cursor: Gives the feed's newest cursor, empty when there is none.
            riding: Keeps the pages that come along.
            pace: How long to wait for what.
        """
        self._exchange = exchange
        self._riding = riding
        self._cursor = cursor
        self._pace = pace
        self._turn = threading.Lock()
        self._open: socket.socket | None = None
        self._stopped = False
        self._cuts = 0
        self._stream_at = 0.0

    def listen(self, moved: Callable[[], None]) -> None:
        """Call ``moved`` at each movement until the channel ends; call again to go on.

        Raises:
            UserError: Central refused.
            UnavailableError: See ``sync.failures``; a silent channel is ``network.timeout``.
        """
        if time.monotonic() < self._stream_at:
            self._hold_pages(moved)
            return
        started, heard = time.monotonic(), threading.Event()

        def hear() -> None:
            heard.set()
            moved()

        try:
            self._stream(hear)
        except ParkingError as error:
            if getattr(error, "key", "") != "network.down":
                self._count(started, heard=heard.is_set())
            raise
        self._count(started, heard=heard.is_set())

    def stop(self) -> None:
        """End ``listen`` from another thread, now and for good."""
        with self._turn:
            self._stopped = True
            if self._open is not None:
                _shut(self._open)

    def _count(self, started: float, *, heard: bool) -> None:
        """Draw the lesson of a stream that ended: does it pass here at all?"""
        passed = heard and time.monotonic() - started >= self._pace.short_s
        self._cuts = 0 if passed else self._cuts + 1
        if self._cuts > 1:
            again_s = _JITTER.uniform(self._pace.again_s * 2 / 3, self._pace.again_s * 4 / 3)
            self._stream_at = time.monotonic() + again_s
            # One cut sends it back at once: it was tried only to see.
            self._cuts = 1

    def _stream(self, moved: Callable[[], None]) -> None:
        query: dict[str, str | int] = {"level": SCHEMA_LEVEL}
        silence_s = self._pace.silence_s
        with self._response("/sync/v1/wake", query, _EVENT_STREAM, silence_s) as response:
            for line in response.iter_lines():
                if line.startswith(_DATA):
                    self._riding.keep(_news(line.removeprefix(_DATA)))
                    moved()

    def _hold_pages(self, moved: Callable[[], None]) -> None:
        while time.monotonic() < self._stream_at and not self._stopped:
            query: dict[str, str | int] = {
                "cursor": self._cursor(),
                "level": SCHEMA_LEVEL,
                "wait_s": self._pace.hold_s,
            }
            limit_s = self._pace.hold_s + self._exchange.deadline_s
            with self._response("/sync/v1/feed", query, _JSON, limit_s) as response:
                body = response.read()
            told = Told(status=200, headers=response.headers, body=body, took_s=0.0)
            page = cast("FeedPage", decoded(told, FeedPage))
            if page.rows or page.left or page.more:
                self._riding.keep(WakeNews())
                moved()
                return

    @contextmanager
    def _response(
        self, path: str, query: dict[str, str | int], media_type: str, silence_s: float
    ) -> Iterator[httpx.Response]:
        headers = self._exchange.headers({"Accept": media_type, "Accept-Encoding": "identity"})
        timeout = httpx.Timeout(self._exchange.deadline_s, read=silence_s)
        try:
            with self._exchange.listening.stream(
                "GET",
                path,
                params=query or None,
                headers=headers,
                timeout=timeout,
                extensions={"trace": self._watch},
            ) as response:
                self._check(response, media_type)
                yield response
        except httpx.TimeoutException as error:
            raise too_slow() from error
        except httpx.RemoteProtocolError as error:
            raise cut_short() from error
        except httpx.HTTPError as error:
            raise no_network() from error
        finally:
            self._open = None

    def _check(self, response: httpx.Response, media_type: str) -> None:
        if not response.is_success:
            body = response.read()
            raise_refusal(
                Told(status=response.status_code, headers=response.headers, body=body, took_s=0.0)
            )
        if not response.headers.get("content-type", "").startswith(media_type):
            raise not_central()

    def _watch(self, event: str, told: Mapping[str, Any]) -> None:
        """Keep the socket of a new connection: central may be silent long before it answers."""
        if event in _CONNECTED:
            with self._turn:
                self._open = cast("socket.socket", told["return_value"].get_extra_info("socket"))
                if self._stopped:
                    _shut(self._open)


def _news(text: str) -> WakeNews:
    try:
        return msgspec.json.decode(text, type=WakeNews)
    except msgspec.DecodeError:
        # Whatever a newer central says, asking it is never wrong.
        return WakeNews()


def _shut(channel: socket.socket) -> None:
    try:
        channel.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The other side was faster.
        return
