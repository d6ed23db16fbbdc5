"""Pushes over real HTTP: stored once, answered for good, nothing truly signed is dropped."""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import zstandard

from parking.audit import next_link
from parking.citation import Citation, CitationEvent, EventKind
from parking.ids import uuid7
from parking.shift import ShiftEvent, ShiftEventKind
from parking.terminal import TerminalKind
from sync.records import Lane, encode
from sync.wire import Op, PushAnswer, PushRequest, pack
from tests.unit.central.device import Device
from tests.unit.central.pushes import outcomes, parked, sealed
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service, problem
from tests.waiting import wait_until


@pytest.fixture
def device(service: Service) -> Device:
    made = service.enrol_new()
    service.lease(made)
    return made


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


def alarms(service: Service, device: Device) -> list[str]:
    subject = f"terminal:{device.terminal.terminal_id}"
    statement = "select code from alarms where subject = %(subject)s order by alarm_id"
    return [code for (code,) in service.rows(statement, subject=subject)]


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
    # While others hold the horizon, a row comes with the tables and once more after them.
    assert all(each == {"ral": 9010} for each in found)


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
        ("zstd", zstandard.compress(bytes(1 << 26))): (400, "wire.compression"),
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
