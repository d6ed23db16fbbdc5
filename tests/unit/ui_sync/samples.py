"""What may wait at a terminal and what city hall may have refused."""

from datetime import datetime, timedelta
from typing import Any

from app.ports import NetState, Parked, SyncNews, ToSend
from parking.check import Answer, PlateCheck
from tests.fakes.clock import NOON
from tests.unit.ui_supervisor.samples import citation, name

LONG_WHY = (
    "Violation code 101 is not in force since January 1; the fine of the new code differs "
    "from what stands on the paper, so a person must decide."
)


def said(net: NetState = NetState.ONLINE, **changes: Any) -> SyncNews:
    """Return a word of the sync loop."""
    values: dict[str, Any] = {
        "net": net,
        "changed": frozenset(),
        "to_send": ToSend(count=0, oldest_utc=None, parked=0),
        "remaining": 0,
        "sentence": ""
        if net is NetState.ONLINE
        else "City hall cannot be reached. Everything is kept on this terminal and sent later.",
        "clock_offset_ms": 310,
        "clock_uncertainty_ms": 120,
    }
    return SyncNews(**(values | changes))


def waiting(now: datetime = NOON, *, parked: int = 0, photos: int = 4) -> ToSend:
    """Return 3 citations, 12 checks and some photos that wait since 14 minutes."""
    return ToSend(
        count=15 + photos,
        oldest_utc=now - timedelta(minutes=14),
        parked=parked,
        lanes=((2, 3), (3, 12)),
    )


def refused(now: datetime = NOON) -> list[Parked]:
    """Return a citation, a check and a citation for a long reason."""
    check = PlateCheck(
        check_id=name("refused check"),
        terminal_id=name("laptop", 14),
        officer_id=name("officer"),
        shift_id=name("shift"),
        zone_id="999",
        plate="ABC123",
        plate_state="NY",
        observed_utc=now,
        clock_uncertainty_ms=20,
        answer=Answer.NOT_PAID,
    )
    records: tuple[tuple[Any, str], ...] = (
        (citation(12_873, now), "This number was issued by another terminal."),
        (check, "Zone 999 is not known at city hall."),
        (citation(12_874, now), LONG_WHY),
    )
    return [
        Parked(
            epoch=1,
            lane=2,
            seq=at,
            made_utc=now - timedelta(days=at, minutes=25),
            record=record,
            code="record.field",
            text=why,
            answered_utc=now,
        )
        for at, (record, why) in enumerate(records)
    ]
