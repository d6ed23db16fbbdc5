"""What a device has waiting after eight hours without network, signed and ready to go."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parking.audit import GENESIS, head_bytes, next_link
from parking.check import Answer, PlateCheck
from parking.citation import Citation
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.outage import OutageEvent, OutageEventKind
from sync.records import BY_CLASS, Lane, encode
from sync.wire import MOST_OPS, SCHEMA_LEVEL, Op, PushRequest
from tests.benchmarks.sync.fleet import DeviceOrder

PAID_PLATE = "PAY{:05d}"
"""Plates of the rights that are stored while devices listen, numbered in their order."""


def paid_number(plate: str) -> int:
    """Return the number of one of ``PAID_PLATE``, -1 for another."""
    number = plate.removeprefix(PAID_PLATE[:3])
    return int(number) if number != plate and number.isdecimal() else -1


_ZONE = "204"
_DRAW = random.Random(20270304)


def requests(device: DeviceOrder, officer_id: UUID, count: int) -> Iterator[PushRequest]:
    """Yield the pushes of a device, lane by lane: an outage, then two citations a check."""
    citations = (count - 1) * 2 // 3
    lanes: tuple[tuple[Lane, list[Any]], ...] = (
        (Lane.ORDERS, [_outage(device)]),
        (Lane.CITATIONS, [_citation(device, officer_id, serial) for serial in range(citations)]),
        (Lane.EDITS, [_check(device, officer_id) for _ in range(count - 1 - citations)]),
    )
    for lane, values in lanes:
        link = GENESIS
        for start in range(0, len(values), MOST_OPS):
            request, link = _signed(device, lane, values[start : start + MOST_OPS], link, start)
            yield request


def _signed(
    device: DeviceOrder, lane: Lane, values: Sequence[Any], link: bytes, before: int
) -> tuple[PushRequest, bytes]:
    ops = []
    for seq, value in enumerate(values, before + 1):
        name, payload = BY_CLASS[type(value)].name, encode(value)
        link = next_link(link, seq=seq, name=name, payload=payload)
        ops.append(Op(seq, name, msgspec.Raw(payload)))
    terminal = device.terminal
    head = head_bytes(
        terminal_id=terminal.terminal_id,
        epoch=terminal.epoch,
        lane=lane,
        seq=ops[-1].seq,
        link=link,
    )
    request = PushRequest(
        terminal_id=terminal.terminal_id,
        epoch=terminal.epoch,
        lane=lane,
        schema_level=SCHEMA_LEVEL,
        sent_utc=datetime.now(UTC),
        head_signature=Ed25519PrivateKey.from_private_bytes(device.key).sign(head),
        ops=ops,
    )
    return request, link


def _outage(device: DeviceOrder) -> OutageEvent:
    now = datetime.now(UTC)
    return OutageEvent(
        outage_event_id=uuid7(now),
        outage_id=uuid7(now),
        terminal_id=device.terminal.terminal_id,
        zone_id=_ZONE,
        kind=OutageEventKind.STARTED,
        cause="network",
        at_utc=now,
        clock_uncertainty_ms=20,
    )


def _citation(device: DeviceOrder, officer_id: UUID, serial: int) -> Citation:
    now = datetime.now(UTC)
    return Citation(
        citation_id=uuid7(now),
        number=citation_number(device.terminal.series, serial),
        terminal_id=device.terminal.terminal_id,
        officer_id=officer_id,
        shift_id=uuid7(now),
        zone_id=_ZONE,
        plate=_plate(),
        plate_state="CT",
        violation_code="101",
        fine_cents=2500,
        observed_utc=now,
        issued_utc=now,
        photo_hashes=(_DRAW.randbytes(32), _DRAW.randbytes(32)),
        check_id=uuid7(now),
        seal=_DRAW.randbytes(64),
    )


def _check(device: DeviceOrder, officer_id: UUID) -> PlateCheck:
    now = datetime.now(UTC)
    return PlateCheck(
        check_id=uuid7(now),
        terminal_id=device.terminal.terminal_id,
        officer_id=officer_id,
        shift_id=uuid7(now),
        zone_id=_ZONE,
        plate=_plate(),
        plate_state="CT",
        observed_utc=now,
        clock_uncertainty_ms=20,
        answer=Answer.NOT_PAID,
    )


def _plate() -> str:
    return "".join(_DRAW.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=2)) + f"{_DRAW.randrange(100_000):05}"
