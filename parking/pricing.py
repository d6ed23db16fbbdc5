"""What is offered for how much: quotes, extensions, the choices a pay station shows. Pure.

Source: FIELD.md C1, RULES.md 1-5, 7, 9 and 10. ``parking.price`` prices paid time, ``parking.stay``
says what was paid before. Any thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parking.clockface import am_pm, day_values, local_day, minute_am_pm, wall
from parking.errors import UserError
from parking.hours import run_on, windows
from parking.price import price_cents, unbilled_minutes, whole_steps
from parking.stay import MINUTE, Part, Stay, full_minute, runs_through
from parking.tariff import Prepay, Tariff

LONGEST_PURCHASE_MINUTES = 10_080
"""A week: what one purchase can never exceed, whatever the tariff says."""

_CHOICES_MINUTES = (30, 60, 120, 180, 240, 480, 720, 1440)
_MOST_CHOICES = 4


class OfferReason(StrEnum):
    """Why an offer is not simply what was asked."""

    MAX_STAY = "max_stay"
    CLOSING = "closing"
    LARGEST_PURCHASE = "largest_purchase"
    LAST_STEP = "last_step"
    FLAT_RATE = "flat_rate"
    """More is given: the hours have one price, so all of them are sold."""


LIMITS = frozenset({OfferReason.MAX_STAY, OfferReason.CLOSING, OfferReason.LARGEST_PURCHASE})
"""The reasons after which no more time can be bought now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffQuote:
    """What a purchase costs and gives.

    Attributes:
        start_utc: From when the new right is valid: now, or the end of a running stay.
        paid_from_utc: When paid time starts: the next full minute, the opening or that end.
        end_utc: Until when the car may stand; the next opening when sold to closing.
        granted_minutes: Paid minutes the driver gets.
        billed_minutes: Minutes billed; above ``granted_minutes`` only for ``LAST_STEP``.
        price_cents: To pay now.
        reasons: Why it is not what was asked, in order; empty when it is.
    """

    start_utc: datetime
    paid_from_utc: datetime
    end_utc: datetime
    granted_minutes: int
    billed_minutes: int
    price_cents: int
    reasons: tuple[OfferReason, ...]


def quote(
    tariff: Tariff, at_utc: datetime, minutes: int, *, stay: Stay | None = None
) -> TariffQuote:
    """Price a purchase of time; what is billed is granted (RULES 1).

    Args:
        tariff: In force; for an extension the one of the stay's first right (RULES 5).
        at_utc: Now.
        minutes: Asked, 1 to 10080; rounded up to whole steps of the stay.
        stay: From ``running_stay``; the purchase goes on with it unless a closing or time lies
            between.

    Raises:
        UserError: ``tariff.minutes`` out of range; ``tariff.never_costs``; ``tariff.free_now``
            when time cannot be bought yet; ``tariff.max_stay`` when the stay is used up;
            ``tariff.no_return`` when it was, and too little time has gone by since.
    """
    if not 1 <= minutes <= LONGEST_PURCHASE_MINUTES:
        raise UserError(
            "tariff.minutes",
            "Minutes: 1 to {most} allowed, not {found}.",
            most=LONGEST_PURCHASE_MINUTES,
            found=minutes,
        )
    paid_from_utc = _paid_from_utc(tariff, at_utc, stay)
    before = _paid_before(tariff, stay, at_utc, paid_from_utc)
    already = sum(part.minutes for part in before)
    asked = whole_steps(tariff, already + minutes) - already
    offer = _offer(tariff, paid_from_utc, asked, already)
    total = [*before, *offer.parts]
    extra = unbilled_minutes(tariff, total)
    billed = price_cents(tariff, total, extra_minutes=extra)
    granted = sum(part.minutes for part in offer.parts)
    return TariffQuote(
        start_utc=max(at_utc, stay.end_utc) if stay is not None else at_utc,
        paid_from_utc=paid_from_utc,
        end_utc=_opening_utc(tariff, offer.parts[-1].until_utc),
        granted_minutes=granted,
        billed_minutes=granted + extra,
        price_cents=billed - price_cents(tariff, before),
        reasons=(*offer.reasons, *((OfferReason.LAST_STEP,) if extra else ())),
    )


def _paid_from_utc(tariff: Tariff, at_utc: datetime, stay: Stay | None) -> datetime:
    minute_utc = full_minute(at_utc)
    base_utc = minute_utc if stay is None else max(minute_utc, full_minute(stay.end_utc))
    paid_from_utc = _opening_utc(tariff, base_utc)
    now = next(_paid_parts(tariff, minute_utc, 1))
    # Time that is carried over a closing is on sale as long as it is enforced now.
    if now.from_utc > minute_utc or not (
        now.from_utc == paid_from_utc or runs_through(tariff, now, paid_from_utc)
    ):
        _refuse_unless_prepaid(tariff, at_utc, paid_from_utc)
    return paid_from_utc


def _opening_utc(tariff: Tariff, from_utc: datetime) -> datetime:
    """Return the first enforced instant at or after another."""
    for window in windows(tariff, from_utc):
        return max(window.opens_utc, from_utc)
    raise UserError("tariff.never_costs", "Parking here costs nothing at any time.")


def _refuse_unless_prepaid(tariff: Tariff, at_utc: datetime, opening_utc: datetime) -> None:
    zone = tariff.time_zone
    now = wall(at_utc, zone)
    late_enough = now.hour * 60 + now.minute >= tariff.prepay_from_minute
    same_day = now.date() == local_day(opening_utc, zone)
    allowed = tariff.prepay is Prepay.ANY or (tariff.prepay is Prepay.SAME_DAY and same_day)
    if allowed and late_enough:
        return
    special = tariff.special_day(now.date())
    if special is not None:
        raise UserError(
            "tariff.free_now",
            "It is {holiday}. Nothing to pay until {time} today."
            if same_day
            else "It is {holiday}. Nothing to pay until {time} {weekday}, {month} {day}.",
            action="You can pay from {sold_from}." if allowed else "",
            sold_from=minute_am_pm(tariff.prepay_from_minute),
            holiday=special.name,
            **_moment_values(opening_utc, zone),
        )
    raise UserError(
        "tariff.free_now",
        "Nothing to pay until {time} today: parking is free."
        if same_day
        else "Nothing to pay until {time} {weekday}, {month} {day}: parking is free.",
        action="You can pay from {sold_from}." if allowed else "",
        sold_from=minute_am_pm(tariff.prepay_from_minute),
        **_moment_values(opening_utc, zone),
    )


def _moment_values(utc: datetime, time_zone: str) -> dict[str, str]:
    return {"time": am_pm(utc, time_zone), **day_values(local_day(utc, time_zone))}


def extends(tariff: Tariff, at_utc: datetime, stay: Stay) -> bool:
    """Tell whether a purchase now goes on with a stay: then its first right's tariff prices it.

    Raises:
        UserError: ``tariff.never_costs`` and ``tariff.free_now``, as ``quote``.
    """
    return _goes_on(tariff, stay, at_utc, _paid_from_utc(tariff, at_utc, stay))


def _goes_on(tariff: Tariff, stay: Stay, at_utc: datetime, paid_from_utc: datetime) -> bool:
    near = at_utc < stay.grace_until_utc or paid_from_utc < _free_to_return_utc(tariff, stay)
    return near and runs_through(tariff, stay.parts[-1], paid_from_utc)


def _free_to_return_utc(tariff: Tariff, stay: Stay) -> datetime:
    return stay.paid_until_utc + tariff.no_return_minutes * MINUTE


def _paid_before(
    tariff: Tariff, stay: Stay | None, at_utc: datetime, paid_from_utc: datetime
) -> tuple[Part, ...]:
    """Return what the stay has paid already; empty when a new stay begins (RULES 3-5)."""
    if stay is None:
        return ()
    goes_on = _goes_on(tariff, stay, at_utc, paid_from_utc)
    most = tariff.max_stay_minutes
    if most is not None and stay.paid_minutes >= most:
        back_utc = _free_to_return_utc(tariff, stay)
        if goes_on and at_utc < stay.grace_until_utc:
            raise _stay_is_full(tariff, most, back_utc, at_utc)
        if paid_from_utc < back_utc:
            raise _back_too_soon(tariff, back_utc, at_utc)
    return stay.parts if goes_on else ()


def _stay_is_full(tariff: Tariff, most: int, back_utc: datetime, at_utc: datetime) -> UserError:
    if not tariff.no_return_minutes:
        return UserError(
            "tariff.max_stay",
            "The longest stay here is {most} minutes, all paid already.",
            most=most,
        )
    return UserError(
        "tariff.max_stay",
        "The longest stay here is {most} minutes, all paid already.",
        action="You can pay again from {time} today."
        if _is_same_day(tariff, back_utc, at_utc)
        else "You can pay again from {time} {weekday}, {month} {day}.",
        most=most,
        **_moment_values(back_utc, tariff.time_zone),
    )


def _back_too_soon(tariff: Tariff, back_utc: datetime, at_utc: datetime) -> UserError:
    return UserError(
        "tariff.no_return",
        "The longest stay here is used up, and {apart} minutes must go by before the next.",
        action="You can pay again from {time} today."
        if _is_same_day(tariff, back_utc, at_utc)
        else "You can pay again from {time} {weekday}, {month} {day}.",
        apart=tariff.no_return_minutes,
        **_moment_values(back_utc, tariff.time_zone),
    )


def _is_same_day(tariff: Tariff, one_utc: datetime, other_utc: datetime) -> bool:
    zone = tariff.time_zone
    return local_day(one_utc, zone) == local_day(other_utc, zone)


@dataclass(frozen=True, slots=True)
class _Offer:
    parts: list[Part]
    reasons: list[OfferReason]


def _offer(tariff: Tariff, paid_from_utc: datetime, asked: int, already: int) -> _Offer:
    parts = list(_paid_parts(tariff, paid_from_utc, asked))
    found = sum(part.minutes for part in parts)
    wanted = asked
    if found == asked and parts[-1].window.span.is_sold_whole:
        wanted += (parts[-1].window.closes_utc - parts[-1].until_utc) // MINUTE
    limits = {
        OfferReason.MAX_STAY: (tariff.max_stay_minutes or wanted + already) - already,
        OfferReason.CLOSING: found if found < asked else wanted,
        OfferReason.LARGEST_PURCHASE: tariff.largest_purchase_minutes,
    }
    granted = min(wanted, *limits.values())
    reasons = [reason for reason, limit in limits.items() if limit == granted < wanted]
    if asked < granted:
        reasons.append(OfferReason.FLAT_RATE)
    if granted != found:
        parts = list(_paid_parts(tariff, paid_from_utc, granted))
    return _Offer(parts, reasons)


def _paid_parts(tariff: Tariff, from_utc: datetime, minutes: int) -> Iterator[Part]:
    """Yield so many minutes of enforced time, or fewer when a closing comes before."""
    left = minutes
    for window in run_on(tariff, from_utc):
        start_utc = max(window.opens_utc, from_utc)
        part = Part(window, start_utc, min(window.closes_utc, start_utc + left * MINUTE))
        yield part
        left -= part.minutes
        if not left:
            return


def choices(
    tariff: Tariff, at_utc: datetime, *, stay: Stay | None = None
) -> tuple[TariffQuote, ...]:
    """Return up to four different offers for the big buttons, the shortest first.

    Raises:
        UserError: As ``quote``.
    """
    offers: list[TariffQuote] = []
    for minutes in _CHOICES_MINUTES:
        offer = quote(tariff, at_utc, minutes, stay=stay)
        if all(offer.end_utc != other.end_utc for other in offers):
            offers.append(offer)
        if len(offers) == _MOST_CHOICES or LIMITS & set(offer.reasons):
            break
    return tuple(offers)


def next_step(
    tariff: Tariff, at_utc: datetime, shown: TariffQuote, *, stay: Stay | None = None
) -> TariffQuote | None:
    """Return the offer one step longer, or None when there is no more to sell."""
    minutes = shown.granted_minutes + tariff.increment_minutes
    longer = quote(tariff, at_utc, min(minutes, LONGEST_PURCHASE_MINUTES), stay=stay)
    return longer if longer.end_utc > shown.end_utc else None
