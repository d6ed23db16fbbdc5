"""What a terminal gets of the feed: the records of its kind, the rows of its zones.

A zone's right may also be valid in a neighbouring one, so the zones that cover the terminal's own
are in its scope too. Sets of zones have a name, made of their content, which cursors carry: so
central knows what a terminal already has when IT changes its zones. Runs in the caller's
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from central.problems import RefusedError
from parking.terminal import Terminal, TerminalKind
from sync.records import RECORDS
from sync.wire import OLDEST_LEVEL, SCHEMA_LEVEL

ALL, NOTHING = "all", "none"
"""Names of the scopes that are no list: every zone, and what a new terminal has."""
_NEIGHBOURS = """
select distinct covering from parking_zones, unnest(covered_by) as covering
where zone_id = any (%(zones)s::text[])
"""
_KNOWN = "select zones from feed_scopes where scope_id = %(scope)s"
_KEEP = """
insert into feed_scopes (scope_id, zones) values (%(scope)s, %(zones)s::text[])
on conflict do nothing
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The part of the feed that a terminal reads.

    Attributes:
        names: Records.
        zones: Zones whose rows it gets, sorted; None for all.
        scope_id: Name of that set of zones.
    """

    names: tuple[str, ...]
    zones: tuple[str, ...] | None = None
    scope_id: str = ALL


def names_for(kind: TerminalKind, level: int = SCHEMA_LEVEL) -> tuple[str, ...]:
    """Return the records that a kind of terminal reads at a schema level."""
    return tuple(
        record.name for record in RECORDS if kind in record.readers and record.level <= level
    )


def check_level(level: int, *, oldest: int = OLDEST_LEVEL) -> None:
    """Refuse to feed a terminal whose program is too old to be understood.

    Its facts are still taken (``central.push``): nothing that was saved in the street is lost.

    Raises:
        RefusedError: 426 ``schema.too_old``.
    """
    if level < oldest:
        raise RefusedError(
            426,
            "schema.too_old",
            f"This terminal's program (level {level}) is too old to get new data; level {oldest} "
            "or newer is needed. What was saved on it is still taken.",
            action="Update this terminal.",
        )


def scope_of(connection: Connection, terminal: Terminal, level: int = SCHEMA_LEVEL) -> Scope:
    """Return what a terminal reads now."""
    names = names_for(terminal.kind, level)
    own = set(terminal.zone_ids)
    if not own and terminal.kind is TerminalKind.KIOSK and terminal.zone_id:
        own = {terminal.zone_id}
    if not own:
        return Scope(names=names)
    found = connection.exec_driver_sql(_NEIGHBOURS, {"zones": list(own)}).scalars()
    zones = tuple(sorted(own.union(found)))
    return Scope(names=names, zones=zones, scope_id=_name_of(connection, zones))


def _name_of(connection: Connection, zones: Sequence[str]) -> str:
    scope_id = sha256("\n".join(zones).encode()).hexdigest()[:16]
    if connection.exec_driver_sql(_KNOWN, {"scope": scope_id}).first() is None:
        connection.exec_driver_sql(_KEEP, {"scope": scope_id, "zones": list(zones)})
    return scope_id


def zones_named(connection: Connection, scope_id: str) -> tuple[str, ...] | None:
    """Return the zones of a named set, None for all.

    Raises:
        LookupError: Nobody was given this name here.
    """
    if scope_id == ALL:
        return None
    found = connection.exec_driver_sql(_KNOWN, {"scope": scope_id}).scalar()
    if found is None:
        raise LookupError(scope_id)
    return tuple(found)
