"""When a tariff costs money: its enforced windows as instants. Pure, any thread.

Source: FIELD.md C1, RULES.md 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from parking.clockface import instant, local_day
from parking.tariff import Day, Tariff

_WEEK = tuple(Day)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Enforced time between two instants at one rate, half-open."""

    opens_utc: datetime
    closes_utc: datetime
    rate_cents_per_hour: int


def windows(tariff: Tariff, from_utc: datetime) -> Iterator[Window]:
    """Yield the windows that close after an instant, in order; endless, or empty without spans."""
    day = local_day(from_utc, tariff.time_zone) - _DAY
    while any(span.days for span in tariff.spans):
        for window in _windows_of(tariff, day):
            if window.closes_utc > from_utc:
                yield window
        day += _DAY


def _windows_of(tariff: Tariff, day: date) -> Iterator[Window]:
    if day in tariff.holidays:
        return
    name, zone = _WEEK[day.weekday()], tariff.time_zone
    for span in sorted(tariff.spans, key=lambda each: each.opens_minute):
        if name in span.days:
            opens_utc = instant(day, span.opens_minute, zone, second_showing=True)
            closes_utc = instant(day, span.closes_minute, zone, second_showing=False)
            if opens_utc < closes_utc:
                yield Window(opens_utc, closes_utc, span.rate_cents_per_hour)


def is_enforced(tariff: Tariff, at_utc: datetime) -> bool:
    """Tell whether parking costs money at an instant."""
    window = next(windows(tariff, at_utc), None)
    return window is not None and window.opens_utc <= at_utc


def free_until(tariff: Tariff, at_utc: datetime) -> datetime | None:
    """Return until when parking is free; None when it costs money now, or never does."""
    window = next(windows(tariff, at_utc), None)
    if window is None or window.opens_utc <= at_utc:
        return None
    return window.opens_utc


def enforced_end_utc(tariff: Tariff, from_utc: datetime, *, limit_utc: datetime) -> datetime:
    """Return the end of the enforced time that runs on from an instant without a break.

    Args:
        tariff: Its spans.
        from_utc: Where to start; returned itself when it is free then.
        limit_utc: Not looked further than this; the result may lie beyond.
    """
    end_utc = from_utc
    for window in windows(tariff, from_utc):
        if window.opens_utc > end_utc or end_utc >= limit_utc:
            break
        end_utc = window.closes_utc
    return end_utc
