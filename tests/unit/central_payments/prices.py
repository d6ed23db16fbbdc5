"""Prices as the quote route stores them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from parking.ids import uuid7
from parking.payment import Quote

PRICE_CENTS = 250


def store_quote(connection: Connection, terminal_id: UUID, now: datetime) -> Quote:
    """Store a price for two hours from now."""
    quote = Quote(
        quote_id=uuid7(now),
        zone_id="204",
        plate="AB-12345",
        plate_state="CT",
        start_utc=now,
        paid_from_utc=now,
        end_utc=now + timedelta(hours=2),
        billed_minutes=120,
        price_cents=PRICE_CENTS,
        tariff_version="test",
        expires_utc=now + timedelta(minutes=10),
    )
    values = {name: getattr(quote, name) for name in Quote.__dataclass_fields__}
    connection.execute(
        _QUOTE,
        {
            **values,
            "reasons": list(quote.reasons),
            "terminal_id": terminal_id,
            "plate_key": "AB12345",
            "now": now,
        },
    )
    return quote


_QUOTE = text(
    "INSERT INTO quotes (quote_id, terminal_id, zone_id, plate, plate_state, plate_key, start_utc,"
    " paid_from_utc, end_utc, billed_minutes, price_cents, reasons, tariff_version, expires_utc,"
    " made_utc) VALUES (:quote_id, :terminal_id, :zone_id, :plate, :plate_state, :plate_key,"
    " :start_utc, :paid_from_utc, :end_utc, :billed_minutes, :price_cents, :reasons,"
    " :tariff_version, :expires_utc, :now)"
)
