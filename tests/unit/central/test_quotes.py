"""Quotes: central's price, stored before it is shown; refusals in words for the driver."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from central.quotes.quote import load_quote
from parking.ids import uuid7
from parking.payment import Quote
from parking.tariff import tariff_label
from parking.terminal import TerminalKind
from parking.zone import Zone
from tests.unit.central.device import Device
from tests.unit.central.samples import TARIFF, right
from tests.unit.central.service import Service, problem


@pytest.fixture
def kiosk(service: Service) -> Device:
    return service.enrol_new(TerminalKind.KIOSK)


def ask(service: Service, kiosk: Device, **changed: Any) -> httpx.Response:
    asked = {"zone_id": "Z12", "plate": "AB-12345", "plate_state": "CT", "minutes": 60}
    body = msgspec.json.encode({**asked, **changed})
    return service.client.post("/v1/quotes", content=body, headers=kiosk.headers())


def quoted(answer: httpx.Response) -> Quote:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Quote)


def test_a_quote_is_priced_by_the_zones_tariff_and_kept(service: Service, kiosk: Device) -> None:
    quote = quoted(ask(service, kiosk))
    assert (quote.price_cents, quote.billed_minutes) == (200, 60)
    assert quote.tariff_version == tariff_label(TARIFF)
    assert quote.expires_utc - quote.start_utc == timedelta(minutes=5)
    with service.central.database.reading() as connection:
        assert load_quote(connection, quote.quote_id) == quote
        assert load_quote(connection, uuid7(service.now_utc)) is None


def test_whole_steps_are_sold(service: Service, kiosk: Device) -> None:
    assert quoted(ask(service, kiosk, minutes=20)).billed_minutes == 30


def test_an_extension_starts_where_the_running_right_ends(service: Service, kiosk: Device) -> None:
    running = right(service.now_utc, "EXT 1234", plate_state="CT")
    other_state = right(
        service.now_utc, "EXT 1234", plate_state="NY", end_utc=service.now_utc + timedelta(hours=5)
    )
    service.store(running, other_state)
    quote = quoted(ask(service, kiosk, plate="ext1234"))
    assert quote.start_utc == running.end_utc


@pytest.mark.parametrize(
    ("changed", "status", "key"),
    [
        ({"plate": ""}, 400, "plate.empty"),
        ({"plate": "- -"}, 400, "plate.empty"),
        ({"plate": "\N{PILE OF POO}1"}, 400, "plate.characters"),
        ({"plate": "ABCDEFGH12345"}, 400, "plate.too_long"),
        ({"plate": "X" * 40}, 400, "record.field"),
        ({"minutes": 0}, 400, "record.field"),
        ({"minutes": 10**9}, 400, "record.field"),
        ({"minutes": "sixty"}, 400, "body.malformed"),
        ({"zone_id": "Z99"}, 404, "quote.zone"),
        ({"zone_id": "free"}, 404, "quote.zone"),
    ],
)
def test_what_cannot_be_sold_is_said_in_one_sentence(
    service: Service, kiosk: Device, changed: dict[str, Any], status: int, key: str
) -> None:
    service.store(Zone(zone_id="free", name="Free", time_zone="America/New_York", tariff_id="none"))
    answer = ask(service, kiosk, **changed)
    assert (answer.status_code, problem(answer).key) == (status, key)
    assert problem(answer).sentence.endswith((".", "`"))


def test_a_refusal_brings_its_form_so_that_it_can_be_said_in_another_language(
    service: Service, kiosk: Device
) -> None:
    refused = problem(ask(service, kiosk, plate="ABCDEFGH12345"))
    assert refused.form.format(**refused.values) == refused.sentence
    assert refused.values["found"] == "13"
