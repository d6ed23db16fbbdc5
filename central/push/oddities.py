"""What is odd about a stored citation: true paper on a real car, so it is kept, and a person looks.

Source: DESIGN.md 4 ("well-formed and truly signed but odd: stored, flagged, shown to a person").
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.arrays import BinaryArray
from parking.citation import Citation
from parking.errors import UserError
from parking.numbers import read_citation_number
from parking.terminal import Terminal

_AHEAD = timedelta(minutes=5)
_TIMED = 7
_KNOWN = """
select array(select zone_id from parking_zones where zone_id = any (%(zones)s::_text)),
    array(select officer_id from users where officer_id = any (%(officers)s::_uuid)),
    array(
        select number from violations
        where number = any (%(numbers)s::_text) and citation_id <> all (%(ids)s::_uuid)
    ),
    (
        select jsonb_object_agg(code, fine_cents) from violation_codes
        where code = any (%(codes)s::_text)
    ),
    array(
        select array[first_serial, last_serial] from number_leases
        where terminal_id = %(terminal)s and series = %(series)s
        order by first_serial
    )
"""

Oddity = tuple[str, str]
"""Stable code and one sentence."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the city knows that a batch of citations refers to."""

    terminal: Terminal
    now_utc: datetime
    zones: frozenset[str]
    fines: Mapping[str, int]
    officers: frozenset[UUID]
    leases: Sequence[Sequence[int]]
    twice: frozenset[str]

    @cached_property
    def now_ms(self) -> float:
        """Return central's time in milliseconds since 1970."""
        return self.now_utc.timestamp() * 1000


def load_known(
    connection: Connection, terminal: Terminal, citations: Sequence[Citation], now_utc: datetime
) -> Known:
    """Read what a batch of citations, already stored in this transaction, refers to."""
    numbers = Counter(citation.number for citation in citations)

    def different(kind: str, name: str) -> BinaryArray:
        return BinaryArray(kind, list({getattr(citation, name) for citation in citations}))

    about: dict[str, Any] = {
        "zones": different("text", "zone_id"),
        "officers": different("uuid", "officer_id"),
        "numbers": BinaryArray("text", list(numbers)),
        "ids": BinaryArray("uuid", [citation.citation_id for citation in citations]),
        "codes": different("text", "violation_code"),
        "terminal": terminal.terminal_id,
        "series": terminal.series,
    }
    zones, officers, used, fines, leases = connection.exec_driver_sql(_KNOWN, about).one()
    return Known(
        terminal=terminal,
        now_utc=now_utc,
        zones=frozenset(zones),
        fines=fines or {},
        officers=frozenset(officers),
        leases=leases,
        twice=frozenset(used) | {number for number, count in numbers.items() if count > 1},
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


def _leased(serial: int, leases: Sequence[Sequence[int]]) -> bool:
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
    # Nearly all lie in the past, whatever their clock's uncertainty.
    if latest > known.now_utc or _timed_ms(citation.citation_id) > known.now_ms:
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
    return _timed_ms(key) if key.version == _TIMED else 0


def _timed_ms(key: UUID) -> int:
    """Return when a UUID was made if it is a UUIDv7."""
    return key.int >> 80


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
