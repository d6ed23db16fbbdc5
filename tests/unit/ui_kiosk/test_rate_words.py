"""Rates with tiers, flat prices and limits in a driver's words."""

from dataclasses import replace

from parking.tariff import Day, EnforcedSpan, MaximumFeePeriod, Tariff, Tier
from ui.kiosk.phrases import rate_words

GARAGE = Tariff(
    tariff_id="garage",
    version="1",
    time_zone="America/New_York",
    spans=(
        EnforcedSpan(days=tuple(Day), opens_minute=0, closes_minute=1440, rate_cents_per_hour=200),
    ),
    increment_minutes=15,
)


def test_tiers_flat_prices_and_limits_are_said_in_words() -> None:
    day = replace(
        GARAGE.spans[0],
        opens_minute=360,
        closes_minute=1080,
        tiers=(Tier(from_minute=60, rate_cents_per_hour=300),),
    )
    night = replace(day, opens_minute=1080, closes_minute=1800, rate_cents_per_hour=0, tiers=())
    night = replace(night, flat_cents=500)
    both = replace(
        GARAGE,
        spans=(day, night),
        max_stay_minutes=180,
        no_return_minutes=60,
        maximum_fee_cents=1500,
        maximum_fee_period=MaximumFeePeriod.CALENDAR_DAY,
    )
    assert rate_words(both) == (
        "$2.00 an hour, $3.00 after 1 hour every day from 6 AM to 6 PM, "
        "$5.00 for the whole time every day from 6 PM to 6 AM, counted in 15-minute steps. "
        "At most $15.00 a day. Longest stay 3 hours. After that, come back no sooner than 1 hour"
        " later."
    )
    assert rate_words(replace(GARAGE, spans=(night,))).startswith("$5.00 for the whole time.")
    once = replace(GARAGE, spans=(replace(day, tiers=(), flat_cents=100),))
    assert rate_words(once).startswith("$1.00 once, then $2.00 an hour, counted")
