"""The Tab key goes through the controls in the order in which they are read."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from tests.settling import lay_out
from tests.unit.ui_kiosk.station import PayStation

_ROW_PX = 40
"""Controls of one row stand about as high."""


def _went_through(station: PayStation, key: Qt.Key) -> list[QWidget]:
    """Press a key until the focus is where it was; return where it went, ending there."""
    lay_out()
    went: list[QWidget] = []
    while len(went) < 2 or went[-1] is not went[0]:
        station.strike(key)
        here = station.shell.focusWidget()
        assert here is not None
        went.append(here)
        assert len(went) < 80
    return went[:-1]


def _places(station: PayStation, parts: list[QWidget]) -> list[tuple[int, int]]:
    spots = [part.mapTo(station.screen, QPoint(0, 0)) for part in parts]
    places = [(spot.y() // _ROW_PX, spot.x()) for spot in spots]
    first = places.index(min(places))
    return places[first:] + places[:first]


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize("screen", ["kiosk_home", "kiosk_plate"])
def test_tab_goes_as_people_read_and_back(station: PayStation, screen: str, low: bool) -> None:
    values = {"plate": "AB12345", "state": "CT"} if screen == "kiosk_plate" else {}
    station.show(screen, **values)
    if low:
        station.press("move_down_button")
    onwards = _went_through(station, Qt.Key.Key_Tab)
    places = _places(station, onwards)
    assert places == sorted(places)
    assert {"help_button", "listen_button"} <= {part.objectName() for part in onwards}
    backwards = _went_through(station, Qt.Key.Key_Backtab)
    assert set(backwards) == set(onwards)
    places = _places(station, backwards)
    assert places[1:] == sorted(places[1:], reverse=True)
