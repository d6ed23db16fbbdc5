"""The report of one local day, folded from facts, and its CSV. Reads only."""

import csv
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.city import DEFAULT_TIME_ZONE, fine_rules
from app.ports import DayFacts, ReportDay
from app.post import Post
from parking.citation import Citation
from parking.clockface import day_bounds, local_day
from parking.officer import Officer
from parking.shift import HourRow, ShiftReport, report
from parking.terminal import Terminal
from parking.zone import Zone

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """The figures of a day with who and where they are about.

    Attributes:
        report: The figures; ``report.as_of_utc`` is when they were counted.
        hours_before: Of the same weekday a week earlier, to compare with.
        citations: Citations and warnings observed on the day, as they were issued.
    """

    day: ReportDay
    report: ShiftReport
    hours_before: tuple[HourRow, ...]
    citations: tuple[Citation, ...]
    zones: tuple[Zone, ...]
    officers: tuple[Officer, ...]
    terminals: tuple[Terminal, ...]


def shift_report(post: Post, day: ReportDay | None) -> DayReport:
    """Fold the report of a day, today without one."""
    now = post.clock.now().utc
    if day is None:
        day = ReportDay(day=local_day(now, DEFAULT_TIME_ZONE), time_zone=DEFAULT_TIME_ZONE)
    before = replace(day, day=day.day - _WEEK)
    facts = _facts(post, day)
    return DayReport(
        day=day,
        report=_folded(facts, day, now),
        hours_before=_folded(_facts(post, before), before, now).hours,
        citations=facts.citations,
        zones=post.store.zones(),
        officers=post.store.officers(),
        terminals=post.store.terminals(),
    )


def _facts(post: Post, day: ReportDay) -> DayFacts:
    return post.store.day_facts(*day_bounds(day.day, day.time_zone))


def _folded(facts: DayFacts, day: ReportDay, as_of_utc: datetime) -> ShiftReport:
    rules = replace(fine_rules(None), time_zone=day.time_zone)
    return report(facts, day.day, as_of_utc=as_of_utc, rules=rules)


def report_csv(day_report: DayReport) -> bytes:
    """Return the citations as CSV in UTF-8 with the byte order mark spreadsheets want."""
    names = {officer.officer_id: officer.display_name for officer in day_report.officers}
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(("number", "observed_utc", "zone", "officer", "code", "fine_cents", "warning"))
    for one in sorted(day_report.citations, key=lambda one: one.observed_utc):
        rows.writerow(
            (
                one.number,
                one.observed_utc.isoformat(),
                one.zone_id,
                names.get(one.officer_id, str(one.officer_id)),
                one.violation_code,
                one.fine_cents,
                "yes" if one.is_warning else "no",
            )
        )
    return out.getvalue().encode("utf-8-sig")
