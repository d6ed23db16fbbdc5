"""The corner that opens service when it is held, and the rest that a touch only ends."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.unit.ui_kiosk.station import PayStation
from ui.kiosk_life.hands import Hands
from ui.kiosk_life.life import KioskLife
from ui.kiosk_life.rest import Rest

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_CORNER, _BESIDE = QPoint(60, 60), QPoint(400, 60)


def _window(station: PayStation) -> QWindow:
    handle = station.shell.window().windowHandle()
    assert handle is not None
    return handle


def _hands(station: PayStation, hold_ms: int) -> Hands:
    station.start()
    hands = Hands(_window(station), station.shell)
    hands._corner.setInterval(hold_ms)
    return hands


def _resting(rest: Rest) -> bool:
    return rest.resting


def test_the_corner_must_be_held(station: PayStation, qtbot: QtBot) -> None:
    hands = _hands(station, hold_ms=1)
    with qtbot.waitSignal(hands.corner_held, timeout=5000):
        QTest.mousePress(_window(station), _LEFT, _NONE, _CORNER)
    QTest.mouseRelease(_window(station), _LEFT, _NONE, _CORNER)


def test_a_hand_that_leaves_the_corner_or_lets_go_opens_nothing(station: PayStation) -> None:
    hands = _hands(station, hold_ms=600_000)
    window = _window(station)
    QTest.mousePress(window, _LEFT, _NONE, _CORNER)
    assert hands._corner.isActive()
    QTest.mouseRelease(window, _LEFT, _NONE, _CORNER)
    assert not hands._corner.isActive()
    QTest.mousePress(window, _LEFT, _NONE, _BESIDE)
    assert not hands._corner.isActive()
    QTest.mouseRelease(window, _LEFT, _NONE, _BESIDE)


def test_a_touch_on_a_resting_panel_only_wakes_it(station: PayStation, life: KioskLife) -> None:
    rest = Rest(life.hands, station.shell, lambda: True, after_ms=600_000)
    sheet = station.shell.findChildren(QWidget, "rest")[-1]
    rest._timer.timeout.emit()
    assert (_resting(rest), sheet.isVisible()) == (True, True)
    QTest.keyClick(_window(station), Qt.Key.Key_F1)
    assert (_resting(rest), sheet.isVisible()) == (False, False)
    assert not station.shown("close_help_button")
    QTest.keyClick(_window(station), Qt.Key.Key_F1)
    assert station.shown("close_help_button")


def test_nothing_rests_while_somebody_may_wait(station: PayStation, life: KioskLife) -> None:
    life.rest._timer.timeout.emit()
    assert _resting(life.rest)
    station.to_time()
    assert not _resting(life.rest)
    life.rest._timer.timeout.emit()
    assert not _resting(life.rest)
