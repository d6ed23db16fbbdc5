"""When a tariff costs money (RULES.md 6, FIELD.md C1 rows 5-10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.clockface import wall
from parking.hours import enforced_end_utc, free_until, is_enforced, run_on, windows
from parking.tariff import Day, Tariff
from tests.unit.parking.samples import ALWAYS, local, minutes, span, tariff

STREET = tariff()
NIGHT = tariff(spans=(span("18:00", "26:30", days=(Day.FRIDAY,)),))
HOLIDAY = tariff(holidays=(date(2027, 3, 1),))
HOLIDAY_NIGHT = tariff(spans=NIGHT.spans, holidays=(date(2027, 3, 6),))


@dataclass(frozen=True)
class Case:
    name: str
    tariff: Tariff
    at: str
    free_until: str | None


CASES = (
    Case("before opening", STREET, "2027-03-01 07:59", "2027-03-01 08:00"),
    Case("at opening", STREET, "2027-03-01 08:00", None),
    Case("last minute", STREET, "2027-03-01 18:59", None),
    Case("at closing", STREET, "2027-03-01 19:00", "2027-03-02 08:00"),
    Case("Saturday evening, across Sunday and the change", STREET, "2027-03-13 19:00",
         "2027-03-15 08:00"),
    Case("holiday", HOLIDAY, "2027-03-01 10:00", "2027-03-02 08:00"),
    Case("Friday night belongs to Friday", NIGHT, "2027-03-06 01:00", None),
    Case("and ends on Saturday", NIGHT, "2027-03-06 02:30", "2027-03-12 18:00"),
    Case("a Saturday holiday leaves Friday's night", HOLIDAY_NIGHT, "2027-03-06 01:00", None),
    Case("always", tariff(spans=(ALWAYS,)), "2027-03-14 03:00", None),
    Case("never", tariff(spans=()), "2027-03-01 10:00", None),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_free_until(case: Case) -> None:
    at_utc = local(case.at)
    expected = None if case.free_until is None else local(case.free_until)

    assert free_until(case.tariff, at_utc) == expected
    assert is_enforced(case.tariff, at_utc) == (expected is None and bool(case.tariff.spans))


@dataclass(frozen=True)
class NightCase:
    name: str
    opens: str
    closes: str
    at: str
    hours: float


NIGHTS = (
    NightCase("normal night", "20:00", "30:00", "2027-03-01 20:00", 10),
    NightCase("spring night", "20:00", "30:00", "2027-03-13 20:00", 9),
    NightCase("autumn night", "20:00", "30:00", "2027-11-06 20:00", 11),
    NightCase("repeated opening is the second", "01:30", "03:00", "2027-11-07 01:30*", 1.5),
    NightCase("repeated closing is the first", "00:00", "01:30", "2027-11-07 00:00", 1.5),
    NightCase("skipped closing is the jump", "00:00", "02:30", "2027-03-14 00:00", 2),
    NightCase("skipped opening is the jump", "02:30", "04:00", "2027-03-14 03:00", 1),
)


@pytest.mark.parametrize("case", NIGHTS, ids=lambda case: case.name)
def test_length_of_a_night(case: NightCase) -> None:
    nights = tariff(spans=(span(case.opens, case.closes, days=tuple(Day)),))
    window = next(windows(nights, local(case.at)))

    assert window.opens_utc == local(case.at)
    assert window.closes_utc - window.opens_utc == timedelta(hours=case.hours)


def test_hours_that_the_jump_swallows_do_not_exist() -> None:
    swallowed = tariff(spans=(span("02:10", "02:50", days=(Day.SUNDAY,)),))

    assert next(windows(swallowed, local("2027-03-13 12:00"))).opens_utc == local(
        "2027-03-21 02:10"
    )


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2027-03-01 07:00", "2027-03-01 07:00"),
        ("2027-03-01 08:00", "2027-03-01 19:00"),
        ("2027-03-01 10:00", "2027-03-01 19:00"),
    ],
)
def test_enforced_time_runs_on_across_a_change_of_rate(at: str, end: str) -> None:
    split = tariff(spans=(span("12:00", "19:00", rate=200), span("08:00", "12:00")))

    limit_utc = local(at) + timedelta(days=1)
    assert enforced_end_utc(split, local(at), limit_utc=limit_utc) == local(end)


def test_enforced_time_without_end_is_looked_at_up_to_the_limit() -> None:
    limit_utc = local("2027-03-05 12:00")
    end_utc = enforced_end_utc(
        tariff(spans=(ALWAYS,)), local("2027-03-01 10:00"), limit_utc=limit_utc
    )

    assert limit_utc <= end_utc <= limit_utc + timedelta(days=1)


def test_a_tariff_without_hours_is_never_enforced() -> None:
    at_utc = local("2027-03-01 10:00")

    assert enforced_end_utc(tariff(spans=()), at_utc, limit_utc=at_utc + minutes(60)) == at_utc


MOMENTS = st.integers(0, 525_600).map(lambda count: local("2027-01-01 00:00") + minutes(count))


@given(at=MOMENTS)
def test_enforced_is_what_the_clock_on_the_wall_says(at: datetime) -> None:
    shown = wall(at, "America/New_York")

    assert is_enforced(STREET, at) == (shown.weekday() < 6 and 8 <= shown.hour < 19)


@given(at=MOMENTS, opens=st.integers(0, 23), length=st.integers(1, 24))
def test_windows_follow_each_other_without_overlap(at: datetime, opens: int, length: int) -> None:
    daily = tariff(spans=(span(f"{opens}:00", f"{opens + length}:00", days=tuple(Day)),))
    found = list(islice(windows(daily, at), 5))

    assert found[0].closes_utc > at
    assert all(one.closes_utc <= other.opens_utc for one, other in pairwise(found))


def test_where_nothing_costs_no_time_runs_on() -> None:
    assert list(run_on(tariff(spans=()), local("2027-03-01 10:00"))) == []
