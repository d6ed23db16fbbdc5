"""A network between terminals and central that breaks exchanges as it is told to.

One thread with an asyncio loop. It knows where a request and its body end (RFC 9112), no more; each
request gets a connection of its own to central, and the fault that ``choose`` names.
"""

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

_MOST_HEAD = 64 * 1024
_TRICKLE_S = 0.05
_PAGE = b"<h1>Hotel Wi-Fi</h1>"
_PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_PAGE),
    _PAGE,
)


class Fault(StrEnum):
    """What becomes of one exchange."""

    NONE = "none"
    RESET = "reset"
    """The connection is refused as a dead process refuses it."""
    CUT_REQUEST = "cut request"
    LOSE_ANSWER = "lose answer"
    CUT_ANSWER = "cut answer"
    REPEAT = "repeat"
    """Central gets the request twice; the second answer comes through."""
    LATE = "late"
    """The caller hears nothing; central gets the request after the caller's next one."""
    TRICKLE = "trickle"
    """The answer comes byte by byte, slower than any deadline."""
    PORTAL = "portal"
    """Somebody else's sign-in page."""
    HALF_OPEN = "half open"
    """Accepted, and then silence."""


@dataclass(frozen=True, slots=True)
class _Request:
    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        """Return method and path."""
        method, path, _ = self.head.split(b"\r\n", 1)[0].decode().split(" ")
        return f"{method} {path.partition('?')[0]}"

    @property
    def raw(self) -> bytes:
        return self.head + self.body


class Proxy:
    """Stands between callers and one port of this machine; started by ``with``.

    Attributes:
        port: Where callers connect.
        upstream: Port of central.
        choose: Names the fault of a request, by its method and path. Loop's thread.
        done: How often each fault was done.
    """

    def __init__(self, upstream: int, choose: Callable[[str], Fault]) -> None:
        """Prepare.

        Args:
            upstream: Port of central.
            choose: See above; may be replaced at any time.
        """
        self.port = 0
        self.choose = choose
        self.done: Counter[Fault] = Counter()
        self.upstream = upstream
        self._late: list[_Request] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="proxy")

    def __enter__(self) -> "Proxy":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._callers: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_MOST_HEAD)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        for task in self._callers:
            task.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        try:
            while await self._serve(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The caller or central hung up, or the proxy ends.
            pass
        finally:
            self._callers.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Pass one exchange; tell whether the connection is still good."""
        request = await _read_message(reader)
        fault = self.choose(request.line)
        self.done[fault] += 1
        late, self._late = self._late, []
        try:
            return await self._exchange(fault, request, writer)
        finally:
            for held_back in late:
                await self._ask(held_back.raw)

    async def _exchange(
        self, fault: Fault, request: _Request, writer: asyncio.StreamWriter
    ) -> bool:
        match fault:
            case Fault.RESET:
                _reset(writer)
            case Fault.PORTAL:
                writer.write(_PORTAL)
                await writer.drain()
            case Fault.HALF_OPEN:
                await self._ended.wait()
            case Fault.LATE:
                self._late.append(request)
            case Fault.CUT_REQUEST:
                await self._ask(request.raw[: len(request.head) + len(request.body) // 2])
            case Fault.NONE:
                return await self._pass(request, writer)
            case _:
                await self._break_answer(fault, request, writer)
        return False

    async def _break_answer(
        self, fault: Fault, request: _Request, writer: asyncio.StreamWriter
    ) -> None:
        answer = await self._ask(request.raw)
        if fault is Fault.REPEAT:
            writer.write(await self._ask(request.raw))
        elif fault is Fault.CUT_ANSWER:
            writer.write(answer[: max(1, len(answer) * 2 // 3)])
        elif fault is Fault.TRICKLE:
            for place in range(len(answer)):
                writer.write(answer[place : place + 1])
                await writer.drain()
                if await _over(self._ended, _TRICKLE_S):
                    return
        await writer.drain()

    async def _pass(self, request: _Request, writer: asyncio.StreamWriter) -> bool:
        """Hand the answer on as it comes: the wake channel has no end."""
        reader, to_central = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            to_central.write(_closing(request).raw)
            while part := await reader.read(65_536):
                writer.write(part)
                await writer.drain()
        finally:
            to_central.close()
        return False

    async def _ask(self, raw: bytes) -> bytes:
        """Give bytes to central and return all it answers until it or we hang up."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            return b""
        try:
            head, end, body = raw.partition(b"\r\n\r\n")
            writer.write(_closing(_Request(head + end, body)).raw)
            writer.write_eof()
            return await asyncio.wait_for(reader.read(), timeout=5)
        except (OSError, TimeoutError):
            return b""
        finally:
            writer.close()


async def _read_message(reader: asyncio.StreamReader) -> _Request:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return _Request(head, await reader.readexactly(length))


def _closing(request: _Request) -> _Request:
    """Return the request with the wish that central hangs up after its answer."""
    lines = [line for line in request.head.split(b"\r\n") if not _says_connection(line)]
    lines.insert(1, b"Connection: close")
    return _Request(b"\r\n".join(lines), request.body)


def _says_connection(line: bytes) -> bool:
    return line.lower().startswith(b"connection:")


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up with RST instead of FIN."""
    opened: socket.socket = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _over(event: asyncio.Event, limit_s: float) -> bool:
    """Wait for an event; tell whether it came within the limit."""
    try:
        await asyncio.wait_for(event.wait(), limit_s)
    except TimeoutError:
        return False
    return True
