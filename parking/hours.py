"""When a tariff costs money: its enforced windows as instants. Pure, any thread.

Source: FIELD.md C1, RULES.md 4 and 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from parking.clockface import instant, local_day
from parking.tariff import CarryOver, Day, EnforcedSpan, Tariff

_WEEK = tuple(Day)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Enforced time between two instants, half-open: one showing of a span.

    Attributes:
        day: The local date to which it belongs, on which it starts.
    """

    opens_utc: datetime
    closes_utc: datetime
    span: EnforcedSpan
    day: date


def windows(tariff: Tariff, from_utc: datetime) -> Iterator[Window]:
    """Yield the windows that close after an instant, in order.

    Endless; empty where no span is for ordinary days.
    """
    day = local_day(from_utc, tariff.time_zone) - _DAY
    while any(span.days and not span.designated_period for span in tariff.spans):
        for window in _windows_of(tariff, day):
            if window.closes_utc > from_utc:
                yield window
        day += _DAY


def spans_of(tariff: Tariff, day: date) -> list[EnforcedSpan]:
    """Return the spans that start on a local date, the earliest first."""
    special = tariff.special_day(day)
    period = "" if special is None else special.designated_period
    name = _WEEK[day.weekday()]
    return sorted(
        (span for span in tariff.spans if name in span.days and span.designated_period == period),
        key=lambda span: span.opens_minute,
    )


def _windows_of(tariff: Tariff, day: date) -> Iterator[Window]:
    zone = tariff.time_zone
    for span in spans_of(tariff, day):
        opens_utc = instant(day, span.opens_minute, zone, second_showing=True)
        closes_utc = instant(day, span.closes_minute, zone, second_showing=False)
        if opens_utc < closes_utc:
            yield Window(opens_utc, closes_utc, span, day)


def run_on(tariff: Tariff, from_utc: datetime, *, after: Window | None = None) -> Iterator[Window]:
    """Yield the windows that paid time runs through until a closing ends the stay (RULES 4).

    Args:
        tariff: Its spans, and which closings are carried over.
        from_utc: An enforced instant, or the end of paid time.
        after: The window of the time paid before, when that is to run on.
    """
    for window in windows(tariff, from_utc):
        if after is not None and not _carried(tariff, after, window):
            return
        yield window
        after = window


def _carried(tariff: Tariff, before: Window, after: Window) -> bool:
    if after.opens_utc <= before.closes_utc or tariff.carry_over is CarryOver.ALWAYS:
        return True
    return tariff.carry_over is CarryOver.SAME_DAY and before.day == after.day


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
