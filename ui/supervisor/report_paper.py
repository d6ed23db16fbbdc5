"""The shift report as it stands on paper. Pure, any thread."""

from datetime import datetime

from app.city import city_name
from app.usecases.shift_report import DayReport
from app.words import _
from parking.clockface import hh_mm_ss, local_day, us_date, wall
from parking.shift import ShiftRow
from ui.devices.report_pdf import PaperColumn, PaperTable, ReportPaper
from ui.supervisor.report_state import (
    Figures,
    issued_received,
    laptop_name,
    officer_name,
    report_state,
    report_title,
    scope_words,
    shift_pill,
    shift_times,
)


def report_paper(
    figures: Figures, *, reached_utc: datetime | None, now_utc: datetime, person: str
) -> ReportPaper:
    """Return what a report on paper says: what the screen shows, and the tables whole.

    Args:
        figures: As shown.
        reached_utc: When central last answered.
        now_utc: When the paper is made.
        person: Who makes it; empty when nobody is named.
    """
    state, of = report_state(figures), figures.of
    zone = of.day.time_zone
    made = _("Made {date} at {time}").format(
        date=us_date(local_day(now_utc, zone)), time=hh_mm_ss(now_utc, zone)
    )
    by = _("by {person}").format(person=person) if person else ""
    return ReportPaper(
        city=_("{city} · Parking enforcement").format(city=city_name()),
        title=report_title(of),
        scope=scope_words(figures, reached_utc, now_utc),
        numbers=tuple(number for _name, number in state.numbers),
        hours_title=_("Checks and citations by hour"),
        hours=state.hours,
        zones_title=_("Citations by zone"),
        zones=state.zones,
        tables=(_shifts(of), _zones(of)),
        note=_(
            "Counted from the records on this desk. Records that laptops have not sent yet are "
            "missing; a later report of the same day has them."
        ),
        foot=f"{report_title(of)} · {made} {by}".strip(),
    )


def file_name(of: DayReport, ending: str) -> str:
    """Return the name of a report's file, by its day and by when it was counted."""
    counted = wall(of.report.as_of_utc, of.day.time_zone)
    return f"shift-report-{of.day.day:%Y-%m-%d}-counted-{counted:%Y-%m-%d-%H%M}.{ending}"


def _shifts(of: DayReport) -> PaperTable:
    return PaperTable(
        title=_("By officer"),
        columns=(
            PaperColumn(title=_("Officer")),
            PaperColumn(title=_("Laptop")),
            PaperColumn(title=_("Beat")),
            PaperColumn(title=_("Shift")),
            PaperColumn(title=_("Checks"), right=True),
            PaperColumn(title=_("Citations"), right=True),
            PaperColumn(title=_("Warnings"), right=True),
            PaperColumn(title=_("Issued = received")),
            PaperColumn(title=_("State")),
        ),
        rows=tuple(_shift_row(of, row) for row in of.report.shifts),
    )


def _shift_row(of: DayReport, row: ShiftRow) -> tuple[str, ...]:
    return (
        officer_name(of, row),
        laptop_name(of, row),
        row.beat_id,
        shift_times(row, of.day.time_zone),
        f"{row.checks:,}",
        f"{row.citations:,}",
        f"{row.warnings:,}",
        issued_received(row),
        shift_pill(row).text,
    )


def _zones(of: DayReport) -> PaperTable:
    names = {zone.zone_id: zone.name for zone in of.zones}
    return PaperTable(
        title=_("By zone"),
        columns=(
            PaperColumn(title=_("Zone")),
            PaperColumn(title=_("Name")),
            PaperColumn(title=_("Citations"), right=True),
            PaperColumn(title=_("Held by late truth"), right=True),
        ),
        rows=tuple(
            (row.zone_id, names.get(row.zone_id, ""), f"{row.citations:,}", f"{row.held:,}")
            for row in of.report.zones
        ),
    )
