"""Device tokens: a JWT signed by the device's Ed25519 key, at most five minutes long.

``kid`` (header) and ``sub`` name the terminal, ``aud`` is ``parking-central``. Any thread; the time
comes from the caller.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from central.problems import RefusedError
from central.store import load_many, value_of
from parking.terminal import Terminal
from sync.records import BY_CLASS
from sync.vouching import UNKNOWN

AUDIENCE = "parking-central"
LONGEST = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)
_OPTIONS: dict[str, Any] = {
    "require": ["exp", "iat", "sub", "aud"],
    # The times are checked below, by our own clock.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
_NO_TOKEN = "This request needs the token of an enrolled device."  # noqa: S105  # a sentence
_BAD_TOKEN = "The token is not one of an enrolled device."  # noqa: S105  # a sentence


def _unauthorised(key: str, sentence: str, *, action: str = "") -> RefusedError:
    return RefusedError(401, key, sentence, action=action, headers={"WWW-Authenticate": "Bearer"})


@lru_cache(maxsize=10_000)
def public_key(raw: bytes) -> Ed25519PublicKey:
    """Return the key of 32 raw bytes.

    Raises:
        ValueError: The bytes are no key.
    """
    return Ed25519PublicKey.from_public_bytes(raw)


def authenticate(connection: Connection, authorization: str, now_utc: datetime) -> Terminal:
    """Return the enrolled terminal whose key signed the token.

    Args:
        connection: Any transaction.
        authorization: The request's ``Authorization`` header.
        now_utc: Central's time.

    Raises:
        RefusedError: 401 ``token.missing``, ``token.invalid``, ``terminal.unknown``,
            ``token.clock`` (sign again by the answer's ``Date``) or 403 ``terminal.revoked``.
    """
    terminal = _terminal(connection, claimed_id(authorization))
    check_token(authorization, terminal, now_utc)
    if terminal.revoked:
        raise revoked_device()
    return terminal


def check_token(authorization: str, terminal: Terminal, now_utc: datetime) -> None:
    """See that a device's key signed the token, whether or not the database knows the device.

    Raises:
        RefusedError: 401 as ``authenticate``.
    """
    _check_times(_claims(_bearer(authorization), terminal), now_utc)


def revoked_device() -> RefusedError:
    """Return the refusal of a device that was shut out."""
    return RefusedError(
        403, "terminal.revoked", "This device was revoked.", action="Hand it to city IT."
    )


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthorised("token.missing", _NO_TOKEN)
    return token


def claimed_id(authorization: str) -> UUID:
    """Return which terminal a token says it is from; whether it is, ``authenticate`` tells.

    Raises:
        RefusedError: 401 ``token.missing`` or ``token.invalid``.
    """
    token = _bearer(authorization)
    try:
        return UUID(str(jwt.get_unverified_header(token).get("kid", "")))
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _unauthorised("token.invalid", _BAD_TOKEN) from error


def _terminal(connection: Connection, terminal_id: UUID) -> Terminal:
    record = BY_CLASS[Terminal]
    found = load_many(connection, record, [terminal_id])
    if not found:
        raise _unauthorised(UNKNOWN, _BAD_TOKEN, action="Enrol this device again.")
    terminal: Terminal = value_of(record, found[str(terminal_id)])
    return terminal


def _claims(token: str, terminal: Terminal) -> Mapping[str, Any]:
    claims = _signed(token, terminal.public_key)
    if claims["sub"] != str(terminal.terminal_id):
        raise _unauthorised("token.invalid", _BAD_TOKEN)
    return claims


@lru_cache(maxsize=2_000)
def _signed(token: str, raw_key: bytes) -> Mapping[str, Any]:
    """Return what a key has signed, which never changes: a device uses a token for minutes.

    Raises:
        RefusedError: 401 ``token.invalid``; not remembered.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            public_key(raw_key),
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            options=_OPTIONS,  # type: ignore[arg-type]  # a TypedDict in the stub
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _unauthorised("token.invalid", _BAD_TOKEN) from error
    return MappingProxyType(claims)


def _check_times(claims: Mapping[str, Any], now_utc: datetime) -> None:
    issued, expires = _instant(claims["iat"]), _instant(claims["exp"])
    if expires - issued > LONGEST:
        raise _unauthorised("token.invalid", "A token may live for five minutes at most.")
    if not issued - LEEWAY <= now_utc < expires + LEEWAY:
        raise _unauthorised(
            "token.clock",
            "The token's time does not fit the time at central.",
            action="Sign again by the Date of this answer.",
        )


def _instant(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise _unauthorised("token.invalid", _BAD_TOKEN) from error
