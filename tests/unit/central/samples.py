"""City data and records for the tests of central."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parking.citation import Citation
from parking.ids import uuid7
from parking.officer import Officer, Role
from parking.right import ParkingSession, Permit, RightSource
from parking.tariff import Day, EnforcedSpan, Tariff
from parking.violation import ViolationCode
from parking.zone import Zone

ZONE = Zone(zone_id="Z12", name="Bedford Street", time_zone="America/New_York", tariff_id="street")
TARIFF = Tariff(
    tariff_id="street",
    version="2027-01",
    time_zone="America/New_York",
    spans=(
        EnforcedSpan(days=tuple(Day), opens_minute=0, closes_minute=1440, rate_cents_per_hour=200),
    ),
    increment_minutes=15,
)
EXPIRED = ViolationCode(
    code="101", title="Expired meter", ordinance="7-1", fine_class="I", fine_cents=2500
)
SAFETY = ViolationCode(
    code="201",
    title="Fire hydrant",
    ordinance="7-2",
    fine_class="IV",
    fine_cents=12000,
    is_safety=True,
)
OFFICER = Officer(
    officer_id=uuid7(datetime(2026, 1, 1, tzinfo=UTC)),
    badge="0417",
    display_name="M. Ortiz",
    role=Role.OFFICER,
)


def citation(now_utc: datetime, plate: str, **changed: Any) -> Citation:
    """Return a citation observed two minutes ago."""
    made = Citation(
        citation_id=uuid7(now_utc),
        number="SC-1-0000000",
        terminal_id=uuid7(now_utc),
        officer_id=OFFICER.officer_id,
        shift_id=uuid7(now_utc),
        zone_id="Z12",
        plate=plate,
        plate_state="CT",
        violation_code="101",
        fine_cents=2500,
        observed_utc=now_utc - timedelta(minutes=2),
        issued_utc=now_utc - timedelta(minutes=1),
        check_id=uuid7(now_utc),
    )
    return replace(made, **changed)


def right(now_utc: datetime, plate: str, **changed: Any) -> ParkingSession:
    """Return a right that covers the half hours before and after now."""
    made = ParkingSession(
        parking_session_id=uuid7(now_utc),
        plate=plate,
        plate_state="CT",
        zone_id="Z12",
        start_utc=now_utc - timedelta(minutes=30),
        end_utc=now_utc + timedelta(minutes=30),
        source=RightSource.PAY_STATION,
        source_ref="K-07",
        price_cents=200,
        made_utc=now_utc - timedelta(minutes=30),
    )
    return replace(made, **changed)


def permit(now_utc: datetime, plate: str, **changed: Any) -> Permit:
    """Return a permit for this month."""
    made = Permit(
        permit_id=uuid7(now_utc),
        plate=plate,
        plate_state="CT",
        zone_id="Z12",
        kind="resident",
        start_utc=now_utc - timedelta(days=10),
        end_utc=now_utc + timedelta(days=20),
    )
    return replace(made, **changed)
