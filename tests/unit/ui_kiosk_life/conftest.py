"""A pay station in its window at noon, with its life around it."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.ui_kiosk.station import PayStation, pay_station
from ui.kiosk_life.life import KioskLife


@pytest.fixture
def station(qapp: QApplication, qtbot: QtBot) -> Iterator[PayStation]:
    with pay_station(qapp, qtbot) as made:
        yield made


@pytest.fixture
def life(station: PayStation) -> KioskLife:
    station.start()
    return KioskLife(station.shell)
