"""How a terminal stands: what central's backups hold of it, and what the city vouches for."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from central.identity.city_keys import CityKeys
from central.push.answers import all_durable_through
from central.store import load_many, value_of
from parking.officer import Officer, OfficerKey
from parking.terminal import Terminal
from sync.records import BY_CLASS
from sync.vouching import (
    Certificate,
    LaneDurable,
    SignedCertificate,
    Standing,
    certificate_bytes,
)

LIFE = timedelta(days=30)
"""Of a certificate; a terminal in use gets a new one every few minutes."""
_KEYS = "select officer_key_id, officer_id from officer_keys where terminal_id = %(terminal)s"


def standing_of(
    connection: Connection,
    terminal: Terminal,
    *,
    keys: CityKeys,
    durability: str,
    now_utc: datetime,
) -> Standing:
    """Say how a terminal stands.

    Args:
        connection: Any transaction.
        terminal: Who asks; not revoked.
        keys: Of the city.
        durability: As ``durable_through``.
        now_utc: Central's time.
    """
    durable = all_durable_through(connection, terminal.terminal_id, durability=durability)
    return Standing(
        durable=[LaneDurable(*one) for one in durable],
        durability=durability,
        certificate=_certificate(connection, terminal, keys, now_utc),
        hand_over_key=keys.hand_over_public,
        hand_over_signature=keys.hand_over_signature,
        server_utc=now_utc,
    )


def _certificate(
    connection: Connection, terminal: Terminal, keys: CityKeys, now_utc: datetime
) -> SignedCertificate:
    found = connection.exec_driver_sql(_KEYS, {"terminal": terminal.terminal_id}).all()
    officer_keys = load_many(connection, BY_CLASS[OfficerKey], [row[0] for row in found])
    officers = load_many(connection, BY_CLASS[Officer], {row[1] for row in found})
    said = msgspec.json.encode(
        Certificate(
            terminal=terminal,
            officers=[value_of(BY_CLASS[Officer], row) for row in officers.values()],
            officer_keys=[value_of(BY_CLASS[OfficerKey], row) for row in officer_keys.values()],
            issued_utc=now_utc,
            ends_utc=now_utc + LIFE,
        )
    )
    return SignedCertificate(
        said=said,
        signature=keys.online.sign(certificate_bytes(said)),
        online_key=keys.online_public,
        online_key_signature=keys.online_signature,
    )
