"""Zones, beats and the sources of rights that an officer's check rests on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from parking.markers import Items, Span, Text

ZoneId = Annotated[str, Text(16, 1)]


class Source(StrEnum):
    """Where knowledge about a car comes from; each has an age of its own at every check."""

    PAY_STATION = "pay_station"
    APP = "app"
    PERMIT = "permit"
    HOTLIST = "hotlist"


_PLACE = {source: place for place, source in enumerate(Source)}


class GraceMode(StrEnum):
    """How the exit grace is counted (FIELD.md C2)."""

    ELAPSED = "elapsed"
    WHOLE_MINUTE = "whole_minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A stretch of curb or a lot with one tariff and one set of limits. CDS Curb Zone.

    Attributes:
        zone_id: The number on the sign (CDS ``user_zone_id``).
        name: What people call it.
        time_zone: IANA name.
        tariff_id: The tariff in force.
        covered_by: Zones whose rights also cover a stay here (RULES 19).
        exit_grace_s: Seconds after the end of a right before a car may be cited.
        entry_grace_s: Seconds a driver has to reach the pay station.
        grace_mode: How the exit grace is counted.
        *_budget_s: Oldest allowed age of each source before a check "cannot know".
        uncertainty_limit_ms: Clock uncertainty above which nobody sells or cites (RULES 18).
        could_not_pay_minutes: How long a slip "could not pay here" protects a car; 0: not at all.
        revision: Grows with every change at central.
    """

    zone_id: ZoneId
    name: Annotated[str, Text(60, 1)]
    time_zone: Annotated[str, Text(40, 1)]
    tariff_id: Annotated[str, Text(40, 1)]
    covered_by: Annotated[tuple[str, ...], Items(20)] = ()
    exit_grace_s: Annotated[int, Span(0, 3600)] = 300
    entry_grace_s: Annotated[int, Span(0, 3600)] = 300
    grace_mode: GraceMode = GraceMode.ELAPSED
    pay_station_budget_s: Annotated[int, Span(1, 604800)] = 120
    app_budget_s: Annotated[int, Span(1, 604800)] = 300
    permit_budget_s: Annotated[int, Span(1, 604800)] = 86400
    hotlist_budget_s: Annotated[int, Span(1, 604800)] = 86400
    uncertainty_limit_ms: Annotated[int, Span(0, 600000)] = 30000
    could_not_pay_minutes: Annotated[int, Span(0, 1440)] = 0
    revision: Annotated[int, Span(0, 2**62)] = 0

    def budget_s(self, source: Source) -> int:
        """Return the oldest allowed age of a source in seconds."""
        budgets_s = (
            self.pay_station_budget_s,
            self.app_budget_s,
            self.permit_budget_s,
            self.hotlist_budget_s,
        )
        return budgets_s[_PLACE[source]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The zones one officer walks."""

    beat_id: Annotated[str, Text(16, 1)]
    name: Annotated[str, Text(60, 1)]
    zone_ids: Annotated[tuple[str, ...], Items(50, 1)]
    revision: Annotated[int, Span(0, 2**62)] = 0
