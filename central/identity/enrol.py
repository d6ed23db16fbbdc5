"""Enrolment of devices and activation of officers on them, each with a one-time code."""

from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection

from central.identity.city_keys import CityKeys
from central.identity.codes import Grant, Purpose, use_code
from central.identity.device_keys import keep_key
from central.identity.tokens import public_key
from central.log import audit
from central.problems import RefusedError
from central.store import Row, load_many, store_many, value_of
from parking.ids import uuid7
from parking.officer import Officer, OfficerKey
from parking.service_code import station_key
from parking.terminal import Terminal, TerminalKind
from sync.records import BY_CLASS
from sync.wire import ActivateAnswer, ActivateRequest, EnrolAnswer, EnrolRequest

_PROOF_PREFIX = b"stamford-enrol-1\n"
_TERMINAL, _OFFICER, _OFFICER_KEY = (
    BY_CLASS[Terminal],
    BY_CLASS[Officer],
    BY_CLASS[OfficerKey],
)
_LAST_SERIES = 9999
# One enrolment at a time: names and series are given out under this lock.
LOCK = "select pg_advisory_xact_lock(7305002)"
_BY_NAME = "select terminal_id from terminals where name = %(name)s"
_NEXT_SERIES = "select coalesce(max(series), 0) + 1 from terminals"
_BY_BADGE = "select officer_id from users where badge = %(badge)s"


def enrol(
    connection: Connection, asked: EnrolRequest, keys: CityKeys, now_utc: datetime
) -> EnrolAnswer | RefusedError:
    """Let a device join; the same name again gets the next epoch and forgets the old key.

    Returns:
        The refusal is a value, so that a lost try is committed.
    """
    if refusal := _wrong_proof(asked):
        return refusal
    granted = use_code(connection, Purpose.ENROL, asked.code, now_utc=now_utc)
    if isinstance(granted, RefusedError):
        return granted
    terminal = _store_terminal(connection, granted, asked.public_key, now_utc)
    audit(
        connection,
        "terminal.enrolled",
        str(terminal.terminal_id),
        now_utc=now_utc,
        detail={"name": terminal.name, "kind": terminal.kind.value, "epoch": terminal.epoch},
    )
    return EnrolAnswer(
        terminal=terminal,
        city_root_key=keys.root_public,
        city_online_key=keys.online_public,
        online_key_signature=keys.online_signature,
        server_utc=now_utc,
        hand_over_key=keys.hand_over_public,
        hand_over_signature=keys.hand_over_signature,
        service_key=service_key(keys, terminal) if terminal.kind is TerminalKind.KIOSK else None,
    )


def service_key(keys: CityKeys, terminal: Terminal) -> bytes:
    """Return the key behind the service codes of a pay station, 32 bytes."""
    return station_key(keys.service, terminal.terminal_id, terminal.epoch)


def _wrong_proof(asked: EnrolRequest) -> RefusedError | None:
    try:
        signed = _PROOF_PREFIX + asked.code.encode() + asked.public_key
        public_key(asked.public_key).verify(asked.proof, signed)
    except (InvalidSignature, ValueError):
        return RefusedError(400, "enrol.proof", "The device did not prove that it holds its key.")
    return None


def _store_terminal(
    connection: Connection, granted: Grant, key: bytes, now_utc: datetime
) -> Terminal:
    connection.exec_driver_sql(LOCK)
    known = _known(connection, granted.terminal_name)
    terminal = Terminal(
        terminal_id=known.terminal_id if known else uuid7(now_utc),
        name=granted.terminal_name,
        kind=TerminalKind(granted.terminal_kind),
        series=known.series if known else _next_series(connection),
        zone_id=granted.zone_id,
        zone_ids=known.zone_ids if known else (),
        reader_id=granted.reader_id,
        public_key=key,
        epoch=known.epoch + 1 if known else 1,
    )
    store_many(connection, _TERMINAL, [Row(value=terminal)], received_utc=now_utc)
    keep_key(connection, terminal, now_utc=now_utc)
    stored: Terminal = value_of(
        _TERMINAL,
        load_many(connection, _TERMINAL, [terminal.terminal_id])[str(terminal.terminal_id)],
    )
    return stored


def _known(connection: Connection, name: str) -> Terminal | None:
    found = connection.exec_driver_sql(_BY_NAME, {"name": name}).scalar()
    if found is None:
        return None
    terminal: Terminal = value_of(_TERMINAL, load_many(connection, _TERMINAL, [found])[str(found)])
    return terminal


def _next_series(connection: Connection) -> int:
    series = int(connection.exec_driver_sql(_NEXT_SERIES).scalar_one())
    if series > _LAST_SERIES:
        raise RefusedError(
            409, "enrol.series", "All 9,999 series of citation numbers are given out."
        )
    return series


def activate(
    connection: Connection, terminal: Terminal, *, asked: ActivateRequest, now_utc: datetime
) -> ActivateAnswer | RefusedError:
    """Bind an officer's new key to the officer on one terminal.

    Returns:
        The refusal is a value, so that a lost try is committed.
    """
    if terminal.kind is TerminalKind.KIOSK:
        return RefusedError(403, "activate.kiosk", "Nobody signs in on a kiosk.")
    officer = _officer(connection, asked.badge)
    granted = use_code(
        connection,
        Purpose.ACTIVATE,
        asked.code,
        now_utc=now_utc,
        unfit=lambda grant: _unfit(officer, grant),
    )
    if isinstance(granted, RefusedError):
        return granted
    if officer is None:
        return _wrong_badge()
    key = OfficerKey(
        officer_key_id=uuid7(now_utc),
        officer_id=officer.officer_id,
        terminal_id=terminal.terminal_id,
        public_key=asked.officer_public_key,
    )
    store_many(connection, _OFFICER_KEY, [Row(value=key)], received_utc=now_utc)
    audit(connection, "officer.activated", str(officer.officer_id), now_utc=now_utc)
    return ActivateAnswer(officer=officer, officer_key_id=key.officer_key_id)


def _wrong_badge() -> RefusedError:
    return RefusedError(
        403, "activate.badge", "This code was made for another badge.", action="Check the badge."
    )


def _unfit(officer: Officer | None, granted: Grant) -> RefusedError | None:
    if officer is None or officer.officer_id != granted.officer_id:
        return _wrong_badge()
    if not officer.active:
        return RefusedError(
            403, "activate.inactive", "This badge is not active.", action="Ask city IT."
        )
    return None


def _officer(connection: Connection, badge: str) -> Officer | None:
    officer_id: UUID | None = connection.exec_driver_sql(_BY_BADGE, {"badge": badge}).scalar()
    if officer_id is None:
        return None
    officer: Officer = value_of(
        _OFFICER, load_many(connection, _OFFICER, [officer_id])[str(officer_id)]
    )
    return officer
