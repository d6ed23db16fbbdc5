"""Rate files: every fault with its line and rule, editions compared in words, the price table."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from central.rates.json_lines import lines_of
from central.rates.read import read_rates
from central.rates.schema import rates_schema
from central.rates.table import Asked, table
from parking.errors import UserError
from parking.tariff import Day, Prepay, SpecialDay, Tier, UserClass
from parking.tariff_diff import differences
from tests.unit.parking.samples import local, span, tariff

RESOURCES = Path(__file__).parents[3] / "resources"
GOOD = """[
 {"tariff_id": "street", "version": "1", "time_zone": "America/New_York",
  "increment_minutes": 15,
  "spans": [
   {"days": ["mon", "tue"],
    "opens_minute": 480, "closes_minute": 1140,
    "rate_cents_per_hour": 125,
    "tiers": [
     {"from_minute": 60,
      "rate_cents_per_hour": 150}]}],
  "user_classes": [
   {"permit_kind": "resident", "tariff_id": "resident"}]},
 {"tariff_id": "resident", "version": "1", "time_zone": "America/New_York",
  "increment_minutes": 15, "spans": [
   {"days": ["mon"], "opens_minute": 480, "closes_minute": 1140, "rate_cents_per_hour": 50}]}
]
"""
TABLE = """\
at                    asked    paid from             park until            granted  price  why
Mon, Mar 1 17:00 EST  60 min   Mon, Mar 1 17:00 EST  Mon, Mar 1 18:00 EST  60 min   $1.00
Mon, Mar 1 17:00 EST  240 min  Mon, Mar 1 17:00 EST  Tue, Mar 2 08:00 EST  120 min  $2.00  \
max stay, closing
Mon, Mar 1 18:00 EST  60 min   Mon, Mar 1 18:00 EST  Tue, Mar 2 08:00 EST  60 min   $1.00
Mon, Mar 1 18:00 EST  240 min  Mon, Mar 1 18:00 EST  Tue, Mar 2 08:00 EST  60 min   $1.00  closing
Mon, Mar 1 19:00 EST  60 min   -                     -                     -        -      \
Nothing to pay until 8:00 AM Tue, Mar 2: parking is free."""


@dataclass(frozen=True)
class Case:
    name: str
    old: str
    new: str
    told: tuple[str, ...]


CASES = (
    Case("no JSON", '"version": "1",', '"version" "1",', ("cannot be read: line 2, column",)),
    Case("no list", GOOD, "{}", ("cannot be read: Expected `array`",)),
    Case("a name twice", '"increment_minutes": 15,\n', '"version": "2",\n',
         ("line 3: version is given twice",)),
    Case("a tier that cuts a step", '"from_minute": 60', '"from_minute": 50',
         ("line 9, street spans[0].tiers[0].from_minute: A tier must start at whole steps of",)),
    Case("out of range", "1140,\n", "9999,\n",
         ("line 6, street spans[0].closes_minute: 1 to 2880 is allowed, not 9999.",)),
    Case("a mistyped name", '"tiers": [', '"tears": [',
         ("line 8, street spans[0].tears: There is no rule tears; known are closes_minute,",)),
    Case("a wrong type", '"opens_minute": 480, "closes_minute": 1140,\n',
         '"opens_minute": "8:00", "closes_minute": 1140,\n',
         ("line 6, street spans[0].opens_minute: Expected `int`, got `str`.",)),
    Case("a wrong word", '["mon", "tue"]', '["mon", "tuesday"]',
         ("line 5, street spans[0].days[1]: Invalid enum value 'tuesday'; known are mon, tue,",)),
    Case("a missing field", '"version": "1", "time_zone": "America/New_York",\n  "incr',
         '"time_zone": "America/New_York",\n  "incr',
         ("line 2, street tariff: Object missing required field `version`.",)),
    Case("two faults", '"opens_minute": 480, "closes_minute": 1140,\n',
         '"opens_minute": -1, "closes_minute": 0,\n',
         ("line 6, street spans[0].opens_minute: 0 to 1439", "line 6, street spans[0].closes_min")),
    Case("no such tariff", '"tariff_id": "resident"}]', '"tariff_id": "locals"}]',
         ("line 12, street user_classes[0].tariff_id: There is no tariff locals in this file.",)),
    Case("named twice", '{"tariff_id": "resident"', '{"tariff_id": "street"',
         ("line 13, street tariff_id: Each tariff is named once.",)),
    Case("not an object inside", '{"days": ["mon"], "opens_minute": 480, "closes_minute": 1140,'
         ' "rate_cents_per_hour": 50}', "7", ("resident spans[0]: Expected `object`, got `int`.",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_names_line_and_rule(case: Case, tmp_path: Path) -> None:
    assert case.old in GOOD
    file = tmp_path / "rates.json"
    file.write_text(GOOD.replace(case.old, case.new), encoding="utf-8")

    with pytest.raises(UserError) as caught:
        read_rates(file)
    for words in case.told:
        assert words in caught.value.sentence
        assert all(line.startswith("rates.json") for line in caught.value.sentence.splitlines())


def test_a_good_file_is_read_and_its_absence_told(tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    with pytest.raises(UserError, match=r"rates\.json cannot be read"):
        read_rates(file)
    file.write_text(GOOD, encoding="utf-8")

    street, resident = read_rates(file)
    assert street.spans[0].tiers == (Tier(from_minute=60, rate_cents_per_hour=150),)
    assert resident.tariff_id == "resident"


def test_many_faults_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    file.write_text(json.dumps([{"nonsense": 1} for _ in range(15)]), encoding="utf-8")

    with pytest.raises(UserError, match=r"rates\.json has 10 more faults\."):
        read_rates(file)


def test_deep_nesting_is_told() -> None:
    with pytest.raises(UserError, match="nested too deeply"):
        lines_of("[" * 200_000 + "]" * 200_000)


def test_the_published_schema_is_that_of_the_dataclasses() -> None:
    published = (RESOURCES / "rules" / "tariffs.schema.json").read_text(encoding="utf-8")

    assert published == json.dumps(rates_schema(), indent=2) + "\n"


def test_two_editions_in_words() -> None:
    old = tariff(holidays=(date(2027, 7, 5),))
    tier = Tier(from_minute=60, rate_cents_per_hour=150)
    new = replace(
        old,
        version="2027-07",
        spans=(
            replace(old.spans[0], rate_cents_per_hour=125, tiers=(tier,)),
            replace(span("20:00", "30:00", days=(Day.FRIDAY,), rate=0), flat_cents=500),
        ),
        max_stay_minutes=None,
        prepay_from_minute=270,
        holidays=(),
        special_days=(SpecialDay(day=date(2027, 7, 5), name="Independence Day"),),
        user_classes=(UserClass(permit_kind="resident", tariff_id="resident"),),
        revision=9,
    )
    gone, fresh = tariff(tariff_id="gone"), tariff(tariff_id="fresh")
    days = "Mon, Tue, Wed, Thu, Fri, Sat 8:00 AM to 7:00 PM"

    assert differences([old, gone], [new, fresh]) == [
        "gone: no longer there.",
        "street: version from 2027-01 to 2027-07.",
        f"street: {days}: rate cents per hour from $1.00 to $1.25.",
        f"street: {days}: with tier from 60 minutes ($1.50 an hour).",
        "street: with Fri 8:00 PM to 6:00 AM ($0.00 an hour, flat $5.00).",
        "street: max stay minutes from 120 minutes to none.",
        "street: prepay from minute from 12:00 AM to 4:30 AM.",
        "street: without holiday Jul 5, 2027.",
        "street: with special day Jul 5, 2027 (Independence Day, holidays).",
        "street: with permit kind resident (priced by resident).",
        "fresh: new.",
    ]
    assert differences([old, new], [old, new]) == []
    turned = replace(new, spans=new.spans[::-1])
    assert differences([new], [turned]) == ["street: spans in another order."]


def test_what_a_car_would_pay_when() -> None:
    asked = Asked(from_utc=local("2027-03-01 17:00"), times=3, every_minutes=60, minutes=(60, 240))
    ours = tariff(prepay=Prepay.NONE)

    assert "\n".join(table(ours, asked)) == TABLE
