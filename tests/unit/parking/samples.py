"""Plain sample values of the city for tests of ``parking``; every field can be overridden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.hotlist import HotlistEntry, HotlistKind
from parking.right import ParkingSession, Permit, RightSource
from parking.tariff import Day, EnforcedSpan, Prepay, Tariff
from parking.zone import Zone

NOON = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
"""Monday 12:00 in Stamford (EST)."""


def minutes(count: float) -> timedelta:
    """Return a span of minutes."""
    return timedelta(minutes=count)


def uid(number: int) -> UUID:
    """Return the sample identifier with this number."""
    return UUID(int=number)


def zone(**changes: Any) -> Zone:
    """Return zone 112 with graces of 5 minutes."""
    return replace(
        Zone(zone_id="112", name="Summer St", time_zone="America/New_York", tariff_id="street"),
        **changes,
    )


def session(**changes: Any) -> ParkingSession:
    """Return a payment for AB12345 in zone 112 from 12:00 to 13:00."""
    return replace(
        ParkingSession(
            parking_session_id=uid(0x51),
            plate="AB12345",
            plate_state="CT",
            zone_id="112",
            start_utc=NOON,
            end_utc=NOON + minutes(60),
            source=RightSource.PAY_STATION,
            source_ref="K-07",
            price_cents=125,
            made_utc=NOON,
        ),
        **changes,
    )


def permit(**changes: Any) -> Permit:
    """Return a resident permit of AB12345 in zone 112 for one year around the samples."""
    return replace(
        Permit(
            permit_id=uid(0x9E),
            plate="AB12345",
            plate_state="CT",
            zone_id="112",
            kind="resident",
            start_utc=NOON - timedelta(days=180),
            end_utc=NOON + timedelta(days=180),
        ),
        **changes,
    )


def citation(**changes: Any) -> Citation:
    """Return a citation of AB12345 observed at 12:30 in zone 112, $25.00."""
    return replace(
        Citation(
            citation_id=uid(0xC1),
            number="SC-4-0012873",
            terminal_id=uid(0x7E),
            officer_id=uid(0x0F),
            shift_id=uid(0x5F),
            zone_id="112",
            plate="AB12345",
            plate_state="CT",
            violation_code="101",
            fine_cents=2500,
            observed_utc=NOON + minutes(30),
            issued_utc=NOON + minutes(31),
            check_id=uid(0xCE),
        ),
        **changes,
    )


def event(kind: EventKind, number: int = 1, **changes: Any) -> CitationEvent:
    """Return an event of the sample citation at 13:00."""
    return replace(
        CitationEvent(
            citation_event_id=uid(0xE000 + number),
            citation_id=uid(0xC1),
            kind=kind,
            at_utc=NOON + minutes(60),
        ),
        **changes,
    )


def hotlist_entry(**changes: Any) -> HotlistEntry:
    """Return AB12345 reported stolen four days before the samples."""
    return replace(
        HotlistEntry(
            hotlist_entry_id=uid(0x407),
            plate="AB12345",
            plate_state="CT",
            kind=HotlistKind.STOLEN,
            reason="Reported stolen",
            list_name="Stamford Police",
            listed_utc=NOON - timedelta(days=4),
        ),
        **changes,
    )


WORKDAYS = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY, Day.SATURDAY)


def span(
    opens: str, closes: str, *, rate: int = 100, days: tuple[Day, ...] = WORKDAYS
) -> EnforcedSpan:
    """Return enforced hours from texts such as ``08:00`` and ``26:30`` (next day)."""
    opens_minute, closes_minute = (
        int(hour) * 60 + int(minute)
        for hour, minute in (text.split(":") for text in (opens, closes))
    )
    return EnforcedSpan(
        days=days, opens_minute=opens_minute, closes_minute=closes_minute, rate_cents_per_hour=rate
    )


ALWAYS = span("00:00", "24:00", days=tuple(Day))


def tariff(**changes: Any) -> Tariff:
    """Return the sample of FIELD.md C1: Mon-Sat 08:00-19:00, Sunday free, at most 120 minutes."""
    return replace(
        Tariff(
            tariff_id="street",
            version="2027-01",
            time_zone="America/New_York",
            spans=(span("08:00", "19:00"),),
            increment_minutes=10,
            max_stay_minutes=120,
            prepay=Prepay.ANY,
        ),
        **changes,
    )


def local(text: str) -> datetime:
    """Return the instant of a wall time in Stamford: ``2027-03-01 10:00``; ``*`` is the second."""
    shown = datetime.fromisoformat(text.rstrip("*")).replace(fold=int(text.endswith("*")))
    return shown.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def plate_check(number: int, answer: Answer, **changes: Any) -> PlateCheck:
    """Return a check of AB12345 at 12:30 in zone 112."""
    return replace(
        PlateCheck(
            check_id=uid(0x10_000 + number),
            terminal_id=uid(0x7E),
            officer_id=uid(0x0F),
            shift_id=uid(0x5F),
            zone_id="112",
            plate="AB12345",
            plate_state="CT",
            observed_utc=NOON + minutes(30),
            clock_uncertainty_ms=400,
            answer=answer,
        ),
        **changes,
    )
