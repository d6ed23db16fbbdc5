"""Pushes over real HTTP: stored once, answered for good, nothing truly signed is dropped."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from central.push.answers import durable_through
from parking.audit import next_link
from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.ids import uuid7
from parking.shift import ShiftEvent, ShiftEventKind
from parking.terminal import TerminalKind
from sync.records import Lane, encode
from sync.wire import LANE_HEADER, Op, PushAnswer, PushRequest, pack
from tests.fakes.terminal import outage_event, plate_check
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until


@pytest.fixture
def device(service: Service) -> Device:
    made = service.enrol_new()
    service.lease(made)
    return made


def sealed(device: Device, **changed: Any) -> Citation:
    return device.sealed(
        device.citation(officer_id=OFFICER.officer_id, **changed), Ed25519PrivateKey.generate()
    )


def head(device: Device) -> bytes:
    return device.heads[Lane.CITATIONS][1]


def event(citation: Citation, kind: EventKind) -> CitationEvent:
    now_utc = datetime.now(UTC)
    return CitationEvent(
        citation_event_id=uuid7(now_utc),
        citation_id=citation.citation_id,
        kind=kind,
        at_utc=now_utc,
    )


def parked(service: Service, device: Device) -> list[tuple[int, str, bytes]]:
    statement = """
        select op_seq, code, payload from parked_operations where terminal_id = %(terminal)s
        order by op_seq, received_utc
    """
    found = service.rows(statement, terminal=device.terminal.terminal_id)
    return [(seq, code, bytes(payload)) for seq, code, payload in found]


def alarms(service: Service, device: Device) -> list[str]:
    subject = f"terminal:{device.terminal.terminal_id}"
    statement = "select code from alarms where subject = %(subject)s order by alarm_id"
    return [code for (code,) in service.rows(statement, subject=subject)]


def outcomes(answer: PushAnswer) -> list[tuple[str, str]]:
    return [(result.outcome, result.code) for result in answer.results]


def test_facts_are_stored_and_come_back_to_those_who_read_them(
    service: Service, device: Device
) -> None:
    citation = sealed(device)
    printed = event(citation, EventKind.PRINTED)
    answer = device.push(service.client, citation, printed)
    assert outcomes(answer) == [("applied", "")] * 2
    assert (answer.durable_through, answer.durability) == (2, "committed")
    found = service.feed_until(device, "citation")
    assert encode(citation) in [bytes(row.data) for row in found]
    kiosk = service.enrol_new(TerminalKind.KIOSK)
    assert {row.name for row in service.whole_feed(kiosk)} == {"tariff", "zone"}


def test_a_repeated_push_gets_the_same_answers_and_changes_nothing(
    service: Service, device: Device
) -> None:
    request = device.request(sealed(device), sealed(device, zone_id="Z77"))
    first, second = (
        msgspec.json.decode(device.send(service.client, request).content, type=PushAnswer)
        for _ in range(2)
    )
    assert outcomes(first) == [("applied", ""), ("flagged", "citation.zone")]
    assert second.results == first.results
    statement = "select count(*) from flags join violations on key = citation_id::text"
    where = " where terminal_id = %(terminal)s"
    assert service.one(statement + where, terminal=device.terminal.terminal_id) == 1


def test_a_push_may_overlap_the_one_before(service: Service, device: Device) -> None:
    first = device.request(sealed(device), sealed(device))
    assert device.send(service.client, first).status_code == 200
    longer = device.request(sealed(device))
    both = device.signed([*first.ops, *longer.ops], head(device))
    answer = device.send(service.client, both)
    assert [
        result.seq for result in msgspec.json.decode(answer.content, type=PushAnswer).results
    ] == [1, 2, 3]


def test_two_pushes_of_one_device_at_the_same_time_count_once(
    service: Service, device: Device
) -> None:
    request = device.request(*(sealed(device) for _ in range(20)))
    answers: list[int] = []

    def send() -> None:
        answers.append(device.send(service.client, request).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    statement = "select count(*) from violations where terminal_id = %(terminal)s"
    assert service.one(statement, terminal=device.terminal.terminal_id) == 20


def test_a_gap_is_refused_with_the_operation_to_go_on_from(
    service: Service, device: Device
) -> None:
    device.push(service.client, sealed(device))
    device.request(sealed(device))
    answer = device.send(service.client, device.request(sealed(device)))
    assert answer.status_code == 409
    assert (problem(answer).key, problem(answer).next_seq) == ("push.gap", 2)


def check_of(device: Device) -> PlateCheck:
    return replace(
        plate_check(), check_id=uuid7(datetime.now(UTC)), terminal_id=device.terminal.terminal_id
    )


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


def test_operations_out_of_order_are_refused(service: Service, device: Device) -> None:
    request = device.request(sealed(device), sealed(device))
    answer = device.send(service.client, device.signed(request.ops[::-1], head(device)))
    assert (answer.status_code, problem(answer).key) == (400, "push.order")


def test_another_terminals_operations_are_refused(service: Service, device: Device) -> None:
    other = service.enrol_new()
    request = msgspec.structs.replace(
        device.request(sealed(device)), terminal_id=other.terminal.terminal_id
    )
    answer = device.send(service.client, request)
    assert (answer.status_code, problem(answer).key) == (403, "push.terminal")


def test_an_epoch_that_was_never_enrolled_is_refused(service: Service, device: Device) -> None:
    request = msgspec.structs.replace(device.request(sealed(device)), epoch=2)
    answer = device.send(service.client, request)
    assert (answer.status_code, problem(answer).key) == (409, "push.epoch")


def test_a_signature_that_fits_no_history_is_refused_and_alarmed(
    service: Service, device: Device
) -> None:
    request = msgspec.structs.replace(device.request(sealed(device)), head_signature=bytes(64))
    answer = device.send(service.client, request)
    assert (answer.status_code, problem(answer).key) == (409, "push.chain")
    assert alarms(service, device) == ["push.chain"]


def test_a_fork_keeps_both_histories_and_alarms(service: Service, device: Device) -> None:
    device.push(service.client, sealed(device))
    clone = device.clone()
    device.push(service.client, sealed(device))
    stranger, after = sealed(clone), sealed(clone)
    assert outcomes(clone.push(service.client, stranger, after)) == [("refused", "fork")] * 2
    assert outcomes(clone.push(service.client, later := sealed(clone))) == [("refused", "fork")]
    assert parked(service, device) == [
        (2, "fork", encode(stranger)),
        (3, "fork", encode(after)),
        (4, "fork", encode(later)),
    ]
    assert alarms(service, device) == ["fork", "fork"]
    again = device.push(service.client, sealed(device))
    assert outcomes(again) == [("applied", "")]


def test_a_repeated_fork_is_parked_and_alarmed_once(service: Service, device: Device) -> None:
    clone = device.clone()
    device.push(service.client, sealed(device))
    request = clone.request(sealed(clone))
    for _ in range(2):
        assert clone.send(service.client, request).status_code == 200
    assert len(parked(service, device)) == 1
    assert alarms(service, device) == ["fork"]


def _with(citation: Citation, **changed: object) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(encode(citation)), **changed})


@dataclass(frozen=True)
class Refused:
    """One bad operation among good ones: its name, what is wrong in it, and the answer."""

    name: str
    changed: dict[str, Any]
    code: str


@pytest.mark.parametrize(
    "case",
    [
        Refused("citation", {"fine_cents": "many"}, "record.malformed"),
        Refused("citation", {"fine_cents": -1}, "record.field"),
        Refused("citation", {"plate": "X" * 40}, "record.field"),
        Refused("citation", {"observed_utc": "2027-01-01T10:00:00"}, "record.field"),
        Refused("citation", {"place": "Bedford\0Street"}, "record.unstorable"),
        Refused("citation", {"new_field": "\0"}, "record.unstorable"),
        Refused("selfie", {}, "record.unknown"),
        Refused("zone", {}, "record.not_yours"),
    ],
    ids=lambda case: f"{case.name}-{case.code}",
)
def test_one_bad_operation_is_parked_and_the_others_are_stored(
    service: Service, device: Device, case: Refused
) -> None:
    good, after = sealed(device), sealed(device)
    payload = _with(sealed(device), **case.changed)
    request = device.request(good, (case.name, payload), after)
    for _ in range(2):
        answer = device.send(service.client, request)
        assert answer.status_code == 200, answer.text
        results = msgspec.json.decode(answer.content, type=PushAnswer).results
        assert [(result.outcome, result.code) for result in results] == [
            ("applied", ""),
            ("refused", case.code),
            ("applied", ""),
        ]
        assert results[1].text
    assert parked(service, device) == [(2, case.code, payload)]
    assert outcomes(device.push(service.client, sealed(device))) == [("applied", "")]


def test_what_a_newer_version_added_is_kept_and_returned(service: Service, device: Device) -> None:
    citation = sealed(device)
    payload = _with(citation, colour_code={"ral": 9010})
    assert outcomes(device.push(service.client, ("citation", payload))) == [("applied", "")]
    found: list[object] = []

    def returned() -> bool:
        rows = [msgspec.json.decode(row.data) for row in service.whole_feed(device)]
        found[:] = [row["colour_code"] for row in rows if "colour_code" in row]
        return bool(found)

    wait_until(returned, what="the citation with its unknown field in the feed")
    assert found == [{"ral": 9010}]


def test_an_identifier_used_for_two_records_is_refused_the_second_time(
    service: Service, device: Device
) -> None:
    citation = sealed(device)
    other = replace(citation, place="Elsewhere")
    answer = device.push(service.client, citation, other, citation)
    assert outcomes(answer) == [("applied", ""), ("refused", "key.taken"), ("applied", "")]
    assert alarms(service, device) == ["key.taken"]


def test_a_reinstalled_device_sends_its_facts_again_without_harm(
    service: Service, device: Device
) -> None:
    citation = sealed(device)
    device.push(service.client, citation)
    again = Device()
    again.enrol(service.client, service.code(device.terminal.name, TerminalKind.OFFICER))
    assert again.terminal.epoch == 2
    assert again.terminal.terminal_id == device.terminal.terminal_id
    assert outcomes(again.push(service.client, citation)) == [("applied", "")]
    answer = device.send(service.client, device.request(sealed(device)))
    assert (answer.status_code, problem(answer).key) == (401, "token.invalid")


def test_operations_of_an_older_epoch_are_still_taken(service: Service, device: Device) -> None:
    device.push(service.client, sealed(device))
    key, heads, terminal = device.key, device.heads, device.terminal
    again = Device()
    again.enrol(service.client, service.code(terminal.name, TerminalKind.OFFICER))
    again.terminal = replace(again.terminal, epoch=1)
    again.heads = heads
    assert again.key is not key
    assert outcomes(again.push(service.client, sealed(again))) == [("applied", "")]


@pytest.mark.parametrize(
    ("kind", "event_kind", "expected"),
    [
        (TerminalKind.OFFICER, EventKind.PRINTED, "applied"),
        (TerminalKind.OFFICER, EventKind.VOID_REQUESTED, "applied"),
        (TerminalKind.OFFICER, EventKind.RELEASED, "refused"),
        (TerminalKind.OFFICER, EventKind.PAID, "refused"),
        (TerminalKind.SUPERVISOR, EventKind.RELEASED, "applied"),
        (TerminalKind.SUPERVISOR, EventKind.PAID, "refused"),
        (TerminalKind.KIOSK, EventKind.PRINTED, "refused"),
    ],
)
def test_a_device_may_send_only_the_events_of_its_kind(
    service: Service, kind: TerminalKind, event_kind: EventKind, expected: str
) -> None:
    device = service.enrol_new(kind)
    sent = event(device.citation(), event_kind)
    [result] = device.push(service.client, sent).results
    assert result.outcome == expected
    assert result.code == ("" if expected == "applied" else "event.not_allowed")


def test_other_facts_are_stored_too(service: Service, device: Device) -> None:
    started = ShiftEvent(
        shift_event_id=uuid7(datetime.now(UTC)),
        shift_id=uuid7(datetime.now(UTC)),
        officer_id=OFFICER.officer_id,
        terminal_id=device.terminal.terminal_id,
        beat_id="B1",
        kind=ShiftEventKind.STARTED,
        at_utc=datetime.now(UTC),
    )
    assert outcomes(device.push(service.client, started)) == [("applied", "")]
    desk = service.enrol_new(TerminalKind.SUPERVISOR)
    assert encode(started) in [bytes(row.data) for row in service.feed_until(desk, "shift_event")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"zone_id": "Z99"}, "citation.zone"),
        ({"issued_utc": datetime.now(UTC) + timedelta(days=1)}, "citation.future"),
        ({"issued_utc": datetime.now(UTC) - timedelta(days=1)}, "citation.order"),
        ({"citation_id": uuid7(datetime.now(UTC) + timedelta(days=1))}, "citation.identifier"),
        ({"citation_id": UUID(int=2**128 - 1 & ~(0x8 << 76) & ~(1 << 62))}, "citation.identifier"),
        ({"fine_cents": 999_900}, "citation.fine"),
        ({"violation_code": "999"}, "citation.code"),
        ({"number": "SC-9999-0000005"}, "number.check_digit"),
        ({"number": "hello"}, "number.form"),
        ({"officer_id": uuid7(datetime.now(UTC))}, "citation.officer"),
        ({"terminal_id": uuid7(datetime.now(UTC))}, "citation.terminal"),
    ],
)
def test_odd_citations_are_stored_and_flagged(
    service: Service, device: Device, changed: dict[str, Any], code: str
) -> None:
    citation = replace(sealed(device), **changed)
    [result] = device.push(service.client, citation).results
    assert (result.outcome, result.code) == ("flagged", code)
    found = service.rows(
        "select code, text from flags where key = %(key)s", key=str(citation.citation_id)
    )
    assert (code, result.text) in found
    key = citation.citation_id
    assert service.one("select count(*) from violations where citation_id = %(key)s", key=key) == 1


def test_a_warning_may_cost_nothing(service: Service, device: Device) -> None:
    warning = sealed(device, is_warning=True, fine_cents=0)
    assert outcomes(device.push(service.client, warning)) == [("applied", "")]


def test_an_unsealed_citation_is_flagged(service: Service, device: Device) -> None:
    citation = device.citation(officer_id=OFFICER.officer_id)
    assert outcomes(device.push(service.client, citation)) == [("flagged", "citation.unsealed")]


def test_a_number_outside_the_lease_is_flagged(service: Service) -> None:
    device = service.enrol_new()
    assert outcomes(device.push(service.client, sealed(device))) == [
        ("flagged", "number.not_leased")
    ]


def test_a_number_used_twice_is_flagged(service: Service, device: Device) -> None:
    first = sealed(device)
    device.push(service.client, first)
    [result] = device.push(service.client, sealed(device, number=first.number)).results
    assert (result.outcome, result.code) == ("flagged", "number.used_twice")


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


def test_a_push_of_nothing_or_too_much_is_refused(service: Service, device: Device) -> None:
    request = device.request(sealed(device))
    plain = msgspec.to_builtins(request, builtin_types=(bytes, msgspec.Raw))
    too_many: list[list[object]] = [[], plain["ops"] * 501]
    for ops in too_many:
        body = msgspec.json.encode({**plain, "ops": ops})
        answer = service.client.post("/sync/v1/push", content=body, headers=device.push_headers())
        assert (answer.status_code, problem(answer).key) == (400, "body.malformed")


def test_bodies_that_are_cut_or_compressed_oddly_are_refused(
    service: Service, device: Device
) -> None:
    whole = pack(device.request(sealed(device)))
    cases = {
        ("zstd", whole[:-7]): (400, "wire.compression"),
        ("zstd", b"{}"): (400, "wire.compression"),
        ("gzip", whole): (415, "body.encoding"),
        ("identity", b'{"cut'): (400, "body.malformed"),
        ("identity", b"\xff\xfe"): (400, "body.malformed"),
        ("identity", b" " * (4 * 1024 * 1024 + 1)): (413, "body.too_large"),
    }
    for (encoding, body), expected in cases.items():
        headers = {**device.push_headers(), "Content-Encoding": encoding}
        answer = service.client.post("/sync/v1/push", content=body, headers=headers)
        assert (answer.status_code, problem(answer).key) == expected


def test_links_cover_the_name_of_the_record(service: Service, device: Device) -> None:
    citation = sealed(device)
    link = next_link(head(device), seq=1, name="photo", payload=encode(citation))
    request = device.signed([Op(1, "citation", msgspec.Raw(encode(citation)))], link)
    assert problem(device.send(service.client, request)).key == "push.chain"
    assert isinstance(request, PushRequest)
