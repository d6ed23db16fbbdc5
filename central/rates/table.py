"""What a car would pay when: a table for the city, priced by the engine that sells. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking.clockface import day_date, hh_mm, local_day, zone_abbreviation
from parking.errors import UserError
from parking.money import usd
from parking.pricing import LIMITS, TariffQuote, quote
from parking.stay import Stay
from parking.tariff import Tariff

DURATIONS_MINUTES = (15, 30, 60, 90, 120, 180, 240, 480, 720, 1440)
_TITLES = ("asked", "paid from", "park until", "granted", "price", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the table.

    Attributes:
        from_utc: The first moment at which a driver would buy.
        every_minutes: Between moments.
        times: How many moments, at least 1.
        minutes: What is asked each time.
    """

    from_utc: datetime
    every_minutes: int = 60
    times: int = 1
    minutes: Sequence[int] = DURATIONS_MINUTES


def table(tariff: Tariff, asked: Asked, *, stay: Stay | None = None) -> list[str]:
    """Return the lines of a table: one for each moment and length, refusals in their words."""
    rows: list[tuple[str, ...]] = [("at", *_TITLES)]
    for count in range(asked.times):
        at_utc = asked.from_utc + timedelta(minutes=count * asked.every_minutes)
        rows += ((_moment(tariff, at_utc), *row) for row in _rows(tariff, at_utc, asked, stay))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    return ["  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip() for row in rows]


def _rows(
    tariff: Tariff, at_utc: datetime, asked: Asked, stay: Stay | None
) -> Iterator[tuple[str, ...]]:
    for minutes in asked.minutes:
        try:
            offer = quote(tariff, at_utc, minutes, stay=stay)
        except UserError as error:
            yield f"{minutes} min", "-", "-", "-", "-", f"{error.sentence} {error.action}".strip()
            return
        yield f"{minutes} min", *_cells(tariff, offer)
        if LIMITS & set(offer.reasons):
            return


def _cells(tariff: Tariff, offer: TariffQuote) -> tuple[str, ...]:
    return (
        _moment(tariff, offer.paid_from_utc),
        _moment(tariff, offer.end_utc),
        f"{offer.granted_minutes} min",
        usd(offer.price_cents),
        ", ".join(reason.replace("_", " ") for reason in offer.reasons),
    )


def _moment(tariff: Tariff, utc: datetime) -> str:
    zone = tariff.time_zone
    day = day_date(local_day(utc, zone))
    return f"{day} {hh_mm(utc, zone)} {zone_abbreviation(utc, zone)}"
