"""The request edge: whatever is sent, the answer is a Problem, and only ours are 500."""

import asyncio
import logging
import random
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from central.app import create_app
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until

SEED = 20270301


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@pytest.fixture(scope="module")
def schema(service: Service) -> dict[str, Any]:
    """What is published when card payments are on."""
    published = create_app(replace(service.central.settings, stripe_key="sk_test_edge")).openapi()
    assert service.client.get("/v1/openapi.json").json()["paths"].keys() < published["paths"].keys()
    return published


def test_every_route_that_takes_a_body_publishes_its_schema(schema: dict[str, Any]) -> None:
    taking = [found for found in operations(schema) if found[0] in {"POST", "PUT"}]
    assert len(taking) >= 11
    for method, path, operation in taking:
        assert "Problem" in str(operation["responses"]["default"])
        content = operation["requestBody"]["content"]
        if not content:
            assert operation["requestBody"]["required"] is False
            continue
        [media] = content.values()
        assert media["schema"], f"{method} {path}"
        if "$ref" in media["schema"]:
            name = media["schema"]["$ref"].rsplit("/", 1)[-1]
            assert name in schema["components"]["schemas"]


def _integers(where: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if node.get("type") == "integer":
            yield where, node
        for name, inner in node.items():
            yield from _integers(f"{where}.{name}", inner)
    if isinstance(node, list):
        for inner in node:
            yield from _integers(where, inner)


def test_every_integer_of_a_request_has_bounds(schema: dict[str, Any]) -> None:
    found = list(_integers("", schema))
    assert len(found) > 10
    unbounded = [where for where, node in found if not {"minimum", "maximum"} <= set(node)]
    assert unbounded == []


def test_every_text_of_a_record_has_a_longest_length(schema: dict[str, Any]) -> None:
    properties = schema["components"]["schemas"]["QuoteRequest"]["properties"]
    assert properties["plate"] == {"type": "string", "minLength": 0, "maxLength": 20}
    assert properties["minutes"] == {"type": "integer", "minimum": 1, "maximum": 10_080}


def _bodies(chance: random.Random) -> Iterator[bytes]:
    yield from (b"", b"null", b"[]", b"{}", b'{"ops":' * 2000, b"\xff" * 50, b"\x28\xb5\x2f\xfd")
    for _ in range(25):
        yield chance.randbytes(chance.randrange(1, 200))
        yield bytes(chance.choices(b'{}[]",:0123456789.eE-truefalsn\\u ', k=60))


def test_no_body_at_all_makes_central_fail(service: Service) -> None:
    chance, device = random.Random(SEED), service.enrol_new()
    for method, path, _ in operations(service.client.get("/v1/openapi.json").json()):
        if method == "GET":
            continue
        address = path.replace("{sha256_hex}", "0" * 64)
        for body in _bodies(chance):
            headers = device.headers()
            if chance.random() < 0.5:
                headers["Content-Encoding"] = "zstd"
            answer = service.client.request(method, address, content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (SEED, method, path, body, answer.text)
            assert problem(answer).sentence


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/sync/v1/feed", 405), ("GET", "/sync/v1/push", 405)],
)
def test_unknown_addresses_are_problems_too(
    service: Service, method: str, path: str, status: int
) -> None:
    answer = service.client.request(method, path)
    assert (answer.status_code, problem(answer).key) == (status, f"http.{status}")


@pytest.mark.parametrize(
    ("sent", "kept"), [("tap-17", True), ("x" * 65, False), ("a b", False), ("", False)]
)
def test_a_request_id_runs_through(service: Service, sent: str, kept: bool) -> None:
    answer = service.client.get("/healthz", headers={"X-Request-Id": sent})
    assert (answer.headers["x-request-id"] == sent) is kept
    assert answer.headers["x-request-id"]


def test_what_we_did_wrong_is_written_down_under_a_number(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("plate AB12345")

    device = service.enrol_new()
    monkeypatch.setattr("central.feed.routes.read_page", broken)
    with caplog.at_level(logging.ERROR):
        answer = service.client.get("/sync/v1/feed", headers=device.headers())
    assert (answer.status_code, problem(answer).key) == (500, "central.bug")
    number = answer.headers["x-request-id"]
    assert number in problem(answer).sentence
    assert "AB12345" not in answer.text
    assert any(number in record.getMessage() for record in caplog.records)


def test_a_parameter_out_of_range_is_named(service: Service) -> None:
    app = create_app(replace(service.central.settings, stripe_key="sk_test_edge"))

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://central") as client:
            return await client.get(path)

    for path, name in (
        (f"/v1/payments/{UUID(int=0)}?wait_s=99", "wait_s"),
        ("/v1/payments/x", "id"),
    ):
        answer = asyncio.run(ask(path))
        assert (answer.status_code, problem(answer).key) == (400, "request.parameter")
        assert name in problem(answer).sentence


def test_a_caller_that_hangs_up_is_no_fault_of_ours(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(service.base_url.rsplit(":", 1)[-1])
    with caplog.at_level(logging.INFO, "central.requests"):
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(
                b"POST /sync/v1/push HTTP/1.1\r\nHost: x\r\nStamford-Lane: 1\r\n"
                b"Content-Length: 99\r\n\r\n{"
            )
        wait_until(lambda: "left" in caplog.text, what="the log line")
    assert "failed" not in caplog.text


def test_a_fault_in_the_middle_of_an_answer_cuts_it(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_scope: object) -> AsyncIterator[bytes]:
        yield b"data: {}\n\n"
        raise RuntimeError("ours")

    device = service.enrol_new()
    monkeypatch.setattr(service.central.wake, "events", broken)
    with service.client.stream("GET", "/sync/v1/wake", headers=device.headers()) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()
    assert "route=/sync/v1/wake failed" in caplog.text


def test_requests_are_logged_without_what_they_carry(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    device: Device = service.enrol_new()
    with caplog.at_level(logging.INFO, "central.requests"):
        device.push(service.client, device.citation(plate="SECRET2"))
        answer: httpx.Response = service.client.get(
            "/sync/v1/feed", params={"cursor": "SECRET3"}, headers=device.headers()
        )
    assert answer.status_code == 400
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "route=/sync/v1/push status=200" in told
    assert "SECRET" not in told
    assert device.headers()["Authorization"] not in told


def test_a_caller_that_reads_zstd_gets_it(service: Service) -> None:
    device = service.enrol_new()
    for encoding, expected in (("zstd", "zstd"), ("identity", None)):
        headers = {**device.headers(), "Accept-Encoding": encoding}
        answer = service.client.get("/sync/v1/feed", headers=headers)
        assert answer.headers.get("content-encoding") == expected
        assert answer.json()["feed_epoch"]
