"""Pricing a request with the zone's tariff and keeping the quote for the payment that follows."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.problems import RefusedError
from central.store import load_many, value_of
from parking.ids import uuid7
from parking.payment import Quote, QuoteRequest
from parking.plate import check_plate_text, plate_key
from parking.pricing import TariffQuote
from parking.pricing import quote as price
from parking.right import ParkingSession
from parking.stay import running_stay
from parking.tariff import Tariff, tariff_label
from parking.terminal import Terminal
from parking.zone import Zone
from sync.records import BY_CLASS

STANDS_FOR = timedelta(minutes=5)
"""How long a shown price stands."""

_FIELDS = (
    *("quote_id", "zone_id", "plate", "plate_state", "start_utc", "paid_from_utc", "end_utc"),
    *("billed_minutes", "price_cents", "reasons", "tariff_version", "expires_utc"),
)
_STORE = """
insert into quotes (quote_id, zone_id, plate, plate_state, start_utc, paid_from_utc, end_utc,
    billed_minutes, price_cents, reasons, tariff_version, expires_utc, terminal_id, plate_key,
    made_utc)
values (%(quote_id)s, %(zone_id)s, %(plate)s, %(plate_state)s, %(start_utc)s, %(paid_from_utc)s,
    %(end_utc)s, %(billed_minutes)s, %(price_cents)s, %(reasons)s::text[], %(tariff_version)s,
    %(expires_utc)s, %(terminal_id)s, %(plate_key)s, %(made_utc)s)
"""
_LOAD = """
select quote_id, zone_id, plate, plate_state, start_utc, paid_from_utc, end_utc, billed_minutes,
    price_cents, reasons, tariff_version, expires_utc
from quotes where quote_id = %(quote_id)s
"""
_RIGHTS = """
select parking_session_id from parking_sessions
where plate_key = %(plate)s and zone_id = %(zone)s and end_utc > %(since)s
"""
_LONGEST_STAY = timedelta(days=8)


def make_quote(
    connection: Connection, terminal: Terminal, *, asked: QuoteRequest, now_utc: datetime
) -> Quote:
    """Price a request and store the quote.

    Raises:
        UserError: ``plate.*`` or ``tariff.*``, in words for the driver.
        RefusedError: 404 ``quote.zone`` when nothing can be bought in this zone.
    """
    key = check_plate_text(asked.plate)
    zone, tariff = _zone_and_tariff(connection, asked.zone_id)
    rights = _rights(connection, key, asked, now_utc)
    stay = running_stay(tariff, rights, now_utc, exit_grace_s=zone.exit_grace_s)
    offer = price(tariff, now_utc, asked.minutes, stay=stay)
    quote = _quote(asked, offer, tariff_label(tariff), now_utc)
    row: dict[str, Any] = asdict(quote)
    row |= {"terminal_id": terminal.terminal_id, "plate_key": key, "made_utc": now_utc}
    row["reasons"] = list(quote.reasons)
    connection.exec_driver_sql(_STORE, row)
    return quote


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
    zones, tariffs = BY_CLASS[Zone], BY_CLASS[Tariff]
    if row := load_many(connection, zones, [zone_id]).get(zone_id):
        zone: Zone = value_of(zones, row)
        if row := load_many(connection, tariffs, [zone.tariff_id]).get(zone.tariff_id):
            return zone, value_of(tariffs, row)
    raise RefusedError(404, "quote.zone", "No parking time is sold in this zone.")


def _rights(
    connection: Connection, key: str, asked: QuoteRequest, now_utc: datetime
) -> list[ParkingSession]:
    record = BY_CLASS[ParkingSession]
    where = {"plate": plate_key(key), "zone": asked.zone_id, "since": now_utc - _LONGEST_STAY}
    ids = connection.exec_driver_sql(_RIGHTS, where).scalars().all()
    rights: list[ParkingSession] = [
        value_of(record, row) for row in load_many(connection, record, ids).values()
    ]
    return [
        right
        for right in rights
        if not (right.plate_state and asked.plate_state) or right.plate_state == asked.plate_state
    ]
