"""What tests of pushes send, and what they look at afterwards."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parking.check import PlateCheck
from parking.citation import Citation
from parking.ids import uuid7
from sync.wire import PushAnswer
from tests.fakes.terminal import plate_check
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service


def sealed(device: Device, **changed: Any) -> Citation:
    return device.sealed(
        device.citation(officer_id=OFFICER.officer_id, **changed), Ed25519PrivateKey.generate()
    )


def check_of(device: Device) -> PlateCheck:
    return replace(
        plate_check(), check_id=uuid7(datetime.now(UTC)), terminal_id=device.terminal.terminal_id
    )


def parked(service: Service, device: Device) -> list[tuple[int, str, bytes]]:
    statement = """
        select op_seq, code, payload from parked_operations where terminal_id = %(terminal)s
        order by op_seq, received_utc
    """
    found = service.rows(statement, terminal=device.terminal.terminal_id)
    return [(seq, code, bytes(payload)) for seq, code, payload in found]


def outcomes(answer: PushAnswer) -> list[tuple[str, str]]:
    return [(result.outcome, result.code) for result in answer.results]
