"""The network between a terminal and central, with its bad days: a TCP relay on 127.0.0.1.

The tour and the tests cut it, let a captive portal answer, or cut answers after some bytes.
Threads of its own; start and stop from any thread. Imports nothing of ours.
"""

import contextlib
import select
import socket
import threading
from enum import StrEnum
from types import TracebackType
from typing import Self

PORTAL_PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 64\r\nConnection: close\r\n\r\n"
    b"<html><body><h1>Guest network</h1>Accept the terms</body></html>\n"
)
_CHUNK = 65536


class Weather(StrEnum):
    """How the network behaves now."""

    FINE = "fine"
    CUT = "cut"
    PORTAL = "portal"
    CUT_ANSWERS = "cut_answers"


class Network:
    """A relay to one port of this machine.

    Attributes:
        port: Where terminals connect.
    """

    def __init__(self, target_port: int, *, port: int = 0) -> None:
        """Listen on 127.0.0.1 and relay to ``target_port`` there until ``close``."""
        self._target = ("127.0.0.1", target_port)
        self._weather = Weather.FINE
        self._answer_limit = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        # Both ways at once, as a real network does: otherwise every answer comes 40 ms late.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._closed = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name="network-accept", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        """Use as a context; closes at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._change(Weather.CUT)

    def portal(self) -> None:
        """Let a captive portal answer everything with a web page."""
        self._change(Weather.PORTAL)

    def cut_answers(self, after_bytes: int) -> None:
        """Relay requests whole, but cut each connection after so many bytes of answer."""
        self._answer_limit = after_bytes
        self._change(Weather.CUT_ANSWERS)

    def restore(self) -> None:
        """Let everything through again."""
        self._change(Weather.FINE)

    def close(self) -> None:
        """Stop listening, drop everything, wait for the threads."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop_all()
        self._acceptor.join(5)
        for thread in self._threads:
            thread.join(5)

    def _change(self, weather: Weather) -> None:
        self._weather = weather
        self._drop_all()

    def _drop_all(self) -> None:
        with self._lock:
            dropped, self._open = self._open, set()
        for one in dropped:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self._serve, args=(client,), name="network-line", daemon=True
            )
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if self._weather is Weather.CUT:
                return
            if self._weather is Weather.PORTAL:
                client.recv(_CHUNK)
                client.sendall(PORTAL_PAGE)
                return
            with socket.create_connection(self._target, timeout=5) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open |= {client, server}
                try:
                    self._relay(client, server)
                finally:
                    with self._lock:
                        self._open -= {client, server}

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        answered = 0
        while True:
            ready, _, _ = select.select([client, server], [], [], 30)
            for source in ready:
                data = source.recv(_CHUNK)
                if not data:
                    return
                if source is client:
                    server.sendall(data)
                    continue
                if self._weather is Weather.CUT_ANSWERS:
                    data = data[: max(0, self._answer_limit - answered)]
                answered += len(data)
                client.sendall(data)
                if self._weather is Weather.CUT_ANSWERS and answered >= self._answer_limit:
                    return
