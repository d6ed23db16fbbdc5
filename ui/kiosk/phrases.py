"""How a pay station says times, spans, plates and rates to drivers. Pure, any thread, no Qt.

Drivers read 12-hour times with AM or PM and "today" or the date (VISUAL 5); times are those of the
zone the pay station stands in.
"""

from collections.abc import Sequence
from datetime import datetime

from app.ports import NetState
from app.words import _, ngettext
from parking.clockface import am_pm, day_date, local_day, minute_am_pm
from parking.money import usd
from parking.tariff import Day, EnforcedSpan, MaximumFeePeriod, RateWords, Tariff, in_words

_DAY_MINUTES = 1440
_WEEK = tuple(Day)


def short(time_words: str) -> str:
    """Leave out the minutes of a full hour: ``7:00 PM`` becomes ``7 PM``."""
    return time_words.replace(":00 ", " ")


def day_time(utc: datetime, time_zone: str, *, now_utc: datetime) -> str:
    """Write a time with its day: ``4:32 PM today``, ``8:00 AM Tue, Nov 24``."""
    day = local_day(utc, time_zone)
    today = day == local_day(now_utc, time_zone)
    words = _("{time} today") if today else _("{time} {date}")
    return words.format(time=am_pm(utc, time_zone), date=day_date(day, _=_))


def stay_words(start_utc: datetime, end_utc: datetime, time_zone: str, *, now_utc: datetime) -> str:
    """Write from when until when: ``2:32 PM to 4:32 PM today``."""
    end = day_time(end_utc, time_zone, now_utc=now_utc)
    return _("{start} to {end}").format(start=am_pm(start_utc, time_zone), end=end)


def span_words(minutes: int) -> str:
    """Write a length of time: ``30 min``, ``2 hours``, ``1 hour 30 min``."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("{n} hour", "{n} hours", hours).format(n=hours)] if hours else []
    if rest or not parts:
        parts.append(_("{n} min").format(n=rest))
    return " ".join(parts)


def away_words(net: NetState | None, since_utc: datetime | None, time_zone: str) -> str:
    """Say why central cannot be reached, as far as this pay station knows."""
    if net is NetState.REFUSED:
        return _("The city has switched this pay station off.")
    if net is NetState.OFFLINE and since_utc is not None:
        since = am_pm(since_utc, time_zone)
        return _("The network has been down since {time}.").format(time=since)
    return _("The city's computer does not answer.")


def clock_left(seconds: float) -> str:
    """Write the time left on a countdown: ``0:52``."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def rate_words(tariff: Tariff) -> str:
    """Say the whole rate in a few sentences a driver reads before paying."""
    rate = in_words(tariff)
    sentences = [_price_sentence(rate)]
    if rate.maximum_fee_cents is not None:
        words = _most_words(rate.maximum_fee_period)
        sentences.append(words.format(price=usd(rate.maximum_fee_cents)))
    if rate.max_stay_minutes is not None:
        sentences.append(_("Longest stay {span}.").format(span=span_words(rate.max_stay_minutes)))
    if rate.no_return_minutes:
        words = _("After that, come back no sooner than {span} later.")
        sentences.append(words.format(span=span_words(rate.no_return_minutes)))
    free = _free_words(rate)
    if free:
        sentences.append(_("Free {times}.").format(times=free))
    return " ".join(sentences)


def _most_words(period: MaximumFeePeriod) -> str:
    return {
        MaximumFeePeriod.STAY: _("At most {price} for a stay."),
        MaximumFeePeriod.CALENDAR_DAY: _("At most {price} a day."),
        MaximumFeePeriod.ROLLING_24H: _("At most {price} in 24 hours."),
    }[period]


def _price_sentence(rate: RateWords) -> str:
    prices = {hour_words(span) for span in rate.spans}
    if len(prices) == 1:
        price = prices.pop()
    else:
        price = ", ".join(_span_price(span) for span in rate.spans)
    if all(span.is_sold_whole for span in rate.spans):
        return f"{price}."
    steps = _("counted in {n}-minute steps").format(n=rate.increment_minutes)
    if rate.increment_cents > 1:
        rounded = _("rounded up to {n} cents").format(n=rate.increment_cents)
        return f"{price}, {steps}, {rounded}."
    return f"{price}, {steps}."


def hour_words(span: EnforcedSpan) -> str:
    """Say what hours cost: ``$1.25 an hour``, ``$1.25 an hour, $2.00 after 1 hour``, ``$5.00``."""
    if span.is_sold_whole:
        return _("{price} for the whole time").format(price=usd(span.flat_cents))
    words = _("{price} an hour").format(price=usd(span.rate_cents_per_hour))
    if span.flat_cents:
        flat = _("{price} once, then {rate}")
        words = flat.format(price=usd(span.flat_cents), rate=words)
    tiers = [
        _("{price} after {span}").format(
            price=usd(tier.rate_cents_per_hour), span=span_words(tier.from_minute)
        )
        for tier in span.tiers
    ]
    return ", ".join([words, *tiers])


def _span_price(span: EnforcedSpan) -> str:
    words = _("{price} {days} from {opens} to {closes}")
    return words.format(
        price=hour_words(span),
        days=days_words(span.days),
        opens=short(minute_am_pm(span.opens_minute)),
        closes=short(minute_am_pm(span.closes_minute)),
    )


def _free_words(rate: RateWords) -> str:
    parts = []
    if rate.free_after_minute is not None:
        after = short(minute_am_pm(rate.free_after_minute))
        parts.append(_("after {time}").format(time=after))
    if rate.free_days:
        parts.append(_("on {days}").format(days=_many_days(rate.free_days)))
    if rate.free_on_holidays:
        parts.append(_("on city holidays"))
    return _and(parts)


def hours_words(tariff: Tariff) -> str:
    """Say when parking costs money, in one line; empty when it always does."""
    spans = in_words(tariff).spans
    days = tuple(day for day in _WEEK if any(day in span.days for span in spans))
    opens = min(span.opens_minute for span in spans)
    closes = max(span.closes_minute for span in spans)
    if closes - opens >= _DAY_MINUTES and days == _WEEK:
        return ""
    words = _("Pay from {opens} to {closes}, {days}.")
    return words.format(
        opens=short(minute_am_pm(opens)),
        closes=short(minute_am_pm(closes)),
        days=days_words(days),
    )


def days_words(days: Sequence[Day]) -> str:
    """Write days of the week: ``Monday to Saturday``, ``Friday and Saturday``, ``every day``."""
    places = sorted({_WEEK.index(day) for day in days})
    if len(places) == len(_WEEK):
        return _("every day")
    names = [_day_name(_WEEK[place]) for place in places]
    unbroken = places[-1] - places[0] == len(places) - 1
    if unbroken and len(places) > 2:
        return _("{first} to {last}").format(first=names[0], last=names[-1])
    return _and(names)


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def _day_name(day: Day) -> str:
    return {
        Day.MONDAY: _("Monday"),
        Day.TUESDAY: _("Tuesday"),
        Day.WEDNESDAY: _("Wednesday"),
        Day.THURSDAY: _("Thursday"),
        Day.FRIDAY: _("Friday"),
        Day.SATURDAY: _("Saturday"),
        Day.SUNDAY: _("Sunday"),
    }[day]


def _many_days(days: Sequence[Day]) -> str:
    """Name days that free parking comes back on; "Sundays" is a word of its own in any language."""
    names = {
        Day.MONDAY: _("Mondays"),
        Day.TUESDAY: _("Tuesdays"),
        Day.WEDNESDAY: _("Wednesdays"),
        Day.THURSDAY: _("Thursdays"),
        Day.FRIDAY: _("Fridays"),
        Day.SATURDAY: _("Saturdays"),
        Day.SUNDAY: _("Sundays"),
    }
    return _and([names[day] for day in days])
