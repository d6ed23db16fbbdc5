"""What paid time costs: tiers, flat prices, maximum fees, one rounding upward. Pure, any thread.

Source: FIELD.md C1 rows 9-13, RULES.md 5, 8 and 11. Between ``Part`` and cents everything is exact:
sixtieths of a cent.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from parking.clockface import day_bounds, local_day
from parking.right import ParkingSession
from parking.stay import MINUTE, Part, paid_stays
from parking.tariff import EnforcedSpan, LastStep, MaximumFeePeriod, Tariff

_EXACT = 60
_DAY = timedelta(days=1)


def price_cents(tariff: Tariff, parts: Sequence[Part], *, extra_minutes: int = 0) -> int:
    """Return the price of one whole stay, rounded up once; then no more than the maximum fee.

    Args:
        tariff: Its steps, rounding and maximum fee.
        parts: Paid time of the stay in order; a price of nothing is 0.
        extra_minutes: Billed beyond the last part and not granted (RULES 2), at its rate.
    """
    if not parts:
        return 0
    fees: dict[datetime | None, int] = {}
    elapsed, used, period = 0, None, None
    for part in parts:
        for period, minutes in _by_period(tariff, parts[0].from_utc, part):
            flat = part.window.span.flat_cents if used != part.window.opens_utc else 0
            fee = flat * _EXACT + _tiered(part.window.span, elapsed, minutes)
            fees[period] = fees.get(period, 0) + fee
            elapsed, used = elapsed + minutes, part.window.opens_utc
    fees[period] += _tiered(parts[-1].window.span, elapsed, extra_minutes)
    if tariff.maximum_fee_cents is None:
        return _rounded_up(tariff, sum(fees.values()))
    most = tariff.maximum_fee_cents
    exact = sum(min(fee, most * _EXACT) for fee in fees.values())
    return min(_rounded_up(tariff, exact), most * len(fees))


def _by_period(
    tariff: Tariff, first_utc: datetime, part: Part
) -> Iterator[tuple[datetime | None, int]]:
    """Yield the end of each maximum fee period that a part touches, and the minutes in it."""
    if tariff.maximum_fee_cents is None or tariff.maximum_fee_period is MaximumFeePeriod.STAY:
        yield None, part.minutes
        return
    at_utc = part.from_utc
    while at_utc < part.until_utc:
        end_utc = _period_end(tariff, first_utc, at_utc)
        until_utc = min(end_utc, part.until_utc)
        yield end_utc, (until_utc - at_utc) // MINUTE
        at_utc = until_utc


def _period_end(tariff: Tariff, first_utc: datetime, at_utc: datetime) -> datetime:
    if tariff.maximum_fee_period is MaximumFeePeriod.ROLLING_24H:
        return first_utc + ((at_utc - first_utc) // _DAY + 1) * _DAY
    return day_bounds(local_day(at_utc, tariff.time_zone), tariff.time_zone)[1]


def _tiered(span: EnforcedSpan, elapsed: int, minutes: int) -> int:
    """Return the price of minutes that begin after so many paid ones of the stay."""
    starts = [0, *(tier.from_minute for tier in span.tiers), elapsed + minutes]
    rates = [span.rate_cents_per_hour, *(tier.rate_cents_per_hour for tier in span.tiers)]
    return sum(
        max(0, min(end, elapsed + minutes) - max(start, elapsed)) * rate
        for (start, end), rate in zip(pairwise(starts), rates, strict=True)
    )


def _rounded_up(tariff: Tariff, exact: int) -> int:
    unit = _EXACT * tariff.increment_cents
    return -(-exact // unit) * tariff.increment_cents


def whole_steps(tariff: Tariff, minutes: int) -> int:
    """Return minutes rounded up to whole steps."""
    return -(-minutes // tariff.increment_minutes) * tariff.increment_minutes


def unbilled_minutes(tariff: Tariff, parts: Sequence[Part]) -> int:
    """Return what a stay lacks to whole steps, where the last step is billed whole (RULES 2)."""
    if tariff.last_step is LastStep.CUT or parts[-1].window.span.is_sold_whole:
        return 0
    paid = sum(part.minutes for part in parts)
    return whole_steps(tariff, paid) - paid


def shown_price_stands(
    replaced_utc: datetime | None, shown_utc: datetime, *, budget_s: int
) -> bool:
    """Tell whether a price that a terminal showed is the price, though rates changed (RULES 11).

    Args:
        replaced_utc: When another edition replaced the tariff; None while it is in force.
        shown_utc: When the price was shown to the driver.
        budget_s: How old the terminal's rates may be, in seconds.
    """
    return replaced_utc is None or shown_utc < replaced_utc + timedelta(seconds=budget_s)


def overlap_refund_cents(
    tariff: Tariff, rights: Sequence[ParkingSession], *, exit_grace_s: int = 0
) -> int:
    """Return what overlapping rights cost more than their union does, never below 0 (RULES 11).

    Args:
        tariff: Of the stay's first right.
        rights: Of one plate in one zone, sold without knowing of each other; all are kept.
        exit_grace_s: Of the zone.
    """
    paid = sum(right.price_cents for right in rights if right.revoked_utc is None)
    union = sum(
        price_cents(tariff, parts, extra_minutes=unbilled_minutes(tariff, parts))
        for parts in paid_stays(tariff, rights, exit_grace_s=exit_grace_s)
    )
    return max(0, paid - union)
