"""What the slip "could not pay here" says on paper, line by line, and what its QR code holds. Pure.

Any thread. The caller hands in its gettext function as ``_``.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from parking.clockface import Say, am_pm, local_day, us_date, zone_abbreviation
from parking.plate import plate_key, spaced
from parking.receipt import Line, LineKind
from parking.seal import canonical_bytes
from parking.slip import CouldNotPay
from parking.zone import Zone

_PREFIX = b"stamford-could-not-pay-1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """All that the paper tells.

    Attributes:
        station: The pay station, e.g. ``K-07``.
        phone: Whom to call; empty when the city gives no number.
    """

    city: str
    station: str
    phone: str
    zone: Zone
    slip: CouldNotPay


def signed_bytes(slip: CouldNotPay) -> bytes:
    """Return the bytes that the device's key signs: every field."""
    return canonical_bytes(slip, prefix=_PREFIX)


def qr_text(slip: CouldNotPay, signature: bytes) -> str:
    """Return what the QR code holds: the slip and the device's signature, in plain characters."""
    times = (f"{each.astimezone(UTC):%Y%m%dT%H%M%SZ}" for each in (slip.at_utc, slip.until_utc))
    sign = urlsafe_b64encode(signature).decode().rstrip("=")
    plate = plate_key(slip.plate)
    return " ".join(
        ("SLIP1", slip.code, slip.zone_id, slip.plate_state, plate, *times, str(slip.slip_id), sign)
    )


def slip_lines(paper: Slip, *, _: Say = str) -> tuple[Line, ...]:
    """Return the lines from top to bottom."""
    slip, zone = paper.slip, paper.zone
    until = (
        (Line(LineKind.FACT, _("Protected until"), _moment(slip.until_utc, zone.time_zone, _)),)
        if slip.until_utc > slip.at_utc
        else ()
    )
    phone = (Line(LineKind.FACT, _("Call"), paper.phone),) if paper.phone else ()
    return (
        Line(LineKind.SMALL, paper.city),
        Line(LineKind.TITLE, _("Could not pay here")),
        Line(LineKind.NUMBER, slip.code),
        Line(
            LineKind.PLATE, f"{slip.plate_state} {spaced(plate_key(slip.plate), slip.plate_state)}"
        ),
        Line(LineKind.FACT, _("Zone"), f"{zone.zone_id} {zone.name}"),
        Line(LineKind.FACT, _("Pay station"), paper.station),
        Line(LineKind.FACT, _("Asked to pay at"), _moment(slip.at_utc, zone.time_zone, _)),
        *until,
        *phone,
        Line(LineKind.TEXT, _("Nothing was paid. Officers see this by your plate.")),
        Line(LineKind.TEXT, _("Pay another way as soon as you can. Keep this slip.")),
    )


def _moment(utc: datetime, time_zone: str, _: Say) -> str:
    day = us_date(local_day(utc, time_zone), _=_)
    return f"{am_pm(utc, time_zone)} {zone_abbreviation(utc, time_zone)}, {day}"
