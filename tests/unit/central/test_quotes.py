"""Quotes: central's price, stored before it is shown; refusals in words for the driver."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from central.quotes.quote import load_quote
from parking.ids import uuid7
from parking.payment import Quote
from parking.tariff import UserClass, tariff_label
from parking.terminal import TerminalKind
from parking.zone import Zone
from tests.unit.central.device import Device
from tests.unit.central.samples import TARIFF, ZONE, permit, right
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


def test_an_extension_is_priced_by_the_edition_of_the_stays_first_right(
    service: Service, kiosk: Device
) -> None:
    cheap = replace(TARIFF, tariff_id="once", version="old")
    service.store(cheap, Zone(**{**asdict(ZONE), "zone_id": "Z15", "tariff_id": "once"}))
    first = quoted(ask(service, kiosk, zone_id="Z15", plate="OLD 1"))
    bought = right(
        service.now_utc,
        "OLD 1",
        zone_id="Z15",
        start_utc=first.start_utc,
        end_utc=first.end_utc,
        tariff_version=first.tariff_version,
    )
    dear = replace(cheap, version="new", spans=(replace(TARIFF.spans[0], rate_cents_per_hour=900),))
    service.store(bought, dear)

    extension = quoted(ask(service, kiosk, zone_id="Z15", plate="OLD 1"))
    assert (extension.price_cents, extension.tariff_version) == (200, first.tariff_version)
    fresh = quoted(ask(service, kiosk, zone_id="Z15", plate="NEW 1"))
    assert (fresh.price_cents, fresh.tariff_version) == (900, tariff_label(dear))
    unknown = replace(bought, plate="OLD 2", parking_session_id=uuid7(service.now_utc))
    service.store(replace(unknown, tariff_version="another city's"))
    assert quoted(ask(service, kiosk, zone_id="Z15", plate="OLD 2")).price_cents == 900


def test_a_permit_of_the_zone_chooses_its_tariff_and_none_never_blocks(
    service: Service, kiosk: Device
) -> None:
    half = replace(
        TARIFF, tariff_id="half", spans=(replace(TARIFF.spans[0], rate_cents_per_hour=100),)
    )
    classes = (
        UserClass(permit_kind="staff", tariff_id="gone"),
        UserClass(permit_kind="resident", tariff_id="half"),
    )
    both = replace(TARIFF, tariff_id="both", user_classes=classes)
    zone = Zone(**{**asdict(ZONE), "zone_id": "Z16", "tariff_id": "both"})
    now = service.now_utc
    service.store(
        half,
        both,
        zone,
        permit(now, "RES 1", zone_id="Z16", kind="resident"),
        permit(now, "STAFF 1", zone_id="Z16", kind="staff"),
        permit(now, "ENDED 1", zone_id="Z16", kind="resident", end_utc=now),
    )

    prices = {
        plate: quoted(ask(service, kiosk, zone_id="Z16", plate=plate)).price_cents
        for plate in ("RES 1", "STAFF 1", "ENDED 1", "NOBODY 1")
    }
    assert prices == {"RES 1": 100, "STAFF 1": 200, "ENDED 1": 200, "NOBODY 1": 200}
    assert quoted(ask(service, kiosk, zone_id="Z16", plate="RES 1")).tariff_version == (
        tariff_label(half)
    )


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
