"""Notices, progress, and things that move."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.ui_widgets.conftest import Show
from tests.unit.ui_widgets.pressing import counted
from ui.theme import Theme
from ui.widgets.buttons import ActionButton, ButtonView
from ui.widgets.motion import ProgressLine, ProgressView, Spinner
from ui.widgets.panels import NoticeBar, NoticeView


def test_a_notice_offers_its_action_by_finger_and_key(show: Show) -> None:
    bar = NoticeBar(NoticeView(text="Warning saved.", action="Undo", key="F7"))
    page = show(bar)
    heard: list[bool] = []
    bar.action_pressed.connect(lambda: heard.append(True))
    QTest.keyClick(page, Qt.Key.Key_F7)
    bar.findChildren(ActionButton)[0].click()
    assert len(heard) == 2
    bar.set_view(NoticeView(text="Warning saved."))
    QTest.keyClick(page, Qt.Key.Key_F7)
    assert len(heard) == 2
    assert bar.view.action == ""


def test_progress_can_be_stopped() -> None:
    line = ProgressLine(ProgressView(words="Sending", share=0.5, stop="Stop"))
    heard: list[bool] = []
    line.stop_pressed.connect(lambda: heard.append(True))
    line.findChildren(ActionButton)[0].click()
    assert heard
    assert line.accessibleName() == "Sending, 50 percent"
    line.set_view(ProgressView(words="Sending"))
    assert not line.findChildren(ActionButton)[0].isVisibleTo(line)


def test_things_move_only_when_motion_is_wanted_and_seen(qapp: QApplication, qtbot: QtBot) -> None:
    from ui.theme import apply_theme

    apply_theme(qapp, Theme.DAY, reduced_motion=True)
    still = Spinner("Checking")
    qtbot.addWidget(still)
    still.show()
    assert still.phase == 0
    apply_theme(qapp, Theme.DAY)
    moving = Spinner("Checking")
    qtbot.addWidget(moving)
    moving.show()
    qtbot.waitUntil(lambda: moving.phase > 0, timeout=2000)
    moving.hide()
    assert still.phase == 0


def test_a_finger_lifted_elsewhere_presses_nothing(show: Show) -> None:
    button = ActionButton(ButtonView(label="Issue", heavy=True))
    show(button)
    presses = counted(button)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    outside = QPoint(button.width() + 50, button.height() + 50)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=outside)
    assert not presses
