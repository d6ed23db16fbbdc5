"""Decides what an officer is told about one car. Pure, any thread.

Source: FIELD.md C2 (order at issue), RULES.md 17-19 and 23. Runs in some 50 microseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from parking.check import Answer, Candidates
from parking.clock import Reading
from parking.coverage import Cover, Sighting, cover_rules
from parking.hotlist import HotlistEntry, HotlistKind
from parking.plate import same_plate
from parking.reason import Look, Reason, SourceAge, is_listed, reasons, same_known_state
from parking.right import Permit, Right, right_id
from parking.standing import standing_of, standing_of_slips
from parking.zone import Source, Zone

_MINUTE = timedelta(minutes=1)
_HOTTEST_FIRST = (HotlistKind.STOLEN, HotlistKind.WANTED, HotlistKind.SCOFFLAW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer of a check and everything it rests on.

    Attributes:
        right: The right that says most, also under a hot-list hit: covering, or ended within 24
            hours; else None.
        cover: How ``right`` covers the car; None when it has ended.
        until_utc: Until when ``right`` and those joined to it let the car stand.
        minutes_ago: Whole minutes since ``until_utc`` when it is past, else 0.
        citable_from_utc: When ``until_utc`` is past: the first instant after the grace.
        entry: HOTLIST: the entry that decided.
        reasons: What was looked at, in order of decision.
        ages: One per source, in the order of ``Source``.
    """

    answer: Answer
    at_utc: datetime
    right: Right | None
    cover: Cover | None
    until_utc: datetime | None
    minutes_ago: int
    citable_from_utc: datetime | None
    entry: HotlistEntry | None
    reasons: tuple[Reason, ...]
    ages: tuple[SourceAge, ...]

    @property
    def decided_by(self) -> UUID | None:
        """Return the identifier of the right or hot-list entry that decided, if any."""
        if self.entry is not None:
            return self.entry.hotlist_entry_id
        return None if self.right is None else right_id(self.right)


def decide(
    candidates: Candidates, *, plate: str, state: str, zone: Zone, at: Reading, enforced: bool
) -> Decision:
    """Decide what the officer is told about one car; exact plates decide, hints never do.

    Args:
        candidates: What one read found under the plate's key.
        plate: As typed, or scanned and confirmed.
        state: Two-letter code; empty when unknown, which never makes a hot-list hit.
        zone: Where the car stands.
        at: The terminal's clock.
        enforced: Whether the zone's tariff costs money at this instant
            (``parking.tariff.is_enforced``).

    Returns:
        The first that applies: a hot-list hit, a clock too unsure, free hours, a covering permit,
        payment or grace, a source older than its budget, a right that ended within 24 hours,
        nothing found.
    """
    seen = Sighting(
        plate=plate,
        plate_state=state,
        zone_id=zone.zone_id,
        observed_utc=at.utc,
        uncertainty_ms=at.uncertainty_ms,
        first_seen_utc=candidates.first_seen_utc,
    )
    rules = cover_rules(zone)
    ages = tuple([_age(source, candidates.as_of.get(source), zone, at.utc) for source in Source])
    standing = standing_of((*candidates.permits, *candidates.rights), seen, rules)
    protected = standing_of_slips(candidates.slips, seen, rules) if standing.cover is None else None
    if protected is not None and protected.cover is not None:
        standing = protected
    look = Look(
        found=candidates,
        seen=seen,
        rules=rules,
        too_old=tuple([age for age in ages if age.too_old]),
        age_s={age.source: age.age_s for age in ages},
        standing=standing,
        hits=_hits(candidates.hotlist, seen),
        clock_unsure=at.uncertainty_ms > zone.uncertainty_limit_ms,
        enforced=enforced,
    )
    return _decision(look, _answer(look), ages)


def _decision(look: Look, answer: Answer, ages: tuple[SourceAge, ...]) -> Decision:
    standing, at_utc = look.standing, look.seen.observed_utc
    past = max(at_utc - (standing.until_utc or at_utc), timedelta(0))
    return Decision(
        answer=answer,
        at_utc=at_utc,
        right=standing.right,
        cover=standing.cover,
        until_utc=standing.until_utc,
        minutes_ago=past // _MINUTE,
        citable_from_utc=standing.citable_from_utc,
        entry=look.hits[0] if look.hits else None,
        reasons=reasons(look, answer),
        ages=ages,
    )


def _answer(look: Look) -> Answer:
    if look.hits:
        return Answer.HOTLIST
    if look.clock_unsure:
        return Answer.CANNOT_KNOW
    if not look.enforced:
        return Answer.FREE
    if look.standing.cover is Cover.EXACT:
        return Answer.PERMIT if isinstance(look.standing.right, Permit) else Answer.PAID
    if look.standing.cover is not None:
        return Answer.GRACE
    if look.too_old:
        return Answer.CANNOT_KNOW
    return Answer.NOT_PAID if look.standing.right is None else Answer.EXPIRED


def _age(source: Source, as_of_utc: datetime | None, zone: Zone, at_utc: datetime) -> SourceAge:
    budget_s = zone.budget_s(source)
    age_s = None if as_of_utc is None else max((at_utc - as_of_utc).total_seconds(), 0.0)
    return SourceAge(
        source=source,
        as_of_utc=as_of_utc,
        age_s=None if age_s is None else int(age_s),
        budget_s=budget_s,
        too_old=age_s is None or age_s > budget_s,
    )


def _hits(entries: Sequence[HotlistEntry], seen: Sighting) -> tuple[HotlistEntry, ...]:
    hits = [
        entry
        for entry in entries
        if entry.kind in _HOTTEST_FIRST
        and same_plate(entry.plate, seen.plate)
        and same_known_state(entry, seen)
        and is_listed(entry, seen)
    ]
    return tuple(sorted(hits, key=lambda entry: _HOTTEST_FIRST.index(entry.kind)))
