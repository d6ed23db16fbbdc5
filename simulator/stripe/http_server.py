"""A small HTTP server on the loopback interface that can also cut a connection without an answer.

Threads: one per connection; handlers must be safe to call from several at once.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import urlsplit

LARGEST_BODY = 1 << 20
_LOOK_FOR_SHUTDOWN_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it arrived.

    Attributes:
        method: Upper case.
        path: Path without query.
        query: Text after the question mark.
        headers: Names in lower case.
        body: Raw bytes, at most LARGEST_BODY.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back.

    Attributes:
        status: HTTP status.
        body: Raw bytes.
        kind: Content type.
        headers: Further headers.
    """

    status: int
    body: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


# None cuts the connection without an answer.
Handler: TypeAlias = Callable[[Request], Answer | None]


class Server(ThreadingHTTPServer):
    """Serves one handler on 127.0.0.1.

    Args:
        port: 0 lets the system choose.
        handler: Answers every request.
        failed: Told of an exception no handler should raise; the connection is cut.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, handler: Handler, failed: Callable[[str], None]) -> None:
        self.handler = handler
        self._failed = failed
        super().__init__(("127.0.0.1", port), _Connection)

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Serves from a thread of its own until `shutdown`."""
        threading.Thread(
            target=self.serve_forever, args=(_LOOK_FOR_SHUTDOWN_S,), name=self.url, daemon=True
        ).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Reports an exception of a connection thread; a caller that went away is none."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            self._failed(repr(error))
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "emulator"
    # Head and body leave in two writes; with Nagle each answer would wait for a delayed
    # acknowledgement.
    disable_nagle_algorithm = True
    timeout = 120
    server: Server

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.send_error(411)
            return
        if int(length) > LARGEST_BODY:
            self.send_error(413)
            return
        target = urlsplit(self.path)
        answer = self.server.handler(
            Request(
                method=self.command,
                path=target.path,
                query=target.query,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(length)),
            )
        )
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    # The base class looks these names up by HTTP method.
    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - named by the base class

    def log_message(self, *_: Any) -> None:
        """Keeps quiet; the control port has the log of requests."""
