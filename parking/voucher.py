"""Validation codes: what a merchant or the city gives towards parking, and its use. Pure.

A code pays a part of one purchase; what the driver then pays is never negative. Source: FIELD.md A2
(coupons and validation codes), RULES.md 5 (extensions are priced before vouchers). Any thread.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.clockface import am_pm, day_values, local_day
from parking.errors import UserError
from parking.markers import Items, Span, Text
from parking.pricing import TariffQuote, quote
from parking.right import PlateText, StateCode
from parking.stay import Stay
from parking.tariff import Tariff
from parking.zone import ZoneId


class VoucherKind(StrEnum):
    """What a code gives."""

    MINUTES = "minutes"
    """The first paid minutes of the purchase."""
    PERCENT = "percent"
    AMOUNT = "amount"
    """Cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A validation code as its issuer signed it (``parking.voucher_code``).

    Attributes:
        issuer: Who gives it, in words for the receipt; the signing key is theirs.
        worth: Minutes, percent or cents.
        from_utc: First instant at which it is good, to the minute.
        until_utc: First instant at which it no longer is, to the minute.
        zone_ids: Where it is good; empty for every zone.
        single_use: Whether a second use is one too many. Found at sync, it is between the city and
            the issuer: the driver who used it in good faith is never charged again.
    """

    voucher_id: UUID
    issuer: Annotated[str, Text(40, 1)]
    kind: VoucherKind
    worth: Annotated[int, Span(1, 100_000)]
    from_utc: datetime
    until_utc: datetime
    zone_ids: Annotated[tuple[str, ...], Items(20)] = ()
    single_use: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherUse:
    """A code paid a part of a purchase; a fact, so that double use is found when terminals sync.

    Attributes:
        terminal_id: Where it was used.
        discount_cents: What it paid.
    """

    voucher_use_id: UUID
    voucher_id: UUID
    issuer: Annotated[str, Text(40, 1)]
    single_use: bool
    terminal_id: UUID
    zone_id: ZoneId
    plate: PlateText
    plate_state: StateCode
    used_utc: datetime
    discount_cents: Annotated[int, Span(0, 1_000_000)]


def check_voucher(
    voucher: Voucher,
    *,
    zone_id: str,
    time_zone: str,
    now_utc: datetime,
    used_here: Collection[UUID] = (),
) -> None:
    """Refuse a code that is not good here and now.

    Args:
        voucher: Truly signed.
        zone_id: Where time is bought.
        time_zone: In which the driver is told times.
        now_utc: Now.
        used_here: Codes this terminal knows to be used.

    Raises:
        UserError: ``voucher.early``, ``voucher.expired``, ``voucher.zone`` or ``voucher.used``.
    """
    if now_utc < voucher.from_utc:
        raise UserError(
            "voucher.early",
            "This code is good from {time} today on."
            if _is_today(voucher.from_utc, time_zone, now_utc)
            else "This code is good from {time} {weekday}, {month} {day} on.",
            **_moment_values(voucher.from_utc, time_zone),
        )
    if now_utc >= voucher.until_utc:
        raise UserError(
            "voucher.expired",
            "This code was good until {time} today."
            if _is_today(voucher.until_utc, time_zone, now_utc)
            else "This code was good until {time} {weekday}, {month} {day}.",
            **_moment_values(voucher.until_utc, time_zone),
        )
    if voucher.zone_ids and zone_id not in voucher.zone_ids:
        raise UserError(
            "voucher.zone",
            "This code is for zone {theirs}, not for zone {ours}.",
            theirs=", ".join(voucher.zone_ids),
            ours=zone_id,
        )
    if voucher.single_use and voucher.voucher_id in used_here:
        raise UserError("voucher.used", "This code has been used already.")


def _is_today(utc: datetime, time_zone: str, now_utc: datetime) -> bool:
    return local_day(utc, time_zone) == local_day(now_utc, time_zone)


def _moment_values(utc: datetime, time_zone: str) -> dict[str, str]:
    return {"time": am_pm(utc, time_zone), **day_values(local_day(utc, time_zone))}


def discount_cents(
    voucher: Voucher,
    tariff: Tariff,
    at_utc: datetime,
    offer: TariffQuote,
    *,
    stay: Stay | None = None,
) -> int:
    """Return what a code pays of an offer, from 0 to its whole price; parts of a cent are paid.

    Args:
        voucher: Checked.
        tariff: That priced the offer.
        at_utc: When it was priced.
        offer: What the driver buys.
        stay: With which it was priced.
    """
    price = offer.price_cents
    if voucher.kind is VoucherKind.MINUTES:
        if voucher.worth >= offer.granted_minutes:
            return price
        return min(price, quote(tariff, at_utc, voucher.worth, stay=stay).price_cents)
    if voucher.kind is VoucherKind.PERCENT:
        return min(price, -(-price * voucher.worth // 100))
    return min(price, voucher.worth)
