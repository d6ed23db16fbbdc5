"""A real HTTP server on 127.0.0.1 that answers as a test says, well or badly."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from sync.wire import Problem


@dataclass(frozen=True, slots=True)
class Request:
    """What the server got."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers.

    Attributes:
        cut_after: Close the connection after so many bytes of the body, though more were promised.
        drip_s: Seconds between single bytes of the body.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    cut_after: int | None = None
    drip_s: float = 0.0


def json_reply(message: object, status: int = 200, **headers: str) -> Reply:
    """Answer with a message."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(msgspec.json.encode(message), status, fields)


def problem(status: int, key: str, sentence: str = "No.", **headers: str) -> Reply:
    """Answer with a refusal."""
    return json_reply(Problem(key=key, sentence=sentence, action="Ask IT."), status, **headers)


class Server:
    """The running server.

    Attributes:
        requests: All it got.
        answer: Makes the reply to a request.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Reply] = lambda _: Reply()
        self.hang_up = threading.Event()
        self._http = _HTTP(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Serve while the block lasts."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="answering")
        thread.start()
        try:
            yield self
        finally:
            self.hang_up.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()


class _HTTP(ThreadingHTTPServer):
    owner: Server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HTTP

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(self.command, self.path, dict(self.headers), body)
        self.server.owner.requests.append(request)
        self._send(self.server.owner.answer(request))

    do_GET = do_PUT = do_POST = do_PATCH = _serve  # noqa: N815  # the names http.server calls

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.media_type:
            self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.drip_s:
            self._drip(reply)
        else:
            self.wfile.write(reply.body[: reply.cut_after])
            self.close_connection = self.close_connection or reply.cut_after is not None

    def _drip(self, reply: Reply) -> None:
        self.close_connection = True
        for at in range(len(reply.body)):
            if self.server.owner.hang_up.wait(reply.drip_s):
                return
            self.wfile.write(reply.body[at : at + 1])

    def handle_one_request(self) -> None:
        with suppress(ConnectionError):  # The terminal hung up.
            super().handle_one_request()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing."""
