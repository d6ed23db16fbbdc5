"""Why one citation is held: what was seen, what covers it, when it was known. Pure, any thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.city import DEFAULT_TIME_ZONE
from app.usecases.held_citations import HeldRow
from app.words import _
from parking.clockface import day_date, hh_mm, local_day, wall
from parking.coverage import Cover
from parking.edit import PLATE_DISPUTED
from parking.money import usd
from parking.right import ParkingSession, Permit, Right, RightSource, right_end_utc
from ui.supervisor.held_state import plate_view, waited
from ui.widgets.charts import MomentView, TimelineView
from ui.widgets.desk import MarkLineView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark

_AROUND = timedelta(hours=3)
"""How far a long right is drawn beyond what happened; a permit is valid for months."""
_AIR = timedelta(minutes=10)
_MOST_TICKS = 5
_STEPS_MIN = (15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 40_320)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryState:
    """One held citation.

    Attributes:
        number: Of the citation.
        what: What it was issued for.
        heading: In one line, why it is held.
        timeline: None when the right is not known here.
        lines: What speaks for and against it, in order of weight.
    """

    plate: PlateView
    number: str
    what: str
    heading: str
    timeline: TimelineView | None
    lines: tuple[MarkLineView, ...]


def story_state(row: HeldRow) -> StoryState:
    """Return the story of a row."""
    citation, right = row.held.citation, row.held.right
    title = citation.violation_code if row.code is None else row.code.title
    return StoryState(
        plate=plate_view(row),
        number=citation.number,
        what=_("{violation} · {money}").format(violation=title, money=usd(citation.fine_cents)),
        heading=_heading(row),
        timeline=None if right is None else _timeline(row, right),
        lines=tuple(_lines(row)),
    )


def _zone_of(row: HeldRow) -> str:
    return DEFAULT_TIME_ZONE if row.zone is None else row.zone.time_zone


def _heading(row: HeldRow) -> str:
    right = row.held.right
    if row.state.hold_reason == PLATE_DISPUTED:
        return _("Its plate is disputed")
    if row.state.hold_reason == Cover.COULD_NOT_PAY:
        return _("The pay station could not take the payment")
    if right is None:
        known = row.held.held_event.right_id is None
        return _("A person holds it") if known else _("What covers it is not here yet")
    permit = isinstance(right, Permit)
    match row.state.hold_reason:
        case Cover.EXIT_GRACE:
            return _("The permit had just ended") if permit else _("The payment had just ended")
        case Cover.ENTRY_GRACE:
            return (
                _("The permit was about to begin") if permit else _("Paid just after it was seen")
            )
        case _exact:
            return (
                _("A permit covers the time it was seen")
                if permit
                else _("A payment covers the time it was seen")
            )


# The lines.


def _lines(row: HeldRow) -> Iterator[MarkLineView]:
    right = row.held.right
    if right is None:
        yield from _by_hand(row)
    else:
        yield _same_car(row, right)
        yield _same_place(row, right)
        yield from _in_time(row, right)
        if isinstance(right, ParkingSession):
            yield _sold(row, right)
        else:
            kind = _("Permit: {kind}").format(kind=right.kind)
            yield MarkLineView(mark=Mark.OK, text=kind)
        if right.revoked_utc is not None:
            words = _("Stopped or refunded at {time}")
            ended = hh_mm(right.revoked_utc, _zone_of(row))
            yield MarkLineView(mark=Mark.CAUTION, text=words.format(time=ended))
    if row.state.paid_cents:
        words = _("The driver already paid {money}").format(money=usd(row.state.paid_cents))
        yield MarkLineView(mark=Mark.CAUTION, text=words)
    yield MarkLineView(mark=Mark.INFO, text=_("No late fee is added while it is held"))


def _by_hand(row: HeldRow) -> Iterator[MarkLineView]:
    event = row.held.held_event
    at = hh_mm(event.at_utc, _zone_of(row))
    if event.reason_code == PLATE_DISPUTED:
        words = _("Held at {time}: its plate was corrected in two ways. A person releases it")
        yield MarkLineView(mark=Mark.CAUTION, text=words.format(time=at))
        return
    if event.reason_code == Cover.COULD_NOT_PAY:
        words = _("The driver asked to pay before it was seen and got a slip. A person decides")
        yield MarkLineView(mark=Mark.CAUTION, text=words)
        return
    if event.right_id is not None:
        text = _("Held at {time}; the record behind it is on its way").format(time=at)
        yield MarkLineView(mark=Mark.CAUTION, text=text)
        return
    yield MarkLineView(mark=Mark.INFO, text=_("Held by a person at {time}").format(time=at))
    if event.text:
        yield MarkLineView(mark=Mark.INFO, text=event.text)


def _same_car(row: HeldRow, right: Right) -> MarkLineView:
    if right.plate_state and row.held.citation.plate_state:
        return MarkLineView(mark=Mark.OK, text=_("Exact plate and state"))
    return MarkLineView(mark=Mark.INFO, text=_("Exact plate, state not known"))


def _same_place(row: HeldRow, right: Right) -> MarkLineView:
    here = row.held.citation.zone_id
    paid = right.price_cents if isinstance(right, ParkingSession) else 0
    money = _(", {money} paid").format(money=usd(paid)) if paid else ""
    if right.zone_id == here:
        return MarkLineView(mark=Mark.OK, text=_("Same zone {zone}").format(zone=here) + money)
    words = _("Zone {other} also covers {zone}").format(other=right.zone_id, zone=here)
    return MarkLineView(mark=Mark.INFO, text=words + money)


def _in_time(row: HeldRow, right: Right) -> Iterator[MarkLineView]:
    seen = row.held.citation.observed_utc
    match row.state.hold_reason:
        case Cover.EXIT_GRACE:
            late = waited((seen - right_end_utc(right)).total_seconds())
            words = _("Seen {time} after it ended, within grace").format(time=late)
            yield MarkLineView(mark=Mark.UNKNOWN, text=words)
        case Cover.ENTRY_GRACE:
            early = waited((right.start_utc - seen).total_seconds())
            words = _("Seen {time} before it began, within grace").format(time=early)
            yield MarkLineView(mark=Mark.UNKNOWN, text=words)


def _sold(row: HeldRow, right: ParkingSession) -> MarkLineView:
    where = {
        RightSource.PAY_STATION: right.source_ref or _("Pay station"),
        RightSource.APP: _("App"),
        RightSource.MANUAL: _("Entered by hand"),
    }[right.source]
    at = _moment(right.made_utc, row)
    if right.made_utc > row.held.citation.observed_utc:
        words = _("{where}: paid at {time}, after it was seen").format(where=where, time=at)
        return MarkLineView(mark=Mark.CAUTION, text=words)
    words = _("{where}: paid at {time}, before it was seen").format(where=where, time=at)
    return MarkLineView(mark=Mark.OK, text=words)


def _moment(utc: datetime, row: HeldRow) -> str:
    """Write a time, with its day when the car was seen on another."""
    zone = _zone_of(row)
    day = local_day(utc, zone)
    same = day == local_day(row.held.citation.observed_utc, zone)
    return hh_mm(utc, zone) if same else f"{hh_mm(utc, zone)} {day_date(day)}"


# The picture.


def _timeline(row: HeldRow, right: Right) -> TimelineView:
    seen, heard = row.held.citation.observed_utc, row.held.held_event.at_utc
    first, last = min(seen, heard) - _AROUND, max(seen, heard) + _AROUND
    start, end = max(right.start_utc, first), min(right_end_utc(right), last)
    ticks = _ticks(min(start, seen, heard) - _AIR, max(end, seen, heard) + _AIR, _zone_of(row))
    whole = (ticks[-1] - ticks[0]).total_seconds()

    def share(utc: datetime) -> float:
        return min(1.0, max(0.0, (utc - ticks[0]).total_seconds() / whole))

    sub = _("{time} after it was seen").format(time=waited((heard - seen).total_seconds()))
    return TimelineView(
        ticks=tuple(
            MomentView(at=share(tick), words=_tick_words(tick, ticks, _zone_of(row)))
            for tick in ticks
        ),
        right_start=share(start),
        right_end=share(end),
        right_words=_right_words(row, right),
        seen=MomentView(at=share(seen), words=_("seen {time}").format(time=_moment(seen, row))),
        heard=MomentView(
            at=share(heard), words=_("both known {time}").format(time=_moment(heard, row)), sub=sub
        ),
    )


def _ticks(first: datetime, last: datetime, time_zone: str) -> tuple[datetime, ...]:
    """Return at most five instants at round local times that hold both ends between them."""
    for minutes in _STEPS_MIN:
        shown, step = wall(first, time_zone), timedelta(minutes=minutes)
        midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0)
        # Local clocks may jump in between; the ticks then stand an hour beside the round time.
        since = (shown - midnight) // timedelta(minutes=min(minutes, 1440))
        start = (midnight + since * timedelta(minutes=min(minutes, 1440))).astimezone(UTC)
        count = -(-(last - start) // step)
        if count < _MOST_TICKS:
            break
    return tuple(start + number * step for number in range(max(count, 1) + 1))


def _tick_words(tick: datetime, ticks: tuple[datetime, ...], time_zone: str) -> str:
    if ticks[1] - ticks[0] < timedelta(days=1):
        return hh_mm(tick, time_zone)
    day = local_day(tick, time_zone)
    return f"{day.month}/{day.day}"


def _right_words(row: HeldRow, right: Right) -> str:
    zone, end = _zone_of(row), right_end_utc(right)
    if isinstance(right, Permit):
        return _("permit until {day}").format(day=day_date(local_day(end, zone)))
    who = {
        RightSource.PAY_STATION: right.source_ref or _("pay station"),
        RightSource.APP: _("app"),
        RightSource.MANUAL: _("by hand"),
    }[right.source]
    return f"{who} {hh_mm(right.start_utc, zone)} - {hh_mm(end, zone)}"
