"""Rights of providers: their own only, each once, and each finds the citation it disproves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from central.rights.providers import make_provider_key
from parking.right import ParkingSession, RightSource
from sync.wire import RightsAnswer, RightsNotice
from tests.unit.central.samples import right
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until

NAME = "ParkApp"


@pytest.fixture(scope="module")
def key(service: Service) -> str:
    with service.central.database.unit_of_work("test") as connection:
        return make_provider_key(connection, NAME, service.now_utc)


def sold(service: Service, plate: str, **changed: Any) -> ParkingSession:
    own = {"source": RightSource.APP, "source_ref": NAME}
    return right(service.now_utc, plate, **{**own, **changed})


def send(
    service: Service, key: str, *rights: ParkingSession, source: str = "app"
) -> httpx.Response:
    notice = RightsNotice(
        source=source,
        complete_through_utc=service.now_utc - timedelta(seconds=20),
        rights=list(rights),
    )
    headers = {"Authorization": f"Bearer {key}"}
    return service.client.post("/v1/rights", content=msgspec.json.encode(notice), headers=headers)


def answered(answer: httpx.Response) -> RightsAnswer:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=RightsAnswer)


def flagged(service: Service, paid: ParkingSession) -> list[str]:
    statement = "select code from flags where name = 'parking_session' and key = %(key)s"
    return [code for (code,) in service.rows(statement, key=str(paid.parking_session_id))]


def test_a_right_beside_another_is_stored_and_flagged_once(service: Service, key: str) -> None:
    first = sold(service, "TWICE 1")
    second = sold(service, "TWICE-1", plate_state="")
    assert answered(send(service, key, first, second)).stored == 2
    assert answered(send(service, key, replace(second, price_cents=1))).stored == 1
    assert (flagged(service, first), flagged(service, second)) == (["right.overlap"],) * 2


@pytest.mark.parametrize("apart", ["time", "zone", "state", "revoked", "plate"])
def test_rights_apart_are_nothing_odd(service: Service, key: str, apart: str) -> None:
    first = sold(service, f"APART {apart}")
    other = replace(
        first, parking_session_id=uuid4(), plate_state="NY" if apart == "state" else "CT"
    )
    changed: dict[str, dict[str, Any]] = {
        "time": {"start_utc": first.end_utc, "end_utc": first.end_utc + timedelta(hours=1)},
        "zone": {"zone_id": "Z77"},
        "revoked": {"revoked_utc": service.now_utc},
        "plate": {"plate": f"APART {apart} 2"},
    }
    other = replace(other, **changed.get(apart, {}))
    assert answered(send(service, key, first, other)).stored == 2
    assert flagged(service, first) == flagged(service, other) == []


def test_a_right_reaches_the_officers_with_the_age_of_its_source(
    service: Service, key: str
) -> None:
    paid = sold(service, "APP 1")
    assert answered(send(service, key, paid)) == RightsAnswer(stored=1, held=0)
    assert answered(send(service, key, paid)) == RightsAnswer(stored=0, held=0)
    officer = service.enrol_new()
    found = service.feed_until(officer, "parking_session")
    assert any(str(paid.parking_session_id).encode() in bytes(row.data) for row in found)
    wait_until(lambda: "app" in service.ages(officer), what="the age of the app")
    assert service.ages(officer)["app"] <= service.now_utc - timedelta(seconds=20)


def test_a_right_holds_the_citation_it_covers(service: Service, key: str) -> None:
    device = service.enrol_new()
    citation = device.citation(plate="LATE 7")
    device.push(service.client, citation)
    assert answered(send(service, key, sold(service, "late-7"))).held == 1
    events = [msgspec.json.decode(row.data) for row in service.feed_until(device, "citation_event")]
    assert str(citation.citation_id) in [event["citation_id"] for event in events]


def test_a_provider_may_end_its_own_right(service: Service, key: str) -> None:
    paid = sold(service, "APP 2")
    send(service, key, paid)
    ended = sold(
        service,
        "APP 2",
        parking_session_id=paid.parking_session_id,
        revoked_utc=service.now_utc,
    )
    assert answered(send(service, key, ended)).stored == 1


def test_a_right_from_elsewhere_cannot_be_changed(service: Service, key: str) -> None:
    ours = right(service.now_utc, "OURS 1")
    service.store(ours)
    stolen = sold(service, "OURS 1", parking_session_id=ours.parking_session_id)
    answer = send(service, key, stolen)
    assert (answer.status_code, problem(answer).key) == (409, "rights.other")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"source": RightSource.PAY_STATION}, "rights.source"),
        ({"source_ref": "Another"}, "rights.source"),
        ({"price_cents": -1}, "record.field"),
        ({"tariff_version": "x" * 81}, "record.field"),
    ],
)
def test_a_right_that_is_not_right_is_refused_whole(
    service: Service, key: str, changed: dict[str, Any], code: str
) -> None:
    good, bad = sold(service, "GOOD 1"), sold(service, "BAD 1", **changed)
    answer = send(service, key, good, bad)
    assert (answer.status_code, problem(answer).key) == (400, code)
    where = "select count(*) from parking_sessions where parking_session_id = %(id)s"
    assert service.one(where, id=good.parking_session_id) == 0


def test_a_right_that_ends_before_it_starts_is_refused(service: Service, key: str) -> None:
    bad = sold(service, "BAD 2", end_utc=service.now_utc - timedelta(hours=9))
    answer = send(service, key, bad)
    assert (answer.status_code, problem(answer).key) == (400, "rights.time")


def test_only_the_app_is_a_source_of_providers(service: Service, key: str) -> None:
    answer = send(service, key, source="permit")
    assert (answer.status_code, problem(answer).key) == (400, "rights.source")


@pytest.mark.parametrize("wrong", ["x", "parking-provider-x"])
def test_without_a_providers_key_nothing_is_taken(service: Service, wrong: str) -> None:
    answer = send(service, wrong, sold(service, "APP 3"))
    assert (answer.status_code, problem(answer).key) == (401, "provider.key")


def test_a_devices_token_is_no_providers_key(service: Service) -> None:
    token = service.enrol_new().token(service.now_utc)
    assert problem(send(service, token)).key == "provider.key"
