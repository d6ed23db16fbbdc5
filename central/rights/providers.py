"""Providers and their keys: 32 random bytes, shown once, kept as a hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.log import audit
from central.problems import RefusedError
from parking.ids import uuid7
from parking.right import RightSource

_STORE = """
insert into providers (provider_id, name, key_sha256, source, made_utc)
values (%(id)s, %(name)s, %(key)s, %(source)s, %(now)s)
"""
_FIND = """
select provider_id, name from providers where key_sha256 = %(key)s and not revoked
"""


@dataclass(frozen=True, slots=True)
class Provider:
    """A company that sells rights for the city."""

    provider_id: UUID
    name: str


def make_provider_key(connection: Connection, name: str, now_utc: datetime) -> str:
    """Make a provider and return its key, which is shown only now."""
    key = f"parking-provider-{secrets.token_urlsafe(32)}"
    row: dict[str, Any] = {"id": uuid7(now_utc), "name": name, "key": _hash(key), "now": now_utc}
    row["source"] = RightSource.APP.value
    connection.exec_driver_sql(_STORE, row)
    audit(connection, "provider.made", str(row["id"]), now_utc=now_utc, detail={"name": name})
    return key


def provider_of(connection: Connection, authorization: str) -> Provider:
    """Return the provider whose key came with a request.

    Raises:
        RefusedError: 401 ``provider.key``.
    """
    scheme, _, key = authorization.partition(" ")
    found = None
    if scheme.lower() == "bearer":
        found = connection.exec_driver_sql(_FIND, {"key": _hash(key.strip())}).first()
    if found is None:
        headers = {"WWW-Authenticate": "Bearer"}
        raise RefusedError(401, "provider.key", "This is no provider's key.", headers=headers)
    return Provider(*found)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
