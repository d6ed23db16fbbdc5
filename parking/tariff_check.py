"""What is wrong with a tariff beyond the range of its single fields. Pure, any thread.

Source: RULES.md 6 and 8. The ranges are checked by ``sync.fields``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from parking.clockface import zone_info
from parking.errors import UserError
from parking.hours import spans_of
from parking.tariff import HOLIDAYS, Day, EnforcedSpan, Tariff

_DAY_MINUTES = 1440
_WEEK_MINUTES = 7 * _DAY_MINUTES
_WEEK = tuple(Day)
_OVERLAP = "Two spans overlap{when}; every minute has at most one rate."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a tariff: which field, and one sentence that says what is allowed."""

    field: str
    sentence: str


def check_tariff(tariff: Tariff) -> tuple[Fault, ...]:
    """Return what is wrong with a tariff beyond the range of single fields; empty when usable."""
    return tuple(_faults(tariff))


def _faults(tariff: Tariff) -> Iterator[Fault]:
    try:
        zone_info(tariff.time_zone)
    except UserError as error:
        yield Fault("time_zone", error.sentence)
    if all(span.designated_period for span in tariff.spans):
        yield Fault("spans", "A tariff needs at least one span of hours for ordinary days.")
    for place, span in enumerate(tariff.spans):
        yield from _span_faults(f"spans[{place}]", span, tariff)
    yield from _overlap_faults(tariff)
    if tariff.largest_purchase_minutes % tariff.increment_minutes:
        yield Fault(
            "largest_purchase_minutes",
            f"The largest purchase must be whole steps of {tariff.increment_minutes} minutes.",
        )
    yield from _stay_faults(tariff)
    yield from _day_faults(tariff)


def _span_faults(where: str, span: EnforcedSpan, tariff: Tariff) -> Iterator[Fault]:
    if not span.days or len(set(span.days)) < len(span.days):
        yield Fault(f"{where}.days", "Name at least one day, each once.")
    if span.closes_minute <= span.opens_minute:
        yield Fault(
            f"{where}.closes_minute",
            "The closing must be after the opening; add 1440 when it is on the next day.",
        )
    if span.closes_minute - span.opens_minute > _DAY_MINUTES:
        yield Fault(f"{where}.closes_minute", "A span can be at most 24 hours long.")
    for place, tier in enumerate(span.tiers):
        if tier.from_minute % tariff.increment_minutes:
            yield Fault(
                f"{where}.tiers[{place}].from_minute",
                f"A tier must start at whole steps of {tariff.increment_minutes} minutes,"
                f" not at {tier.from_minute}.",
            )
    starts = [tier.from_minute for tier in span.tiers]
    if any(later <= earlier for earlier, later in pairwise(starts)):
        yield Fault(f"{where}.tiers", "Tiers must be in order, each starting after the one before.")


def _overlap_faults(tariff: Tariff) -> Iterator[Fault]:
    if _laps(_ordinary_week(tariff)):
        yield Fault("spans", _OVERLAP.format(when=""))
        return
    for special in tariff.special_days:
        if _laps(_around(tariff, special.day)):
            yield Fault("spans", _OVERLAP.format(when=f" on or next to {special.day}"))
            return


def _ordinary_week(tariff: Tariff) -> list[tuple[int, int]]:
    laid_out = sorted(
        (
            _WEEK.index(day) * _DAY_MINUTES + span.opens_minute,
            span.closes_minute - span.opens_minute,
        )
        for span in tariff.spans
        for day in set(span.days)
        if not span.designated_period
    )
    return [*laid_out, *((opens + _WEEK_MINUTES, length) for opens, length in laid_out[:1])]


def _around(tariff: Tariff, day: date) -> list[tuple[int, int]]:
    return sorted(
        (offset * _DAY_MINUTES + span.opens_minute, span.closes_minute - span.opens_minute)
        for offset in (-1, 0, 1)
        for span in spans_of(tariff, day + timedelta(days=offset))
    )


def _laps(laid_out: list[tuple[int, int]]) -> bool:
    return any(opens + length > later for (opens, length), (later, _) in pairwise(laid_out))


def _stay_faults(tariff: Tariff) -> Iterator[Fault]:
    if tariff.no_return_minutes and tariff.max_stay_minutes is None:
        yield Fault(
            "no_return_minutes", "No-return needs a longest stay: it begins once that is used up."
        )
    if tariff.maximum_fee_cents is not None and tariff.maximum_fee_cents % tariff.increment_cents:
        yield Fault(
            "maximum_fee_cents",
            f"The maximum fee must be a multiple of {tariff.increment_cents} cents.",
        )
    kinds = [each.permit_kind for each in tariff.user_classes]
    if len(set(kinds)) < len(kinds) or tariff.tariff_id in {
        each.tariff_id for each in tariff.user_classes
    }:
        yield Fault("user_classes", "Name each kind of permit once, with another tariff than this.")


def _day_faults(tariff: Tariff) -> Iterator[Fault]:
    days = [*tariff.holidays, *(special.day for special in tariff.special_days)]
    if len(set(days)) < len(days):
        where = "holidays" if len(set(tariff.holidays)) < len(tariff.holidays) else "special_days"
        yield Fault(where, "Each holiday or special day must be named once.")
    known = {HOLIDAYS, *(special.designated_period for special in tariff.special_days)}
    for place, span in enumerate(tariff.spans):
        if span.designated_period and span.designated_period not in known:
            yield Fault(
                f"spans[{place}].designated_period",
                f"No special day is of the period {span.designated_period}.",
            )
