"""A provider of text messages that keeps what it is given, once per idempotency key.

    POST /messages        {"to", "from", "text"}, header Idempotency-Key -> 201 {"id"}
    GET  /messages/{key}                                                 -> 200 {"id"} or 404

The same key with the same message is answered as the first time; with another message it is 422.
Faults strike at the steps ``post`` and ``get``. Threads: one per connection.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from simulator.notifications.faults import Fault, Faults

_LOOK_FOR_SHUTDOWN_S = 0.02
_LARGEST_BODY = 1 << 16
_PATH = "/messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """A message that was taken, and is on its way to a phone."""

    key: str
    to: str
    sender: str
    text: str


class TextSink(ThreadingHTTPServer):
    """Serves on 127.0.0.1 while the block lasts.

    Args:
        secret: Whoever asks must bring it as a bearer token.

    Attributes:
        messages: What was taken, oldest first: what phones show.
        posts: How many messages were posted, repeated and refused ones too.
    """

    daemon_threads = True
    block_on_close = True

    def __init__(self, *, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.secret = secret
        self.messages: list[TextMessage] = []
        self.posts = 0
        self.faults = Faults()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_LOOK_FOR_SHUTDOWN_S,), name="text sink"
        )

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"http://127.0.0.1:{self.server_address[1]}{_PATH}"

    def fail(self, fault: Fault) -> None:
        """Let a fault strike once."""
        self.faults.add(fault)

    def forget(self) -> None:
        """Start over without messages and faults."""
        self.faults.forget()
        with self._lock:
            self.messages.clear()
            self.posts = 0

    def take(self, message: TextMessage) -> int:
        """Keep a message and return the status: new, known, or another under a known key."""
        with self._lock:
            known = self.known(message.key)
            if known is None:
                self.messages.append(message)
                return 201
            return 200 if known == message else 422

    def known(self, key: str) -> TextMessage | None:
        """Return the message with a key."""
        return next((each for each in self.messages if each.key == key), None)

    def __enter__(self) -> TextSink:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.release()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Connection(BaseHTTPRequestHandler):
    # One request per connection: no thread waits for a next one when the sink closes.
    protocol_version = "HTTP/1.0"
    timeout = 30
    server: TextSink

    def do_POST(self) -> None:
        """Take a message."""
        if not self._may_ask():
            return
        message = self._message()
        if message is None:
            self._send(400)
            return
        self.server.posts += 1
        answer = {"id": f"sms-{message.key[:8]}"}
        fault = self.server.faults.take("post")
        if fault is None:
            self._send(self.server.take(message), answer)
            return
        if fault.taken:
            self.server.take(message)
        self.server.faults.hold(fault)
        self._send(fault.code)

    def do_GET(self) -> None:
        """Tell whether a message was taken."""
        if not self._may_ask():
            return
        fault = self.server.faults.take("get")
        if fault is not None:
            self.server.faults.hold(fault)
            self._send(fault.code)
            return
        key = self.path.removeprefix(f"{_PATH}/")
        found = self.server.known(key)
        self._send(404 if found is None else 200, {"id": f"sms-{key[:8]}"})

    def _may_ask(self) -> bool:
        knows = self.headers.get("Authorization") == f"Bearer {self.server.secret}"
        if not knows:
            self._send(401)
        return knows

    def _message(self) -> TextMessage | None:
        length = self.headers.get("Content-Length", "0")
        key = self.headers.get("Idempotency-Key", "")
        if not key or not length.isdecimal() or int(length) > _LARGEST_BODY:
            return None
        told: Any = json.loads(self.rfile.read(int(length)))
        return TextMessage(key=key, to=told["to"], sender=told["from"], text=told["text"])

    def _send(self, status: int, body: dict[str, str] | None = None) -> None:
        """Answer, with an empty body where there is nothing to tell; status 0 cuts the line."""
        if not status:
            return
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""
