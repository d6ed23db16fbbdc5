"""Number leases: signed, never overlapping, the same for the same id."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import httpx
import msgspec

from parking.ids import uuid7
from parking.numbers import NumberLease, lease_bytes
from parking.terminal import TerminalKind
from sync.wire import LeaseRequest
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem


def ask(service: Service, device: Device, lease_id: UUID, count: int = 10) -> httpx.Response:
    body = msgspec.json.encode(LeaseRequest(lease_id=lease_id, count=count))
    return service.client.post("/v1/number-leases", content=body, headers=device.headers())


def new_id() -> UUID:
    return uuid7(datetime.now(UTC))


def test_a_lease_is_signed_by_the_online_key(service: Service) -> None:
    device = service.enrol_new()
    lease = service.lease(device, 25)
    assert (lease.first_serial, lease.last_serial) == (0, 24)
    assert (lease.terminal_id, lease.series) == (
        device.terminal.terminal_id,
        device.terminal.series,
    )
    service.central.keys.online.public_key().verify(lease.signature, lease_bytes(lease))


def test_the_same_id_gives_the_same_lease(service: Service) -> None:
    device, lease_id = service.enrol_new(), new_id()
    assert ask(service, device, lease_id).content == ask(service, device, lease_id, 99).content


def test_leases_asked_for_at_the_same_time_never_overlap(service: Service) -> None:
    device = service.enrol_new()
    with ThreadPoolExecutor(6) as workers:
        answers = workers.map(lambda _: ask(service, device, new_id(), 7), range(18))
        leases = [msgspec.json.decode(answer.content, type=NumberLease) for answer in answers]
    serials = [
        serial for lease in leases for serial in range(lease.first_serial, lease.last_serial + 1)
    ]
    assert sorted(serials) == list(range(18 * 7))


def test_another_terminals_lease_is_not_told(service: Service) -> None:
    lease_id = new_id()
    assert ask(service, service.enrol_new(), lease_id).status_code == 200
    answer = ask(service, service.enrol_new(), lease_id)
    assert (answer.status_code, problem(answer).key) == (409, "lease.other")


def test_a_kiosk_gets_no_numbers(service: Service) -> None:
    answer = ask(service, service.enrol_new(TerminalKind.KIOSK), new_id())
    assert (answer.status_code, problem(answer).key) == (403, "lease.kind")


def test_the_last_numbers_of_a_series_are_given_and_then_no_more(service: Service) -> None:
    device = service.enrol_new()
    with service.central.database.unit_of_work("test") as connection:
        connection.exec_driver_sql(
            "insert into number_leases"
            " values (gen_random_uuid(), %(t)s, %(s)s, 0, 999994, '', now())",
            {"t": device.terminal.terminal_id, "s": device.terminal.series},
        )
    lease = service.lease(device, 100)
    assert (lease.first_serial, lease.last_serial) == (999_995, 999_999)
    answer = ask(service, device, new_id())
    assert (answer.status_code, problem(answer).key) == (409, "lease.exhausted")


def test_a_count_out_of_range_is_refused(service: Service) -> None:
    device = service.enrol_new()
    for count in (0, 1001):
        body = msgspec.json.encode({"lease_id": new_id(), "count": count})
        answer = service.client.post("/v1/number-leases", content=body, headers=device.headers())
        assert (answer.status_code, problem(answer).key) == (400, "body.malformed")
        assert "count" in problem(answer).sentence
