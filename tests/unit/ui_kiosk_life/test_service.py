"""The service of a pay station, from the held corner to the end of the program."""

import pytest
from PySide6.QtWidgets import QApplication

from app.ports import PrinterState
from app.usecases.open_service import set_service_pin
from parking.service_code import code_for
from tests.fakes.terminal_app import CHEAP
from tests.unit.ui_kiosk.station import PayStation
from ui.kiosk_life.life import LEFT_FOR_SERVICE, KioskLife
from ui.kiosk_life.service import ServiceScreen
from ui.kiosk_life.service_entry import ServiceEntryScreen
from ui.kiosk_life.service_state import printer_words
from ui.widgets.fields import TextField
from ui.widgets.layout_check import faults, unnamed_controls
from ui.widgets.panels import NoticeBar

PIN, KEY = "284917", bytes(range(32))


@pytest.fixture
def entry(station: PayStation, life: KioskLife) -> ServiceEntryScreen:
    terminal = station.terminal
    terminal.lanes.on_store(
        "set",
        lambda: set_service_pin(terminal.store, terminal.secrets, pin=PIN, key=KEY, cost=CHEAP),
    )
    life.hands.corner_held.emit()
    screen = station.shell.current
    assert isinstance(screen, ServiceEntryScreen)
    return screen


def _type(screen: ServiceEntryScreen, pin: str, code: str) -> None:
    for name, text in (("pin", pin), ("code", code)):
        field = screen.findChild(TextField, name)
        assert field is not None
        field.set_text(text)


def _problem(entry: ServiceEntryScreen) -> str:
    bar = entry.findChild(NoticeBar, "problem")
    return "" if bar is None else bar.accessibleName()


def _front(station: PayStation) -> str:
    return station.shell.current.name


def _open(station: PayStation, entry: ServiceEntryScreen) -> ServiceScreen:
    _type(entry, PIN, code_for(KEY, entry.question))
    entry._page.main_button.click()
    station.wait(lambda: _front(station) == "kiosk_service")
    screen = station.shell.current
    assert isinstance(screen, ServiceScreen)
    return screen


def test_the_question_is_a_new_one_at_each_try(
    station: PayStation, entry: ServiceEntryScreen
) -> None:
    first = entry.question
    assert not faults(entry) + unnamed_controls(entry)
    _type(entry, PIN, "00000000" if code_for(KEY, first) != "00000000" else "11111111")
    entry._page.main_button.click()
    station.wait(lambda: entry.question != first)
    assert _front(station) == "kiosk_service_entry"
    assert not faults(entry)


def test_what_no_further_try_mends_is_said_without_a_question(
    station: PayStation, entry: ServiceEntryScreen
) -> None:
    station.terminal.secrets.put("service_tries", b"10")
    _type(entry, PIN, "12345678")
    entry._page.main_button.click()
    station.wait(lambda: "off here after 10" in _problem(entry))
    assert "question" not in _problem(entry)
    assert not faults(entry)


def test_service_sees_how_the_pay_station_is_and_tests_the_printer(
    station: PayStation, entry: ServiceEntryScreen
) -> None:
    _open(station, entry)
    station.wait(lambda: "Ready." in station.words("service_facts"))
    said = station.words("service_facts")
    assert "K-07, zone 112" in said
    assert "tmr_sample" in said
    station.press("print_test_button")
    station.wait(lambda: "written into a file" in station.words("service_answer"))
    assert not faults(station.screen) + unnamed_controls(station.screen)
    station.terminal.printer.out_of_paper = True
    station.press("print_test_button")
    station.wait(lambda: "has no paper" in station.words("service_answer"))
    station.press("sell_button")
    assert _front(station) == "kiosk_home"


def test_the_end_of_the_program_has_a_status_of_its_own(
    station: PayStation, entry: ServiceEntryScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(QApplication, "exit", left.append)
    _open(station, entry)
    station.press("leave_button")
    assert left == [LEFT_FOR_SERVICE]


def test_nobody_there_for_long_sells_again(station: PayStation, entry: ServiceEntryScreen) -> None:
    now = station.terminal.clock
    entry.ticked(now.now())
    now.pass_by(seconds=179)
    entry.ticked(now.now())
    assert _front(station) == "kiosk_service_entry"
    now.pass_by(seconds=1)
    entry.ticked(now.now())
    assert _front(station) == "kiosk_home"


def test_the_corner_opens_nothing_in_somebodys_purchase(
    station: PayStation, life: KioskLife
) -> None:
    station.to_time()
    life.hands.corner_held.emit()
    assert _front(station) == "kiosk_time"


def test_every_state_of_a_printer_has_words() -> None:
    assert len({printer_words(state) for state in PrinterState}) == len(PrinterState)
