"""A pay station that cannot sell says why, where else to pay and whom to call."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.city import help_phone, other_pay_station
from app.ports import NetState
from app.words import language
from parking.payment import Told
from parking.zone import Zone
from tests.unit.ui_kiosk.station import PayStation, pay_station
from ui.kiosk_life.closed_state import Closed, closed_by, closed_state
from ui.kiosk_life.life import KioskLife
from ui.theme import Theme
from ui.widgets.layout_check import faults, unnamed_controls

ZONE = Zone(zone_id="112", name="Broad Street", time_zone="America/New_York", tariff_id="a")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ({}, None),
        ({"net": NetState.OFFLINE}, None),
        ({"net": NetState.REFUSED}, Closed.SWITCHED_OFF),
        ({"uncertainty_ms": 30_000}, None),
        ({"uncertainty_ms": 30_001}, Closed.CLOCK),
        ({"reader_id": ""}, Closed.NO_READER),
        ({"zone": None, "reader_id": "", "uncertainty_ms": 600_000}, None),
    ],
)
def test_a_pay_station_closes_for_what_nobody_can_pay_around(
    seen: dict[str, Any], why: Closed | None
) -> None:
    usual: dict[str, Any] = {"net": NetState.ONLINE, "zone": ZONE, "uncertainty_ms": 20}
    assert closed_by(**{**usual, "reader_id": "tmr_sample", **seen}) is why


@pytest.mark.parametrize("why", list(Closed))
def test_it_says_where_else_to_pay_and_whom_to_call(why: Closed) -> None:
    state = closed_state(why, zone_id="112")
    said = " ".join(way.text for way in state.ways)
    assert help_phone() in said
    assert other_pay_station("112") in said
    assert "zone 112" in said
    assert "not been charged" in str(state.panel)
    assert bool(state.hint) is (why is Closed.CLOCK)


def test_it_closes_while_its_clock_is_unsure_and_opens_again(
    station: PayStation, life: KioskLife
) -> None:
    station.terminal.clock.uncertainty_ms = 40_000
    station.tick()
    life.look()
    assert station.screen.name == "kiosk_closed"
    assert "clock may be wrong" in station.words("closed_answer")
    station.terminal.clock.uncertainty_ms = 20
    station.tick()
    life.look()
    assert station.screen.name == "kiosk_home"


def test_news_of_city_hall_close_it_and_open_it(station: PayStation, life: KioskLife) -> None:
    assert life.parent() is station.shell
    station.terminal.news(net=NetState.REFUSED)
    station.wait_for("kiosk_closed")
    assert "switched this pay station off" in station.words("closed_answer")
    station.terminal.news()
    station.wait_for("kiosk_home")


def test_it_says_so_in_the_language_of_the_driver(station: PayStation, life: KioskLife) -> None:
    assert life.parent() is station.shell
    station.terminal.news(net=NetState.REFUSED)
    station.wait_for("kiosk_closed")
    station.press("language_pl")
    assert language() == "pl"
    station.pass_by(seconds=90)
    assert language() == "en"
    assert station.screen.name == "kiosk_closed"


def test_it_never_closes_in_somebodys_purchase(station: PayStation, life: KioskLife) -> None:
    payment = station.to_card()
    station.terminal.clock.uncertainty_ms = 40_000
    station.tick()
    life.look()
    assert station.screen.name == "kiosk_card"
    station.move(payment, Told.CANCELED)


def test_an_interrupted_payment_goes_on_before_it_closes(
    station: PayStation, life: KioskLife
) -> None:
    station.to_card()
    station.terminal.clock.uncertainty_ms = 40_000
    station.tick()
    station.show("kiosk_home")
    life.look()
    station.wait(lambda: station.screen.name in {"kiosk_checking", "kiosk_card"})


@pytest.mark.parametrize("theme", [Theme.DAY, Theme.CONTRAST])
def test_its_screen_has_no_fault(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    with pay_station(qapp, qtbot, theme=theme) as station:
        station.start()
        for net, unsure_ms in ((NetState.REFUSED, 20), (NetState.ONLINE, 40_000)):
            station.terminal.clock.uncertainty_ms = unsure_ms
            station.terminal.news(net=net)
            station.tick()
            station.show("kiosk_closed")
            wrong = faults(station.screen) + unnamed_controls(station.screen)
            assert not wrong
            station.press("help_button")
            assert not faults(station.screen)
