"""What is odd about a stored citation: true paper on a real car, so it is kept, and a person looks.

Source: DESIGN.md 4 ("well-formed and truly signed but odd: stored, flagged, shown to a person").
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from parking.citation import Citation
from parking.errors import UserError
from parking.numbers import read_citation_number
from parking.terminal import Terminal

_AHEAD = timedelta(minutes=5)
_TIMED = 7
_ZONES = "select zone_id from parking_zones where zone_id = any (%(ids)s::text[])"
_FINES = "select code, fine_cents from violation_codes where code = any (%(codes)s::text[])"
_OFFICERS = "select officer_id from users where officer_id = any (%(ids)s::uuid[])"
_LEASES = """
select first_serial, last_serial from number_leases
where terminal_id = %(terminal)s and series = %(series)s
order by first_serial
"""
_TWICE = """
select number from violations where number = any (%(numbers)s::text[])
group by number having count(*) > 1
"""

Oddity = tuple[str, str]
"""Stable code and one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the city knows that a batch of citations refers to."""

    terminal: Terminal
    now_utc: datetime
    zones: frozenset[str]
    fines: Mapping[str, int]
    officers: frozenset[UUID]
    leases: Sequence[tuple[int, int]]
    twice: frozenset[str]


def load_known(
    connection: Connection, terminal: Terminal, citations: Sequence[Citation], now_utc: datetime
) -> Known:
    """Read what a batch of citations, already stored in this transaction, refers to."""

    def column(statement: str, name: str, values: set[Any]) -> frozenset[Any]:
        found = connection.exec_driver_sql(statement, {name: [str(value) for value in values]})
        return frozenset(found.scalars())

    codes = [citation.violation_code for citation in citations]
    fines = connection.exec_driver_sql(_FINES, {"codes": codes})
    leases = connection.exec_driver_sql(
        _LEASES, {"terminal": terminal.terminal_id, "series": terminal.series}
    )
    return Known(
        terminal=terminal,
        now_utc=now_utc,
        zones=column(_ZONES, "ids", {citation.zone_id for citation in citations}),
        fines=dict(fines.all()),
        officers=column(_OFFICERS, "ids", {citation.officer_id for citation in citations}),
        leases=leases.all(),
        twice=column(_TWICE, "numbers", {citation.number for citation in citations}),
    )


def oddities(citation: Citation, known: Known) -> Iterator[Oddity]:
    """Yield everything odd about one citation, the most important first."""
    for test in _TESTS:
        if found := test(citation, known):
            yield found


def _number(citation: Citation, known: Known) -> Oddity | None:
    if citation.number in known.twice:
        return "number.used_twice", "Another citation carries this number."
    try:
        series, serial = read_citation_number(citation.number)
    except UserError as error:
        return error.key, error.sentence
    if series != known.terminal.series or not _leased(serial, known.leases):
        return "number.not_leased", "This number was not leased to the terminal that used it."
    return None


def _leased(serial: int, leases: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(leases, serial, key=itemgetter(0)) - 1
    return at >= 0 and serial <= leases[at][1]


def _sender(citation: Citation, known: Known) -> Oddity | None:
    if citation.terminal_id != known.terminal.terminal_id:
        return "citation.terminal", "Another terminal is named than the one that sent this."
    if citation.officer_id not in known.officers:
        return "citation.officer", "The officer is not known."
    return None


def _zone(citation: Citation, known: Known) -> Oddity | None:
    if citation.zone_id in known.zones:
        return None
    return "citation.zone", "The zone is not known."


def _time(citation: Citation, known: Known) -> Oddity | None:
    latest = max(citation.observed_utc, citation.issued_utc)
    soonest = known.now_utc + _AHEAD + timedelta(milliseconds=citation.clock_uncertainty_ms)
    if latest > soonest:
        return "citation.future", "The time lies in the future."
    if _made_ms(citation.citation_id) > soonest.timestamp() * 1000:
        return "citation.identifier", "Its identifier was made in the future."
    if citation.issued_utc < citation.observed_utc:
        return "citation.order", "It was issued before the car was observed."
    return None


def _made_ms(key: UUID) -> int:
    """Return when a UUIDv7 was made, in milliseconds since 1970 (RFC 9562 5.7); 0 for others."""
    return key.int >> 80 if key.version == _TIMED else 0


def _fine(citation: Citation, known: Known) -> Oddity | None:
    fine_cents = known.fines.get(citation.violation_code)
    if fine_cents is None:
        return "citation.code", "The violation code is not known."
    if not citation.is_warning and citation.fine_cents != fine_cents:
        return "citation.fine", "The fine differs from the one of its violation code."
    return None


def _seal(citation: Citation, _: Known) -> Oddity | None:
    return None if citation.seal else ("citation.unsealed", "The officer's seal is missing.")


_TESTS: tuple[Callable[[Citation, Known], Oddity | None], ...] = (
    _number,
    _sender,
    _zone,
    _time,
    _fine,
    _seal,
)
