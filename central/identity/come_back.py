"""A restored central takes back what it vouched for after the moment it was restored to.

A device that joined, an officer who was activated on it, numbers that it was given: the terminal
has all of it signed by the city. What central knows wins; it only gets back what it does not have.
Each come-back stands in the audit log, and raises an alarm for a person. Source: docs/decisions
/0025.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from central.identity.city_keys import CityKeys
from central.identity.device_keys import keep_key
from central.identity.enrol import LOCK
from central.identity.revoked import is_shut_out
from central.identity.tokens import check_token, revoked_device
from central.log import alarm, audit
from central.problems import RefusedError
from central.store import Row, load_many, store_many, value_of
from parking.numbers import NumberLease, lease_bytes
from parking.officer import Officer, OfficerKey
from parking.terminal import Terminal
from sync.records import BY_CLASS, check
from sync.vouching import Certificate, ComeBack, ComeBackAnswer, check_online_key

ALARM = "terminal.came_back"
_ENROL = "Ask city IT for a code and enrol this device again."
_TAKEN = "select 1 from terminals where name = %(name)s or series = %(series)s"
_LEASE = """
insert into number_leases
    (lease_id, terminal_id, series, first_serial, last_serial, signature, leased_utc)
select %(lease)s, %(terminal)s, %(series)s, %(first)s, %(last)s, %(signature)s, %(now)s
where not exists (
    select from number_leases where series = %(series)s
        and first_serial <= %(last)s and last_serial >= %(first)s
) on conflict do nothing returning lease_id
"""


def come_back(
    connection: Connection,
    given: ComeBack,
    *,
    authorization: str,
    keys: CityKeys,
    revoked: Mapping[bytes, int],
    now_utc: datetime,
) -> ComeBackAnswer:
    """Take back what is missing here.

    Args:
        connection: Of a unit of work of its own.
        given: What the terminal has.
        authorization: Of the request: the device's token, by the key in the certificate.
        keys: Of the city.
        revoked: Devices that were shut out, whatever the database says.
        now_utc: Central's time.

    Raises:
        UserError: ``certificate.signature`` or ``record.field``.
        RefusedError: 401 as ``check_token``; 403 ``terminal.revoked`` or ``certificate.ended``; 409
            ``certificate.replaced`` or ``certificate.taken``.
    """
    online = check_online_key(keys.root_public, given.certificate)
    certificate = msgspec.json.decode(given.certificate.said, type=Certificate)
    terminal = certificate.terminal
    check(terminal)
    check_token(authorization, terminal, now_utc)
    connection.exec_driver_sql(LOCK)
    joined = _take_terminal(connection, certificate, revoked, now_utc)
    answer = ComeBackAnswer(
        terminals=joined,
        officer_keys=_take_officers(connection, certificate, now_utc),
        leases=sum(
            _take_lease(connection, lease, terminal, online, now_utc) for lease in given.leases
        ),
    )
    if answer.terminals or answer.officer_keys or answer.leases:
        _tell(connection, terminal, answer, now_utc)
    return answer


def _take_terminal(
    connection: Connection,
    certificate: Certificate,
    revoked: Mapping[bytes, int],
    now_utc: datetime,
) -> int:
    terminal, record = certificate.terminal, BY_CLASS[Terminal]
    found = load_many(connection, record, [terminal.terminal_id])
    known: Terminal | None = next((value_of(record, row) for row in found.values()), None)
    if is_shut_out(terminal, revoked) or (known is not None and known.revoked):
        raise revoked_device()
    if now_utc >= certificate.ends_utc:
        raise RefusedError(
            403,
            "certificate.ended",
            "What vouches for this device is older than 30 days.",
            action=_ENROL,
        )
    if known is not None:
        if known.public_key != terminal.public_key:
            raise RefusedError(
                409,
                "certificate.replaced",
                "Another device was enrolled under this name since.",
                action="Tell city IT.",
            )
        return 0
    taken = {"name": terminal.name, "series": terminal.series}
    if connection.exec_driver_sql(_TAKEN, taken).first():
        raise RefusedError(
            409,
            "certificate.taken",
            f"The name {terminal.name} or its numbers belong to another device now.",
            action=_ENROL,
        )
    store_many(connection, record, [Row(value=terminal)], received_utc=now_utc)
    keep_key(connection, terminal, now_utc=now_utc)
    return 1


def _take_officers(connection: Connection, certificate: Certificate, now_utc: datetime) -> int:
    own = certificate.terminal.terminal_id
    _store_missing(connection, Officer, "officer_id", certificate.officers, now_utc)
    officer_keys = [key for key in certificate.officer_keys if key.terminal_id == own]
    return _store_missing(connection, OfficerKey, "officer_key_id", officer_keys, now_utc)


def _store_missing(
    connection: Connection, of: type, key: str, values: Sequence[Any], now_utc: datetime
) -> int:
    record = BY_CLASS[of]
    ids: list[UUID] = [getattr(value, key) for value in values]
    known = load_many(connection, record, ids)
    missing = [value for value in values if str(getattr(value, key)) not in known]
    for value in missing:
        check(value)
    if missing:
        rows = [Row(value=value) for value in missing]
        store_many(connection, record, rows, received_utc=now_utc)
    return len(missing)


def _take_lease(
    connection: Connection,
    lease: NumberLease,
    terminal: Terminal,
    online: Ed25519PublicKey,
    now_utc: datetime,
) -> int:
    """Store a lease that the city signed for this device; what overlaps another one is left out."""
    if (lease.terminal_id, lease.series) != (terminal.terminal_id, terminal.series):
        return 0
    try:
        online.verify(lease.signature, lease_bytes(lease))
    except InvalidSignature:
        # By an online key of before; numbers given out then are in older backups.
        return 0
    row = {
        "lease": lease.lease_id,
        "terminal": lease.terminal_id,
        "series": lease.series,
        "first": lease.first_serial,
        "last": lease.last_serial,
        "signature": lease.signature,
        "now": now_utc,
    }
    return len(connection.exec_driver_sql(_LEASE, row).all())


def _tell(
    connection: Connection, terminal: Terminal, answer: ComeBackAnswer, now_utc: datetime
) -> None:
    detail: dict[str, str | int] = {
        "name": terminal.name,
        "terminals": answer.terminals,
        "officer_keys": answer.officer_keys,
        "leases": answer.leases,
    }
    subject = str(terminal.terminal_id)
    audit(connection, ALARM, subject, now_utc=now_utc, detail=detail)
    if answer.terminals or answer.officer_keys:
        text = (
            f"{terminal.name} came back by its certificate after a restore "
            f"({answer.officer_keys} officers' keys). Revoke it if nobody knows it."
        )
        alarm(connection, ALARM, f"terminal:{subject}", text, now_utc)
