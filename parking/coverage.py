"""Does a right cover a sighting of a car? One rule for the officer, the kiosk and central. Pure.

Source: FIELD.md C2, RULES.md 17-19. Plates are equal by their key alone. Any thread.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parking.plate import same_plate
from parking.right import ParkingSession, PlateText, Right, StateCode, right_end_utc
from parking.zone import GraceMode, Zone, ZoneId

_MINUTE = timedelta(minutes=1)


class Cover(StrEnum):
    """How a right covers a sighting; only ``EXACT`` may be dismissed by policy (RULES 17)."""

    EXACT = "exact"
    EXIT_GRACE = "exit_grace"
    ENTRY_GRACE = "entry_grace"
    COULD_NOT_PAY = "could_not_pay"
    """A slip: nothing was paid, because the pay station could not take it."""


class Miss(StrEnum):
    """The first reason why a right does not cover a sighting."""

    PLATE = "plate"
    STATE = "state"
    ZONE = "zone"
    REVOKED = "revoked"
    NOT_YET = "not_yet"
    SEEN_EARLIER = "seen_earlier"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A car seen at one place and instant.

    Attributes:
        plate_state: Two-letter code; empty matches every state (RULES 19).
        uncertainty_ms: Of the clock of the terminal that saw it.
        first_seen_utc: First sighting of this stay in this zone, None when this is the first.
    """

    plate: PlateText
    plate_state: StateCode
    zone_id: ZoneId
    observed_utc: datetime
    uncertainty_ms: int = 0
    first_seen_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRules:
    """What the zone of a sighting says about coverage; from ``cover_rules``."""

    covered_by: tuple[str, ...]
    exit_grace: timedelta
    entry_grace: timedelta
    grace_mode: GraceMode


BARE_RULES = CoverRules(
    covered_by=(),
    exit_grace=timedelta(0),
    entry_grace=timedelta(0),
    grace_mode=GraceMode.ELAPSED,
)
"""For a zone of which nothing is known: the interval alone covers."""


def cover_rules(zone: Zone) -> CoverRules:
    """Return the rules of the zone in which the car is seen."""
    return CoverRules(
        covered_by=zone.covered_by,
        exit_grace=timedelta(seconds=zone.exit_grace_s),
        entry_grace=timedelta(seconds=zone.entry_grace_s),
        grace_mode=zone.grace_mode,
    )


def covers(right: Right, sighting: Sighting, rules: CoverRules) -> Cover | None:
    """Return how the right covers the sighting, or None.

    Args:
        right: A payment or permit, of any plate and zone.
        sighting: The car as seen.
        rules: Those of the sighting's zone.
    """
    found = why_covers(right, sighting, rules)
    return found if isinstance(found, Cover) else None


def why_covers(right: Right, sighting: Sighting, rules: CoverRules) -> Cover | Miss:
    """Return how the right covers the sighting, or the first reason why it does not.

    Clock uncertainties of both devices add, before the start and after the end. What only
    uncertainty or grace lets through is no ``EXACT`` cover.
    """
    return why_matches(right, sighting, rules) or why_in_time(right, sighting, rules)


def why_matches(right: Right, sighting: Sighting, rules: CoverRules) -> Miss | None:
    """Return why the right is for another car or place, whatever the time; None if it is not."""
    if not same_plate(right.plate, sighting.plate):
        return Miss.PLATE
    both_known = right.plate_state and sighting.plate_state
    if both_known and right.plate_state != sighting.plate_state:
        return Miss.STATE
    if right.zone_id != sighting.zone_id and right.zone_id not in rules.covered_by:
        return Miss.ZONE
    return None


def why_in_time(right: Right, sighting: Sighting, rules: CoverRules) -> Cover | Miss:
    """Return how a right that ``why_matches`` lets pass covers the instant, or why it does not."""
    end_utc, at_utc = right_end_utc(right), sighting.observed_utc
    if end_utc <= right.start_utc:
        return Miss.REVOKED if right.revoked_utc is not None else Miss.ENDED
    if right.start_utc <= at_utc < end_utc:
        return Cover.EXACT
    if at_utc < right.start_utc:
        return _why_before_start(right, sighting, rules)
    if at_utc < citable_from_utc(right, rules, uncertainty_ms=sighting.uncertainty_ms):
        return Cover.EXIT_GRACE
    return Miss.ENDED if end_utc == right.end_utc else Miss.REVOKED


def _why_before_start(right: Right, sighting: Sighting, rules: CoverRules) -> Cover | Miss:
    early = right.start_utc - sighting.observed_utc - _both_clocks(right, sighting.uncertainty_ms)
    if early <= timedelta(0):
        return Cover.ENTRY_GRACE
    if early > rules.entry_grace:
        return Miss.NOT_YET
    if sighting.first_seen_utc is None:
        return Cover.ENTRY_GRACE
    stood = sighting.observed_utc - sighting.first_seen_utc
    return Miss.SEEN_EARLIER if stood > rules.entry_grace else Cover.ENTRY_GRACE


def citable_from_utc(right: Right, rules: CoverRules, *, uncertainty_ms: int) -> datetime:
    """Return the first instant after the right at which the car may be cited (RULES 18).

    A revoked right has no grace: it covers nothing after its revocation but what the clocks leave
    open.

    Args:
        right: A payment or permit.
        rules: Those of the sighting's zone.
        uncertainty_ms: Of the clock of the terminal that sees the car.
    """
    end_utc = right_end_utc(right)
    clocks = _both_clocks(right, uncertainty_ms)
    if end_utc < right.end_utc or not rules.exit_grace:
        return end_utc + clocks
    if rules.grace_mode is GraceMode.ELAPSED:
        return end_utc + rules.exit_grace + clocks
    minute_utc = end_utc.replace(second=0, microsecond=0)
    return minute_utc + rules.exit_grace + _MINUTE + clocks


def _both_clocks(right: Right, uncertainty_ms: int) -> timedelta:
    own_ms = right.clock_uncertainty_ms if isinstance(right, ParkingSession) else 0
    return timedelta(milliseconds=own_ms + uncertainty_ms)
