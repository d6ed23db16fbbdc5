"""Photos of other terminals over real HTTP: with their hash, small, or with a reason."""

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import pytest

from parking.errors import UnavailableError, UserError
from sync.gateway import Device, HTTPGateway
from sync.wire import MOST_BODY_BYTES, MOST_THUMBNAIL_BYTES
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, sign
from tests.unit.sync.answering import Reply, Server, problem

PORTAL = Reply(b"<html><body>Accept the terms</body></html>", media_type="text/html")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def gateway(server: Server) -> Iterator[HTTPGateway]:
    device = Device(terminal_id=TERMINAL_ID, sign=sign)
    with closing(HTTPGateway(server.url, StillClock(), device=device)) as made:
        yield made


def test_a_photo_comes_down_with_the_hash_that_names_it(
    server: Server, gateway: HTTPGateway
) -> None:
    jpeg = b"\xff\xd8\xff" + bytes(MOST_BODY_BYTES)
    digest = sha256(jpeg).digest()
    server.answer = lambda _: Reply(jpeg, media_type="image/jpeg")
    assert gateway.photo(digest, thumbnail=False) == jpeg
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", f"/sync/v1/photos/{digest.hex()}")
    assert request.headers["Authorization"].startswith("Bearer ")
    with pytest.raises(UnavailableError) as told:
        gateway.photo(bytes(32), thumbnail=False)
    assert (told.value.key, told.value.retry_safe) == ("photo.damaged", True)
    assert "another hash" in told.value.sentence


def test_a_thumbnail_comes_down_unchecked_but_small(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: Reply(b"small", media_type="image/jpeg")
    assert gateway.photo(bytes(32), thumbnail=True) == b"small"
    assert server.requests[0].path == f"/sync/v1/photos/{'00' * 32}/thumbnail"
    server.answer = lambda _: Reply(bytes(MOST_THUMBNAIL_BYTES + 1), media_type="image/jpeg")
    with pytest.raises(UnavailableError) as told:
        gateway.photo(bytes(32), thumbnail=True)
    assert told.value.key == "network.not_central"


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (problem(404, "photo.unknown"), "photo.unknown"),
        (PORTAL, "network.not_central"),
        (Reply(bytes(99), media_type="image/jpeg", cut_after=50), "central.cut"),
    ],
)
def test_a_photo_that_does_not_come_says_why(
    server: Server, gateway: HTTPGateway, reply: Reply, key: str
) -> None:
    server.answer = lambda _: reply
    with pytest.raises((UserError, UnavailableError)) as told:
        gateway.photo(bytes(32), thumbnail=False)
    assert isinstance(told.value, UserError | UnavailableError)
    assert told.value.key == key
