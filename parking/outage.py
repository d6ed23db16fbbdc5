"""Times in which a pay station could not take payment: facts that officers and appeals rest on.

Pure data, any thread. Source: DESIGN.md 5 (the outbox's first lane).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text


class OutageEventKind(StrEnum):
    """What happened to paying."""

    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEvent:
    """Paying became impossible at a pay station, or possible again.

    Attributes:
        outage_id: The same for the start and the end of one outage.
        cause: Stable word: ``network``, ``reader``, ``printer``, ``central``, ``clock``.
    """

    outage_event_id: UUID
    outage_id: UUID
    terminal_id: UUID
    zone_id: Annotated[str, Text(16, 1)]
    kind: OutageEventKind
    cause: Annotated[str, Text(20, 1)]
    at_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]
