"""The only place that turns instants into wall time and back. Pure, any thread.

Durations are elapsed time in UTC; opening hours are wall clock (FIELD.md C1). Times of day are
whole local minutes after midnight. Months and weekdays are English and independent of any locale;
who writes for another language hands in its gettext function as ``_``. On Windows the zones come
from ``tzdata``.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from parking.errors import UserError

Say = Callable[[str], str]
_SECOND = timedelta(seconds=1)


def zone_info(time_zone: str) -> ZoneInfo:
    """Return the rules of an IANA time zone.

    Raises:
        UserError: ``time_zone.unknown``.
    """
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise UserError(
            "time_zone.unknown",
            f"Time zone {time_zone!r} is not known; use an IANA name such as America/New_York.",
        ) from error


def wall(utc: datetime, time_zone: str) -> datetime:
    """Return the same instant as the clocks of a time zone show it."""
    return utc.astimezone(zone_info(time_zone))


def local_day(utc: datetime, time_zone: str) -> date:
    """Return the local date of an instant."""
    return wall(utc, time_zone).date()


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return the first instant of a local day and of the next: 23, 24 or 25 hours apart."""
    return (
        instant(day, 0, time_zone, second_showing=False),
        instant(day + timedelta(days=1), 0, time_zone, second_showing=False),
    )


# A price asks for the same few openings and closings again and again.
@lru_cache(maxsize=2048)
def instant(day: date, minute: int, time_zone: str, *, second_showing: bool) -> datetime:
    """Return the instant at which local clocks show a time (RULES 6).

    A time that the spring change skips is the instant of the change.

    Args:
        day: Local date.
        minute: Local minutes after midnight; 1440 and more are on the days after.
        time_zone: IANA name.
        second_showing: Which of the two instants, when the autumn change shows the time twice.
    """
    zone = zone_info(time_zone)
    shown = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)
    first, second = shown, shown.replace(fold=1)
    if _offset(first) < _offset(second):
        return _change(second.astimezone(UTC), first.astimezone(UTC), zone)
    return (second if second_showing else first).astimezone(UTC)


def _offset(shown: datetime) -> timedelta:
    return shown.utcoffset() or timedelta(0)


def _change(before_utc: datetime, after_utc: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second in (before, after] at which the new offset holds."""
    new = _offset(after_utc.astimezone(zone))
    while after_utc - before_utc > _SECOND:
        middle_utc = before_utc + (after_utc - before_utc) // _SECOND // 2 * _SECOND
        if _offset(middle_utc.astimezone(zone)) == new:
            after_utc = middle_utc
        else:
            before_utc = middle_utc
    return after_utc


def hh_mm(utc: datetime, time_zone: str) -> str:
    """Write a time as officers read it: ``14:32``."""
    return f"{wall(utc, time_zone):%H:%M}"


def hh_mm_ss(utc: datetime, time_zone: str) -> str:
    """Write a time to the second: ``14:32:07``."""
    return f"{wall(utc, time_zone):%H:%M:%S}"


def am_pm(utc: datetime, time_zone: str) -> str:
    """Write a time as drivers read it: ``2:32 PM``."""
    shown = wall(utc, time_zone)
    return minute_am_pm(shown.hour * 60 + shown.minute)


def minute_am_pm(minute: int) -> str:
    """Write local minutes after midnight as a time of day: 1112 and 2552 are ``6:32 PM``."""
    hour, minute = divmod(minute % 1440, 60)
    return f"{hour % 12 or 12}:{minute:02d} {'AM' if hour < 12 else 'PM'}"


def day_date(day: date, *, _: Say = str) -> str:
    """Write a near date: ``Tue, Nov 24``."""
    return _("{weekday}, {month} {day}").format(**day_values(day, _=_))


def us_date(day: date, *, _: Say = str) -> str:
    """Write a date in full: ``Nov 24, 2026``."""
    words = _("{month} {day}, {year}")
    return words.format(month=_month(day, _), day=day.day, year=day.year)


def day_values(day: date, *, _: Say = str) -> dict[str, str]:
    """Return the words of a near date, as an error's form takes them."""
    return {"weekday": _weekday(day, _), "month": _month(day, _), "day": str(day.day)}


def _weekday(day: date, _: Say) -> str:
    week = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return week[day.weekday()]


def _month(day: date, _: Say) -> str:
    year = (
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    )
    return year[day.month - 1]


def zone_abbreviation(utc: datetime, time_zone: str) -> str:
    """Return what the zone is called at that instant: ``EST``, ``EDT``."""
    return wall(utc, time_zone).tzname() or ""
