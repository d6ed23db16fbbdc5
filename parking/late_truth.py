"""Late truth: which citations a right, heard late, proves wrong. Pure, any thread.

Source: DESIGN.md 4, RULES.md 17-19 and 21, docs/decisions/0005. Judging again what was already
acted upon finds nothing: every right that covers a citation is recorded with it once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from parking.citation import DECIDED_DISMISSED, Citation, CitationEvent, EventKind
from parking.coverage import BARE_RULES, Cover, CoverRules, Sighting, cover_rules, covers
from parking.edit import PlateCorrection
from parking.right import ParkingSession, Permit, Right, right_id
from parking.slip import CouldNotPay, as_right
from parking.violation import ViolationCode
from parking.zone import Zone

_NAMES_A_RIGHT = frozenset({EventKind.HELD, EventKind.NOTED, EventKind.RELEASED})
_ENDS_IT = frozenset({EventKind.VOIDED, EventKind.DISMISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A citation that a right disproves.

    Attributes:
        cover: How the right covers the observation; only ``EXACT`` may be dismissed by policy.
        is_note: The citation is a warning: there is nothing to hold, but it is put on record.
    """

    citation_id: UUID
    right_id: UUID
    cover: Cover
    is_note: bool = False


def judge(
    citations: Iterable[tuple[Citation, Sequence[CitationEvent]]],
    rights: Sequence[ParkingSession],
    permits: Sequence[Permit],
    zones: Mapping[str, Zone],
    *,
    codes: Mapping[str, ViolationCode],
    slips: Sequence[CouldNotPay] = (),
) -> tuple[Hold, ...]:
    """Return what must be held or noted now, one entry per citation and covering right.

    Nothing is returned for citations that are voided or dismissed, for safety violations, and for
    a right that holds the citation already or was released by a person.

    Args:
        citations: Each with all its events.
        rights: Payments of any plate; they never disprove a stay over the time limit.
        permits: Of any plate.
        zones: By ``zone_id``; in an unknown zone no grace applies.
        codes: By code; an unknown code is taken for one that a payment disproves.
        slips: Of drivers who could not pay; what a payment would disprove is held for a person.
    """
    return tuple(
        hold
        for citation, events in citations
        for hold in _holds(
            citation,
            events,
            _disproving(rights, permits, slips, codes.get(citation.violation_code)),
            _rules(zones.get(citation.zone_id)),
        )
    )


def corrected(
    citations: Iterable[Citation], corrections: Iterable[PlateCorrection]
) -> list[Citation]:
    """Return citations as they would be with the plates that people say their cars had.

    Judged beside the sealed ones: whichever plate was right, a right of it disproves the citation.
    """
    plates = {each.citation_id: each for each in corrections}
    return [
        replace(each, plate=said.plate, plate_state=said.plate_state)
        for each in citations
        if (said := plates.get(each.citation_id)) is not None
    ]


_Disproof = tuple[Right, bool]
"""A right, or a slip in the form of one, and whether it is a slip."""


def _disproving(
    rights: Sequence[ParkingSession],
    permits: Sequence[Permit],
    slips: Sequence[CouldNotPay],
    code: ViolationCode | None,
) -> tuple[_Disproof, ...]:
    if code is not None and code.is_safety:
        return ()
    lasting = tuple((permit, False) for permit in permits)
    if code is not None and code.is_time_limit:
        return lasting
    paid = tuple((right, False) for right in rights)
    return (*lasting, *paid, *((as_right(slip), True) for slip in slips))


def _rules(zone: Zone | None) -> CoverRules:
    return BARE_RULES if zone is None else cover_rules(zone)


def _holds(
    citation: Citation,
    events: Sequence[CitationEvent],
    disproofs: Sequence[_Disproof],
    rules: CoverRules,
) -> Iterable[Hold]:
    if any(_is_end(event) for event in events):
        return
    known = {event.right_id for event in events if event.kind in _NAMES_A_RIGHT}
    seen = Sighting(
        plate=citation.plate,
        plate_state=citation.plate_state,
        zone_id=citation.zone_id,
        observed_utc=citation.observed_utc,
        uncertainty_ms=citation.clock_uncertainty_ms,
    )
    for right, is_slip in disproofs:
        cover = covers(right, seen, rules)
        if cover is not None and is_slip:
            cover = Cover.COULD_NOT_PAY
        if cover is not None and right_id(right) not in known:
            yield Hold(
                citation_id=citation.citation_id,
                right_id=right_id(right),
                cover=cover,
                is_note=citation.is_warning,
            )


def _is_end(event: CitationEvent) -> bool:
    decided = event.kind is EventKind.DECIDED and event.reason_code == DECIDED_DISMISSED
    return decided or event.kind in _ENDS_IT


def hold_event(hold: Hold, *, at_utc: datetime, event_id: UUID) -> CitationEvent:
    """Return the event by which the system holds or notes a citation.

    Args:
        hold: From ``judge``.
        at_utc: Now.
        event_id: New.
    """
    return CitationEvent(
        citation_event_id=event_id,
        citation_id=hold.citation_id,
        kind=EventKind.NOTED if hold.is_note else EventKind.HELD,
        at_utc=at_utc,
        reason_code=hold.cover,
        right_id=hold.right_id,
    )
