"""Odd and poisonous operations.

Odd but possible and truly signed: stored, flagged, shown to a person; the paper is on the car.
Poison: refused and parked, never a fault of central's, and nothing else waits for it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from parking.check import PlateCheck
from parking.citation import EventKind
from parking.edit import Edit, FieldChange
from parking.ids import uuid7
from parking.parked import ParkedClosing
from parking.terminal import TerminalKind
from sync.records import BY_CLASS, BY_NAME, Lane, encode, fields_of
from sync.wire import MOST_OPS, STORED, OpResult, PushAnswer
from tests.fakes.terminal import (
    citation,
    citation_event,
    outage_event,
    photo,
    plate_check,
    shift_event,
)
from tests.unit.central.device import Device
from tests.unit.central.pushes import outcomes, sealed
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service, problem

NOW = datetime.now(UTC)


@pytest.fixture
def desk(service: Service) -> Device:
    return service.enrol_new(TerminalKind.SUPERVISOR)


def fresh_check() -> PlateCheck:
    return plate_check(check_id=uuid4(), observed_utc=NOW)


def bad(**changed: bytes) -> bytes:
    """Return a check with the raw JSON of some fields replaced."""
    fields = {**msgspec.json.decode(encode(fresh_check()), type=dict[str, msgspec.Raw])}
    parts = {**{name: bytes(raw) for name, raw in fields.items()}, **changed}
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), raw) for name, raw in parts.items()) + b"}"


POISON = {
    "nothing": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "no UTF-8": bad(plate=b'"\xff\xfe"'),
    "no UTF-8 in what nobody knows": bad(colour=b'"\xff\xfe"'),
    "NUL in a text": bad(plate=b'"A\\u0000"'),
    "NUL in a word of a list": bad(answer=b'"paid\\u0000"'),
    "NUL in what nobody knows": bad(colour=b'"\\u0000"'),
    "NUL in a name nobody knows": bad(**{"a\\u0000": b"1"}),
    "a time without offset": bad(observed_utc=b'"2027-01-01T10:00:00"'),
    "a time before all times": bad(observed_utc=b'"0001-01-01T00:00:00+14:00"'),
    "a time after all times": bad(observed_utc=b'"9999-12-31T23:59:59-14:00"'),
    "a number beyond all numbers": bad(clock_uncertainty_ms=b"9" * 400),
    "a number beyond all numbers nobody knows": bad(colour=b"1e999"),
    "a text without end": bad(plate=b'"' + b"X" * 100_000 + b'"'),
    "no identifier": bad(check_id=b'"1234"'),
}


MALFORMED = {
    "no JSON": b"\x00\xff",
    "half a pair": bad(plate=b'"\\ud800"'),
    "a box in a box": bad(colour=b"[" * 50_000 + b"]" * 50_000),
}
"""What no encoder makes: the whole message is no JSON then, and says nothing of its operations."""


def push(service: Service, device: Device, *ops: Any, lane: Lane = Lane.EDITS) -> list[OpResult]:
    answer = device.send(service.client, device.request(*ops, lane=lane))
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PushAnswer).results


@pytest.mark.parametrize("what", POISON)
def test_poison_is_parked_alone(service: Service, desk: Device, what: str) -> None:
    before, after = fresh_check(), fresh_check()
    results = push(service, desk, before, ("plate_check", POISON[what]), after)
    assert [result.outcome for result in results] == ["applied", "refused", "applied"]
    assert results[1].code
    assert results[1].text
    statement = "select payload from parked_operations where terminal_id = %(terminal)s"
    assert [
        bytes(row[0]) for row in service.rows(statement, terminal=desk.terminal.terminal_id)
    ] == [POISON[what]]
    assert [result.outcome for result in push(service, desk, fresh_check())] == ["applied"]
    service.feed_until(desk, "parked_operation")


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_json_is_refused_in_words(service: Service, desk: Device, what: str) -> None:
    stranger = desk.clone()
    answer = stranger.send(service.client, stranger.request(("plate_check", MALFORMED[what])))
    assert (answer.status_code, problem(answer).key) == (400, "body.malformed")
    assert [result.outcome for result in push(service, desk, fresh_check())] == ["applied"]


def facts(device: Device) -> list[Any]:
    """Return one fact of every class, as the desk could send it."""
    made = citation(citation_id=uuid4(), observed_utc=NOW, issued_utc=NOW)
    return [
        made,
        citation_event(made, EventKind.PRINTED),
        photo(made, bytes(32), 7),
        fresh_check(),
        shift_event(),
        outage_event(),
        Edit(
            edit_id=uuid4(),
            record="citation_note",
            record_key=str(made.citation_id),
            base_revision=0,
            changes=(FieldChange(field="note", base="null", value='"seen"'),),
            officer_id=uuid4(),
            terminal_id=device.terminal.terminal_id,
            made_utc=NOW,
            clock_uncertainty_ms=20,
            hlc=1,
        ),
        ParkedClosing(
            parked_closing_id=uuid4(),
            parked_operation_id=uuid4(),
            reason="Entered again.",
            officer_id=uuid4(),
            terminal_id=device.terminal.terminal_id,
            closed_utc=NOW,
        ),
    ]


NASTY: list[Any] = [
    None,
    "",
    "\0",
    "ß\u202e\U0001f697" * 9,
    "x" * 9000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "2999-01-01T00:00:00Z",
    -1,
    2**62,
    2**63,
    1.5,
    True,
    [],
    ["\0"],
    {},
    {"field": "note", "base": "null", "value": '"\\u0000"'},
    [{"field": "note", "base": "null", "value": '"\\u0000"'}],
    [{"field": "note", "base": "null", "value": "{"}],
    [{"field": "tags", "base": "null", "value": '["\\u0000"]'}],
    [{"field": "nothing", "base": "null", "value": "1"}],
]


def spoilt(value: Any) -> Iterator[tuple[str, bytes]]:
    """Yield a fact with each field set to each nasty value in turn, every one under its own key."""
    record = BY_CLASS[type(value)]
    whole = msgspec.json.decode(encode(value))
    for field in fields_of(record.of):
        for nasty in NASTY:
            changed = {**whole, record.key: str(uuid7(NOW)), field.name: nasty}
            yield record.name, msgspec.json.encode(changed)


def test_whatever_a_field_holds_central_answers_and_goes_on(service: Service, desk: Device) -> None:
    by_lane: dict[Lane, list[tuple[str, bytes]]] = {lane: [] for lane in Lane}
    for value in facts(desk):
        for name, payload in spoilt(value):
            by_lane[BY_NAME[name].lane].append((name, payload))
    outcomes: set[str] = set()
    for lane, ops in by_lane.items():
        for start in range(0, len(ops), MOST_OPS):
            results = push(service, desk, *ops[start : start + MOST_OPS], lane=lane)
            assert len(results) == len(ops[start : start + MOST_OPS])
            outcomes |= {result.outcome for result in results}
    assert {"refused", "applied", "flagged"} <= outcomes <= STORED | {"refused"}
    assert all(row.name for row in service.whole_feed(desk))


@pytest.fixture
def device(service: Service) -> Device:
    made = service.enrol_new()
    service.lease(made)
    return made


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
