"""The shift report in words, cards, charts and rows. Pure, any thread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.usecases.shift_report import DayReport
from app.words import _, ngettext
from parking.clockface import hh_mm, us_date, wall
from parking.money import usd
from parking.shift import HourRow, ShiftReport, ShiftRow, ShiftState
from ui.supervisor.rail_state import data_age
from ui.widgets.charts import BarChartView, BarView, HBarChartView, HBarView
from ui.widgets.desk import NumberView
from ui.widgets.marks import PillView, Tone
from ui.widgets.shapes import Mark
from ui.widgets.table import (
    ColumnAlign,
    ColumnView,
    PillCell,
    RowView,
    TableView,
    TextCell,
)

MOST_ZONES, LEAST_HOURS = 5, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a report is drawn from.

    Attributes:
        today: The day is not over: figures still grow.
    """

    of: DayReport
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """The page.

    Attributes:
        numbers: Object name and view of each card, from the left.
        shifts_note: Stands at the right over the table.
    """

    numbers: tuple[tuple[str, NumberView], ...]
    hours: BarChartView
    zones: HBarChartView
    shifts: TableView
    shifts_note: str


def report_state(figures: Figures) -> ReportState:
    """Return the page of a day."""
    report = figures.of.report
    return ReportState(
        numbers=tuple(_numbers(figures)),
        hours=_hours(figures.of),
        zones=_zones(figures.of),
        shifts=_shifts(figures.of),
        shifts_note=_("Issued on the street = received here") if report.shifts else "",
    )


def report_title(of: DayReport) -> str:
    """Return the title of a day's report."""
    return _("Shift report · {day}").format(day=long_day(of.day.day))


def waiting_state() -> tuple[tuple[str, NumberView], ...]:
    """Return the cards while the figures are counted for the first time."""
    labels = (
        ("checks_number", _("Plate checks")),
        ("issued_number", _("Citations issued")),
        ("warnings_number", _("Warnings")),
        ("unknown_number", _("Cannot know")),
        ("held_number", _("Held by late truth")),
        ("dismissed_number", _("Dismissed since")),
    )
    return tuple((name, NumberView(number="…", label=label)) for name, label in labels)


def scope_words(figures: Figures, reached_utc: datetime | None, now_utc: datetime) -> str:
    """Say what the figures cover, when they were counted, from whom, how old they are."""
    report, zone = figures.of.report, figures.of.day.time_zone
    laptops = len({shift.terminal_id for shift in report.shifts})
    counted = _("every figure counted at {time}").format(time=hh_mm(report.as_of_utc, zone))
    if laptops:
        words = ngettext("from {count} laptop", "from {count} laptops", laptops)
        counted = f"{counted} {words.format(count=laptops)}"
    span = ""
    if report.hours:
        first, last = report.hours[0].hour, report.hours[-1].hour + 1
        span = _("{first}:00 to {last}:00").format(first=f"{first:02}", last=f"{last:02}")
    parts = (_("All beats"), span, counted, data_age(reached_utc, now_utc))
    return " · ".join(part for part in parts if part)


def long_day(day: date) -> str:
    """Write a date with its weekday: ``Monday, Nov 23, 2026``."""
    return f"{_weekday(day)}, {us_date(day)}"


def _weekday(day: date) -> str:
    names = (
        *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday")),
        *(_("Saturday"), _("Sunday")),
    )
    return names[day.weekday()]


# The cards.


def _numbers(figures: Figures) -> Iterator[tuple[str, NumberView]]:
    report = figures.of.report
    some = report.checks > 0
    yield (
        "checks_number",
        NumberView(number=f"{report.checks:,}", label=_("Plate checks"), detail=_compared(figures)),
    )
    yield "issued_number", _issued(report)
    yield (
        "warnings_number",
        NumberView(
            number=f"{report.warnings:,}",
            label=_("Warnings"),
            detail=_("{count} for stale data").format(count=report.stale_warnings),
        ),
    )
    yield (
        "unknown_number",
        NumberView(
            number=f"{report.cannot_know:,}",
            label=_("Cannot know"),
            detail=_("{share} of checks").format(share=f"{report.cannot_know_share:.1%}"),
            mark=Mark.UNKNOWN if report.cannot_know else Mark.OK if some else None,
        ),
    )
    yield (
        "held_number",
        NumberView(
            number=f"{report.held:,}",
            label=_("Held by late truth"),
            detail=_("{money} at risk").format(money=usd(report.at_risk_cents)),
            mark=Mark.CAUTION if report.held else Mark.OK if some else None,
        ),
    )
    yield (
        "dismissed_number",
        NumberView(
            number=f"{report.dismissed:,}",
            label=_("Dismissed since"),
            detail=_("wrongful rate {share}").format(share=f"{report.wrongful_share:.1%}"),
            mark=Mark.CAUTION if report.dismissed else Mark.OK if some else None,
        ),
    )


def _issued(report: ShiftReport) -> NumberView:
    number, label = f"{report.issued:,}", _("Citations issued")
    if report.issued != report.received:
        detail = _("{count} received here").format(count=f"{report.received:,}")
        return NumberView(number=number, label=label, detail=detail, mark=Mark.CAUTION)
    detail = _("{money} in fines").format(money=usd(report.fines_cents))
    mark = Mark.OK if report.issued else None
    return NumberView(number=number, label=label, detail=detail, mark=mark)


def _compared(figures: Figures) -> str:
    """Compare the checks with a week earlier; of a running day only hours that are over."""
    of, report = figures.of, figures.of.report
    hour_now = wall(report.as_of_utc, of.day.time_zone).hour if figures.today else 24
    now, then = (
        sum(row.checks for row in hours if row.hour < hour_now)
        for hours in (report.hours, of.hours_before)
    )
    if not then:
        return ""
    change = f"{round(100 * (now - then) / then):+d}%"
    return _("{change} on last {weekday}").format(change=change, weekday=_weekday(report.day))


# The charts.


def _hours(of: DayReport) -> BarChartView:
    now = {row.hour: row for row in of.report.hours}
    then = {row.hour: row.checks for row in of.hours_before}
    bars = tuple(_bar(hour, now.get(hour), then.get(hour)) for hour in _span({*now, *then}))
    words = _("Checks, last {weekday}").format(weekday=_weekday(of.report.day)) if then else ""
    return BarChartView(
        bars=bars,
        value_words=_("Checks"),
        badge_words=_("Citations"),
        before_words=words,
    )


def _span(busy: set[int]) -> range:
    """Return the hours of the chart: those with anything in them, and never only a few."""
    if not busy:
        return range(0)
    first = min(*busy, 24 - LEAST_HOURS)
    return range(first, max(max(busy) + 1, first + LEAST_HOURS))


def _bar(hour: int, row: HourRow | None, before: int | None) -> BarView:
    if row is None:
        return BarView(name=f"{hour:02}", value=0, before=before)
    return BarView(name=f"{hour:02}", value=row.checks, badge=row.citations, before=before)


def _zones(of: DayReport) -> HBarChartView:
    names = {zone.zone_id: f"{zone.zone_id} {zone.name}" for zone in of.zones}
    bars = [
        HBarView(name=names.get(row.zone_id, row.zone_id), value=row.citations, striped=row.held)
        for row in of.report.zones
    ]
    if len(bars) > MOST_ZONES:
        rest = bars[MOST_ZONES - 1 :]
        others = HBarView(
            name=_("{count} other zones").format(count=len(rest)),
            value=sum(bar.value for bar in rest),
            striped=sum(bar.striped for bar in rest),
        )
        bars = [*bars[: MOST_ZONES - 1], others]
    held = any(bar.striped for bar in bars)
    return HBarChartView(
        bars=tuple(bars),
        value_words=_("Citations"),
        striped_words=_("held by late truth") if held else "",
    )


# The table.


def _shifts(of: DayReport) -> TableView:
    right = ColumnAlign.RIGHT
    return TableView(
        columns=(
            ColumnView(title=_("Officer"), share=3, strong=True),
            ColumnView(title=_("Laptop"), share=2),
            ColumnView(title=_("Shift"), share=0),
            ColumnView(title=_("Checks"), align=right),
            ColumnView(title=_("Citations"), align=right),
            ColumnView(title=_("Warnings"), align=right),
            ColumnView(title=_("Issued = received"), share=2),
            ColumnView(title=_("State"), share=2),
        ),
        rows=tuple(_shift_row(of, row) for row in of.report.shifts),
    )


def _shift_row(of: DayReport, row: ShiftRow) -> RowView:
    texts: Sequence[str] = (
        officer_name(of, row),
        laptop_name(of, row),
        shift_times(row, of.day.time_zone),
        f"{row.checks:,}",
        f"{row.citations:,}",
        f"{row.warnings:,}",
        issued_received(row),
    )
    pill = PillCell(pill=shift_pill(row))
    return RowView(key=str(row.shift_id), cells=(*(TextCell(text=text) for text in texts), pill))


def officer_name(of: DayReport, row: ShiftRow) -> str:
    """Return who worked a shift."""
    names = {each.officer_id: each.display_name for each in of.officers}
    return names.get(row.officer_id) or _("Not known here")


def laptop_name(of: DayReport, row: ShiftRow) -> str:
    """Return the name painted on the laptop of a shift."""
    names = {each.terminal_id: each.name for each in of.terminals}
    return names.get(row.terminal_id) or _("Not known here")


def shift_times(row: ShiftRow, time_zone: str) -> str:
    """Write when a shift was: ``08:00 to 16:00``, ``since 11:00``, ``until 02:00``."""
    start, end = (
        hh_mm(utc, time_zone) if utc is not None else "" for utc in (row.started_utc, row.ended_utc)
    )
    if start and end:
        return _("{start} to {end}").format(start=start, end=end)
    return _("since {time}").format(time=start) if start else _("until {time}").format(time=end)


def issued_received(row: ShiftRow) -> str:
    """Write what was issued and what of it is here; of a running shift only what is here."""
    if row.state is ShiftState.OPEN:
        return _("{count} so far").format(count=row.citations)
    sign = "=" if row.issued == row.citations else "≠"
    return f"{row.issued} {sign} {row.citations}"


def shift_pill(row: ShiftRow) -> PillView:
    """Return how a shift stands."""
    match row.state:
        case ShiftState.OPEN:
            return PillView(text=_("Still open"), mark=Mark.INFO, tone=Tone.INFO)
        case ShiftState.CLOSED:
            return PillView(text=_("Closed, complete"), mark=Mark.OK, tone=Tone.OK)
        case ShiftState.COUNTS_DIFFER:
            return PillView(text=_differing(row), mark=Mark.CAUTION, tone=Tone.CAUTION)


def _differing(row: ShiftRow) -> str:
    missing = row.issued - row.citations
    return _("{count} missing").format(count=missing) if missing > 0 else _("More than issued")
