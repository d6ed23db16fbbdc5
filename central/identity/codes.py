"""One-time codes: ``4F7K-2M9Q``, ten minutes, five tries, hashed at rest.

The first half finds the row, the second half (20 bits) is the secret; a wrong second half costs a
try. Crockford's base 32, so O reads as 0 and I and L as 1.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection

from central.problems import RefusedError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIFE = timedelta(minutes=10)
TRIES = 5
_HALF = 4
_FOLD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


class Purpose(StrEnum):
    """What a code is good for."""

    ENROL = "enrol"
    ACTIVATE = "activate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a used code allows: a device of this name and kind, or this officer on a device."""

    terminal_name: str = ""
    terminal_kind: str = ""
    zone_id: str = ""
    reader_id: str = ""
    officer_id: UUID | None = None


_STORE = """
insert into one_time_codes (code_id, purpose, salt, secret_hash, tries_left, made_utc, expires_utc,
    terminal_name, terminal_kind, zone_id, reader_id, officer_id)
values (%(code_id)s, %(purpose)s, %(salt)s, %(hash)s, %(tries)s, %(now)s, %(expires)s,
    %(terminal_name)s, %(terminal_kind)s, %(zone_id)s, %(reader_id)s, %(officer_id)s)
on conflict do nothing returning code_id
"""
_FIND = """
select salt, secret_hash, tries_left, expires_utc, used_utc,
    terminal_name, terminal_kind, zone_id, reader_id, officer_id
from one_time_codes where code_id = %(code_id)s and purpose = %(purpose)s for update
"""
_GRANTED = ("terminal_name", "terminal_kind", "zone_id", "reader_id", "officer_id")
_MISS = "update one_time_codes set tries_left = tries_left - 1 where code_id = %(code_id)s"
_USE = "update one_time_codes set used_utc = %(now)s where code_id = %(code_id)s"


def make_code(connection: Connection, purpose: Purpose, grant: Grant, *, now_utc: datetime) -> str:
    """Store a new code and return it as it is read out, e.g. ``4F7K-2M9Q``."""
    while True:
        code_id, secret = _random_half(), _random_half()
        salt = secrets.token_bytes(16)
        row = {
            "code_id": code_id,
            "purpose": purpose.value,
            "salt": salt,
            "hash": _hash(salt, secret),
            "tries": TRIES,
            "now": now_utc,
            "expires": now_utc + LIFE,
            "terminal_name": grant.terminal_name,
            "terminal_kind": grant.terminal_kind,
            "zone_id": grant.zone_id,
            "reader_id": grant.reader_id,
            "officer_id": grant.officer_id,
        }
        if connection.exec_driver_sql(_STORE, row).first():
            return f"{code_id}-{secret}"


def use_code(
    connection: Connection,
    purpose: Purpose,
    typed: str,
    *,
    now_utc: datetime,
    unfit: Callable[[Grant], RefusedError | None] = lambda _: None,
) -> Grant | RefusedError:
    """Use up a code, or say in one sentence why it cannot be used.

    The refusal is a value, so that the lost try is committed with the caller's unit of work.

    Args:
        connection: Of the caller's unit of work.
        purpose: What the code must be for.
        typed: As the person typed it; case, dashes and spaces do not matter.
        now_utc: Central's time.
        unfit: Says why a right code cannot be used here; that costs a try, not the code.
    """
    code = typed.upper().translate(_FOLD)
    if len(code) != 2 * _HALF or any(char not in ALPHABET for char in code):
        return _mistyped()
    key = {"code_id": code[:_HALF], "purpose": purpose.value}
    row = connection.exec_driver_sql(_FIND, key).first()
    if row is None:
        return _mistyped()
    salt, secret_hash, tries_left, expires_utc, used_utc, *granted = row
    if tries_left <= 0:
        return _no_tries_left()
    if not hmac.compare_digest(_hash(salt, code[_HALF:]), secret_hash):
        connection.exec_driver_sql(_MISS, key)
        return _mistyped() if tries_left > 1 else _no_tries_left()
    grant = Grant(**dict(zip(_GRANTED, granted, strict=True)))
    if refusal := _stale(used_utc, expires_utc, now_utc):
        return refusal
    if refusal := unfit(grant):
        connection.exec_driver_sql(_MISS, key)
        return refusal
    connection.exec_driver_sql(_USE, {**key, "now": now_utc})
    return grant


def _stale(
    used_utc: datetime | None, expires_utc: datetime, now_utc: datetime
) -> RefusedError | None:
    if used_utc is not None:
        return RefusedError(403, "code.used", "This code was used before.", action=_ASK)
    if now_utc >= expires_utc:
        return RefusedError(403, "code.expired", "This code is older than 10 minutes.", action=_ASK)
    return None


_ASK = "Ask city IT for a new code."


def _mistyped() -> RefusedError:
    return RefusedError(
        403,
        "code.unknown",
        "This code is not known. A code has eight letters and digits, like 4F7K-2M9Q.",
        action="Check it and type it again.",
    )


def _no_tries_left() -> RefusedError:
    return RefusedError(403, "code.spent", "This code was mistyped five times.", action=_ASK)


def _random_half() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_HALF))


def _hash(salt: bytes, secret: str) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)
