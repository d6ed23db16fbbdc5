from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.ports import ReportDay
from parking.citation import Citation
from parking.shift import HourRow, ShiftState, ZoneRow
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor import samples
from ui.supervisor.report_paper import file_name, report_paper
from ui.supervisor.report_state import (
    Figures,
    ReportState,
    issued_received,
    laptop_name,
    officer_name,
    report_state,
    report_title,
    scope_words,
    shift_pill,
    shift_times,
    waiting_state,
)
from ui.widgets.desk import NumberView
from ui.widgets.marks import Tone
from ui.widgets.shapes import Mark
from ui.widgets.table import cell_words

ZONE = "America/New_York"


@pytest.fixture(scope="module")
def full() -> Figures:
    store, clock = MemoryStore(), StillClock()
    samples.fill(store, clock)
    cited = [fact for fact in store.fed_facts if isinstance(fact, Citation)]
    right = samples.payment(1, cited[0].observed_utc, cited[0].observed_utc + timedelta(hours=1))
    store.fed_facts.append(samples.hold(cited[0], right, clock.utc))
    return Figures(of=samples.day_report(store, clock), today=False)


@pytest.fixture(scope="module")
def empty() -> Figures:
    return Figures(of=samples.day_report(MemoryStore(), StillClock()), today=True)


def _numbers(state: ReportState) -> dict[str, NumberView]:
    return dict(state.numbers)


def test_the_title_names_the_day(full: Figures) -> None:
    assert report_title(full.of) == "Shift report · Monday, Mar 1, 2027"


def test_the_scope_says_what_when_from_whom_and_how_old(full: Figures) -> None:
    now = full.of.report.as_of_utc
    words = scope_words(full, now, now + timedelta(seconds=2))
    assert words == (
        "All beats · 08:00 to 19:00 · every figure counted at 19:06 from 4 laptops · data 2 s old"
    )


def test_an_empty_day_has_no_hours_and_no_laptops(empty: Figures) -> None:
    words = scope_words(empty, None, NOON)
    assert words == "All beats · every figure counted at 12:00 · not refreshed yet"


def test_the_cards_count_the_day(full: Figures) -> None:
    report = full.of.report
    cards = _numbers(report_state(full))
    assert cards["checks_number"].number == f"{report.checks:,}" == "1,284"
    assert cards["checks_number"].detail == "+7% on last Monday"
    assert cards["issued_number"] == NumberView(
        number="46", label="Citations issued", detail="$1,150.00 in fines", mark=Mark.OK
    )
    assert cards["held_number"] == NumberView(
        number="1", label="Held by late truth", detail="$25.00 at risk", mark=Mark.CAUTION
    )
    assert cards["unknown_number"].mark is Mark.UNKNOWN
    assert cards["dismissed_number"].detail == "wrongful rate 0.0%"
    assert [name for name, _view in waiting_state()] == list(cards)


def test_an_empty_day_judges_nothing(empty: Figures) -> None:
    cards = _numbers(report_state(empty))
    assert {card.mark for card in cards.values()} == {None}
    assert cards["checks_number"].detail == ""


def test_what_laptops_still_keep_is_told(full: Figures) -> None:
    report = replace(full.of.report, issued=48)
    state = report_state(replace(full, of=replace(full.of, report=report)))
    card = _numbers(state)["issued_number"]
    assert (card.number, card.detail, card.mark) == ("48", "46 received here", Mark.CAUTION)


def test_dismissed_ones_are_wrongful(full: Figures) -> None:
    report = replace(full.of.report, dismissed=1, wrongful_share=1 / 46)
    state = report_state(replace(full, of=replace(full.of, report=report)))
    card = _numbers(state)["dismissed_number"]
    assert (card.detail, card.mark) == ("wrongful rate 2.2%", Mark.CAUTION)


def _compared(figures: Figures, hours: dict[int, int], before: dict[int, int]) -> str:
    def rows(checks: dict[int, int]) -> tuple[HourRow, ...]:
        return tuple(HourRow(hour=at, checks=n, citations=0) for at, n in checks.items())

    of = figures.of
    report = replace(of.report, hours=rows(hours))
    changed = replace(figures, of=replace(of, report=report, hours_before=rows(before)))
    return _numbers(report_state(changed))["checks_number"].detail


def test_a_running_day_is_compared_by_the_hours_that_are_over(empty: Figures) -> None:
    assert _compared(empty, {10: 50, 12: 1}, {10: 100, 12: 900, 15: 900}) == "-50% on last Monday"


def test_nothing_to_compare_with_is_not_compared(empty: Figures) -> None:
    assert _compared(empty, {10: 50}, {15: 900}) == ""


def test_the_hours_show_checks_citations_and_the_week_before(full: Figures) -> None:
    chart = report_state(full).hours
    first = chart.bars[0]
    assert (first.name, first.value, first.badge, first.before) == ("08", 62, 2, 58)
    assert [bar.name for bar in chart.bars][-1] == "18"
    assert chart.before_words == "Checks, last Monday"


def test_the_hours_to_come_show_what_was_a_week_before(full: Figures) -> None:
    morning = replace(full.of.report, hours=full.of.report.hours[:2])
    bars = report_state(replace(full, of=replace(full.of, report=morning))).hours.bars
    assert (bars[5].value, bars[5].badge) == (0, None)
    assert bars[5].before


@pytest.mark.parametrize(("hour", "first", "last"), [(9, "09", "16"), (23, "16", "23")])
def test_a_single_hour_stands_among_others(
    empty: Figures, hour: int, first: str, last: str
) -> None:
    report = replace(empty.of.report, hours=(HourRow(hour=hour, checks=3, citations=0),))
    chart = report_state(replace(empty, of=replace(empty.of, report=report))).hours
    assert (chart.bars[0].name, chart.bars[-1].name) == (first, last)
    assert chart.before_words == ""
    assert {bar.before for bar in chart.bars} == {None}


def test_nothing_is_compared_outside_the_hours_of_the_week_before(full: Figures) -> None:
    of = replace(full.of, hours_before=full.of.hours_before[2:4])
    bars = report_state(replace(full, of=of)).hours.bars
    assert [bar.before is not None for bar in bars[:5]] == [False, False, True, True, False]


def test_an_empty_day_has_no_bars(empty: Figures) -> None:
    state = report_state(empty)
    assert state.hours.bars == ()
    assert state.zones.bars == ()
    assert state.shifts.rows == ()
    assert state.shifts_note == ""


def test_zones_show_how_much_is_held(full: Figures) -> None:
    chart = report_state(full).zones
    assert chart.bars[0].name == "112 Summer St"
    assert sum(bar.striped for bar in chart.bars) == 1
    assert chart.striped_words == "held by late truth"


def test_many_zones_are_told_together(full: Figures) -> None:
    zones = tuple(ZoneRow(zone_id=f"9{n}", citations=9 - n, held=n % 2) for n in range(8))
    report = replace(full.of.report, zones=zones)
    chart = report_state(replace(full, of=replace(full.of, report=report))).zones
    assert [bar.name for bar in chart.bars] == ["90", "91", "92", "93", "4 other zones"]
    assert (chart.bars[-1].value, chart.bars[-1].striped) == (5 + 4 + 3 + 2, 2)


def test_the_table_has_a_row_per_shift(full: Figures) -> None:
    table = report_state(full).shifts
    words = [[cell_words(cell) for cell in row.cells] for row in table.rows]
    assert words[0][:3] == ["M. Ortiz", "T-009", "08:00 to 16:00"]
    assert words[0][-1] == "Closed, complete"
    assert words[-1][2] == "since 11:00"
    assert words[-1][-2:] == [f"{words[-1][4]} so far", "Still open"]


def test_counts_that_differ_are_cautioned(full: Figures) -> None:
    row = replace(full.of.report.shifts[0], issued=14, citations=12)
    fewer = replace(row, state=ShiftState.COUNTS_DIFFER)
    assert issued_received(fewer) == "14 ≠ 12"
    assert (shift_pill(fewer).text, shift_pill(fewer).tone) == ("2 missing", Tone.CAUTION)
    assert shift_pill(replace(fewer, citations=15)).text == "More than issued"


def test_a_shift_over_midnight_says_until_when(full: Figures) -> None:
    row = replace(full.of.report.shifts[0], started_utc=None)
    assert shift_times(row, ZONE) == "until 16:00"


def test_unknown_people_and_laptops_are_told_as_such(full: Figures) -> None:
    of = replace(full.of, officers=(), terminals=())
    row = of.report.shifts[0]
    assert officer_name(of, row) == laptop_name(of, row) == "Not known here"


def test_the_paper_says_what_the_screen_says_and_more(full: Figures) -> None:
    now = full.of.report.as_of_utc
    paper = report_paper(full, reached_utc=now, now_utc=now, person="J. Rivera")
    state = report_state(full)
    assert paper.title == report_title(full.of)
    assert paper.hours == state.hours
    assert paper.numbers == tuple(view for _name, view in state.numbers)
    officers, zones = paper.tables
    assert len(officers.rows) == 4
    assert officers.rows[0][2] == "4"
    assert zones.rows[0][:2] == ("112", "Summer St")
    assert paper.foot.endswith("Made Mar 1, 2027 at 19:06:00 by J. Rivera")


def test_a_paper_without_a_person_names_nobody(empty: Figures) -> None:
    paper = report_paper(empty, reached_utc=None, now_utc=NOON, person="")
    assert paper.foot.endswith("at 12:00:00")


def test_files_are_named_by_day_and_by_when_they_were_counted(full: Figures) -> None:
    assert file_name(full.of, "pdf") == "shift-report-2027-03-01-counted-2027-03-01-1906.pdf"


def test_a_report_of_another_day_keeps_that_day() -> None:
    day = ReportDay(day=date(2027, 2, 22), time_zone=ZONE)
    store, clock = MemoryStore(), StillClock()
    samples.fill(store, clock)
    of = samples.day_report(store, clock, day)
    assert report_title(of) == "Shift report · Monday, Feb 22, 2027"
    assert of.report.checks
    assert of.report.shifts == ()
