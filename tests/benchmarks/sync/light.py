"""Devices that keep nothing but their place in the feed: many on one thread, speaking the protocol.

Each holds its wake channel, takes the pages that ride along by the terminal's own rules
(``RidingPages``), and asks central for all others. HTTP/1.1 by hand: 200 of the terminal's own
clients would be measured more than central.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from urllib.parse import quote, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.adapters.system_clock import SystemClock
from sync.gateway import Device
from sync.gateway.riding import RidingPages
from sync.gateway.token import DeviceToken
from sync.wire import SCHEMA_LEVEL, FeedPage, WakeNews, unpack
from tests.benchmarks.sync.fleet import DeviceOrder
from tests.benchmarks.sync.waiting_ops import paid_number

_AGAIN_S = 0.5
"""Until a channel that ended is opened again."""
_AT_ONCE = 4
"""Devices of one process that read the city for the first time at the same time."""


class _Rights(msgspec.Struct):
    plate: str


class LightDevice:
    """One device.

    Attributes:
        seen_ns: When each right came, by its number.
        asked: How often central had to be asked after the first time.
    """

    def __init__(self, order: DeviceOrder, url: str) -> None:
        key = Ed25519PrivateKey.from_private_bytes(order.key)
        device = Device(terminal_id=order.terminal.terminal_id, sign=key.sign)
        self._token = DeviceToken(device, SystemClock())
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._riding = RidingPages()
        self._ended = asyncio.Event()
        self._cursor = ""
        self.seen_ns: dict[int, int] = {}
        self.asked = 0

    async def listen(self, beginning: asyncio.Semaphore, ready: asyncio.Event) -> None:
        """Read what there is, then follow until cancelled."""
        async with beginning:
            await self._pull()
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._follow(ready)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _AGAIN_S)

    async def _follow(self, ready: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            path = f"/sync/v1/wake?level={SCHEMA_LEVEL}"
            await self._ask(reader, writer, path, "text/event-stream")
            async for event in _events(reader):
                self._riding.keep(msgspec.json.decode(event, type=WakeNews))
                await self._pull()
                ready.set()
        finally:
            writer.close()

    async def _pull(self) -> None:
        pages = self._riding.take(self._cursor)
        for page in pages or ():
            self._bring_in(page)
        more = pages is None
        while more:
            more = self._bring_in(await self._fetch())

    def _bring_in(self, page: FeedPage) -> bool:
        self._cursor = page.cursor
        now_ns = time.monotonic_ns()
        for row in page.rows:
            if row.name == "parking_session":
                plate = msgspec.json.decode(row.data, type=_Rights).plate
                self.seen_ns.setdefault(paid_number(plate), now_ns)
        return page.more

    async def _fetch(self) -> FeedPage:
        self._riding.asking()
        self.asked += 1
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            path = f"/sync/v1/feed?cursor={quote(self._cursor)}&level={SCHEMA_LEVEL}"
            length = await self._ask(reader, writer, path, "application/json")
            return msgspec.json.decode(unpack(await reader.readexactly(length)), type=FeedPage)
        finally:
            writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        path: str,
        media_type: str,
    ) -> int:
        """Send a request and read the head of its answer; return how long its body is."""
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: {media_type}\r\n"
            f"Accept-Encoding: zstd\r\nAuthorization: Bearer {self._token.current()}\r\n\r\n"
        )
        writer.write(head.encode())
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        if " 200 " not in f"{lines[0]} ":
            raise ConnectionError(lines[0])
        told = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(told.get("content-length", 0))


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the data of each event of a chunked answer; beats are none."""
    waiting = b""
    while size := int(await reader.readline(), 16):
        waiting += (await reader.readexactly(size + 2))[:-2]
        *events, waiting = waiting.split(b"\n\n")
        for event in events:
            if event.startswith(b"data:"):
                yield event.removeprefix(b"data:")


class LightDevices:
    """A thread that plays some of them until told to stop."""

    def __init__(self, orders: Sequence[DeviceOrder], url: str, *, limit_s: float) -> None:
        """Start; returns when all are caught up and listen.

        Args:
            orders: Who they are.
            url: Of central.
            limit_s: For starting.

        Raises:
            TimeoutError: They did not start in time.
        """
        self.playing = [LightDevice(order, url) for order in orders]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="light")
        self._thread.start()
        self._tasks: list[asyncio.Task[None]] = []
        starting = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        starting.result(limit_s)
        for one in self.playing:
            one.asked = 0

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        beginning = asyncio.Semaphore(_AT_ONCE)
        ready = [asyncio.Event() for _ in self.playing]
        self._tasks = [
            asyncio.create_task(one.listen(beginning, event))
            for one, event in zip(self.playing, ready, strict=True)
        ]
        for event in ready:
            await event.wait()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
