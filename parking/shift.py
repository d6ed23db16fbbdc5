"""Shifts: facts of their start and end, and the report folded from facts. Pure, any thread.

Source: VISUAL.md picture 15. Nothing of a report is stored; it is folded again from what is known.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from parking.check import Answer, PlateCheck
from parking.citation import (
    Citation,
    CitationEvent,
    CitationState,
    Display,
    FineRules,
    fold,
)
from parking.clockface import local_day, wall
from parking.markers import Span, Text


class ShiftEventKind(StrEnum):
    """What can happen to a shift."""

    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEvent:
    """Start or end of an officer's shift on one terminal.

    Attributes:
        *_count: What the terminal itself counted, at the end; 0 at the start.
    """

    shift_event_id: UUID
    shift_id: UUID
    officer_id: UUID
    terminal_id: UUID
    beat_id: Annotated[str, Text(16, 1)]
    kind: ShiftEventKind
    at_utc: datetime
    checks_count: Annotated[int, Span(0, 100_000)] = 0
    issued_count: Annotated[int, Span(0, 100_000)] = 0
    printed_count: Annotated[int, Span(0, 100_000)] = 0
    voided_count: Annotated[int, Span(0, 100_000)] = 0


class DayFacts(Protocol):
    """What a report is folded from: all that is known of one local day, in any order."""

    @property
    def checks(self) -> Sequence[PlateCheck]:
        """Return checks; those of other days are passed over."""
        ...

    @property
    def citations(self) -> Sequence[Citation]:
        """Return citations and warnings; those observed on other days are passed over."""
        ...

    @property
    def events(self) -> Sequence[CitationEvent]:
        """Return all events of these citations, of any day."""
        ...

    @property
    def shift_events(self) -> Sequence[ShiftEvent]:
        """Return starts and ends of shifts on the day."""
        ...


class ShiftState(StrEnum):
    """How a shift stands."""

    OPEN = "open"
    CLOSED = "closed"
    COUNTS_DIFFER = "counts_differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRow:
    """One hour of local wall time; an hour shown twice in autumn is one row.

    Attributes:
        hour: 0 to 23.
        citations: Without warnings.
    """

    hour: int
    checks: int
    citations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRow:
    """Citations of one zone, without warnings; ``held`` are among them."""

    zone_id: str
    citations: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """One shift of one officer on one terminal.

    Attributes:
        started_utc: None when it started on an earlier day.
        ended_utc: None when it is open or ended on a later day.
        citations: Received here, without warnings.
        issued: What the terminal says it issued; ``citations`` while it has not said.
        state: ``COUNTS_DIFFER`` when a closed shift says another number than was received.
    """

    shift_id: UUID
    officer_id: UUID
    terminal_id: UUID
    beat_id: str
    started_utc: datetime | None
    ended_utc: datetime | None
    checks: int
    citations: int
    warnings: int
    issued: int
    state: ShiftState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftReport:
    """One local day in figures.

    Attributes:
        issued: Citations the terminals say they issued, without warnings.
        received: Those that are known here.
        fines_cents: Fines of the received ones at issue.
        stale_warnings: Warnings whose check could not know.
        cannot_know_share: Of the checks, 0 to 1; 0 without checks.
        at_risk_cents: Fines of held citations.
        wrongful_share: Dismissed of received, 0 to 1.
        hours: From the first hour with anything in it to the last, without gaps.
        zones: Most citations first.
        shifts: In order of start.
    """

    day: date
    as_of_utc: datetime
    checks: int
    issued: int
    received: int
    fines_cents: int
    warnings: int
    stale_warnings: int
    cannot_know: int
    cannot_know_share: float
    held: int
    at_risk_cents: int
    dismissed: int
    voided: int
    wrongful_share: float
    hours: tuple[HourRow, ...]
    zones: tuple[ZoneRow, ...]
    shifts: tuple[ShiftRow, ...]


def report(facts: DayFacts, day: date, *, as_of_utc: datetime, rules: FineRules) -> ShiftReport:
    """Fold the facts of one local day into its report.

    Args:
        facts: What is known here.
        day: Local day in ``rules.time_zone``.
        as_of_utc: When it is asked.
        rules: Late fees and the time zone.
    """
    zone = rules.time_zone
    checks = [each for each in facts.checks if local_day(each.observed_utc, zone) == day]
    of_day = [each for each in facts.citations if local_day(each.observed_utc, zone) == day]
    cited = [each for each in of_day if not each.is_warning]
    warned = [each for each in of_day if each.is_warning]
    states = _states(cited, facts.events, as_of_utc, rules)
    held = [each for each in cited if states[each.citation_id].held]
    shifts = _shifts(facts.shift_events, checks, of_day)
    unsure = {each.check_id for each in checks if each.answer is Answer.CANNOT_KNOW}
    displays = Counter(state.display for state in states.values())
    return ShiftReport(
        day=day,
        as_of_utc=as_of_utc,
        checks=len(checks),
        issued=len(cited) + sum(row.issued - row.citations for row in shifts),
        received=len(cited),
        fines_cents=sum(each.fine_cents for each in cited),
        warnings=len(warned),
        stale_warnings=sum(each.check_id in unsure for each in warned),
        cannot_know=len(unsure),
        cannot_know_share=_share(len(unsure), len(checks)),
        held=len(held),
        at_risk_cents=sum(each.fine_cents for each in held),
        dismissed=displays[Display.DISMISSED],
        voided=displays[Display.VOIDED],
        wrongful_share=_share(displays[Display.DISMISSED], len(cited)),
        hours=_hours(checks, cited, zone),
        zones=_zones(cited, held),
        shifts=shifts,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _states(
    cited: Sequence[Citation],
    events: Iterable[CitationEvent],
    as_of_utc: datetime,
    rules: FineRules,
) -> dict[UUID, CitationState]:
    by_citation: dict[UUID, list[CitationEvent]] = {each.citation_id: [] for each in cited}
    for event in events:
        by_citation.get(event.citation_id, []).append(event)
    return {
        each.citation_id: fold(
            each, by_citation[each.citation_id], as_of_utc=as_of_utc, rules=rules
        )
        for each in cited
    }


def _hours(
    checks: Sequence[PlateCheck], cited: Sequence[Citation], zone: str
) -> tuple[HourRow, ...]:
    checked = Counter(wall(each.observed_utc, zone).hour for each in checks)
    issued = Counter(wall(each.observed_utc, zone).hour for each in cited)
    busy = {*checked, *issued}
    return tuple(
        HourRow(hour=hour, checks=checked[hour], citations=issued[hour])
        for hour in range(min(busy, default=0), max(busy, default=-1) + 1)
    )


def _zones(cited: Sequence[Citation], held: Sequence[Citation]) -> tuple[ZoneRow, ...]:
    held_in = Counter(each.zone_id for each in held)
    return tuple(
        ZoneRow(zone_id=zone_id, citations=count, held=held_in[zone_id])
        for zone_id, count in sorted(
            Counter(each.zone_id for each in cited).items(), key=lambda item: (-item[1], item[0])
        )
    )


def _shifts(
    events: Sequence[ShiftEvent], checks: Sequence[PlateCheck], of_day: Sequence[Citation]
) -> tuple[ShiftRow, ...]:
    by_shift: dict[UUID, list[ShiftEvent]] = {}
    for event in sorted(events, key=lambda each: (each.at_utc, each.shift_event_id)):
        by_shift.setdefault(event.shift_id, []).append(event)
    checked = Counter(each.shift_id for each in checks)
    cited = Counter(each.shift_id for each in of_day if not each.is_warning)
    warned = Counter(each.shift_id for each in of_day if each.is_warning)
    return tuple(
        _shift_row(found, checks=checked[shift], citations=cited[shift], warnings=warned[shift])
        for shift, found in by_shift.items()
    )


def _shift_row(
    events: Sequence[ShiftEvent], *, checks: int, citations: int, warnings: int
) -> ShiftRow:
    first = events[0]
    started = next((each for each in events if each.kind is ShiftEventKind.STARTED), None)
    ended = next((each for each in events if each.kind is ShiftEventKind.ENDED), None)
    # What a shift says of itself can be compared only when all of it lies on this day.
    issued = ended.issued_count if started and ended else citations
    state = ShiftState.OPEN if ended is None else ShiftState.CLOSED
    return ShiftRow(
        shift_id=first.shift_id,
        officer_id=first.officer_id,
        terminal_id=first.terminal_id,
        beat_id=first.beat_id,
        started_utc=started.at_utc if started else None,
        ended_utc=ended.at_utc if ended else None,
        checks=checks,
        citations=citations,
        warnings=warnings,
        issued=issued,
        state=state if issued == citations else ShiftState.COUNTS_DIFFER,
    )
