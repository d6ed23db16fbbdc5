"""Giving out citation numbers: never twice, never overlapping, the same lease for the same id.

Two requests of one terminal wait for each other on its row, so the next serial is always free.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from central.identity.city_keys import CityKeys
from central.problems import RefusedError
from parking.numbers import NumberLease, lease_bytes
from parking.terminal import Terminal, TerminalKind
from sync.wire import LeaseRequest

LAST_SERIAL = 999_999
_WAIT = "select 1 from terminals where terminal_id = %(terminal)s for update"
_KNOWN = """
select terminal_id, series, first_serial, last_serial, signature from number_leases
where lease_id = %(lease)s
"""
_NEXT = """
select coalesce(max(last_serial) + 1, 0) from number_leases where series = %(series)s
"""
_STORE = """
insert into number_leases
    (lease_id, terminal_id, series, first_serial, last_serial, signature, leased_utc)
values (%(lease)s, %(terminal)s, %(series)s, %(first)s, %(last)s, %(signature)s, %(now)s)
"""


def lease_numbers(
    connection: Connection,
    terminal: Terminal,
    *,
    asked: LeaseRequest,
    keys: CityKeys,
    now_utc: datetime,
) -> NumberLease:
    """Lease the next numbers of the terminal's series, signed by the city's online key.

    Raises:
        RefusedError: 403 ``lease.kind`` for a terminal that issues no citations; 409
            ``lease.other`` when the id is another terminal's; 409 ``lease.exhausted`` when the
            series is used up.
    """
    if terminal.kind is not TerminalKind.OFFICER:
        raise RefusedError(403, "lease.kind", "Only an officer's terminal issues citations.")
    connection.exec_driver_sql(_WAIT, {"terminal": terminal.terminal_id})
    known = connection.exec_driver_sql(_KNOWN, {"lease": asked.lease_id}).first()
    if known is not None:
        return _known_lease(known, terminal, asked)
    first = int(connection.exec_driver_sql(_NEXT, {"series": terminal.series}).scalar_one())
    if first > LAST_SERIAL:
        raise RefusedError(
            409,
            "lease.exhausted",
            f"All numbers of series {terminal.series} are used.",
            action="Ask city IT to enrol this terminal under a new name.",
        )
    unsigned = NumberLease(
        lease_id=asked.lease_id,
        terminal_id=terminal.terminal_id,
        series=terminal.series,
        first_serial=first,
        last_serial=min(first + asked.count - 1, LAST_SERIAL),
    )
    lease = replace(unsigned, signature=keys.online.sign(lease_bytes(unsigned)))
    _store(connection, lease, now_utc)
    return lease


def _known_lease(known: Any, terminal: Terminal, asked: LeaseRequest) -> NumberLease:
    if known.terminal_id != terminal.terminal_id:
        raise RefusedError(409, "lease.other", "This lease belongs to another terminal.")
    return NumberLease(
        lease_id=asked.lease_id,
        terminal_id=known.terminal_id,
        series=known.series,
        first_serial=known.first_serial,
        last_serial=known.last_serial,
        signature=known.signature,
    )


def _store(connection: Connection, lease: NumberLease, now_utc: datetime) -> None:
    row: dict[str, Any] = {
        "lease": lease.lease_id,
        "terminal": lease.terminal_id,
        "series": lease.series,
        "first": lease.first_serial,
        "last": lease.last_serial,
        "signature": lease.signature,
        "now": now_utc,
    }
    connection.exec_driver_sql(_STORE, row)
