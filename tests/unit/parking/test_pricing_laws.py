"""What holds for every tariff, moment and way of buying."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.errors import UserError
from parking.hours import windows
from parking.pricing import quote
from parking.right import ParkingSession
from parking.stay import running_stay
from parking.tariff import CarryOver, Day, EnforcedSpan, MaximumFeePeriod, Tariff, Tier
from tests.unit.parking.samples import local, minutes, session, span, tariff

RATES = st.integers(0, 500)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Two spans a day with up to two tiers, any cap, carry-over, rounding and longest stay."""
    opens, length = draw(st.integers(0, 23)), draw(st.integers(1, 12))
    step = draw(st.sampled_from((1, 10, 15, 60)))
    unit = draw(st.sampled_from((1, 5, 25)))
    starts = sorted(draw(st.sets(st.integers(1, 20), max_size=2)))
    tiers = tuple(
        Tier(from_minute=start * step, rate_cents_per_hour=draw(RATES)) for start in starts
    )
    gap = draw(st.integers(0, max(0, 24 - 2 * length)))
    borders = (opens, opens + length, opens + length + gap, opens + 2 * length + gap)
    spans = [
        span(f"{one % 24}:00", f"{one % 24 + length}:00", rate=draw(RATES), days=tuple(Day))
        for one in borders[::2]
    ]
    return tariff(
        spans=(replace(spans[0], tiers=tiers), spans[1]),
        increment_minutes=step,
        increment_cents=unit,
        max_stay_minutes=draw(st.none() | st.integers(1, 1440)),
        largest_purchase_minutes=1440,
        carry_over=draw(st.sampled_from(CarryOver)),
        maximum_fee_cents=draw(st.none() | st.integers(1, 40).map(lambda count: count * 25)),
        maximum_fee_period=draw(st.sampled_from(MaximumFeePeriod)),
    )


MOMENTS = st.one_of(
    st.integers(0, 525_600 * 6).map(
        lambda n: local("2027-01-01 00:00") + timedelta(seconds=10 * n)
    ),
    st.integers(0, 2880).map(lambda n: local("2027-03-13 00:00") + minutes(n)),
    st.integers(0, 2880).map(lambda n: local("2027-11-06 00:00") + minutes(n)),
)
"""Anywhere in a year, and often around the two changes of the clock."""


def enforced_minutes(ours: Tariff, from_utc: datetime, until_utc: datetime) -> int:
    total = timedelta(0)
    for window in windows(ours, from_utc):
        if window.opens_utc >= until_utc:
            break
        total += min(window.closes_utc, until_utc) - max(window.opens_utc, from_utc)
    return total // timedelta(minutes=1)


@given(ours=tariffs(), at=MOMENTS, asked=st.integers(1, 1440))
def test_what_is_paid_is_enforced_time_in_whole_steps(
    ours: Tariff, at: datetime, asked: int
) -> None:
    offer = quote(ours, at, asked)

    assert enforced_minutes(ours, offer.paid_from_utc, offer.end_utc) == offer.granted_minutes
    assert offer.billed_minutes % ours.increment_minutes == 0
    assert offer.granted_minutes <= offer.billed_minutes
    assert (offer.granted_minutes < asked) <= bool(offer.reasons)
    assert offer.start_utc <= offer.paid_from_utc < offer.end_utc
    assert offer.granted_minutes <= (ours.max_stay_minutes or 1440)


def rate(span: EnforcedSpan, paid: int) -> int:
    """The price of an hour after so many paid minutes of the stay."""
    rates = [tier.rate_cents_per_hour for tier in span.tiers if tier.from_minute <= paid]
    return rates[-1] if rates else span.rate_cents_per_hour


@given(ours=tariffs(), at=MOMENTS, asked=st.integers(1, 1440))
def test_the_sum_of_all_minutes_is_rounded_once(ours: Tariff, at: datetime, asked: int) -> None:
    ours = replace(ours, maximum_fee_cents=None)
    offer = quote(ours, at, asked)
    used = takewhile(
        lambda window: window.opens_utc < offer.end_utc, windows(ours, offer.paid_from_utc)
    )
    spans = [
        window.span
        for window in used
        for _ in range(
            (min(window.closes_utc, offer.end_utc) - max(window.opens_utc, offer.paid_from_utc))
            // minutes(1)
        )
    ]
    spans += [spans[-1]] * (offer.billed_minutes - offer.granted_minutes)
    exact = sum(rate(span, paid) for paid, span in enumerate(spans))

    assert exact <= offer.price_cents * 60 < exact + 60 * ours.increment_cents
    assert offer.price_cents % ours.increment_cents == 0


@given(ours=tariffs(), at=MOMENTS, asked=st.integers(1, 1440))
def test_a_maximum_fee_only_ever_lowers_the_price(ours: Tariff, at: datetime, asked: int) -> None:
    offer = quote(ours, at, asked)
    dearer = quote(replace(ours, maximum_fee_cents=None), at, asked)

    assert offer.price_cents <= dearer.price_cents
    assert replace(offer, price_cents=0) == replace(dearer, price_cents=0)
    if ours.maximum_fee_cents and ours.maximum_fee_period is MaximumFeePeriod.STAY:
        assert offer.price_cents == min(dearer.price_cents, ours.maximum_fee_cents)


@given(ours=tariffs(), at=MOMENTS, one=st.integers(1, 720), more=st.integers(1, 720))
def test_longer_is_never_cheaper(ours: Tariff, at: datetime, one: int, more: int) -> None:
    assert quote(ours, at, one).price_cents <= quote(ours, at, one + more).price_cents


@given(
    ours=tariffs(),
    at=MOMENTS,
    steps=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    later=st.floats(0, 0.99),
)
def test_bought_in_parts_costs_as_much_as_at_once(
    ours: Tariff, at: datetime, steps: list[int], later: float
) -> None:
    asked = [count * ours.increment_minutes for count in steps]
    whole = quote(ours, at, sum(asked))
    if whole.reasons:
        return
    bought: list[ParkingSession] = []
    price, now = 0, at
    for each in asked:
        part = quote(ours, now, each, stay=running_stay(ours, bought, now))
        bought.append(session(start_utc=part.start_utc, end_utc=part.end_utc))
        price += part.price_cents
        now = max(part.paid_from_utc, now + (part.end_utc - now) * later)
    if all(each.end_utc <= whole.end_utc for each in bought):
        assert (price, bought[-1].end_utc) == (whole.price_cents, whole.end_utc)


@given(
    ours=tariffs(),
    at=MOMENTS,
    asked=st.lists(st.tuples(st.integers(1, 600), st.floats(0, 1.2)), min_size=1, max_size=6),
)
def test_no_stay_is_ever_longer_than_the_longest(
    ours: Tariff, at: datetime, asked: list[tuple[int, float]]
) -> None:
    bought: list[ParkingSession] = []
    now = at
    for wanted, later in asked:
        stay = running_stay(ours, bought, now)
        most = ours.max_stay_minutes or 10_080
        if stay is not None and now < stay.end_utc and stay.paid_minutes >= most:
            with pytest.raises(UserError, match="longest stay"):
                quote(ours, now, wanted, stay=stay)
            return
        part = quote(ours, now, wanted, stay=stay)
        bought.append(session(start_utc=part.start_utc, end_utc=part.end_utc))
        longer = running_stay(ours, bought, now)
        assert longer is not None
        assert longer.paid_minutes <= most
        assert part.price_cents >= 0
        now += (part.end_utc - now) * later
