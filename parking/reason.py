"""Why a plate check answers as it does: facts as data, in no language; the screens word them.

Source: FIELD.md C2, VISUAL.md 2 (one meaning, one shape), RULES.md 23. Pure, any thread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from parking.check import Answer, Candidates
from parking.coverage import Cover, CoverRules, Miss, Sighting, why_matches
from parking.hotlist import HotlistEntry, HotlistKind
from parking.right import Permit, Right, RightSource, right_end_utc
from parking.standing import Standing
from parking.zone import Source

_SOURCE_OF = {RightSource.PAY_STATION: Source.PAY_STATION, RightSource.APP: Source.APP}
"""A right typed in by hand comes from no feed and has no age."""


_TRIED_BEFORE = timedelta(minutes=30)
"""Who found a pay station out so long ago may still be looking for another way to pay."""


class Mark(StrEnum):
    """How a reason speaks for the car."""

    OK = "ok"
    BAD = "bad"
    INFO = "info"
    CAUTION = "caution"


class ReasonKind(StrEnum):
    """What one line of a check says; the comment names the data it carries."""

    HOTLIST_HIT = "hotlist_hit"  # entry
    CLOCK_UNSURE = "clock_unsure"  # uncertainty_ms
    NOT_ENFORCED_NOW = "not_enforced_now"
    PERMIT_COVERS = "permit_covers"  # right, at_utc: until when
    PAYMENT_COVERS = "payment_covers"  # right, at_utc: until when
    IN_GRACE = "in_grace"  # right, at_utc: until when
    COULD_NOT_PAY = "could_not_pay"  # right: the slip as one, at_utc: until when
    STATION_OUT = "station_out"  # refs: which, at_utc: since when
    SOURCE_TOO_OLD = "source_too_old"  # source, at_utc: last heard
    PAYMENT_ENDED = "payment_ended"  # right, at_utc: when
    PERMIT_ENDED = "permit_ended"  # right, at_utc: when
    RIGHT_REVOKED = "right_revoked"  # right, at_utc: when
    NO_LATER_PAYMENT = "no_later_payment"
    NO_PAYMENT = "no_payment"
    NO_PERMIT = "no_permit"
    OTHER_STATE = "other_state"  # right or entry
    IN_OTHER_ZONE = "in_other_zone"  # right
    LOOK_ALIKE = "look_alike"  # right or entry
    ALLOW_LISTED = "allow_listed"  # entry
    NOT_ON_HOTLIST = "not_on_hotlist"
    PAYMENT_STATION_OK = "payment_station_ok"  # refs
    EARLIER_CITATIONS = "earlier_citations"  # count, amount_cents: open
    SAFETY_NOT_AFFECTED = "safety_not_affected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One fact that was looked at; ``ReasonKind`` says which fields it fills.

    Attributes:
        source: Where it comes from; None when from no feed or from several.
        age_s: Age of that knowledge in whole seconds; None when it has none or was never heard.
    """

    kind: ReasonKind
    mark: Mark
    source: Source | None = None
    age_s: int | None = None
    right: Right | None = None
    entry: HotlistEntry | None = None
    at_utc: datetime | None = None
    count: int = 0
    amount_cents: int = 0
    uncertainty_ms: int = 0
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAge:
    """How old one source is at the check.

    Attributes:
        age_s: Whole seconds, >= 0; None when never heard.
        budget_s: Oldest age the zone allows.
    """

    source: Source
    as_of_utc: datetime | None
    age_s: int | None
    budget_s: int
    too_old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One check in the making: what was found and what was made of it.

    Attributes:
        too_old: The sources above their budget.
        age_s: Of every source.
        hits: Hot-list entries of this very plate and state, the gravest first.
        clock_unsure: The clock's uncertainty is above the zone's limit (RULES 18).
        enforced: Parking costs money at this instant.
    """

    found: Candidates
    seen: Sighting
    rules: CoverRules
    too_old: tuple[SourceAge, ...]
    age_s: Mapping[Source, int | None]
    standing: Standing
    hits: tuple[HotlistEntry, ...]
    clock_unsure: bool
    enforced: bool

    @property
    def payment_age_s(self) -> int | None:
        """Return the age of the older payment source; None when one was never heard."""
        station_s, app_s = self.age_s[Source.PAY_STATION], self.age_s[Source.APP]
        return None if station_s is None or app_s is None else max(station_s, app_s)


def reasons(look: Look, answer: Answer) -> tuple[Reason, ...]:
    """Return what was looked at, in order of decision."""
    return tuple(_reasons(look, answer))


def is_listed(entry: HotlistEntry, seen: Sighting) -> bool:
    """Tell whether an entry stands on its list at the sighting."""
    latest_utc = seen.observed_utc + timedelta(milliseconds=seen.uncertainty_ms)
    removed = entry.removed_utc is not None and entry.removed_utc <= seen.observed_utc
    return entry.listed_utc <= latest_utc and not removed


def same_known_state(entry: HotlistEntry, seen: Sighting) -> bool:
    """Tell whether both states are known and the same; an empty one is no match (RULES 19)."""
    return bool(seen.plate_state) and entry.plate_state == seen.plate_state


def _reasons(look: Look, answer: Answer) -> Iterator[Reason]:
    for entry in look.hits:
        yield _of_entry(look, ReasonKind.HOTLIST_HIT, Mark.BAD, entry)
    if look.clock_unsure:
        unsure_ms = look.seen.uncertainty_ms
        yield Reason(kind=ReasonKind.CLOCK_UNSURE, mark=Mark.CAUTION, uncertainty_ms=unsure_ms)
    if not look.enforced:
        yield Reason(kind=ReasonKind.NOT_ENFORCED_NOW, mark=Mark.OK)
    right, cover = look.standing.right, look.standing.cover
    if right is not None and cover is not None:
        yield _covering(look, right, cover)
    yield from _too_old(look)
    if cover is None:
        yield from _not_covering(look, answer)
        yield from _stations_out(look)
    yield from _hints(look)
    yield from _circumstances(look, answer)


def _covering(look: Look, right: Right, cover: Cover) -> Reason:
    standing = look.standing
    if cover is Cover.COULD_NOT_PAY:
        until_utc = standing.until_utc
        return _of_right(look, ReasonKind.COULD_NOT_PAY, Mark.CAUTION, right, until_utc)
    if cover is not Cover.EXACT:
        until_utc = standing.citable_from_utc or standing.until_utc
        return _of_right(look, ReasonKind.IN_GRACE, Mark.CAUTION, right, until_utc)
    permit = isinstance(right, Permit)
    kind = ReasonKind.PERMIT_COVERS if permit else ReasonKind.PAYMENT_COVERS
    return _of_right(look, kind, Mark.OK, right, standing.until_utc)


def _too_old(look: Look) -> Iterator[Reason]:
    for age in look.too_old:
        yield Reason(
            kind=ReasonKind.SOURCE_TOO_OLD,
            mark=Mark.CAUTION,
            source=age.source,
            age_s=age.age_s,
            at_utc=age.as_of_utc,
        )


def _not_covering(look: Look, answer: Answer) -> Iterator[Reason]:
    mark = Mark.BAD if answer in {Answer.EXPIRED, Answer.NOT_PAID} else Mark.INFO
    right, lacking = look.standing.right, ReasonKind.NO_PAYMENT
    if right is not None:
        yield _of_right(look, _ended_kind(right), mark, right, look.standing.until_utc)
        lacking = ReasonKind.NO_LATER_PAYMENT
    yield Reason(kind=lacking, mark=mark, age_s=look.payment_age_s)
    yield _of_source(look, ReasonKind.NO_PERMIT, mark, Source.PERMIT)


def _stations_out(look: Look) -> Iterator[Reason]:
    """Yield where the driver may have tried to pay in vain."""
    for outage in look.found.outages:
        if outage.overlaps(look.seen.observed_utc, within=_TRIED_BEFORE):
            out = _of_source(look, ReasonKind.STATION_OUT, Mark.CAUTION, Source.PAY_STATION)
            yield replace(out, refs=(outage.station,), at_utc=outage.from_utc)


def _ended_kind(right: Right) -> ReasonKind:
    if right_end_utc(right) < right.end_utc:
        return ReasonKind.RIGHT_REVOKED
    return ReasonKind.PERMIT_ENDED if isinstance(right, Permit) else ReasonKind.PAYMENT_ENDED


def _hints(look: Look) -> Iterator[Reason]:
    """Yield what a person may compare; none of it decides."""
    exact: tuple[Right, ...] = (*look.found.permits, *look.found.rights)
    for right in exact:
        kind = _HINT_OF.get(why_matches(right, look.seen, look.rules))
        if kind is not None and _valid_now(right, look):
            yield _of_right(look, kind, Mark.CAUTION, right, right_end_utc(right))
    for other in look.found.look_alikes:
        if isinstance(other, HotlistEntry):
            if is_listed(other, look.seen):
                yield _of_entry(look, ReasonKind.LOOK_ALIKE, Mark.CAUTION, other)
        elif _valid_now(other, look) and _for_this_zone(other, look):
            yield _of_right(look, ReasonKind.LOOK_ALIKE, Mark.CAUTION, other, right_end_utc(other))


_HINT_OF: dict[Miss | None, ReasonKind] = {
    Miss.STATE: ReasonKind.OTHER_STATE,
    Miss.ZONE: ReasonKind.IN_OTHER_ZONE,
}


def _valid_now(right: Right, look: Look) -> bool:
    return right.start_utc <= look.seen.observed_utc < right_end_utc(right)


def _for_this_zone(right: Right, look: Look) -> bool:
    return right.zone_id == look.seen.zone_id or right.zone_id in look.rules.covered_by


def _circumstances(look: Look, answer: Answer) -> Iterator[Reason]:
    for entry in look.found.hotlist:
        if entry not in look.hits and is_listed(entry, look.seen):
            yield _unhit_entry(look, entry)
    if not look.hits:
        known = all(age.source is not Source.HOTLIST for age in look.too_old)
        mark = Mark.OK if known else Mark.INFO
        yield _of_source(look, ReasonKind.NOT_ON_HOTLIST, mark, Source.HOTLIST)
    if look.found.working_stations:
        stations = look.found.working_stations
        station_ok = _of_source(look, ReasonKind.PAYMENT_STATION_OK, Mark.OK, Source.PAY_STATION)
        yield replace(station_ok, refs=stations)
    earlier = look.found.earlier
    if earlier.count:
        yield Reason(
            kind=ReasonKind.EARLIER_CITATIONS,
            mark=Mark.INFO,
            count=earlier.count,
            amount_cents=earlier.open_cents,
        )
    if answer is Answer.CANNOT_KNOW:
        yield Reason(kind=ReasonKind.SAFETY_NOT_AFFECTED, mark=Mark.INFO)


def _unhit_entry(look: Look, entry: HotlistEntry) -> Reason:
    if entry.kind is HotlistKind.ALLOW and same_known_state(entry, look.seen):
        return _of_entry(look, ReasonKind.ALLOW_LISTED, Mark.INFO, entry)
    return _of_entry(look, ReasonKind.OTHER_STATE, Mark.CAUTION, entry)


def _of_source(look: Look, kind: ReasonKind, mark: Mark, source: Source) -> Reason:
    return Reason(kind=kind, mark=mark, source=source, age_s=look.age_s[source])


def _of_entry(look: Look, kind: ReasonKind, mark: Mark, entry: HotlistEntry) -> Reason:
    age_s = look.age_s[Source.HOTLIST]
    return Reason(kind=kind, mark=mark, source=Source.HOTLIST, age_s=age_s, entry=entry)


def _of_right(
    look: Look, kind: ReasonKind, mark: Mark, right: Right, at_utc: datetime | None
) -> Reason:
    source = Source.PERMIT if isinstance(right, Permit) else _SOURCE_OF.get(right.source)
    age_s = None if source is None else look.age_s[source]
    return Reason(kind=kind, mark=mark, source=source, age_s=age_s, right=right, at_utc=at_utc)
