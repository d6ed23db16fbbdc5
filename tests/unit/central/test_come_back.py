"""What a restored central takes back by certificate, and from whom it takes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from central.identity.revoked import note_revoked, revoke_again, revoked_keys
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import OfficerKey
from parking.terminal import Terminal, TerminalKind
from sync.vouching import (
    Certificate,
    ComeBack,
    ComeBackAnswer,
    SignedCertificate,
    Standing,
    certificate_bytes,
    check_standing,
)
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service, problem


@pytest.fixture
def lost(service: Service) -> Device:
    """A device that the city enrolled in a life of the database that is gone."""
    device = Device()
    now_utc = service.now_utc
    device.terminal = Terminal(
        terminal_id=uuid7(now_utc),
        name=f"L{now_utc.timestamp():.6f}"[-20:],
        kind=TerminalKind.OFFICER,
        series=5000 + service.one("select count(*) from terminals"),
        public_key=device.public_key,
        epoch=1,
    )
    return device


def certificate(service: Service, device: Device, **changed: Any) -> Certificate:
    now_utc = service.now_utc
    whole = Certificate(
        terminal=device.terminal,
        officers=[OFFICER],
        officer_keys=[
            OfficerKey(
                officer_key_id=uuid7(now_utc),
                officer_id=OFFICER.officer_id,
                terminal_id=device.terminal.terminal_id,
                public_key=bytes(32),
            )
        ],
        issued_utc=now_utc,
        ends_utc=now_utc + timedelta(days=30),
    )
    return msgspec.structs.replace(whole, **changed)


def signed(service: Service, said: Certificate) -> SignedCertificate:
    keys, encoded = service.central.keys, msgspec.json.encode(said)
    return SignedCertificate(
        said=encoded,
        signature=keys.online.sign(certificate_bytes(encoded)),
        online_key=keys.online_public,
        online_key_signature=keys.online_signature,
    )


def give(service: Service, device: Device, vouched: SignedCertificate) -> httpx.Response:
    return service.client.post(
        "/sync/v1/come-backs",
        content=msgspec.json.encode(ComeBack(certificate=vouched, leases=[])),
        headers=device.headers(),
    )


def alarms(service: Service, device: Device) -> list[str]:
    statement = "select code from alarms where subject = %(subject)s"
    subject = f"terminal:{device.terminal.terminal_id}"
    return [code for (code,) in service.rows(statement, subject=subject)]


def test_a_lost_device_is_taken_back_once_and_a_person_hears_of_it(
    service: Service, lost: Device
) -> None:
    vouched = signed(service, certificate(service, lost))
    asked = service.client.get("/sync/v1/standing", headers=lost.headers())
    assert problem(asked).key == "terminal.unknown"
    first, second = (give(service, lost, vouched) for _ in range(2))
    told = [msgspec.json.decode(one.content, type=ComeBackAnswer) for one in (first, second)]
    assert [(one.terminals, one.officer_keys) for one in told] == [(1, 1), (0, 0)]
    assert alarms(service, lost) == ["terminal.came_back"]
    answer = service.client.get("/sync/v1/standing", headers=lost.headers())
    standing = msgspec.json.decode(answer.content, type=Standing)
    check_standing(service.central.keys.root_public, standing)
    renewed = msgspec.json.decode(standing.certificate.said, type=Certificate)
    assert (renewed.terminal.name, len(renewed.officer_keys)) == (lost.terminal.name, 1)


def shut_out(service: Service, lost: Device) -> None:
    note_revoked(service.central.settings.keys_dir, lost.terminal)


def known_as_shut_out(service: Service, lost: Device) -> None:
    service.store(replace(lost.terminal, revoked=True))


def enrolled_anew(service: Service, lost: Device) -> None:
    service.store(replace(lost.terminal, public_key=Device().public_key, epoch=2))


def its_numbers_given_away(service: Service, lost: Device) -> None:
    service.store(replace(lost.terminal, terminal_id=uuid7(service.now_utc), name="other"))


@pytest.mark.parametrize(
    ("meanwhile", "status", "key"),
    [
        (shut_out, 403, "terminal.revoked"),
        (known_as_shut_out, 403, "terminal.revoked"),
        (enrolled_anew, 409, "certificate.replaced"),
        (its_numbers_given_away, 409, "certificate.taken"),
    ],
)
def test_what_central_knows_wins(
    service: Service,
    lost: Device,
    meanwhile: Callable[[Service, Device], None],
    status: int,
    key: str,
) -> None:
    meanwhile(service, lost)
    answer = give(service, lost, signed(service, certificate(service, lost)))
    assert (answer.status_code, problem(answer).key) == (status, key)
    assert alarms(service, lost) == []


def test_an_old_a_forged_and_a_stolen_certificate_bring_nobody_back(
    service: Service, lost: Device
) -> None:
    old = certificate(service, lost, ends_utc=service.now_utc)
    answer = give(service, lost, signed(service, old))
    assert (answer.status_code, problem(answer).key) == (403, "certificate.ended")
    vouched = signed(service, certificate(service, lost))
    forged = msgspec.structs.replace(vouched, signature=bytes(64))
    assert problem(give(service, lost, forged)).key == "certificate.signature"
    thief = Device()
    thief.terminal = lost.terminal
    answer = give(service, thief, vouched)
    assert (answer.status_code, problem(answer).key) == (401, "token.invalid")
    assert alarms(service, lost) == []


def test_a_restored_database_hears_again_who_was_shut_out(service: Service, lost: Device) -> None:
    folder, found = service.central.settings.keys_dir, lost.terminal
    service.store(found)
    note_revoked(folder, found)

    def asked() -> httpx.Response:
        assert not revoke_again(service.central.database, folder, service.central.clock)
        return service.client.get("/sync/v1/standing", headers=lost.headers())

    assert problem(asked()).key == "terminal.revoked"
    service.store(replace(found, epoch=2))
    assert asked().status_code == 200


def test_the_list_of_shut_out_devices_must_be_readable(service: Service, lost: Device) -> None:
    file = service.central.settings.keys_dir / "revoked-devices"
    kept = file.read_text() if file.exists() else ""
    file.write_text("no key\n")
    try:
        with pytest.raises(UserError, match="cannot be read"):
            revoked_keys(file.parent)
    finally:
        file.write_text(kept)
    with pytest.raises(UserError, match="cannot be written"):
        note_revoked(file.parent / "nothing", lost.terminal)
