"""The slip "could not pay here": a driver tried while cards did not work. Pure, any thread.

Source: RULES of the zone (``Zone.could_not_pay_minutes``), DESIGN.md 5 (the outbox's first lane).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text
from parking.right import ParkingSession, PlateText, RightSource, StateCode
from parking.zone import ZoneId


@dataclass(frozen=True, slots=True, kw_only=True)
class CouldNotPay:
    """A driver asked to pay at a pay station that could not take the payment.

    Attributes:
        code: Short code on the slip, with which a person finds it.
        at_utc: When the driver asked.
        until_utc: Until when the zone's rule protects the car; at_utc where it does not.
        cause: As ``OutageEvent.cause``.
    """

    slip_id: UUID
    code: Annotated[str, Text(20, 4)]
    terminal_id: UUID
    zone_id: ZoneId
    plate: PlateText
    plate_state: StateCode
    at_utc: datetime
    until_utc: datetime
    cause: Annotated[str, Text(20, 1)]
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]


def as_right(slip: CouldNotPay) -> ParkingSession:
    """Return the time a slip protects in the form of a right, to be judged by the same rule.

    It is no right: nothing was paid, and what it covers is for a person to decide.
    """
    return ParkingSession(
        parking_session_id=slip.slip_id,
        plate=slip.plate,
        plate_state=slip.plate_state,
        zone_id=slip.zone_id,
        start_utc=slip.at_utc,
        end_utc=slip.until_utc,
        source=RightSource.MANUAL,
        source_ref=slip.code,
        made_utc=slip.at_utc,
        clock_uncertainty_ms=slip.clock_uncertainty_ms,
    )
