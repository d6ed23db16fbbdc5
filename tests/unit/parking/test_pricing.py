"""What time costs (FIELD.md C1, RULES.md 1-3 and 5-10)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from parking.coverage import Sighting, cover_rules, covers
from parking.errors import UserError
from parking.price import shown_price_stands
from parking.pricing import (
    OfferReason,
    choices,
    extends,
    next_step,
    quote,
)
from parking.right import ParkingSession
from parking.stay import running_stay
from parking.tariff import Day, LastStep, Prepay
from tests.unit.parking.samples import ALWAYS, local, session, span, tariff, uid, zone

R = OfferReason
STEPS_OF_15 = {"increment_minutes": 15, "largest_purchase_minutes": 1440}
GARAGE = {**STEPS_OF_15, "increment_cents": 25, "spans": (span("08:00", "19:00", rate=125),)}
CUT = {**STEPS_OF_15, "last_step": LastStep.CUT}
NIGHTS = {
    "spans": (span("20:00", "30:00", days=tuple(Day)),),
    "max_stay_minutes": None,
    "largest_purchase_minutes": 720,
}


def right(start: str, end: str, **changes: Any) -> ParkingSession:
    return session(start_utc=local(start), end_utc=local(end), **changes)


@dataclass(frozen=True)
class Case:
    name: str
    at: str
    asked: int
    paid_from: str
    end: str
    granted: int
    price_cents: int
    reasons: tuple[OfferReason, ...] = ()
    billed: int | None = None
    tariff: dict[str, Any] = field(default_factory=dict)
    rights: tuple[ParkingSession, ...] = ()


CASES = (
    Case("row 1", "2027-03-01 10:00", 60, "2027-03-01 10:00", "2027-03-01 11:00", 60, 100),
    Case("row 2: bought before opening", "2027-03-01 07:20", 120, "2027-03-01 08:00",
         "2027-03-01 10:00", 120, 200),
    Case("row 3: sold to closing", "2027-03-01 18:20", 120, "2027-03-01 18:20",
         "2027-03-02 08:00", 40, 67, reasons=(R.CLOSING,)),
    Case("row 5: across Sunday and the change", "2027-03-13 18:20", 120, "2027-03-13 18:20",
         "2027-03-15 08:00", 40, 67, reasons=(R.CLOSING,)),
    Case("row 6: spring", "2027-03-14 01:30", 60, "2027-03-14 01:30", "2027-03-14 03:30", 60, 100,
         tariff={"spans": (ALWAYS,)}),
    Case("row 7: autumn", "2027-11-07 00:30", 120, "2027-11-07 00:30", "2027-11-07 01:30*", 120,
         200, tariff={"spans": (ALWAYS,)}),
    Case("row 9: spring night", "2027-03-13 20:00", 700, "2027-03-13 20:00", "2027-03-14 20:00",
         540, 900, reasons=(R.CLOSING,), tariff=NIGHTS),
    Case("row 9: autumn night", "2027-11-06 20:00", 700, "2027-11-06 20:00", "2027-11-07 20:00",
         660, 1100, reasons=(R.CLOSING,), tariff=NIGHTS),
    Case("row 9: normal night", "2027-03-01 20:00", 700, "2027-03-01 20:00", "2027-03-02 20:00",
         600, 1000, reasons=(R.CLOSING,), tariff=NIGHTS),
    Case("row 13: steps of 15, rounded to 25 cents", "2027-03-01 10:00", 20, "2027-03-01 10:00",
         "2027-03-01 10:30", 30, 75, tariff=GARAGE),
    Case("row 13: one rounding, not one a step", "2027-03-01 10:00", 90, "2027-03-01 10:00",
         "2027-03-01 11:30", 90, 200, tariff=GARAGE),
    Case("row 14: extension up to max stay", "2027-03-01 10:50", 90, "2027-03-01 11:00",
         "2027-03-01 12:00", 60, 100, reasons=(R.MAX_STAY,),
         rights=(right("2027-03-01 10:00", "2027-03-01 11:00"),)),
    Case("what is billed is granted", "2027-03-01 10:00", 20, "2027-03-01 10:00",
         "2027-03-01 10:30", 30, 50, tariff=STEPS_OF_15),
    Case("the next full minute", "2027-03-01 10:00:30", 60, "2027-03-01 10:01",
         "2027-03-01 11:01", 60, 100),
    Case("the last half minute of the free time", "2027-03-01 07:59:30", 60, "2027-03-01 08:00",
         "2027-03-01 09:00", 60, 100, tariff={"prepay": Prepay.NONE}),
    Case("exactly to closing", "2027-03-01 18:00", 60, "2027-03-01 18:00", "2027-03-02 08:00", 60,
         100),
    Case("the last step is billed whole", "2027-03-01 18:20", 120, "2027-03-01 18:20",
         "2027-03-02 08:00", 40, 75, reasons=(R.CLOSING, R.LAST_STEP), billed=45,
         tariff=STEPS_OF_15),
    Case("or cut", "2027-03-01 18:20", 120, "2027-03-01 18:20", "2027-03-02 08:00", 40, 67,
         reasons=(R.CLOSING,), tariff=CUT),
    Case("the last step before max stay", "2027-03-01 10:00", 120, "2027-03-01 10:00",
         "2027-03-01 11:40", 100, 175, reasons=(R.MAX_STAY, R.LAST_STEP), billed=105,
         tariff={**STEPS_OF_15, "max_stay_minutes": 100}),
    Case("two reasons at once", "2027-03-01 17:00", 240, "2027-03-01 17:00", "2027-03-02 08:00",
         120, 200, reasons=(R.MAX_STAY, R.CLOSING)),
    Case("one purchase is bounded where the stay is not", "2027-03-01 10:00", 600,
         "2027-03-01 10:00", "2027-03-01 13:00", 180, 300, reasons=(R.LARGEST_PURCHASE,),
         tariff={"max_stay_minutes": None, "largest_purchase_minutes": 180}),
    Case("a week around the clock", "2027-03-08 10:00", 10_080, "2027-03-08 10:00",
         "2027-03-15 11:00", 10_080, 16_800,
         tariff={"spans": (ALWAYS,), "max_stay_minutes": None,
                 "largest_purchase_minutes": 10_080}),
    Case("across a change of rate", "2027-03-01 11:30", 60, "2027-03-01 11:30",
         "2027-03-01 12:30", 60, 150,
         tariff={"spans": (span("08:00", "12:00"), span("12:00", "19:00", rate=200))}),
    Case("steps are counted over the stay", "2027-03-01 10:30", 20, "2027-03-01 10:40",
         "2027-03-01 11:00", 20, 33, tariff=STEPS_OF_15,
         rights=(right("2027-03-01 10:00", "2027-03-01 10:40"),)),
    Case("a closing starts a new stay", "2027-03-01 18:50", 120, "2027-03-02 08:00",
         "2027-03-02 10:00", 120, 200, rights=(right("2027-03-01 17:00", "2027-03-02 08:00"),)),
    Case("prepaid time is extended", "2027-03-01 07:40", 90, "2027-03-01 09:00",
         "2027-03-01 10:00", 60, 100, reasons=(R.MAX_STAY,),
         rights=(right("2027-03-01 07:20", "2027-03-01 09:00"),)),
    Case("bought in the evening for the morning", "2027-03-01 19:30", 60, "2027-03-02 08:00",
         "2027-03-02 09:00", 60, 100),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_quote(case: Case) -> None:
    ours, at_utc = tariff(**case.tariff), local(case.at)
    offer = quote(ours, at_utc, case.asked, stay=running_stay(ours, case.rights, at_utc))

    assert (offer.paid_from_utc, offer.end_utc) == (local(case.paid_from), local(case.end))
    assert (offer.granted_minutes, offer.price_cents) == (case.granted, case.price_cents)
    assert offer.billed_minutes == (case.granted if case.billed is None else case.billed)
    assert offer.reasons == case.reasons
    assert offer.start_utc == max([at_utc, *(each.end_utc for each in case.rights)])


def test_row_8_a_check_in_the_repeated_hour() -> None:
    ours = tariff(spans=(ALWAYS,))
    bought = quote(ours, local("2027-11-07 00:30"), 120)
    paid = session(start_utc=bought.start_utc, end_utc=bought.end_utc)
    rules = cover_rules(zone(exit_grace_s=0))

    first, second = (
        Sighting(plate="AB12345", plate_state="CT", zone_id="112", observed_utc=local(text))
        for text in ("2027-11-07 01:45", "2027-11-07 01:45*")
    )
    assert covers(paid, first, rules)
    assert not covers(paid, second, rules)


@dataclass(frozen=True)
class Refusal:
    name: str
    at: str
    key: str
    words: str
    action: str = ""
    asked: int = 60
    tariff: dict[str, Any] = field(default_factory=dict)
    rights: tuple[ParkingSession, ...] = ()


ALL_DAY = (right("2027-03-01 10:00", "2027-03-01 12:00"),)
REFUSALS = (
    Refusal("no minutes", "2027-03-01 10:00", "tariff.minutes", "1 to 10080 allowed, not 0",
            asked=0),
    Refusal("too many", "2027-03-01 10:00", "tariff.minutes", "not 10081", asked=10_081),
    Refusal("never costs", "2027-03-01 10:00", "tariff.never_costs", "at any time",
            tariff={"spans": ()}),
    Refusal("no prepaying", "2027-03-01 07:00", "tariff.free_now", "until 8:00 AM today",
            tariff={"prepay": Prepay.NONE}),
    Refusal("not on another day", "2027-03-13 20:00", "tariff.free_now", "8:00 AM Mon, Mar 15",
            tariff={"prepay": Prepay.SAME_DAY}),
    Refusal("not so early", "2027-03-01 04:29", "tariff.free_now", "until 8:00 AM today",
            action="You can pay from 4:30 AM.",
            tariff={"prepay": Prepay.SAME_DAY, "prepay_from_minute": 270}),
    Refusal("in the last half minute before closing", "2027-03-01 18:59:30", "tariff.free_now",
            "8:00 AM Tue, Mar 2", tariff={"prepay": Prepay.NONE}),
    Refusal("max stay used up", "2027-03-01 11:00", "tariff.max_stay", "120 minutes",
            rights=ALL_DAY),
    Refusal("paid to closing, no prepaying", "2027-03-01 18:50", "tariff.free_now",
            "8:00 AM Tue, Mar 2", tariff={"prepay": Prepay.NONE},
            rights=(right("2027-03-01 18:00", "2027-03-02 08:00"),)),
)  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_refused_in_words(case: Refusal) -> None:
    ours, at_utc = tariff(**case.tariff), local(case.at)
    stay = running_stay(ours, case.rights, at_utc)

    with pytest.raises(UserError, match=case.words) as caught:
        quote(ours, at_utc, case.asked, stay=stay)
    assert (caught.value.key, caught.value.action) == (case.key, case.action)


def test_prepaying_from_the_earliest_time() -> None:
    ours = tariff(prepay=Prepay.SAME_DAY, prepay_from_minute=270)

    assert quote(ours, local("2027-03-01 04:30"), 60).paid_from_utc == local("2027-03-01 08:00")


@dataclass(frozen=True)
class StayCase:
    name: str
    at: str
    rights: tuple[tuple[str, str], ...]
    minutes: int | None
    end: str = ""
    grace_s: int = 0


STAYS = (
    StayCase("nothing", "10:00", (), None),
    StayCase("running", "10:30", (("10:00", "11:00"),), 60, "11:00"),
    StayCase("from its first instant", "10:00", (("10:00", "11:00"),), 60, "11:00"),
    StayCase("ended", "11:00", (("10:00", "11:00"),), None),
    StayCase("not yet", "09:59", (("10:00", "11:00"),), None),
    StayCase("just ended, within grace", "11:04", (("10:00", "11:00"),), 60, "11:00", grace_s=300),
    StayCase("grace is over", "11:05", (("10:00", "11:00"),), None, grace_s=300),
    StayCase("within grace, and a later stay is prepaid", "11:04",
             (("10:00", "11:00"), ("11:06", "12:00")), 60, "11:00", grace_s=300),
    StayCase("joined", "11:30", (("11:00", "12:00"), ("10:00", "11:00")), 120, "12:00"),
    StayCase("joined ahead", "10:30", (("11:00", "12:00"), ("10:00", "11:00")), 120, "12:00"),
    StayCase("a gap within grace", "11:30", (("10:00", "11:00"), ("11:03", "12:00")), 117, "12:00",
             grace_s=300),
    StayCase("an earlier stay does not count", "13:30", (("10:00", "11:00"), ("13:00", "14:00")),
             60, "14:00"),
    StayCase("a later stay does not count", "10:30", (("10:00", "11:00"), ("13:00", "14:00")), 60,
             "11:00"),
    StayCase("overlap counts once", "10:45", (("10:00", "11:00"), ("10:30", "11:30")), 90, "11:30"),
    StayCase("one inside another", "10:45", (("10:00", "12:00"), ("10:30", "11:00")), 120, "12:00"),
    StayCase("seconds count to the next full minute", "10:30", (("10:00:30", "11:01"),), 60,
             "11:01"),
    StayCase("free hours are not paid", "07:30", (("07:20", "09:00"),), 60, "09:00"),
    StayCase("only free hours", "07:30", (("07:20", "07:50"),), None),
    StayCase("after free hours", "08:30", (("07:20", "07:50"), ("08:10", "09:00")), 50, "09:00"),
    StayCase("since the last closing", "18:30", (("17:00", "32:00"), ("32:00", "34:00")), 120,
             "34:00"),
)  # fmt: skip


def _clock(text: str) -> datetime:
    hour, _, rest = text.partition(":")
    day, hours = divmod(int(hour), 24)
    return local(f"2027-03-{1 + day:02d} {hours:02d}:{rest}")


@pytest.mark.parametrize("case", STAYS, ids=lambda case: case.name)
def test_running_stay(case: StayCase) -> None:
    rights = [session(start_utc=_clock(one), end_utc=_clock(end)) for one, end in case.rights]
    stay = running_stay(tariff(), rights, _clock(case.at), exit_grace_s=case.grace_s)

    if case.minutes is None:
        assert stay is None
    else:
        assert stay is not None
        assert (stay.paid_minutes, stay.end_utc) == (case.minutes, _clock(case.end))


def test_a_refunded_right_is_no_stay() -> None:
    refunded = right("2027-03-01 10:00", "2027-03-01 11:00", revoked_utc=local("2027-03-01 10:00"))

    assert running_stay(tariff(), (refunded,), local("2027-03-01 10:30")) is None


def test_where_nothing_costs_there_is_no_stay() -> None:
    rights = (right("2027-03-01 10:00", "2027-03-01 11:00"),)

    assert running_stay(tariff(spans=()), rights, local("2027-03-01 10:30")) is None


def test_after_the_end_an_extension_starts_now_and_keeps_the_stay() -> None:
    at_utc = local("2027-03-01 11:03")
    rights = (right("2027-03-01 10:00", "2027-03-01 11:00"),)
    stay = running_stay(tariff(), rights, at_utc, exit_grace_s=300)
    offer = quote(tariff(), at_utc, 90, stay=stay)

    assert (offer.start_utc, offer.paid_from_utc) == (at_utc, at_utc)
    assert (offer.granted_minutes, offer.reasons) == (60, (R.MAX_STAY,))


def test_a_purchase_extends_a_stay_until_a_closing_or_the_end_of_its_grace() -> None:
    rights = (right("2027-03-01 10:00", "2027-03-01 11:00"),)
    stay = running_stay(tariff(), rights, local("2027-03-01 10:30"), exit_grace_s=300)
    evening = (right("2027-03-01 18:00", "2027-03-02 08:00"),)
    closed = running_stay(tariff(), evening, local("2027-03-01 18:30"))

    assert stay is not None
    assert extends(tariff(), local("2027-03-01 11:04"), stay)
    assert not extends(tariff(), local("2027-03-01 11:05"), stay)
    assert closed is not None
    assert not extends(tariff(), local("2027-03-01 18:30"), closed)


def test_choices_stop_at_the_limit() -> None:
    offers = choices(tariff(max_stay_minutes=90), local("2027-03-01 10:00"))

    assert [each.granted_minutes for each in offers] == [30, 60, 90]
    assert offers[-1].reasons == (R.MAX_STAY,)


def test_choices_are_four_at_most_and_all_different() -> None:
    ours = tariff(increment_minutes=60, max_stay_minutes=None)
    offers = choices(ours, local("2027-03-01 10:00"))

    assert [each.granted_minutes for each in offers] == [60, 120, 180, 240]


def test_choices_run_out_where_only_a_little_time_is_sold() -> None:
    spans = (ALWAYS,)
    ours = tariff(spans=spans, max_stay_minutes=None, increment_minutes=1440)

    assert [each.granted_minutes for each in choices(ours, local("2027-03-01 10:00"))] == [1440]


def test_steps_up() -> None:
    ours, at_utc = tariff(**STEPS_OF_15, prepay=Prepay.NONE), local("2027-03-01 18:20")
    first = quote(ours, at_utc, 15)
    longer = [first]
    while (offer := next_step(ours, at_utc, longer[-1])) is not None:
        longer.append(offer)

    assert [each.granted_minutes for each in longer] == [15, 30, 40]


def test_the_rate_of_the_last_paid_minute_bills_the_rest_of_a_step() -> None:
    spans = (span("08:00", "12:00"), span("12:00", "19:00", rate=200))
    ours = tariff(**STEPS_OF_15, spans=spans, max_stay_minutes=100)
    offer = quote(ours, local("2027-03-01 10:20"), 120)

    assert (offer.granted_minutes, offer.billed_minutes, offer.price_cents) == (100, 105, 175)


def test_no_step_beyond_a_week() -> None:
    ours = tariff(spans=(ALWAYS,), max_stay_minutes=None, largest_purchase_minutes=10_080)
    at_utc = local("2027-03-01 10:00")

    assert next_step(ours, at_utc, quote(ours, at_utc, 10_080)) is None


@pytest.mark.parametrize(
    ("replaced", "stands"), [(None, True), ("09:59", False), ("09:59:01", True), ("10:01", True)]
)
def test_a_shown_price_stands_within_the_budget(replaced: str | None, *, stands: bool) -> None:
    shown_utc = local("2027-03-01 10:01")
    replaced_utc = None if replaced is None else local(f"2027-03-01 {replaced}")

    assert shown_price_stands(replaced_utc, shown_utc, budget_s=120) is stands


def test_the_quote_does_not_depend_on_whose_right_it_is() -> None:
    one = right("2027-03-01 10:00", "2027-03-01 11:00")
    other = replace(one, parking_session_id=uid(7), price_cents=0)
    now = local("2027-03-01 10:30")

    assert running_stay(tariff(), (one,), now) == running_stay(tariff(), (other,), now)
