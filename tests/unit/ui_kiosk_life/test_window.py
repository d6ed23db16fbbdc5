"""The window of a pay station: what it swallows, what it lets through, and that it stays."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.ui_kiosk.station import PayStation, pay_station
from ui.kiosk_life.window import KioskWindow, is_own_key
from ui.shell import Shell

_KEY = Qt.Key
_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_NO = Qt.MouseButton.NoButton
_META = Qt.KeyboardModifier.MetaModifier


@pytest.fixture
def station(qapp: QApplication, qtbot: QtBot) -> Iterator[PayStation]:
    with pay_station(qapp, qtbot) as made:
        yield made


@pytest.fixture
def window(station: PayStation) -> Iterator[KioskWindow]:
    made = KioskWindow(station.shell)
    made.open()
    station.start()
    yield made
    made.let_go()
    station.shell.setParent(None)
    made.close()
    made.deleteLater()


def _handle(window: KioskWindow) -> QWindow:
    handle = window.windowHandle()
    assert handle is not None
    return handle


@pytest.mark.parametrize(
    ("key", "modifier", "own"),
    [
        (_KEY.Key_A, _NONE, True),
        (_KEY.Key_A, _SHIFT, True),
        (_KEY.Key_7, Qt.KeyboardModifier.KeypadModifier, True),
        (_KEY.Key_Return, _NONE, True),
        (_KEY.Key_Escape, _NONE, True),
        (_KEY.Key_F9, _NONE, True),
        (_KEY.Key_Q, _CTRL, False),
        (_KEY.Key_F4, _ALT, False),
        (_KEY.Key_Tab, _ALT, False),
        (_KEY.Key_D, _META, False),
        (_KEY.Key_F11, _NONE, False),
        (_KEY.Key_Menu, _NONE, False),
        (_KEY.Key_PowerOff, _NONE, False),
        (_KEY.Key_unknown, _NONE, False),
    ],
)
def test_only_the_keys_of_a_pay_station_are_heard(
    key: Qt.Key, modifier: Qt.KeyboardModifier, own: bool
) -> None:
    assert is_own_key(QKeyEvent(QEvent.Type.KeyPress, key, modifier)) is own


def test_it_fills_the_panel_with_the_screens_in_its_middle(window: KioskWindow) -> None:
    assert window.isFullScreen()
    shell = window.findChild(Shell)
    assert shell is not None
    assert shell.isVisible()
    assert window.cursor().shape() is Qt.CursorShape.BlankCursor


def test_its_own_keys_reach_the_screens_and_others_do_not(
    station: PayStation, window: KioskWindow
) -> None:
    QTest.keyClick(_handle(window), _KEY.Key_F1, _CTRL)
    assert not station.shown("close_help_button")
    QTest.keyClick(_handle(window), _KEY.Key_F1)
    assert station.shown("close_help_button")


def test_menus_wheels_and_other_buttons_end_at_the_window(window: KioskWindow) -> None:
    at, where = QPoint(20, 20), QPointF(20, 20)
    wheel = QWheelEvent(
        where, where, QPoint(), QPoint(0, 9), _NO, _CTRL, Qt.ScrollPhase.NoScrollPhase, False
    )
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at)
    presses = [
        QMouseEvent(QEvent.Type.MouseButtonPress, where, where, button, button, _NONE)
        for button in (
            Qt.MouseButton.RightButton,
            Qt.MouseButton.MiddleButton,
            Qt.MouseButton.BackButton,
            Qt.MouseButton.LeftButton,
        )
    ]
    ended = [window.eventFilter(_handle(window), event) for event in (wheel, menu, *presses)]
    assert ended == [True, True, True, True, True, False]


@pytest.mark.parametrize("leave", [KioskWindow.close, KioskWindow.hide, KioskWindow.showMinimized])
def test_it_comes_back_from_what_would_take_it_away(
    window: KioskWindow, qtbot: QtBot, leave: object
) -> None:
    assert callable(leave)
    leave(window)
    qtbot.waitUntil(lambda: window.isVisible() and window.isFullScreen(), timeout=5000)


def test_let_go_it_closes_like_any_other(window: KioskWindow) -> None:
    window.let_go()
    assert window.close()
    assert not window.isVisible()
