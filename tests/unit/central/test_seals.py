"""Seals: verified by the worker within a minute; one that does not hold is flagged and alarmed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.seals.verify import verify_seals
from parking.citation import Citation
from parking.ids import uuid7
from parking.officer import OfficerKey
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service
from tests.waiting import wait_until


class Signer:
    """An officer with a key on one terminal."""

    def __init__(self, service: Service, device: Device) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.officer_key = OfficerKey(
            officer_key_id=uuid7(datetime.now(UTC)),
            officer_id=OFFICER.officer_id,
            terminal_id=device.terminal.terminal_id,
            public_key=self.key.public_key().public_bytes_raw(),
        )
        service.store(self.officer_key)


@pytest.fixture
def device(service: Service) -> Device:
    return service.enrol_new()


@pytest.fixture
def signer(service: Service, device: Device) -> Signer:
    return Signer(service, device)


def checked(service: Service, citation: Citation) -> tuple[bool, UUID | None]:
    """Return what the seal check said, once the queue has come to it."""
    statement = "select valid, officer_key_id from seal_checks where citation_id = %(id)s"
    found: list[tuple[bool, UUID | None]] = []

    def done() -> bool:
        verify_seals(service.central.database, service.central.clock)
        found[:] = service.rows(statement, id=citation.citation_id)
        return bool(found)

    wait_until(done, what="the seal check")
    return found[0]


def codes(service: Service, citation: Citation) -> set[str]:
    statement = "select code from flags where key = %(key)s"
    return {code for (code,) in service.rows(statement, key=str(citation.citation_id))}


def test_a_true_seal_holds(service: Service, device: Device, signer: Signer) -> None:
    Signer(service, device)
    citation = device.sealed(device.citation(officer_id=OFFICER.officer_id), signer.key)
    device.push(service.client, citation)
    assert checked(service, citation) == (True, signer.officer_key.officer_key_id)
    assert "seal.invalid" not in codes(service, citation)


@pytest.mark.parametrize("what", ["changed", "other key", "no seal", "other terminal"])
def test_a_seal_that_does_not_hold_is_flagged(
    service: Service, device: Device, signer: Signer, what: str
) -> None:
    citation = device.citation(officer_id=OFFICER.officer_id)
    if what == "other terminal":
        device = service.enrol_new()
        citation = replace(citation, terminal_id=device.terminal.terminal_id)
    key = Ed25519PrivateKey.generate() if what == "other key" else signer.key
    sealed = citation if what == "no seal" else device.sealed(citation, key)
    if what == "changed":
        sealed = replace(sealed, fine_cents=1)
    device.push(service.client, sealed)
    assert checked(service, sealed) == (False, None)
    assert "seal.invalid" in codes(service, sealed)
    subject = f"citation:{sealed.citation_id}"
    statement = "select count(*) from alarms where subject = %(subject)s"
    assert service.one(statement, subject=subject) == 1


def test_after_a_restore_a_seal_waits_for_a_key_that_may_still_come(
    fresh_service: Service,
) -> None:
    service, now_utc = fresh_service, fresh_service.now_utc
    statement = "insert into feed_epochs (feed_epoch, opened_utc) values (%(epoch)s, %(opened)s)"
    with service.central.database.unit_of_work("test") as connection:
        for epoch, days in (("before", 2), ("restored", 0)):
            opened_utc = now_utc - timedelta(days=days)
            connection.exec_driver_sql(statement, {"epoch": epoch, "opened": opened_utc})
    device = service.enrol_new()
    signer, lost = Signer(service, device), Ed25519PrivateKey.generate()
    known = device.sealed(device.citation(officer_id=OFFICER.officer_id), signer.key)
    other = replace(OFFICER, officer_id=uuid7(now_utc), badge="0555")
    waiting = device.sealed(device.citation(officer_id=other.officer_id), lost)
    device.push(service.client, known, waiting)
    assert checked(service, known) == (True, signer.officer_key.officer_key_id)
    assert service.one("select citation_ids from seal_queue") == [waiting.citation_id]
    again = replace(
        signer.officer_key,
        officer_key_id=uuid7(now_utc),
        officer_id=other.officer_id,
        public_key=lost.public_key().public_bytes_raw(),
    )
    service.store(other, again)
    assert checked(service, waiting) == (True, again.officer_key_id)
    assert service.rows("select citation_ids from seal_queue") == []
