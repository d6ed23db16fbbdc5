from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.ports import NetState
from parking.check import PlateCheck
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.layout_check import spoken_text
from ui.widgets.table import DataTable

LONG = "Maria Fernanda Gutierrez de la Vega y Montoya"


def _fill(desk: Desk, *, shifts: int = 4, until: int = 19, share: float = 1.0) -> None:
    samples.fill(desk.store, desk.clock, shifts=shifts, until=until, share=share)


def _long_names(store: MemoryStore) -> None:
    store.fed_officers = [replace(one, display_name=LONG) for one in store.fed_officers]
    store.fed_terminals = [replace(one, name="T-0123456789-ABCDEFG") for one in store.fed_terminals]
    store.fed_zones = [
        replace(one, name="Washington Boulevard at Broad Street North") for one in store.fed_zones
    ]


@pytest.mark.parametrize(
    ("shifts", "until", "share"), [(0, 8, 0), (1, 9, 0.1), (4, 19, 1), (14, 19, 1), (4, 19, 40)]
)
def test_nothing_is_cut_whatever_the_day_was(
    desk: Desk, shifts: int, until: int, share: float
) -> None:
    if shifts:
        _fill(desk, shifts=shifts, until=until, share=min(share, 4))
    desk.show("report")
    desk.looks_right()


def test_long_names_stand_whole(desk: Desk) -> None:
    _fill(desk)
    _long_names(desk.store)
    desk.show("report")
    desk.looks_right()
    assert LONG in desk.part("shift_rows", DataTable).words()


def test_before_the_figures_are_counted_nothing_is_claimed(desk: Desk) -> None:
    desk.shell.show_screen("report")
    assert desk.read("checks_number") == "… Plate checks"
    desk.part("save_pdf", ActionButton).click()
    desk.part("save_csv", ActionButton).click()
    desk.part("day_before", ActionButton).click()
    desk.looks_right()
    desk.settle()
    assert desk.read("checks_number") == "0 Plate checks"
    assert not Path("reports").exists()


def test_the_figures_can_be_read_by_name(desk: Desk) -> None:
    _fill(desk)
    desk.show("report")
    assert desk.read("checks_number") == "1,284 Plate checks, +7% on last Monday"
    assert desk.read("issued_number") == "46 Citations issued, $1,150.00 in fines"
    assert desk.read("held_number").startswith("0 Held by late truth")
    assert "M. Ortiz, T-009" in desk.read("shift_rows")
    assert "J. Rivera" in desk.read("nav")


def test_an_empty_day_says_so_in_words(desk: Desk) -> None:
    desk.show("report")
    words = " ".join(spoken_text(desk.shell.current))
    assert "No plate was checked on this day." in words
    assert "No citation was issued on this day." in words
    assert "A shift appears here as soon as an officer starts one." in words
    assert desk.hidden("shift_rows")


def test_figures_renew_themselves_within_a_second(desk: Desk) -> None:
    desk.show("report")
    _fill(desk, shifts=1, until=9, share=0.1)
    desk.terminal.news("plate_check")
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    assert desk.read("checks_number").startswith("0 ")
    desk.second()
    assert desk.read("checks_number").startswith("6 ")


def test_news_of_other_records_ask_for_nothing(desk: Desk) -> None:
    desk.show("report")
    _fill(desk, shifts=1, until=9, share=0.1)
    desk.terminal.news("hotlist_entry")
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    desk.second()
    assert desk.read("checks_number").startswith("0 ")


def test_the_age_goes_on_while_central_is_away(desk: Desk) -> None:
    desk.show("report")
    desk.terminal.news()
    desk.qtbot.waitUntil(lambda: "data 0 s old" in desk.read("nav"))
    desk.clock.pass_by(minutes=9)
    desk.terminal.news(net=NetState.OFFLINE)
    desk.qtbot.waitUntil(lambda: "Central: offline" in desk.read("nav"))
    desk.second()
    scope = [label.text() for label in desk.shell.current.findChildren(QLabel)]
    assert any(words.endswith("data 9 min old") for words in scope)


def test_at_midnight_today_is_another_day(desk: Desk) -> None:
    desk.show("report")
    desk.clock.pass_by(hours=13)
    desk.second()
    assert "Shift report · Tuesday, Mar 2, 2027" in spoken_text(desk.shell.current)


def test_earlier_days_can_be_read_and_left_again(desk: Desk) -> None:
    _fill(desk)
    desk.show("report")
    assert desk.hidden("day_after")
    for _ in range(7):
        desk.part("day_before", ActionButton).click()
        desk.settle()
    assert "Shift report · Monday, Feb 22, 2027" in spoken_text(desk.shell.current)
    desk.looks_right()
    for _ in range(7):
        desk.part("day_after", ActionButton).click()
        desk.settle()
    assert "Shift report · Monday, Mar 1, 2027" in spoken_text(desk.shell.current)
    assert desk.hidden("day_after")


def test_the_report_is_saved_as_pdf_and_csv(desk: Desk) -> None:
    _fill(desk, shifts=2, until=10)
    desk.show("report")
    QTest.keyClick(desk.shell, Qt.Key.Key_F9)
    desk.settle()
    pdf = Path("reports/shift-report-2027-03-01-counted-2027-03-01-1006.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert desk.notice == f"Saved as {pdf.name} in reports"
    desk.looks_right()
    desk.part("save_csv", ActionButton).click()
    desk.settle()
    csv = pdf.with_suffix(".csv")
    assert len(csv.read_text(encoding="utf-8-sig").splitlines()) == 1 + 6
    assert csv.name in desk.notice
    pdf.unlink()
    csv.unlink()
    pdf.parent.rmdir()


def test_a_folder_that_cannot_be_written_is_told(desk: Desk) -> None:
    Path("reports").write_text("in the way")
    desk.show("report")
    desk.part("save_pdf", ActionButton).click()
    desk.settle()
    assert desk.notice.startswith("Nothing was saved: the folder reports cannot be written.")
    Path("reports").unlink()


def test_the_rail_leads_to_the_queue_and_out(desk: Desk) -> None:
    desk.show("report")
    desk.part("nav_report", QWidget).click()  # type: ignore[attr-defined]  # a button of the rail
    assert desk.shell.current.name == "report"
    desk.part("nav_held", QWidget).click()  # type: ignore[attr-defined]  # a button of the rail
    desk.settle()
    assert desk.shell.current.name == "held"
    with desk.qtbot.waitSignal(desk.shell.sign_out_chosen):
        desk.part("nav_sign_out", QWidget).click()  # type: ignore[attr-defined]  # likewise


def test_the_queue_is_counted_at_the_rail(desk: Desk) -> None:
    samples.queue(desk.store, desk.clock)
    desk.show("report")
    assert desk.read("nav_held") == "Held citations, 7 waiting"


def test_the_safest_useful_action_has_the_focus(desk: Desk) -> None:
    desk.show("report")
    assert desk.shell.current.default_focus() is desk.part("save_pdf", ActionButton)


def test_news_that_come_while_figures_are_counted_are_not_lost(desk: Desk) -> None:
    desk.show("report")
    screen = desk.shell.current
    desk.terminal.news("plate_check")
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    screen.refresh()  # type: ignore[attr-defined]  # a page of the desk
    desk.store.fed_facts.append(
        samples.check(
            1,
            desk.clock.utc - timedelta(hours=1),
            shift=samples.name("s"),
            officer=samples.name("o"),
        )
    )
    screen.ticked(desk.clock.now())
    desk.settle()
    desk.second()
    assert desk.read("checks_number").startswith("1 ")
    assert any(isinstance(fact, PlateCheck) for fact in desk.store.fed_facts)
