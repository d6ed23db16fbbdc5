"""Tariffs: dated, versioned data of the city; ``parking.pricing`` prices time with it. Pure.

Source: FIELD.md C1, RULES.md 1-10. Names follow CDS Rate and Time Span where it has them. Any
thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Annotated

from parking.clockface import zone_info
from parking.errors import UserError
from parking.markers import Items, Span, Text
from parking.seal import canonical_bytes

_DAY_MINUTES = 1440
_WEEK_MINUTES = 7 * _DAY_MINUTES


class Day(StrEnum):
    """A day of the week as CDS ``days_of_week`` writes it."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class LastStep(StrEnum):
    """How a step that closing or max stay cuts is billed (RULES 2)."""

    BILL_WHOLE = "bill_whole"
    CUT = "cut"


class Prepay(StrEnum):
    """Whether time can be bought while parking is still free (RULES 9)."""

    NONE = "none"
    SAME_DAY = "same_day"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcedSpan:
    """Hours in which time costs money; it belongs to the day on which it starts (RULES 6).

    Attributes:
        days: Days of the week on which it starts.
        opens_minute: Local minutes after midnight.
        closes_minute: Likewise, first minute that is free again; above 1440 on the next day
            (Friday 18:00-02:30 is 1080 to 1590). At most 24 hours after the opening.
        rate_cents_per_hour: Price of an hour.
    """

    days: Annotated[tuple[Day, ...], Items(7, 1)]
    opens_minute: Annotated[int, Span(0, 1439)]
    closes_minute: Annotated[int, Span(1, 2880)]
    rate_cents_per_hour: Annotated[int, Span(0, 100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What parking costs in the zones that name it; pull-only data of the city.

    Attributes:
        version: The city's name for this edition, e.g. ``2027-03``.
        time_zone: IANA name in which opening and closing are read.
        increment_minutes: Length of a step; time is sold in whole steps (RULES 1).
        increment_cents: The price is rounded up once to a multiple of this (RULES 8).
        max_stay_minutes: Most paid minutes of one stay, extensions included; None for no limit.
        largest_purchase_minutes: Most minutes of one purchase (RULES 10).
        holidays: Local dates on which no span starts.
        prepay_from_minute: Local minute from which prepaying is possible.
        revision: Grows with every change at central.
    """

    tariff_id: Annotated[str, Text(40, 1)]
    version: Annotated[str, Text(20, 1)]
    time_zone: Annotated[str, Text(40, 1)]
    spans: Annotated[tuple[EnforcedSpan, ...], Items(50, 1)]
    increment_minutes: Annotated[int, Span(1, 1440)]
    increment_cents: Annotated[int, Span(1, 1000)] = 1
    max_stay_minutes: Annotated[int, Span(1, 10_080)] | None = None
    largest_purchase_minutes: Annotated[int, Span(1, 10_080)] = 1440
    last_step: LastStep = LastStep.BILL_WHOLE
    prepay: Prepay = Prepay.NONE
    prepay_from_minute: Annotated[int, Span(0, 1439)] = 0
    holidays: Annotated[tuple[date, ...], Items(200)] = ()
    revision: Annotated[int, Span(0, 2**62)] = 0


def tariff_hash(tariff: Tariff) -> str:
    """Return the SHA-256 of what the tariff says, in hex; central's revision does not count."""
    told = canonical_bytes(tariff, prefix=b"stamford-tariff-1\n", without=frozenset({"revision"}))
    return sha256(told).hexdigest()


def tariff_label(tariff: Tariff) -> str:
    """Return name, version and short hash, as rights and receipts carry them (<= 80 characters)."""
    return f"{tariff.tariff_id} {tariff.version} {tariff_hash(tariff)[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWords:
    """The rate for people, as data that a screen words in its language.

    Attributes:
        spans: Hours and rates, the earliest opening first.
        free_days: Days on which no span starts, in the order of the week.
        free_after_minute: The one closing of all days as local minutes after midnight; None when
            days differ or parking never closes.
        free_on_holidays: Whether the tariff names holidays.
    """

    spans: tuple[EnforcedSpan, ...]
    increment_minutes: int
    increment_cents: int
    max_stay_minutes: int | None
    free_days: tuple[Day, ...]
    free_after_minute: int | None
    free_on_holidays: bool


def in_words(tariff: Tariff) -> RateWords:
    """Return what a driver must know about the rate before paying."""
    last_closings = {
        max(span.closes_minute for span in tariff.spans if day in span.days)
        for day in Day
        if any(day in span.days for span in tariff.spans)
    }
    one = last_closings.pop() if len(last_closings) == 1 else None
    return RateWords(
        spans=tuple(sorted(tariff.spans, key=lambda span: span.opens_minute)),
        increment_minutes=tariff.increment_minutes,
        increment_cents=tariff.increment_cents,
        max_stay_minutes=tariff.max_stay_minutes,
        free_days=tuple(day for day in Day if all(day not in span.days for span in tariff.spans)),
        free_after_minute=None if one == _DAY_MINUTES else one,
        free_on_holidays=bool(tariff.holidays),
    )


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
    if not tariff.spans:
        yield Fault("spans", "A tariff needs at least one span of hours.")
    for place, span in enumerate(tariff.spans):
        yield from _span_faults(f"spans[{place}]", span)
    yield from _overlap_faults(tariff)
    if tariff.largest_purchase_minutes % tariff.increment_minutes:
        yield Fault(
            "largest_purchase_minutes",
            f"The largest purchase must be whole steps of {tariff.increment_minutes} minutes.",
        )
    if len(set(tariff.holidays)) < len(tariff.holidays):
        yield Fault("holidays", "Each holiday must be named once.")


def _span_faults(where: str, span: EnforcedSpan) -> Iterator[Fault]:
    if not span.days or len(set(span.days)) < len(span.days):
        yield Fault(f"{where}.days", "Name at least one day, each once.")
    if span.closes_minute <= span.opens_minute:
        yield Fault(
            f"{where}.closes_minute",
            "The closing must be after the opening; add 1440 when it is on the next day.",
        )
    if span.closes_minute - span.opens_minute > _DAY_MINUTES:
        yield Fault(f"{where}.closes_minute", "A span can be at most 24 hours long.")


def _overlap_faults(tariff: Tariff) -> Iterator[Fault]:
    week = list(Day)
    laid_out = sorted(
        (week.index(day) * _DAY_MINUTES + span.opens_minute, span.closes_minute - span.opens_minute)
        for span in tariff.spans
        for day in set(span.days)
    )
    around = [*laid_out, *((opens + _WEEK_MINUTES, length) for opens, length in laid_out[:1])]
    if any(opens + length > later for (opens, length), (later, _) in pairwise(around)):
        yield Fault("spans", "Two spans overlap; every minute of the week has at most one rate.")
