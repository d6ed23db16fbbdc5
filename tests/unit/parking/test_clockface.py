"""Instants and wall time, the two changes of the clock included."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.clockface import (
    am_pm,
    day_bounds,
    day_date,
    hh_mm,
    hh_mm_ss,
    instant,
    local_day,
    minute_am_pm,
    us_date,
    wall,
    zone_abbreviation,
)
from parking.errors import UserError

NY = "America/New_York"
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True)
class Case:
    name: str
    day: date
    minute: int
    first: str
    second: str
    zone: str = NY


CASES = (
    Case("plain", date(2027, 3, 1), 600, "2027-03-01T15:00Z", "2027-03-01T15:00Z"),
    Case("next day", date(2027, 3, 1), 1440 + 60, "2027-03-02T06:00Z", "2027-03-02T06:00Z"),
    Case("before the jump", SPRING, 119, "2027-03-14T06:59Z", "2027-03-14T06:59Z"),
    Case("the jump", SPRING, 120, "2027-03-14T07:00Z", "2027-03-14T07:00Z"),
    Case("skipped", SPRING, 150, "2027-03-14T07:00Z", "2027-03-14T07:00Z"),
    Case("last skipped", SPRING, 179, "2027-03-14T07:00Z", "2027-03-14T07:00Z"),
    Case("after the jump", SPRING, 180, "2027-03-14T07:00Z", "2027-03-14T07:00Z"),
    Case("before the repeat", AUTUMN, 59, "2027-11-07T04:59Z", "2027-11-07T04:59Z"),
    Case("repeated", AUTUMN, 60, "2027-11-07T05:00Z", "2027-11-07T06:00Z"),
    Case("last repeated", AUTUMN, 119, "2027-11-07T05:59Z", "2027-11-07T06:59Z"),
    Case("after the repeat", AUTUMN, 120, "2027-11-07T07:00Z", "2027-11-07T07:00Z"),
    Case("a skipped midnight", date(2023, 3, 26), 0, "2023-03-25T22:00Z", "2023-03-25T22:00Z",
         zone="Asia/Beirut"),
    Case("half an hour is skipped", date(2027, 10, 3), 140, "2027-10-02T15:30Z",
         "2027-10-02T15:30Z", zone="Australia/Lord_Howe"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_instant_of_a_wall_time(case: Case) -> None:
    assert instant(case.day, case.minute, case.zone, second_showing=False) == utc(case.first)
    assert instant(case.day, case.minute, case.zone, second_showing=True) == utc(case.second)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 3, 1), 24)])
def test_days_have_23_24_or_25_hours(day: date, hours: int) -> None:
    start, end = day_bounds(day, NY)

    assert end - start == timedelta(hours=hours)
    assert local_day(start, NY) == day
    assert local_day(end - timedelta(microseconds=1), NY) == day


def test_how_times_are_written() -> None:
    at = utc("2026-11-23T19:32:07Z")

    assert hh_mm(at, NY) == "14:32"
    assert hh_mm_ss(at, NY) == "14:32:07"
    assert am_pm(at, NY) == "2:32 PM"
    assert day_date(local_day(at, NY)) == "Mon, Nov 23"
    assert us_date(local_day(at, NY)) == "Nov 23, 2026"


@pytest.mark.parametrize(
    ("minute", "words"),
    [(0, "12:00 AM"), (720, "12:00 PM"), (719, "11:59 AM"), (1439, "11:59 PM"), (1590, "2:30 AM")],
)
def test_midnight_and_noon_are_twelve(minute: int, words: str) -> None:
    assert minute_am_pm(minute) == words


def test_a_repeated_time_is_told_by_its_abbreviation() -> None:
    first, second = utc("2027-11-07T05:45Z"), utc("2027-11-07T06:45Z")

    assert hh_mm(first, NY) == hh_mm(second, NY) == "01:45"
    assert (zone_abbreviation(first, NY), zone_abbreviation(second, NY)) == ("EDT", "EST")


@pytest.mark.parametrize("name", ["America/Stamford", "", "../etc/passwd", "America", "a\0b"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(UserError, match="IANA name such as America/New_York") as caught:
        wall(utc("2027-03-01T15:00Z"), name)

    assert caught.value.key == "time_zone.unknown"


@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made aware below
    zone=st.sampled_from((NY, "UTC", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana")),
)
def test_every_instant_is_found_again_from_its_wall_time(at: datetime, zone: str) -> None:
    whole = at.replace(second=0, microsecond=0, tzinfo=UTC)
    shown = wall(whole, zone)
    minute = shown.hour * 60 + shown.minute

    assert instant(shown.date(), minute, zone, second_showing=bool(shown.fold)) == whole
