"""What operators see: plain words, 503 when a person is needed, numbers without personal data."""

from dataclasses import replace

import httpx
import msgspec
import psycopg

from central.health import Health
from central.settings import Settings
from tests import databases
from tests.fakes.terminal import TERMINAL
from tests.unit.central.device import Device
from tests.unit.central.service import Service, TestClock, problem, running


def health(service: Service) -> tuple[int, dict[str, tuple[bool, str]]]:
    answer = service.client.get("/healthz")
    found = msgspec.json.decode(answer.content, type=Health)
    assert (found.status == "ok") == (answer.status_code == 200)
    return answer.status_code, {check.name: (check.ok, check.sentence) for check in found.checks}


def test_a_well_service_says_so(service: Service) -> None:
    status, checks = health(service)
    assert status == 200, checks
    assert set(checks) == {"database", "schema", "feed", "seals", "wake", "photos"}
    assert all(sentence.endswith(".") for _, sentence in checks.values())


def test_what_is_not_well_is_named(fresh_service: Service, database: databases.Database) -> None:
    with psycopg.connect(database.dsn("parking_owner")) as connection:
        connection.execute("update alembic_version set version_num = '0000'")
    fresh_service.central.settings.photo_dir.rmdir()
    fresh_service.central.wake.connected = False
    status, checks = health(fresh_service)
    assert status == 503
    assert checks["schema"][1].endswith("run migrate.")
    assert [name for name, (ok, _) in checks.items() if not ok] == ["schema", "wake", "photos"]


def test_a_database_that_is_away_is_one_sentence_everywhere(settings: Settings) -> None:
    nowhere = "postgresql://parking_app@127.0.0.1:1/parking"
    away = replace(settings, database_url=nowhere, database_timeout_s=2.0)
    device = Device()
    device.terminal = TERMINAL
    with running(away, TestClock()) as service:
        status, checks = health(service)
        assert (status, checks["database"][0]) == (503, False)
        answer = service.client.get("/sync/v1/feed", headers=device.headers())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert problem(answer).key == "database.away"


def test_a_database_without_tables_says_what_to_run(
    settings: Settings, empty_database: databases.Database
) -> None:
    bare = replace(settings, database_url=empty_database.dsn("parking_owner"))
    with running(bare, TestClock()) as service:
        device_headers = {"Authorization": "Bearer x.y.z"}
        answer = service.client.post("/v1/rights", content=b"{}", headers=device_headers)
        assert answer.status_code == 400
        notice = b'{"source":"app","complete_through_utc":"2027-01-01T00:00:00Z","rights":[]}'
        answer = service.client.post("/v1/rights", content=notice, headers=device_headers)
    assert (answer.status_code, problem(answer).key) == (503, "database.schema")
    assert "parking-central migrate" in problem(answer).sentence


def test_metrics_count_without_naming_anybody(service: Service) -> None:
    device = service.enrol_new()
    device.push(service.client, device.citation(plate="SECRET1"))
    text = service.client.get("/metrics").text
    assert "violations_issued_total" in text
    assert 'route="/sync/v1/push"' in text
    assert "SECRET1" not in text


def test_metrics_can_be_switched_off(settings: Settings) -> None:
    with running(replace(settings, enable_metrics=False), TestClock()) as service:
        answer: httpx.Response = service.client.get("/metrics")
    assert (answer.status_code, problem(answer).key) == (404, "metrics.off")
