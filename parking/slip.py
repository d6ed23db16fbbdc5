"""The slip "could not pay here": a driver tried while cards did not work. Pure data, any thread.

Source: RULES of the zone (``Zone.could_not_pay_minutes``), DESIGN.md 5 (the outbox's first lane).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text
from parking.right import PlateText, StateCode
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
