"""A driver sees the photo of the ticket on the screen, and nobody sees another one by that way."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from central.app import create_app
from central.bills.bill import STANDS_FOR
from parking.bill import Bill, Bills
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.terminal import TerminalKind
from tests.unit.central.device import Device
from tests.unit.central.samples import citation
from tests.unit.central.service import Service, TestClock, problem

JPEG = b"\xff\xd8\xff\xe0small"
PHOTO = sha256(b"the whole photo").digest()


def _ticket(service: Service, *hashes: bytes) -> str:
    """Store a ticket of an hour ago; return its number."""
    serial = uuid7(service.now_utc).int % 999_983
    number = citation_number(4, serial)
    hour_ago = service.now_utc - timedelta(hours=1)
    plate = f"PH{serial % 100_000}"
    service.store(citation(hour_ago, plate, number=number, photo_hashes=hashes))
    return number


@pytest.fixture
def app(service: Service) -> Iterator[FastAPI]:
    """Central as it is with a payment provider; nothing of its money moves."""
    settings = replace(service.central.settings, stripe_key="sk_test_bills")
    made = create_app(settings, clock=service.central.clock)
    yield made
    made.state.central.database.close()


def _ask(app: FastAPI, method: str, path: str, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://central") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def _bill(service: Service, app: FastAPI, kiosk: Device, number: str) -> Bill:
    headers = kiosk.headers(service.now_utc)
    answer = _ask(app, "POST", "/v1/bills", json={"number": number}, headers=headers)
    assert answer.status_code == 200, answer.text
    (bill,) = msgspec.json.decode(answer.content, type=Bills).bills
    return bill


def _photo(service: Service, app: FastAPI, kiosk: Device, bill_id: UUID) -> httpx.Response:
    headers = kiosk.headers(service.now_utc)
    return _ask(app, "GET", f"/v1/bills/{bill_id}/photo", headers=headers)


def test_the_photo_of_a_bill_is_shown_to_its_terminal_while_the_bill_stands(
    service: Service, app: FastAPI
) -> None:
    kiosk, other = (service.enrol_new(TerminalKind.KIOSK) for _ in range(2))
    bill = _bill(service, app, kiosk, _ticket(service, PHOTO))
    assert bill.photo_sha256 == PHOTO
    path = f"/sync/v1/photos/{PHOTO.hex()}/thumbnail"
    none_yet = _photo(service, app, kiosk, bill.bill_id)
    assert (none_yet.status_code, problem(none_yet).key) == (404, "photo.unknown")
    headers = kiosk.headers(service.now_utc)
    service.client.put(path, content=JPEG, headers=headers).raise_for_status()

    shown = _photo(service, app, kiosk, bill.bill_id)
    assert (shown.status_code, shown.content) == (200, JPEG)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    for terminal, bill_id in ((other, bill.bill_id), (kiosk, uuid4())):
        refused = _photo(service, app, terminal, bill_id)
        assert (refused.status_code, problem(refused).key) == (404, "bill.unknown")

    clock = service.central.clock
    assert isinstance(clock, TestClock)
    clock.ahead += STANDS_FOR
    late = _photo(service, app, kiosk, bill.bill_id)
    assert (late.status_code, problem(late).key) == (404, "bill.unknown")


def test_a_ticket_without_photos_has_none_to_show(service: Service, app: FastAPI) -> None:
    kiosk = service.enrol_new(TerminalKind.KIOSK)
    bill = _bill(service, app, kiosk, _ticket(service))
    refused = _photo(service, app, kiosk, bill.bill_id)
    assert (refused.status_code, problem(refused).key) == (404, "photo.unknown")
