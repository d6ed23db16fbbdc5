"""What time costs: quotes, extensions, the choices a kiosk offers. Pure, any thread.

Source: FIELD.md C1, RULES.md 1-3 and 5-10. Paid time is whole minutes inside enforced hours; the
price is exact until one rounding upward at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parking.clockface import am_pm_day, local_day, minute_am_pm, wall
from parking.errors import UserError
from parking.hours import Window, enforced_end_utc, windows
from parking.right import ParkingSession, right_end_utc
from parking.tariff import LastStep, Prepay, Tariff

LONGEST_PURCHASE_MINUTES = 10_080
"""A week: what one purchase can never exceed, whatever the tariff says."""

_MINUTE = timedelta(minutes=1)
_CHOICES_MINUTES = (30, 60, 120, 180, 240, 480, 720, 1440)
_MOST_CHOICES = 4


class OfferReason(StrEnum):
    """Why an offer is not simply what was asked."""

    MAX_STAY = "max_stay"
    CLOSING = "closing"
    LARGEST_PURCHASE = "largest_purchase"
    LAST_STEP = "last_step"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time between two instants, half-open."""

    from_utc: datetime
    until_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The stay that an extension goes on with.

    Attributes:
        paid: Its paid time since the last closing, in order, without free hours.
        end_utc: Until when the car may stand.
    """

    paid: tuple[Stretch, ...]
    end_utc: datetime

    @property
    def paid_minutes(self) -> int:
        """Return the paid whole minutes."""
        return sum(_minutes(each) for each in self.paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffQuote:
    """What a purchase costs and gives.

    Attributes:
        start_utc: From when the new right is valid: now, or the end of a running stay.
        paid_from_utc: When paid time starts: the next full minute, the opening or that end.
        end_utc: Until when the car may stand; the next opening when sold to closing.
        granted_minutes: Paid minutes the driver gets.
        billed_minutes: Whole steps billed; above ``granted_minutes`` only for ``LAST_STEP``.
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
        stay: The running stay, from ``running_stay``, when this extends it.

    Raises:
        UserError: ``tariff.minutes`` out of range; ``tariff.never_costs``; ``tariff.free_now``
            when time cannot be bought yet; ``tariff.max_stay`` when the stay is used up.
    """
    if not 1 <= minutes <= LONGEST_PURCHASE_MINUTES:
        raise UserError(
            "tariff.minutes", f"Minutes: 1 to {LONGEST_PURCHASE_MINUTES} allowed, not {minutes}."
        )
    paid_from_utc = _paid_from_utc(tariff, at_utc, stay)
    same_stay = stay is not None and _is_unbroken(tariff, stay.paid[0].from_utc, paid_from_utc)
    before = stay.paid if stay is not None and same_stay else ()
    already = sum(_minutes(each) for each in before)
    asked = _whole_steps(tariff, already + minutes) - already
    offer = _offer(tariff, paid_from_utc, asked, already)
    new = Stretch(paid_from_utc, paid_from_utc + offer.granted * _MINUTE)
    return TariffQuote(
        start_utc=max(at_utc, stay.end_utc) if stay is not None else at_utc,
        paid_from_utc=paid_from_utc,
        end_utc=_opening_utc(tariff, new.until_utc) if offer.to_closing else new.until_utc,
        granted_minutes=offer.granted,
        billed_minutes=offer.billed,
        price_cents=_price_cents(tariff, before, new, extra_minutes=offer.billed - offer.granted),
        reasons=offer.reasons,
    )


def _paid_from_utc(tariff: Tariff, at_utc: datetime, stay: Stay | None) -> datetime:
    minute_utc = _full_minute(at_utc)
    base_utc = minute_utc if stay is None else max(minute_utc, _full_minute(stay.end_utc))
    paid_from_utc = _opening_utc(tariff, base_utc)
    if not _is_unbroken(tariff, minute_utc, paid_from_utc):
        _refuse_unless_prepaid(tariff, at_utc, paid_from_utc)
    return paid_from_utc


def _opening_utc(tariff: Tariff, from_utc: datetime) -> datetime:
    """Return the first enforced instant at or after another."""
    for window in windows(tariff, from_utc):
        return max(window.opens_utc, from_utc)
    raise UserError("tariff.never_costs", "Parking here costs nothing at any time.")


def _is_unbroken(tariff: Tariff, from_utc: datetime, until_utc: datetime) -> bool:
    return enforced_end_utc(tariff, from_utc, limit_utc=until_utc) >= until_utc


def _refuse_unless_prepaid(tariff: Tariff, at_utc: datetime, opening_utc: datetime) -> None:
    zone = tariff.time_zone
    now = wall(at_utc, zone)
    late_enough = now.hour * 60 + now.minute >= tariff.prepay_from_minute
    same_day = now.date() == local_day(opening_utc, zone)
    allowed = tariff.prepay is Prepay.ANY or (tariff.prepay is Prepay.SAME_DAY and same_day)
    if allowed and late_enough:
        return
    opens = am_pm_day(opening_utc, zone, now_utc=at_utc)
    raise UserError(
        "tariff.free_now",
        f"Nothing to pay until {opens}: parking is free.",
        action=f"You can pay from {minute_am_pm(tariff.prepay_from_minute)}." if allowed else "",
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    granted: int
    billed: int
    to_closing: bool
    reasons: tuple[OfferReason, ...]


def _offer(tariff: Tariff, paid_from_utc: datetime, asked: int, already: int) -> _Offer:
    horizon_utc = paid_from_utc + (LONGEST_PURCHASE_MINUTES + 1) * _MINUTE
    closes_utc = enforced_end_utc(tariff, paid_from_utc, limit_utc=horizon_utc)
    limits = {
        OfferReason.CLOSING: (closes_utc - paid_from_utc) // _MINUTE,
        OfferReason.LARGEST_PURCHASE: tariff.largest_purchase_minutes,
    }
    if tariff.max_stay_minutes is not None:
        limits = {OfferReason.MAX_STAY: tariff.max_stay_minutes - already, **limits}
        if tariff.max_stay_minutes <= already:
            raise UserError(
                "tariff.max_stay",
                f"The longest stay here is {tariff.max_stay_minutes} minutes, all paid already.",
            )
    granted = min(asked, *limits.values())
    reasons = [reason for reason, limit in limits.items() if limit == granted < asked]
    billed = granted
    if tariff.last_step is LastStep.BILL_WHOLE:
        billed = _whole_steps(tariff, already + granted) - already
    if billed > granted:
        reasons.append(OfferReason.LAST_STEP)
    return _Offer(granted, billed, granted == limits[OfferReason.CLOSING], tuple(reasons))


def _price_cents(
    tariff: Tariff, before: Sequence[Stretch], new: Stretch, *, extra_minutes: int
) -> int:
    """Return price(total) - price(before), each rounded up once (RULES 5 and 8)."""
    added = list(_enforced(tariff, new))
    paid_exact = sum(_exact(part) for each in before for part in _enforced(tariff, each))
    added_exact = sum(map(_exact, added)) + extra_minutes * added[-1].rate_cents_per_hour
    return _rounded_up(tariff, paid_exact + added_exact) - _rounded_up(tariff, paid_exact)


def _exact(part: Window) -> int:
    """Return minutes times cents per hour: sixtieths of a cent."""
    return (part.closes_utc - part.opens_utc) // _MINUTE * part.rate_cents_per_hour


def _enforced(tariff: Tariff, stretch: Stretch) -> Iterator[Window]:
    """Yield the enforced parts of a stretch, each at its rate."""
    for window in windows(tariff, stretch.from_utc):
        if window.opens_utc >= stretch.until_utc:
            return
        yield Window(
            max(window.opens_utc, stretch.from_utc),
            min(window.closes_utc, stretch.until_utc),
            window.rate_cents_per_hour,
        )


def _rounded_up(tariff: Tariff, exact: int) -> int:
    unit = 60 * tariff.increment_cents
    return -(-exact // unit) * tariff.increment_cents


def _whole_steps(tariff: Tariff, minutes: int) -> int:
    return -(-minutes // tariff.increment_minutes) * tariff.increment_minutes


def _full_minute(utc: datetime) -> datetime:
    """Return the instant itself on a full minute, else the next one (RULES 7)."""
    floor_utc = utc.replace(second=0, microsecond=0)
    return floor_utc if floor_utc == utc else floor_utc + _MINUTE


def _minutes(stretch: Stretch) -> int:
    return (stretch.until_utc - stretch.from_utc) // _MINUTE


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
        if len(offers) == _MOST_CHOICES or offer.reasons:
            break
    return tuple(offers)


def next_step(
    tariff: Tariff, at_utc: datetime, shown: TariffQuote, *, stay: Stay | None = None
) -> TariffQuote | None:
    """Return the offer one step longer, or None when there is no more to sell."""
    minutes = shown.granted_minutes + tariff.increment_minutes
    longer = quote(tariff, at_utc, min(minutes, LONGEST_PURCHASE_MINUTES), stay=stay)
    return longer if longer.end_utc > shown.end_utc else None


def previous_step(
    tariff: Tariff, at_utc: datetime, shown: TariffQuote, *, stay: Stay | None = None
) -> TariffQuote | None:
    """Return the offer one step shorter, or None at the first step."""
    steps = (shown.granted_minutes - 1) // tariff.increment_minutes
    if steps == 0:
        return None
    return quote(tariff, at_utc, steps * tariff.increment_minutes, stay=stay)


def running_stay(
    tariff: Tariff, rights: Sequence[ParkingSession], at_utc: datetime, *, exit_grace_s: int = 0
) -> Stay | None:
    """Return the stay an extension goes on with, or None when a purchase starts a new one.

    Args:
        tariff: Of the zone.
        rights: Payments of one plate in one zone, in any order.
        at_utc: Now.
        exit_grace_s: Within it after the end, and between rights, the stay goes on (RULES 5).
    """
    chain = _chain_at(rights, at_utc, timedelta(seconds=exit_grace_s))
    paid: list[Stretch] = []
    covered_utc = at_utc.min.replace(tzinfo=at_utc.tzinfo)
    for right in chain:
        from_utc = _full_minute(max(right.start_utc, covered_utc))
        covered_utc = max(covered_utc, right_end_utc(right))
        for part in _enforced(tariff, Stretch(from_utc, covered_utc)):
            if paid and not _is_unbroken(tariff, paid[-1].from_utc, part.opens_utc):
                paid.clear()
            paid.append(Stretch(part.opens_utc, part.closes_utc))
    return Stay(paid=tuple(paid), end_utc=covered_utc) if paid else None


def _chain_at(
    rights: Sequence[ParkingSession], at_utc: datetime, grace: timedelta
) -> list[ParkingSession]:
    """Return the rights joined in time, gaps within the grace allowed, that run at an instant."""
    chain: list[ParkingSession] = []
    end_utc = at_utc
    for right in sorted(rights, key=lambda each: each.start_utc):
        if chain and right.start_utc > end_utc + grace:
            if end_utc + grace > at_utc:
                break
            chain = []
        end_utc = max(end_utc, right_end_utc(right)) if chain else right_end_utc(right)
        chain.append(right)
    running = bool(chain) and chain[0].start_utc <= at_utc < end_utc + grace
    return chain if running else []
