"""What a tariff says of itself: faults, hash, label, the rate in words."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from parking.tariff import (
    Day,
    EnforcedSpan,
    SpecialDay,
    Tariff,
    Tier,
    UserClass,
    in_words,
    tariff_hash,
    tariff_label,
)
from parking.tariff_check import check_tariff
from tests.unit.parking.samples import ALWAYS, WORKDAYS, span, tariff

SUNDAY_TO_MONDAY = (Day.SUNDAY, Day.MONDAY)


STREET = tariff().spans
GAMES = replace(span("18:00", "23:00", days=tuple(Day)), designated_period="games")
GAME = SpecialDay(day=date(2027, 3, 3), name="Game day", designated_period="games")


def tiered(*starts: int) -> EnforcedSpan:
    tiers = tuple(Tier(from_minute=start, rate_cents_per_hour=1) for start in starts)
    return replace(span("08:00", "19:00"), tiers=tiers)


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
    Case("no ordinary hours",
         tariff(spans=(replace(ALWAYS, designated_period="holidays"),)), ("spans",)),
    Case("a tier that cuts a step", tariff(spans=(tiered(60, 95),)),
         ("spans[0].tiers[1].from_minute",)),
    Case("tiers in disorder", tariff(spans=(tiered(120, 60),)), ("spans[0].tiers",)),
    Case("two tiers at once", tariff(spans=(tiered(60, 60),)), ("spans[0].tiers",)),
    Case("no-return without a longest stay",
         tariff(max_stay_minutes=None, no_return_minutes=60), ("no_return_minutes",)),
    Case("a maximum fee that is no whole rounding unit",
         tariff(increment_cents=25, maximum_fee_cents=990), ("maximum_fee_cents",)),
    Case("a kind of permit twice",
         tariff(user_classes=(UserClass(permit_kind="a", tariff_id="x"),) * 2), ("user_classes",)),
    Case("priced by itself",
         tariff(user_classes=(UserClass(permit_kind="a", tariff_id="street"),)),
         ("user_classes",)),
    Case("a special day of its own hours", tariff(spans=(*STREET, GAMES), special_days=(GAME,)),
         ()),
    Case("a special day twice",
         tariff(spans=(*STREET, GAMES), special_days=(GAME, replace(GAME, name="Other"))),
         ("special_days",)),
    Case("a special day that is a holiday", tariff(spans=(*STREET, GAMES), special_days=(GAME,),
         holidays=(GAME.day,)), ("special_days",)),
    Case("hours of no special day", tariff(spans=(*STREET, GAMES)),
         ("spans[1].designated_period",)),
    Case("special hours into the next morning",
         tariff(spans=(*STREET, replace(GAMES, closes_minute=1440 + 481)), special_days=(GAME,)),
         ("spans",)),
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


def test_a_rate_is_free_only_on_special_days_without_hours() -> None:
    games = tariff(spans=(*STREET, GAMES), special_days=(GAME,))
    free = replace(games, special_days=(GAME, SpecialDay(day=date(2027, 7, 5), name="July 4")))

    assert not in_words(games).free_on_holidays
    assert in_words(free).free_on_holidays
    assert in_words(games).spans == STREET


def test_hours_that_never_end_close_at_no_time() -> None:
    nights = replace(span("18:00", "30:00", days=tuple(Day)), flat_cents=500)
    days = span("06:00", "18:00", days=tuple(Day))

    assert in_words(tariff(spans=(days, nights))).free_after_minute is None
