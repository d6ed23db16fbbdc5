"""The fake central behind HTTP, in a process of its own, for runs by the ten thousand.

Beside the wire of ``sync.wire`` it has two routes for
the search: POST /begin?seed= starts a new, empty central; POST /keep keeps what it has; POST
/back?seed= goes back to that, with first exchanges that fail as the seed draws, and for some seeds
as a restored database does; GET /books?seed= tells what it has, and has the troubles of that seed
from then on, or none for 0.
"""

import copy
import random
import threading
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from parking.errors import UserError
from sync.failures import GapError, OffsetError, ResyncError
from sync.upload import PhotoToSend
from sync.wire import Problem, PushRequest, unpack
from tests.fakes.central import Books, FakeCentral
from tests.unit.parking import samples

_BROKEN = ("fine", "fine", "fine", "lose request", "lose answer", "cut answer")


class BooksTold(msgspec.Struct):
    """What the stub has.

    Attributes:
        facts: Name, key in hexadecimal, SHA-256 in hexadecimal of each stored record.
        effects: How often a record was stored.
        photos: SHA-256 in hexadecimal of each whole photo.
    """

    facts: list[tuple[str, str, str]]
    effects: int
    photos: list[str]


class _Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else each answer waits 40 ms for the caller's system to acknowledge its head.
    disable_nagle_algorithm = True
    central: ClassVar[FakeCentral] = FakeCentral()
    kept: ClassVar[Books] = Books()
    troubles: ClassVar[deque[str]] = deque()
    turn: ClassVar[threading.Lock] = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Encoding") == "zstd":
            body = unpack(body)
        address = urlsplit(self.path)
        query = {
            name: values[0]
            for name, values in parse_qs(address.query, keep_blank_values=True).items()
        }
        parts = address.path.strip("/").split("/")
        with _Stub.turn:
            if parts[0] in _CONTROLS:
                self._send(200, _CONTROLS[parts[0]](int(query.get("seed", 0))))
                return
            trouble = self.troubles.popleft() if self.troubles else "fine"
            if trouble == "lose request":
                self.close_connection = True
                return
            status, answer = self._exchange(parts, query, body)
        self._send(status, answer, trouble)

    def _exchange(self, parts: list[str], query: dict[str, str], body: bytes) -> tuple[int, object]:
        try:
            return 200, self._route(parts, query, body)
        except GapError as error:
            gap = Problem(key="push.gap", sentence=error.sentence, next_seq=error.next_seq)
            return 409, gap
        except OffsetError as error:
            return 409, Problem(key=error.key, sentence=error.sentence, offset=error.offset)
        except ResyncError as error:
            return 410, Problem(key=error.key, sentence=error.sentence)
        except UserError as error:
            return 422, Problem(key=error.key, sentence=error.sentence)

    def _route(self, parts: list[str], query: dict[str, str], body: bytes) -> object:
        match self.command, parts[2:]:
            case "POST", ["push"]:
                return self.central.push(msgspec.json.decode(body, type=PushRequest))
            case "GET", ["feed"]:
                return self.central.page(query["cursor"])
            case "GET", ["photos", name, "place"]:
                return self.central.photo_place(bytes.fromhex(name))
            case "PATCH", ["photos", name]:
                return self.central.take_chunk(
                    PhotoToSend(
                        sha256=bytes.fromhex(name),
                        byte_length=int(self.headers["Upload-Length"]),
                        read=lambda _offset, _most: b"",
                    ),
                    int(self.headers["Upload-Offset"]),
                    body,
                )
            case _:
                raise UserError("stub.route", f"There is no {self.command} {self.path}.")

    def _send(self, status: int, answer: object, trouble: str = "fine") -> None:
        body = msgspec.json.encode(answer)
        if trouble != "fine":
            self.close_connection = True
        if trouble == "lose answer":
            return
        self.send_response(status)
        kind = "application/json" if status == 200 else "application/problem+json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if trouble == "cut answer" else body)


def _begin(seed: int) -> None:
    draw = random.Random(seed)
    _Stub.central = FakeCentral(page_rows=draw.choice((2, 5, 50)), durable=seed % 3 == 0)
    for number in range(draw.randint(0, 6)):
        _Stub.central.publish(samples.zone(zone_id=f"Z{number}"))
    _Stub.troubles = deque()


def _keep(_: int) -> None:
    _Stub.kept = _Stub.central.backup()


def _back(seed: int) -> None:
    if seed % 4 == 0:
        _Stub.central.restore(_Stub.kept)
    else:
        _Stub.central.books = copy.deepcopy(_Stub.kept)
    _Stub.troubles = _drawn_troubles(seed)


def _drawn_troubles(seed: int) -> deque[str]:
    return deque(random.Random(seed).choices(_BROKEN, k=3))


def _books(seed: int) -> BooksTold:
    books = _Stub.central.books
    _Stub.troubles = _drawn_troubles(seed) if seed else deque()
    return BooksTold(
        facts=[
            (name, key.hex, sha256(data).hexdigest()) for (name, key), data in books.facts.items()
        ],
        effects=books.effects,
        photos=[digest.hex() for digest in books.photos],
    )


# http.server looks the methods up by these names.
for _method in ("GET", "POST", "PUT", "PATCH"):
    setattr(_Stub, f"do_{_method}", _Stub._answer)

_CONTROLS: dict[str, Callable[[int], object]] = {
    "begin": _begin,
    "keep": _keep,
    "back": _back,
    "books": _books,
}


def serve(told: Callable[[int], object], wait: Callable[[], object]) -> None:
    """Tell the port and serve until waiting returns."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stub) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        told(server.server_port)
        wait()
        server.shutdown()
