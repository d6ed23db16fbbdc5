"""A plate check: what one read finds, the answers, and the stored record. Pure, any thread.

``parking.decision`` decides. Source: FIELD.md C2, VISUAL.md 2 (the words).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.hotlist import HotlistEntry
from parking.markers import Span, Text
from parking.outage import Outage
from parking.right import ParkingSession, Permit, PlateText, Right, StateCode
from parking.slip import CouldNotPay
from parking.zone import Source, ZoneId


class Answer(StrEnum):
    """The answers an officer can get."""

    PAID = "paid"
    PERMIT = "permit"
    GRACE = "grace"
    EXPIRED = "expired"
    NOT_PAID = "not_paid"
    CANNOT_KNOW = "cannot_know"
    HOTLIST = "hotlist"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateCheck:
    """A stored check with the watermarks of its inputs, so that it can be defended later.

    Attributes:
        answer: What the officer was shown.
        right_id: The right or hot-list entry that decided, if any.
        *_as_of_utc: Until when each source was known; None when never heard.
        sealed: True for the final re-check that went into a citation.
    """

    check_id: UUID
    terminal_id: UUID
    officer_id: UUID
    shift_id: UUID
    zone_id: ZoneId
    plate: PlateText
    plate_state: StateCode
    observed_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]
    answer: Answer
    right_id: UUID | None = None
    pay_station_as_of_utc: datetime | None = None
    app_as_of_utc: datetime | None = None
    permit_as_of_utc: datetime | None = None
    hotlist_as_of_utc: datetime | None = None
    rules_version: Annotated[str, Text(40)] = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCitations:
    """Citations of the same plate and state.

    Attributes:
        count: All that were neither voided nor dismissed.
        open_count: Those with money still due.
        open_cents: The sum due.
    """

    count: int = 0
    open_count: int = 0
    open_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """All that is known here about one plate key, fetched in one read.

    Attributes:
        rights: Payments found by the exact key, of any zone, state and time.
        permits: Likewise.
        hotlist: Entries found by the exact key, of any state.
        look_alikes: What was found under look-alike keys.
        earlier: Earlier citations of the plate.
        as_of: Until when each source is known here; missing or None when never heard.
        first_seen_utc: First sighting of this stay in the zone by anyone, if known.
        slips: Of drivers of this plate who could not pay, of any zone and time.
        outages: Of pay stations in the zone where the car stands.
        working_stations: Pay stations of the zone that can take money now, e.g. ``K-07``.
    """

    rights: tuple[ParkingSession, ...] = ()
    permits: tuple[Permit, ...] = ()
    hotlist: tuple[HotlistEntry, ...] = ()
    look_alikes: tuple[Right | HotlistEntry, ...] = ()
    earlier: EarlierCitations = EarlierCitations()
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    first_seen_utc: datetime | None = None
    slips: tuple[CouldNotPay, ...] = ()
    outages: tuple[Outage, ...] = ()
    working_stations: tuple[str, ...] = ()
