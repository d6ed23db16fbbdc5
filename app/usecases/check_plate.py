"""Check a plate: one read of all that is known, the pure rule, the fact. Store lane.

Source: FIELD.md C2; ``parking.decision`` decides.
"""

from dataclasses import dataclass, replace

from app.city import fine_rules
from app.ports import Store
from app.post import Duty, Post
from app.words import _
from parking.check import Answer, EarlierCitations, PlateCheck
from parking.citation import Display, fold
from parking.clock import Reading
from parking.decision import Decision, decide
from parking.errors import BugError, UserError
from parking.hours import is_enforced
from parking.ids import uuid7
from parking.officer import Act
from parking.plate import OTHER_STATE, US_STATES, check_plate_text, form_hint
from parking.zone import Source, Zone

_SPEAKS_AGAINST = frozenset({Answer.EXPIRED, Answer.NOT_PAID, Answer.CANNOT_KNOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A stored check with the decision it came from.

    Attributes:
        hint: A plate of standard form that differs in one look-alike; empty when there is none.
    """

    check: PlateCheck
    decision: Decision
    zone: Zone
    hint: str


def check_plate(post: Post, duty: Duty, *, plate: str, state: str) -> CheckResult:
    """Answer whether a car may stand in the officer's zone, and store that it was asked.

    Args:
        post: This terminal.
        duty: Who asks, in which shift and zone.
        plate: As typed or scanned and confirmed.
        state: Two-letter code, ``XX`` for elsewhere.

    Returns:
        The result, durable before it is returned.

    Raises:
        UserError: ``plate.*``, ``plate.state``, ``duty.*``.
        UnavailableError: The check could not be saved.
    """
    duty.allowed(Act.CHECK_PLATE)
    key = check_plate_text(plate)
    check_state(state)
    result = looked_at(post, duty, plate=key, state=state, zone=duty.in_zone())
    with post.store.saving() as work:
        work.add(result.check)
        work.commit()
    return result


def look_again(post: Post, duty: Duty, result: CheckResult) -> CheckResult:
    """Check the same car again; the fact is stored only when the answer changed.

    Returns:
        When answer, right and its end are as they were: the check as stored, with the ages of now.
    """
    duty.allowed(Act.CHECK_PLATE)
    zone = fresh_zone(post.store, result.zone.zone_id)
    before = result.check
    now = looked_at(post, duty, plate=before.plate, state=before.plate_state, zone=zone)
    if _same_answer(result.decision, now.decision):
        return replace(result, decision=now.decision, zone=zone)
    with post.store.saving() as work:
        work.add(now.check)
        work.commit()
    return now


def looked_at(
    post: Post, duty: Duty, *, plate: str, state: str, zone: Zone, sealed: bool = False
) -> CheckResult:
    """Read and decide without storing.

    Args:
        post: This terminal.
        duty: Who looks.
        plate: A plate key.
        state: Two-letter code.
        zone: Where the car stands.
        sealed: True for the look that goes into a citation.
    """
    now = post.clock.now()
    decision = _decided(post.store, plate=plate, state=state, zone=zone, now=now)
    as_of = {age.source: age.as_of_utc for age in decision.ages}
    check = PlateCheck(
        check_id=uuid7(now.utc),
        terminal_id=post.terminal.terminal_id,
        officer_id=duty.sign_in.officer.officer_id,
        shift_id=duty.on_shift().shift_id,
        zone_id=zone.zone_id,
        plate=plate,
        plate_state=state,
        observed_utc=now.utc,
        clock_uncertainty_ms=min(now.uncertainty_ms, 600_000),
        answer=decision.answer,
        right_id=decision.decided_by,
        pay_station_as_of_utc=as_of[Source.PAY_STATION],
        app_as_of_utc=as_of[Source.APP],
        permit_as_of_utc=as_of[Source.PERMIT],
        hotlist_as_of_utc=as_of[Source.HOTLIST],
        rules_version=str(zone.revision),
        sealed=sealed,
    )
    return CheckResult(
        check=check, decision=decision, zone=zone, hint=form_hint(plate, state) or ""
    )


def check_state(state: str) -> None:
    """Refuse a state code that does not exist.

    Raises:
        UserError: ``plate.state``.
    """
    if state not in US_STATES and state != OTHER_STATE:
        raise UserError("plate.state", _("Choose the state of the plate, or Other."))


def fresh_zone(store: Store, zone_id: str) -> Zone:
    """Return a zone as it stands now.

    Raises:
        UserError: ``zone.unknown``.
    """
    zone = store.zone(zone_id)
    if zone is None:
        raise UserError("zone.unknown", _("Zone {zone} is not known here.").format(zone=zone_id))
    return zone


def _decided(store: Store, *, plate: str, state: str, zone: Zone, now: Reading) -> Decision:
    tariff = store.tariff(zone.tariff_id)
    if tariff is None:
        raise BugError(f"zone {zone.zone_id} names the tariff {zone.tariff_id}, which is not here")
    earlier = _earlier(store, plate=plate, state=state, now=now)
    found = replace(store.candidates(plate), earlier=earlier)
    enforced = is_enforced(tariff, now.utc)
    decision = decide(found, plate=plate, state=state, zone=zone, at=now, enforced=enforced)
    if decision.answer not in _SPEAKS_AGAINST:
        return decision
    # Only who might be cited is asked about further: could the driver not pay?
    found = replace(found, slips=store.slips_of(plate), outages=store.outages_in(zone.zone_id))
    return decide(found, plate=plate, state=state, zone=zone, at=now, enforced=enforced)


def _earlier(store: Store, *, plate: str, state: str, now: Reading) -> EarlierCitations:
    """Fold the citations of this plate and state: how many, how many open, how much is due."""
    ended = {Display.VOIDED, Display.DISMISSED, Display.WARNING}
    states = [
        fold(
            citation,
            events,
            as_of_utc=now.utc,
            rules=fine_rules(store.zone(citation.zone_id)),
        )
        for citation, events in store.plate_citations(plate)
        if citation.plate_state == state
    ]
    counted = [one for one in states if one.display not in ended]
    due = [one.amount_due_cents for one in counted if one.amount_due_cents]
    return EarlierCitations(count=len(counted), open_count=len(due), open_cents=sum(due))


def _same_answer(one: Decision, other: Decision) -> bool:
    return (one.answer, one.decided_by, one.until_utc) == (
        other.answer,
        other.decided_by,
        other.until_utc,
    )
