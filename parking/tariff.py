"""Tariffs: dated, versioned data of the city; ``parking.pricing`` prices time with it. Pure.

Source: FIELD.md C1, RULES.md 1-10. Names follow CDS Rate and Time Span where it has them. Any
thread.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from parking.markers import Items, Span, Text
from parking.seal import canonical_bytes

_DAY_MINUTES = 1440


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


class CarryOver(StrEnum):
    """Which closings paid time runs across (RULES 4); any other closing starts a new stay."""

    NEVER = "never"
    SAME_DAY = "same_day"
    """Those between spans of one day, e.g. a free lunch hour."""
    ALWAYS = "always"


class MaximumFeePeriod(StrEnum):
    """What the maximum fee bounds (RULES 8)."""

    STAY = "stay"
    CALENDAR_DAY = "calendar_day"
    ROLLING_24H = "rolling_24h"
    """Each 24 elapsed hours from the first paid minute of the stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The price of an hour from some paid minute of the stay on.

    Attributes:
        from_minute: Paid minutes of the stay before it holds (CDS ``start_duration``); whole steps.
        rate_cents_per_hour: Price of an hour from then on.
    """

    from_minute: Annotated[int, Span(1, 10_080)]
    rate_cents_per_hour: Annotated[int, Span(0, 100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcedSpan:
    """Hours in which time costs money; it belongs to the day on which it starts (RULES 6).

    CDS Time Span with its Rates.

    Attributes:
        days: Days of the week on which it starts.
        opens_minute: Local minutes after midnight.
        closes_minute: Likewise, first minute that is free again; above 1440 on the next day
            (Friday 18:00-02:30 is 1080 to 1590). At most 24 hours after the opening.
        rate_cents_per_hour: Price of an hour; of the stay's first hours where there are tiers.
        tiers: Other prices from later minutes of the stay on, the earliest first.
        flat_cents: Charged once each time the hours are used, however short. With a rate of 0 the
            whole span is sold: a night, a calendar day.
        designated_period: Empty for ordinary days; else it starts only on special days of this
            period, which have no ordinary spans.
    """

    days: Annotated[tuple[Day, ...], Items(7, 1)]
    opens_minute: Annotated[int, Span(0, 1439)]
    closes_minute: Annotated[int, Span(1, 2880)]
    rate_cents_per_hour: Annotated[int, Span(0, 100_000)]
    tiers: Annotated[tuple[Tier, ...], Items(10)] = ()
    flat_cents: Annotated[int, Span(0, 100_000)] = 0
    designated_period: Annotated[str, Text(20)] = ""

    @property
    def is_sold_whole(self) -> bool:
        """Return whether its price is the same for one minute and for all of it."""
        return self.flat_cents > 0 and self.rate_cents_per_hour == 0 and not self.tiers


HOLIDAYS = "holidays"
"""The designated period of ``Tariff.holidays``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A local date whose hours are not those of its weekday.

    Attributes:
        name: What people call it, e.g. ``Thanksgiving``.
        designated_period: Only spans of this period start on it; without any it is free.
    """

    day: date
    name: Annotated[str, Text(60, 1)]
    designated_period: Annotated[str, Text(20, 1)] = HOLIDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class UserClass:
    """Cars that another tariff prices, e.g. residents. CDS ``user_classes``.

    Attributes:
        permit_kind: Kind of a permit that is valid for the plate in the zone.
        tariff_id: Of the tariff that prices such a car.
    """

    permit_kind: Annotated[str, Text(40, 1)]
    tariff_id: Annotated[str, Text(40, 1)]


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
        holidays: Local dates of the designated period ``holidays`` that need no name.
        prepay_from_minute: Local minute from which prepaying is possible.
        no_return_minutes: After a stay that used up the longest stay, no new paid time starts
            within these minutes of its last paid one (RULES 3).
        carry_over: Which closings paid time runs across.
        maximum_fee_cents: Most that a ``maximum_fee_period`` costs; None for no limit.
        special_days: Dates with a name and hours of their own.
        user_classes: Who is priced by another tariff; the first that fits.
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
    no_return_minutes: Annotated[int, Span(0, 1440)] = 0
    carry_over: CarryOver = CarryOver.NEVER
    maximum_fee_cents: Annotated[int, Span(1, 1_000_000)] | None = None
    maximum_fee_period: MaximumFeePeriod = MaximumFeePeriod.STAY
    special_days: Annotated[tuple[SpecialDay, ...], Items(200)] = ()
    user_classes: Annotated[tuple[UserClass, ...], Items(20)] = ()

    def special_day(self, day: date) -> SpecialDay | None:
        """Return the special day on a date, also where it is only one of the ``holidays``."""
        for special in self.special_days:
            if special.day == day:
                return special
        return SpecialDay(day=day, name="Holiday") if day in self.holidays else None


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
        free_on_holidays: Whether the tariff names days on which nothing costs.
    """

    spans: tuple[EnforcedSpan, ...]
    increment_minutes: int
    increment_cents: int
    max_stay_minutes: int | None
    free_days: tuple[Day, ...]
    free_after_minute: int | None
    free_on_holidays: bool
    maximum_fee_cents: int | None
    maximum_fee_period: MaximumFeePeriod
    no_return_minutes: int


def in_words(tariff: Tariff) -> RateWords:
    """Return what a driver must know about the rate of ordinary days before paying."""
    spans = [span for span in tariff.spans if not span.designated_period]
    last_closings = {
        max(span.closes_minute for span in spans if day in span.days)
        for day in Day
        if any(day in span.days for span in spans)
    }
    one = last_closings.pop() if len(last_closings) == 1 else None
    openings = {span.opens_minute for span in spans}
    periods = {special.designated_period for special in tariff.special_days}
    periods |= {HOLIDAYS} if tariff.holidays else set()
    return RateWords(
        spans=tuple(sorted(spans, key=lambda span: span.opens_minute)),
        increment_minutes=tariff.increment_minutes,
        increment_cents=tariff.increment_cents,
        max_stay_minutes=tariff.max_stay_minutes,
        free_days=tuple(day for day in Day if all(day not in span.days for span in spans)),
        free_after_minute=None if one is None or one % _DAY_MINUTES in openings else one,
        free_on_holidays=bool(periods - {span.designated_period for span in tariff.spans}),
        maximum_fee_cents=tariff.maximum_fee_cents,
        maximum_fee_period=tariff.maximum_fee_period,
        no_return_minutes=tariff.no_return_minutes,
    )
