"""What a tariff says of itself: faults, hash, label, the rate in words."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from parking.tariff import (
    Day,
    Tariff,
    in_words,
    tariff_hash,
    tariff_label,
)
from parking.tariff_check import check_tariff
from tests.unit.parking.samples import ALWAYS, WORKDAYS, span, tariff

SUNDAY_TO_MONDAY = (Day.SUNDAY, Day.MONDAY)


@dataclass(frozen=True)
class Case:
    name: str
    tariff: Tariff
    fields: tuple[str, ...]


CASES = (
    Case("sample", tariff(), ()),
    Case("around the clock", tariff(spans=(ALWAYS,)), ()),
    Case("rates meet", tariff(spans=(span("12:00", "19:00"), span("08:00", "12:00"))), ()),
    Case("nights meet the week's start", tariff(spans=(span("20:00", "32:00", days=tuple(Day)),)),
         ()),
    Case("no such zone", tariff(time_zone="Connecticut"), ("time_zone",)),
    Case("no hours", tariff(spans=()), ("spans",)),
    Case("no days", tariff(spans=(span("08:00", "19:00", days=()),)), ("spans[0].days",)),
    Case("a day twice", tariff(spans=(span("08:00", "19:00", days=(Day.MONDAY, Day.MONDAY)),)),
         ("spans[0].days",)),
    Case("closes before it opens", tariff(spans=(ALWAYS, span("20:00", "06:00"))),
         ("spans[1].closes_minute", "spans")),
    Case("closes when it opens", tariff(spans=(span("08:00", "08:00"),)),
         ("spans[0].closes_minute",)),
    Case("longer than a day", tariff(spans=(span("08:00", "33:00", days=(Day.MONDAY,)),)),
         ("spans[0].closes_minute",)),
    Case("overlap", tariff(spans=(span("08:00", "12:01"), span("12:00", "19:00"))), ("spans",)),
    Case("overlap with the next day",
         tariff(spans=(span("20:00", "32:01", days=SUNDAY_TO_MONDAY), span("08:00", "09:00"))),
         ("spans",)),
    Case("overlap around the week",
         tariff(spans=(span("20:00", "33:00", days=(Day.SUNDAY,)),
                       span("08:00", "09:00", days=(Day.MONDAY,)))), ("spans",)),
    Case("largest purchase cuts a step", tariff(increment_minutes=25),
         ("largest_purchase_minutes",)),
    Case("a holiday twice", tariff(holidays=(date(2027, 7, 5), date(2027, 7, 5))), ("holidays",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults_name_the_field(case: Case) -> None:
    faults = check_tariff(case.tariff)

    assert tuple(fault.field for fault in faults) == case.fields
    assert all(fault.sentence.endswith(".") for fault in faults)


def test_hash_is_of_what_the_tariff_says() -> None:
    one = tariff()

    assert tariff_hash(replace(one, revision=7)) == tariff_hash(one)
    assert tariff_hash(replace(one, spans=(span("08:00", "19:00", rate=101),))) != tariff_hash(one)


def test_label_names_version_and_hash_and_fits_a_right() -> None:
    longest = tariff(tariff_id="t" * 40, version="v" * 20)

    assert tariff_label(tariff()) == f"street 2027-01 {tariff_hash(tariff())[:12]}"
    assert len(tariff_label(longest)) <= 80


def test_rate_in_words() -> None:
    words = in_words(tariff(holidays=(date(2027, 7, 5),)))

    assert words.spans == (span("08:00", "19:00"),)
    assert (words.increment_minutes, words.increment_cents, words.max_stay_minutes) == (10, 1, 120)
    assert words.free_days == (Day.SUNDAY,)
    assert words.free_after_minute == 19 * 60
    assert words.free_on_holidays


def test_rate_in_words_orders_hours_and_knows_the_last_closing() -> None:
    split = tariff(spans=(span("12:00", "19:00", rate=200), span("08:00", "12:00")))

    assert [each.opens_minute for each in in_words(split).spans] == [480, 720]
    assert in_words(split).free_after_minute == 19 * 60


@pytest.mark.parametrize(
    "spans",
    [
        (ALWAYS,),
        (span("08:00", "19:00", days=WORKDAYS[:5]), span("08:00", "17:00", days=WORKDAYS[5:])),
    ],
    ids=["never closes", "days differ"],
)
def test_no_single_closing_is_told(spans: tuple[object, ...]) -> None:
    assert in_words(tariff(spans=spans)).free_after_minute is None
