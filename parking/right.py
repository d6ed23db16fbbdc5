"""Rights to stand somewhere: paid parking sessions and permits. APDS AssignedRight.

Time is half-open everywhere: valid while start <= t < end.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias
from uuid import UUID

from parking.markers import Span, Text
from parking.zone import ZoneId

PlateText = Annotated[str, Text(20)]
StateCode = Annotated[str, Text(2)]


class RightSource(StrEnum):
    """Who sold or recorded the right."""

    PAY_STATION = "pay_station"
    APP = "app"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingSession:
    """A paid right for one plate in one zone. APDS AssignedRight of type oneTimeUseParking.

    Attributes:
        plate: As entered or sent; the key is ``parking.plate.plate_key(plate)``.
        plate_state: Two-letter code; empty when the source gives none (RULES 19).
        start_utc: First instant of validity.
        end_utc: First instant that is no longer covered.
        source_ref: Pay station or operator, e.g. ``K-07``.
        price_cents: What was paid.
        made_utc: When the driver paid.
        clock_uncertainty_ms: Of the clock that set start and end.
        tariff_version: Name and hash of the tariff that gave the price; empty when not ours.
        revoked_utc: When the right was voided (refund), else None; it covers nothing after that.
        revision: Grows with every change at central.
    """

    parking_session_id: UUID
    plate: PlateText
    plate_state: StateCode
    zone_id: ZoneId
    start_utc: datetime
    end_utc: datetime
    source: RightSource
    source_ref: Annotated[str, Text(40)] = ""
    price_cents: Annotated[int, Span(0, 1_000_000)] = 0
    made_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)] = 0
    tariff_version: Annotated[str, Text(80)] = ""
    revoked_utc: datetime | None = None
    revision: Annotated[int, Span(0, 2**62)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A permit for one plate in one zone. APDS AssignedRight of type permitParking."""

    permit_id: UUID
    plate: PlateText
    plate_state: StateCode
    zone_id: ZoneId
    kind: Annotated[str, Text(40, 1)]
    start_utc: datetime
    end_utc: datetime
    revoked_utc: datetime | None = None
    revision: Annotated[int, Span(0, 2**62)] = 0


Right: TypeAlias = ParkingSession | Permit
"""Whatever lets a car stand somewhere."""


def right_id(right: Right) -> UUID:
    """Return the identifier of either kind of right."""
    return right.permit_id if isinstance(right, Permit) else right.parking_session_id


def right_end_utc(right: Right) -> datetime:
    """Return the first instant that the right no longer covers: its end, or its revocation."""
    if right.revoked_utc is None:
        return right.end_utc
    return min(right.end_utc, right.revoked_utc)
