"""Times in which a pay station could not take payment: facts that officers and appeals rest on.

Pure, any thread. Source: DESIGN.md 5 (the outbox's first lane).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text


class OutageEventKind(StrEnum):
    """What happened to paying."""

    STARTED = "started"
    ENDED = "ended"


class OutageCause(StrEnum):
    """Why a pay station is out; the word of ``OutageEvent.cause``.

    Without the printer a driver still pays: its outage is an alarm for city hall alone.
    """

    NETWORK = "network"
    CENTRAL = "central"
    CLOCK = "clock"
    READER = "reader"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEvent:
    """Paying became impossible at a pay station, or possible again; or its printer, or paper.

    Attributes:
        outage_id: The same for the start and the end of one outage.
        cause: A word of ``OutageCause``, or of a later release.
    """

    outage_event_id: UUID
    outage_id: UUID
    terminal_id: UUID
    zone_id: Annotated[str, Text(16, 1)]
    kind: OutageEventKind
    cause: Annotated[str, Text(20, 1)]
    at_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a pay station could not take payment.

    Attributes:
        station: Its name, e.g. ``K-07``.
        until_utc: None while it has not ended, as far as is known.
    """

    station: str
    cause: str
    from_utc: datetime
    until_utc: datetime | None = None

    def overlaps(self, at_utc: datetime, *, within: timedelta) -> bool:
        """Tell whether it was out at an instant or until shortly before it."""
        ended = self.until_utc is not None and self.until_utc <= at_utc - within
        return self.from_utc <= at_utc and not ended


def outages(events: Iterable[OutageEvent], station: str) -> tuple[Outage, ...]:
    """Return the outages of one pay station, the oldest first, from its events in any order.

    An end whose start is not known says nothing, and a printer keeps nobody from paying.
    """
    begun: dict[UUID, OutageEvent] = {}
    ended: dict[UUID, datetime] = {}
    for event in events:
        if event.cause == OutageCause.PRINTER:
            continue
        if event.kind is OutageEventKind.STARTED:
            begun[event.outage_id] = event
        else:
            ended[event.outage_id] = event.at_utc
    found = [
        Outage(
            station=station,
            cause=start.cause,
            from_utc=start.at_utc,
            until_utc=ended.get(outage_id),
        )
        for outage_id, start in begun.items()
    ]
    return tuple(sorted(found, key=lambda each: each.from_utc))
