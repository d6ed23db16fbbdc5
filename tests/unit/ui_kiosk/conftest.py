"""A pay station in its window, at noon in the street."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.ui_kiosk.station import PayStation, pay_station


@pytest.fixture
def station(qapp: QApplication, qtbot: QtBot) -> Iterator[PayStation]:
    with pay_station(qapp, qtbot) as made:
        made.start()
        yield made
