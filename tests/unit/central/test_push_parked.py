"""Parked operations at central: shown to supervisors, closed by them, taken after all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from central.push import facts
from parking.ids import uuid7
from parking.officer import Officer, Role
from parking.outage import OutageEvent
from parking.parked import ParkedClosing, ParkedOperation
from parking.terminal import TerminalKind
from sync.records import BY_NAME, Lane, decode, encode
from sync.wire import OpResult, PushAnswer, PushRequest
from tests.fakes.terminal import outage_event
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service
from tests.waiting import wait_until

SECOND = Officer(officer_id=uuid4(), badge="0991", display_name="R. Diaz", role=Role.SUPERVISOR)


@pytest.fixture
def device(service: Service) -> Device:
    made = service.enrol_new()
    service.lease(made)
    return made


@pytest.fixture
def desk(service: Service) -> Device:
    return service.enrol_new(TerminalKind.SUPERVISOR)


def spoilt(value: Any) -> tuple[str, bytes]:
    """Return an operation of a record that a newer central might read: its time has no offset."""
    changed = {**msgspec.json.decode(encode(value)), "at_utc": "2027-01-01T10:00:00"}
    return "outage_event", msgspec.json.encode(changed)


def shown(service: Service, desk: Device, of: Device) -> dict[UUID, ParkedOperation]:
    """Return what the desk's feed tells of a device's parked operations, the newest state."""
    rows = [
        decode(BY_NAME["parked_operation"], row.data)
        for row in service.whole_feed(desk)
        if row.name == "parked_operation"
    ]
    return {
        row.parked_operation_id: row for row in rows if row.terminal_id == of.terminal.terminal_id
    }


def one_shown(
    service: Service, desk: Device, of: Device, *, closed: bool = False
) -> ParkedOperation:
    found: list[ParkedOperation] = []

    def there() -> bool:
        found[:] = shown(service, desk, of).values()
        return len(found) == 1 and (found[0].closed_utc is not None) == closed

    wait_until(there, what="the parked operation in the desk's feed")
    return found[0]


def closing(desk: Device, parked: UUID, **changed: Any) -> ParkedClosing:
    made = ParkedClosing(
        parked_closing_id=uuid7(datetime.now(UTC)),
        parked_operation_id=parked,
        reason="Entered again by hand.",
        officer_id=OFFICER.officer_id,
        terminal_id=desk.terminal.terminal_id,
        closed_utc=datetime.now(UTC),
    )
    return replace(made, **changed)


def send(service: Service, device: Device, request: PushRequest) -> list[OpResult]:
    answer = device.send(service.client, request)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PushAnswer).results


def code(results: list[OpResult]) -> str:
    [result] = results
    return result.code


def test_what_is_refused_is_shown_to_supervisors_once(
    service: Service, device: Device, desk: Device
) -> None:
    request = device.request(("citation_event", b'{"kind": "pri\\u0000nted"}'))
    for _ in range(2):
        [result] = send(service, device, request)
    assert result.outcome == "refused"
    parked = one_shown(service, desk, device)
    assert (parked.epoch, parked.lane, parked.op_seq) == (1, 2, 1)
    assert (parked.name, parked.code, parked.text) == (
        "citation_event",
        result.code,
        result.text,
    )
    assert (parked.closed_utc, parked.revision) == (None, 1)
    assert not shown(service, device, device)


def test_both_histories_of_a_fork_are_shown(service: Service, device: Device, desk: Device) -> None:
    clone = device.clone()
    twin = device.clone()
    device.push(service.client, outage_event(outage_event_id=uuid4()))
    for other in (clone, twin):
        assert code(other.push(service.client, outage_event()).results) == "fork"
    wait_until(lambda: len(shown(service, desk, device)) == 2, what="both forks")


def test_a_supervisor_closes_a_parked_operation(
    service: Service, device: Device, desk: Device
) -> None:
    device.push(service.client, ("selfie", b"{}"), lane=Lane.CITATIONS)
    parked = one_shown(service, desk, device)
    closed = closing(desk, parked.parked_operation_id)
    again = closing(
        desk, parked.parked_operation_id, closed_utc=closed.closed_utc + timedelta(hours=1)
    )
    for each in (closed, again):
        assert code(desk.push(service.client, each).results) == ""
    after = one_shown(service, desk, device, closed=True)
    assert (after.closed_utc, after.revision) == (closed.closed_utc, 2)


def nobody(_: ParkedOperation) -> dict[str, Any]:
    return {"second_officer_id": None}


def alone(_: ParkedOperation) -> dict[str, Any]:
    return {"second_officer_id": OFFICER.officer_id}


def stranger(_: ParkedOperation) -> dict[str, Any]:
    return {"second_officer_id": uuid4()}


def by_a_stranger(_: ParkedOperation) -> dict[str, Any]:
    return {"officer_id": uuid4(), "second_officer_id": OFFICER.officer_id}


@pytest.mark.parametrize("second", [nobody, alone, stranger, by_a_stranger])
def test_where_money_depends_on_it_two_people_close(
    service: Service,
    device: Device,
    desk: Device,
    second: Callable[[ParkedOperation], dict[str, Any]],
) -> None:
    device.push(service.client, spoilt(outage_event()))
    parked = one_shown(service, desk, device)
    assert parked.lane == 1
    refused = closing(desk, parked.parked_operation_id, **second(parked))
    assert code(desk.push(service.client, refused).results) == "parked.second_person"
    service.store(SECOND)
    both = closing(desk, parked.parked_operation_id, second_officer_id=SECOND.officer_id)
    assert code(desk.push(service.client, both).results) == ""
    one_shown(service, desk, device, closed=True)


def test_only_a_desk_closes(service: Service, device: Device, desk: Device) -> None:
    device.push(service.client, ("selfie", b"{}"), lane=Lane.CITATIONS)
    parked = one_shown(service, desk, device)
    asked = closing(device, parked.parked_operation_id)
    assert code(device.push(service.client, asked).results) == "parked.not_allowed"


def test_closing_what_nobody_knows_is_refused_and_holds_up_no_other(
    service: Service, desk: Device
) -> None:
    other = service.enrol_new()
    other.push(service.client, ("selfie", b"{}"), lane=Lane.CITATIONS)
    known = one_shown(service, desk, other)
    early = desk.request(closing(desk, uuid4()), closing(desk, known.parked_operation_id))
    for _ in range(2):
        first, second = send(service, desk, early)
        assert (first.code, second.code) == ("parked.unknown", "")


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[object]]:
    """Return a way to let central be a release that does not know outages yet."""

    @contextmanager
    def without_outages() -> Iterator[None]:
        with monkeypatch.context() as patched:
            known = {name: each for name, each in BY_NAME.items() if name != "outage_event"}
            patched.setattr(facts, "BY_NAME", known)
            yield

    return without_outages


def stored(service: Service, event: OutageEvent) -> int:
    statement = "select count(*) from outage_event where outage_event_id = %(id)s"
    return int(service.one(statement, id=event.outage_event_id))


def test_a_parked_operation_sent_again_is_taken_once_central_can_read_it(
    service: Service,
    device: Device,
    desk: Device,
    older: Callable[[], AbstractContextManager[object]],
) -> None:
    made = outage_event(outage_event_id=uuid4())
    request = device.request(made)
    with older():
        for _ in range(2):
            assert code(send(service, device, request)) == "record.unknown"
    one_shown(service, desk, device)
    later = device.request(outage_event(outage_event_id=uuid4()))
    assert code(send(service, device, later)) == ""
    for _ in range(2):
        [result] = send(service, device, request)
        assert (result.outcome, result.code) == ("applied", "")
    assert stored(service, made) == 1
    one_shown(service, desk, device, closed=True)
    both = device.signed([*request.ops, *later.ops], device.heads[Lane.ORDERS][1], lane=Lane.ORDERS)
    assert [result.outcome for result in send(service, device, both)] == ["applied", "applied"]


def test_what_a_supervisor_closed_is_not_taken_any_more(
    service: Service,
    device: Device,
    desk: Device,
    older: Callable[[], AbstractContextManager[object]],
) -> None:
    made = outage_event(outage_event_id=uuid4())
    request = device.request(made)
    with older():
        send(service, device, request)
    service.store(SECOND)
    parked = one_shown(service, desk, device)
    closed = closing(desk, parked.parked_operation_id, second_officer_id=SECOND.officer_id)
    assert code(desk.push(service.client, closed).results) == ""
    for _ in range(2):
        assert code(send(service, device, request)) == "parked.closed"
    assert stored(service, made) == 0
    assert len(shown(service, desk, device)) == 1
