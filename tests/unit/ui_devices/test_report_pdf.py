import threading
from dataclasses import replace

import pytest

from tests.unit.ui_devices.reading import pages_of, size_mm
from ui.devices.report_pdf import PaperColumn, PaperTable, ReportPaper, report_pdf
from ui.theme import Theme, apply_theme, look
from ui.widgets.charts import BarChartView, BarView, HBarChartView, HBarView
from ui.widgets.desk import NumberView
from ui.widgets.shapes import Mark

_ROW = ("M. Ortiz", "T-014", "14 = 14")


def _paper(rows: int = 4, **changes: object) -> ReportPaper:
    paper = ReportPaper(
        city="City of Stamford · Parking enforcement",
        title="Shift report · Monday, Nov 23, 2026",
        scope="All beats · every figure counted at 19:06 from 4 laptops · data 2 s old",
        numbers=tuple(
            NumberView(number=str(n), label=f"Figure {n}", detail="of six", mark=Mark.OK)
            for n in range(1, 7)
        ),
        hours_title="Checks and citations by hour",
        hours=BarChartView(
            bars=(BarView(name="08", value=62, badge=2, before=70),),
            value_words="Checks",
            badge_words="Citations",
            before_words="Checks, last Monday",
        ),
        zones_title="Citations by zone",
        zones=HBarChartView(
            bars=(HBarView(name="112 Summer St", value=14, striped=3),),
            value_words="Citations",
            striped_words="held by late truth",
        ),
        tables=(
            PaperTable(
                title="By officer",
                columns=(
                    PaperColumn(title="Officer"),
                    PaperColumn(title="Laptop"),
                    PaperColumn(title="Issued = received", right=True),
                ),
                rows=(_ROW,) * rows,
            ),
        ),
        note="Counted from the records on this desk.",
        foot="Made Nov 23, 2026 at 19:06:14 by J. Rivera",
    )
    return replace(paper, **changes)  # type: ignore[arg-type]  # names are checked by replace


def test_the_paper_says_everything() -> None:
    (words,) = pages_of(report_pdf(_paper()))
    flat = " ".join(words.split())
    for said in (
        *("City of Stamford", "Monday, Nov 23, 2026", "data 2 s old", "Figure 6", "of six"),
        *("Checks, last Monday", "112 Summer St", "held by late truth", "By officer"),
        *("M. Ortiz T-014 14 = 14", "Counted from the records", "by J. Rivera", "Page 1 of 1"),
    ):
        assert said in flat


def test_a_long_table_goes_on_with_its_titles() -> None:
    pages = pages_of(report_pdf(_paper(90)))
    assert len(pages) == 4
    assert sum(page.count("M. Ortiz") for page in pages) == 90
    for number, page in enumerate(pages, 1):
        assert "Issued = received" in page
        assert f"Page {number} of 4" in page


def test_the_paper_is_us_letter() -> None:
    assert size_mm(report_pdf(_paper())) == pytest.approx((215.9, 279.4), abs=0.5)


def test_an_empty_day_leaves_the_charts_out() -> None:
    empty = _paper(0, hours=BarChartView(bars=(), value_words="Checks"))
    (words,) = pages_of(report_pdf(empty))
    assert "Citations by zone" not in words
    assert "By officer" in words


def test_words_of_people_are_no_markup() -> None:
    table = PaperTable(title="<b>", columns=(PaperColumn(title="&"),), rows=(("<i>x</i>",),))
    (words,) = pages_of(report_pdf(_paper(tables=(table,))))
    assert "<b>" in words
    assert "<i>x</i>" in words


def test_the_paper_stays_small() -> None:
    assert len(report_pdf(_paper())) < 120_000


def test_a_lane_draws_while_the_window_is_in_use() -> None:
    drawn: list[bytes] = []
    lane = threading.Thread(target=lambda: drawn.extend(report_pdf(_paper(60)) for _ in range(3)))
    lane.start()
    here = report_pdf(_paper(60))
    lane.join()
    assert [pages_of(each) for each in drawn] == [pages_of(here)] * 3


def test_the_paper_does_not_follow_the_screen(qapp: object) -> None:
    plain = pages_of(report_pdf(_paper()))
    before = look()
    apply_theme(qapp, Theme.DESK, profile="desk", text_scale=2.0)  # type: ignore[arg-type]  # pytest-qt types it loosely
    assert look() != before
    assert pages_of(report_pdf(_paper())) == plain
