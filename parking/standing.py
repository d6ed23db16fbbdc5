"""What all the rights of one car say together at one instant in one zone. Pure, any thread.

Source: FIELD.md C2, RULES.md 11 (overlapping rights are kept).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking.coverage import (
    Cover,
    CoverRules,
    Sighting,
    citable_from_utc,
    why_in_time,
    why_matches,
)
from parking.right import Permit, Right, right_end_utc
from parking.slip import CouldNotPay, as_right

_DAY = timedelta(hours=24)
_STRENGTH = {
    Cover.EXACT: 3,
    Cover.ENTRY_GRACE: 2,
    Cover.EXIT_GRACE: 1,
    Cover.COULD_NOT_PAY: 0,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The right that says most about a car: one that covers it, else one that ended lately.

    Attributes:
        right: None when no right for this car and zone covers it or ended within 24 hours.
        cover: None when ``right`` has ended.
        until_utc: Until when the car may stand, joined rights included; after the end of a right
            when it ended. None without a right.
        citable_from_utc: After the end of a right, the first instant after its grace; else None.
    """

    right: Right | None = None
    cover: Cover | None = None
    until_utc: datetime | None = None
    citable_from_utc: datetime | None = None


def standing_of(rights: Iterable[Right], seen: Sighting, rules: CoverRules) -> Standing:
    """Return the standing of a car; a permit goes before a payment, a longer right before others.

    Args:
        rights: Any rights; those for other plates, states and zones are passed over.
        seen: The car as seen.
        rules: Those of the sighting's zone.
    """
    here = [right for right in rights if why_matches(right, seen, rules) is None]
    timed = [(right, why_in_time(right, seen, rules)) for right in here]
    covering = [(right, cover) for right, cover in timed if isinstance(cover, Cover)]
    if not covering:
        return _ended_standing(here, seen, rules)
    right, cover = max(covering, key=_rank)
    if cover is Cover.EXIT_GRACE:
        citable = citable_from_utc(right, rules, uncertainty_ms=seen.uncertainty_ms)
        return Standing(right, cover, right_end_utc(right), citable)
    return Standing(right, cover, _joined_end_utc(right, here))


def standing_of_slips(slips: Iterable[CouldNotPay], seen: Sighting, rules: CoverRules) -> Standing:
    """Return how a car stands whose driver could not pay: protected, never paid."""
    covering = [
        right
        for right in map(as_right, slips)
        if why_matches(right, seen, rules) is None
        and isinstance(why_in_time(right, seen, rules), Cover)
    ]
    if not covering:
        return Standing()
    latest = max(covering, key=right_end_utc)
    citable = citable_from_utc(latest, rules, uncertainty_ms=seen.uncertainty_ms)
    return Standing(latest, Cover.COULD_NOT_PAY, right_end_utc(latest), citable)


def _rank(found: tuple[Right, Cover]) -> tuple[int, bool, datetime]:
    right, cover = found
    return _STRENGTH[cover], isinstance(right, Permit), right_end_utc(right)


def _joined_end_utc(right: Right, here: Sequence[Right]) -> datetime:
    until_utc = right_end_utc(right)
    for other in sorted(here, key=lambda each: each.start_utc):
        if other.start_utc <= until_utc:
            until_utc = max(until_utc, right_end_utc(other))
    return until_utc


def _ended_standing(here: Sequence[Right], seen: Sighting, rules: CoverRules) -> Standing:
    latest = max(
        (right for right in here if _ended_lately(right, seen)), key=right_end_utc, default=None
    )
    if latest is None:
        return Standing()
    citable = citable_from_utc(latest, rules, uncertainty_ms=seen.uncertainty_ms)
    return Standing(latest, None, right_end_utc(latest), citable)


def _ended_lately(right: Right, seen: Sighting) -> bool:
    end_utc = right_end_utc(right)
    return right.start_utc < end_utc <= seen.observed_utc < end_utc + _DAY
