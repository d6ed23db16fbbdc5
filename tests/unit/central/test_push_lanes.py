"""Lanes at central: each a chain of its own, durable by itself, with its share of a rush."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection

from central.push.answers import durable_through
from sync.records import Lane, encode
from sync.wire import LANE_HEADER, pack
from tests.fakes.terminal import outage_event
from tests.unit.central.device import Device
from tests.unit.central.pushes import check_of, outcomes, parked, sealed
from tests.unit.central.service import Service, problem


@pytest.fixture
def device(service: Service) -> Device:
    made = service.enrol_new()
    service.lease(made)
    return made


def test_each_lane_goes_on_by_itself(service: Service, device: Device) -> None:
    for values in ([sealed(device), sealed(device)], [check_of(device)], [sealed(device)]):
        assert device.send(service.client, device.request(*values)).status_code == 200
    assert [device.heads[lane][0] for lane in Lane] == [0, 3, 1]
    device.request(check_of(device))
    answer = device.send(service.client, device.request(check_of(device)))
    assert (problem(answer).key, problem(answer).next_seq) == ("push.gap", 2)
    statement = "select lane, last_seq from sync_chains where terminal_id = %(terminal)s"
    found = service.rows(statement + " order by lane", terminal=device.terminal.terminal_id)
    assert [tuple(row) for row in found] == [(2, 3), (3, 1)]


def test_an_operation_in_a_foreign_lane_is_parked(service: Service, device: Device) -> None:
    payload = encode(check_of(device))
    answer = device.push(service.client, sealed(device), ("plate_check", payload), sealed(device))
    assert outcomes(answer) == [("applied", ""), ("refused", "push.lane"), ("applied", "")]
    assert answer.results[1].text == "plate_check records travel in lane 3, not 2."
    assert parked(service, device) == [(2, "push.lane", payload)]


def test_a_head_counts_for_its_own_lane_alone(service: Service, device: Device) -> None:
    request = msgspec.structs.replace(device.request(sealed(device)), lane=3)
    answer = device.send(service.client, request)
    assert (answer.status_code, problem(answer).key) == (409, "push.chain")


def test_a_fork_of_one_lane_leaves_the_others_whole(service: Service, device: Device) -> None:
    clone = device.clone()
    device.push(service.client, sealed(device))
    assert outcomes(clone.push(service.client, sealed(clone))) == [("refused", "fork")]
    assert outcomes(clone.push(service.client, check_of(clone))) == [("applied", "")]


def test_durability_archived_waits_for_the_archive(service: Service, device: Device) -> None:
    request = device.request(sealed(device))
    device.send(service.client, request)
    with service.central.database.reading() as connection:
        assert durable_through(connection, request, durability="committed") == 1
        assert durable_through(connection, request, durability="archived") == 0


def test_each_lane_is_durable_by_itself(service: Service, device: Device) -> None:
    orders = device.request(outage_event(outage_event_id=uuid4()))
    requests = [orders, device.request(sealed(device), sealed(device))]
    for request in requests:
        assert device.send(service.client, request).status_code == 200
    with service.central.database.unit_of_work("test") as connection:

        def through(durability: str) -> list[int]:
            return [durable_through(connection, each, durability=durability) for each in requests]

        assert (through("committed"), through("archived")) == ([1, 2], [0, 0])
        with everything_archived(connection):
            assert through("archived") == [1, 2]


@contextmanager
def everything_archived(connection: Connection) -> Iterator[None]:
    """Let the archiver be far ahead while the block lasts."""
    before = connection.begin_nested()
    for statement in (
        "create temp view pg_stat_archiver as select repeat('F', 24) as last_archived_wal",
        "set local search_path = pg_temp, public, pg_catalog",
    ):
        connection.exec_driver_sql(statement)
    yield
    before.rollback()


@contextmanager
def held(service: Service, count: int) -> Iterator[None]:
    """Hold some of the eight places for pushes."""
    assert service.central.settings.push_slots == 8
    with ExitStack() as places:
        for _ in range(count):
            places.enter_context(service.central.push_slots.place())
        yield


@pytest.mark.parametrize(("taken", "lanes"), [(3, [1, 2, 3]), (4, [1, 2]), (6, [1]), (8, [])])
def test_in_a_rush_edits_wait_first_and_orders_last(
    service: Service, device: Device, taken: int, lanes: list[int]
) -> None:
    requests = [
        device.request(fact)
        for fact in (outage_event(outage_event_id=uuid4()), sealed(device), check_of(device))
    ]
    with held(service, taken):
        answers = [device.send(service.client, request) for request in requests]
    for lane, answer in enumerate(answers, start=1):
        if lane in lanes:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert problem(answer).key == "central.busy"
    assert [device.send(service.client, each).status_code for each in requests] == [200] * 3


def test_a_lane_is_turned_away_before_its_body_is_read(service: Service) -> None:
    head = (
        f"POST /sync/v1/push HTTP/1.1\r\nHost: x\r\n{LANE_HEADER}: 3\r\nContent-Length: 99\r\n\r\n"
    )
    address = service.client.base_url.host, service.client.base_url.port
    with held(service, 4), socket.create_connection(address, timeout=10) as caller:
        caller.sendall(head.encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize("said", [None, "", "0", "4", "x", "3"])
def test_the_header_names_the_lane_of_the_body(
    service: Service, device: Device, said: str | None
) -> None:
    headers = {**device.headers(), "Content-Encoding": "zstd"}
    if said is not None:
        headers[LANE_HEADER] = said
    body = pack(device.request(sealed(device)))
    answer = service.client.post("/sync/v1/push", content=body, headers=headers)
    assert (answer.status_code, problem(answer).key) == (400, "push.lane_header")
    assert LANE_HEADER in problem(answer).sentence
