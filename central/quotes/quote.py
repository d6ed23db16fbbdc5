"""Pricing a request with the zone's tariff and keeping the quote for the payment that follows."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.problems import RefusedError
from central.quotes.editions import find_edition, keep_edition
from central.store import load_many, value_of
from central.vouchers.use import good_voucher
from parking.ids import uuid7
from parking.payment import Quote, QuoteRequest
from parking.plate import check_plate_text, plate_key
from parking.pricing import TariffQuote, extends
from parking.pricing import quote as price
from parking.right import ParkingSession
from parking.stay import Stay, running_stay
from parking.tariff import Tariff, tariff_label
from parking.terminal import Terminal
from parking.voucher import discount_cents
from parking.zone import Zone
from sync.records import BY_CLASS

STANDS_FOR = timedelta(minutes=5)
"""How long a shown price stands."""

_FIELDS = (
    *("quote_id", "zone_id", "plate", "plate_state", "start_utc", "paid_from_utc", "end_utc"),
    *("billed_minutes", "price_cents", "reasons", "tariff_version", "expires_utc"),
    *("discount_cents", "code_issuer"),
)
_STORE = """
insert into quotes (quote_id, zone_id, plate, plate_state, start_utc, paid_from_utc, end_utc,
    billed_minutes, price_cents, reasons, tariff_version, expires_utc, terminal_id, plate_key,
    made_utc, discount_cents, code_issuer, voucher_id, single_use)
values (%(quote_id)s, %(zone_id)s, %(plate)s, %(plate_state)s, %(start_utc)s, %(paid_from_utc)s,
    %(end_utc)s, %(billed_minutes)s, %(price_cents)s, %(reasons)s::text[], %(tariff_version)s,
    %(expires_utc)s, %(terminal_id)s, %(plate_key)s, %(made_utc)s,
    %(discount_cents)s, %(code_issuer)s, %(voucher_id)s, %(single_use)s)
"""
_LOAD = """
select quote_id, zone_id, plate, plate_state, start_utc, paid_from_utc, end_utc, billed_minutes,
    price_cents, reasons, tariff_version, expires_utc, discount_cents, code_issuer
from quotes where quote_id = %(quote_id)s
"""
_RIGHTS = """
select parking_session_id from parking_sessions
where plate_key = %(plate)s and zone_id = %(zone)s and end_utc > %(since)s
"""
_PERMIT_KINDS = """
select kind from permits
where plate_key = %(plate)s and zone_id = %(zone)s and revoked_utc is null
    and start_utc <= %(now)s and end_utc > %(now)s
    and (plate_state = %(state)s or '' in (plate_state, %(state)s))
"""
_LONGEST_STAY = timedelta(days=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What pricing a request for a car rests on.

    Attributes:
        zone: Where time is bought.
        tariff: Of the zone, of the car's permit, or of the stay's first right.
        stay: What the car has paid and a purchase may go on with.
    """

    zone: Zone
    tariff: Tariff
    stay: Stay | None


def make_quote(
    connection: Connection,
    terminal: Terminal,
    *,
    asked: QuoteRequest,
    city_key: bytes,
    now_utc: datetime,
) -> Quote:
    """Price a request and store the quote.

    Args:
        connection: Of the caller's unit of work.
        terminal: Which asks.
        asked: What the driver wants.
        city_key: By which issuers of validation codes are vouched for, 32 bytes.
        now_utc: Now.

    Raises:
        UserError: ``plate.*``, ``tariff.*`` or ``voucher.*``, in words for the driver.
        RefusedError: 404 ``quote.zone`` when nothing can be bought in this zone.
    """
    key = check_plate_text(asked.plate)
    priced = priced_by(connection, asked, now_utc=now_utc)
    offer = price(priced.tariff, now_utc, asked.minutes, stay=priced.stay)
    label = keep_edition(connection, priced.tariff, now_utc=now_utc)
    quote = _quote(asked, offer, label, now_utc)
    row: dict[str, Any] = {"voucher_id": None, "single_use": False}
    if asked.code:
        voucher = good_voucher(
            connection, asked.code, priced.zone, city_key=city_key, now_utc=now_utc
        )
        given = discount_cents(voucher, priced.tariff, now_utc, offer, stay=priced.stay)
        left = quote.price_cents - given
        quote = replace(quote, price_cents=left, discount_cents=given, code_issuer=voucher.issuer)
        row = {"voucher_id": voucher.voucher_id, "single_use": voucher.single_use}
    row |= asdict(quote)
    row |= {"terminal_id": terminal.terminal_id, "plate_key": key, "made_utc": now_utc}
    row["reasons"] = list(quote.reasons)
    connection.exec_driver_sql(_STORE, row)
    return quote


def priced_by(connection: Connection, asked: QuoteRequest, *, now_utc: datetime) -> Priced:
    """Return by which tariff a car is priced now, and the stay it may go on with.

    Raises:
        UserError: ``tariff.free_now``, ``tariff.never_costs``.
        RefusedError: 404 ``quote.zone``.
    """
    zone, tariff = _zone_and_tariff(connection, asked.zone_id)
    tariff = _for_permit(connection, tariff, asked, now_utc)
    rights = _rights(connection, plate_key(asked.plate), asked, now_utc)
    stay = running_stay(tariff, rights, now_utc, exit_grace_s=zone.exit_grace_s)
    if stay is None or stay.tariff_version in {"", tariff_label(tariff)}:
        return Priced(zone=zone, tariff=tariff, stay=stay)
    first = find_edition(connection, stay.tariff_version)
    if first is not None and extends(tariff, now_utc, stay):
        stay = running_stay(first, rights, now_utc, exit_grace_s=zone.exit_grace_s)
        return Priced(zone=zone, tariff=first, stay=stay)
    return Priced(zone=zone, tariff=tariff, stay=stay)


def _for_permit(
    connection: Connection, tariff: Tariff, asked: QuoteRequest, now_utc: datetime
) -> Tariff:
    """Return the tariff of the car's user class; no match never blocks paying."""
    if not tariff.user_classes:
        return tariff
    where = {"plate": plate_key(asked.plate), "zone": asked.zone_id, "now": now_utc}
    where["state"] = asked.plate_state
    kinds = set(connection.exec_driver_sql(_PERMIT_KINDS, where).scalars())
    for each in tariff.user_classes:
        if each.permit_kind in kinds and (found := _tariff(connection, each.tariff_id)):
            return found
    return tariff


def _quote(asked: QuoteRequest, offer: TariffQuote, version: str, now_utc: datetime) -> Quote:
    return Quote(
        quote_id=uuid7(now_utc),
        zone_id=asked.zone_id,
        plate=asked.plate,
        plate_state=asked.plate_state,
        start_utc=offer.start_utc,
        paid_from_utc=offer.paid_from_utc,
        end_utc=offer.end_utc,
        billed_minutes=offer.billed_minutes,
        price_cents=offer.price_cents,
        reasons=tuple(reason.value for reason in offer.reasons),
        tariff_version=version,
        expires_utc=now_utc + STANDS_FOR,
    )


def load_quote(connection: Connection, quote_id: UUID) -> Quote | None:
    """Return a stored quote, or None."""
    row = connection.exec_driver_sql(_LOAD, {"quote_id": quote_id}).first()
    if row is None:
        return None
    found = dict(zip(_FIELDS, row, strict=True))
    return Quote(**{**found, "reasons": tuple(found["reasons"])})


def _zone_and_tariff(connection: Connection, zone_id: str) -> tuple[Zone, Tariff]:
    zones = BY_CLASS[Zone]
    if row := load_many(connection, zones, [zone_id]).get(zone_id):
        zone: Zone = value_of(zones, row)
        if tariff := _tariff(connection, zone.tariff_id):
            return zone, tariff
    raise RefusedError(404, "quote.zone", "No parking time is sold in this zone.")


def _tariff(connection: Connection, tariff_id: str) -> Tariff | None:
    tariffs = BY_CLASS[Tariff]
    row = load_many(connection, tariffs, [tariff_id]).get(tariff_id)
    return None if row is None else value_of(tariffs, row)


def _rights(
    connection: Connection, key: str, asked: QuoteRequest, now_utc: datetime
) -> list[ParkingSession]:
    record = BY_CLASS[ParkingSession]
    where = {"plate": key, "zone": asked.zone_id, "since": now_utc - _LONGEST_STAY}
    ids = connection.exec_driver_sql(_RIGHTS, where).scalars().all()
    rights: list[ParkingSession] = [
        value_of(record, row) for row in load_many(connection, record, ids).values()
    ]
    return [
        right
        for right in rights
        if not (right.plate_state and asked.plate_state) or right.plate_state == asked.plate_state
    ]
