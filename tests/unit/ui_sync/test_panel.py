import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ports import NetState, ToSend
from parking.errors import UnavailableError
from tests.fakes.terminal_app import fake_terminal
from tests.unit.ui_officer.laptop import Laptop, opened_laptop
from tests.unit.ui_sync.samples import refused, said, waiting
from ui.theme import Theme, apply_theme
from ui.widgets.buttons import ActionButton
from ui.widgets.topbar import CellView, TopBar, TopBarView


@pytest.fixture
def laptop(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Laptop]:
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)
    with fake_terminal(photos=tmp_path) as terminal:
        terminal.on_beat()
        with opened_laptop(qtbot, terminal, tmp_path) as opened:
            yield opened


def _title(laptop: Laptop) -> str:
    return str(laptop.find(QLabel, "sync_title").text())


def _open(laptop: Laptop) -> None:
    laptop.press("F10", "F6")
    assert laptop.screen == "sync"


def test_two_keys_lead_there_and_one_back(laptop: Laptop) -> None:
    laptop.terminal.hear(said())
    laptop.terminal.store.waiting = waiting(laptop.terminal.clock.utc)
    _open(laptop)
    assert _title(laptop) == "19 records wait for city hall"
    laptop.press("Esc")
    assert laptop.screen == "check"


def test_sync_now_runs_a_round_and_shows_what_came_of_it(laptop: Laptop) -> None:
    store = laptop.terminal.store
    store.waiting = waiting(laptop.terminal.clock.utc)
    go_on = threading.Event()

    def round_(timeout_s: float) -> None:
        assert go_on.wait(timeout_s)
        store.waiting = ToSend(count=0, oldest_utc=None, parked=0)
        laptop.terminal.hear(said())

    laptop.app.sync.run_by(round_)
    laptop.terminal.hear(said())
    _open(laptop)
    button = laptop.find(ActionButton, "sync_button")
    laptop.hammer("F9")
    assert not button.isEnabled()
    assert laptop.shows("sync_progress")
    go_on.set()
    laptop.settle()
    assert _title(laptop) == "Everything is at city hall"
    assert button.isEnabled()
    assert not laptop.shows("sync_progress")


def test_a_round_that_takes_too_long_says_that_it_goes_on(laptop: Laptop) -> None:
    def round_(_timeout_s: float) -> None:
        raise UnavailableError("sync.slow", "The exchange goes on.", retry_safe=True)

    laptop.app.sync.run_by(round_)
    _open(laptop)
    laptop.press("F9")
    assert "The exchange goes on." in laptop.find(QWidget, "notice").accessibleName()
    assert laptop.find(ActionButton, "sync_button").isEnabled()


def test_news_are_shown_while_it_is_open(laptop: Laptop) -> None:
    laptop.terminal.hear(said())
    laptop.terminal.store.waiting = waiting(laptop.terminal.clock.utc, parked=1)
    laptop.terminal.store.refused = refused(laptop.terminal.clock.utc)[:1]
    _open(laptop)
    assert _title(laptop) == "City hall refused 1 record"
    told = laptop.find(QWidget, "sync_parked").accessibleName()
    assert "plate BK-47291" in told
    assert "Tell your supervisor the number" in told
    laptop.terminal.hear(said(NetState.OFFLINE))
    laptop.settle()
    assert _title(laptop).startswith("No contact with city hall since")


def test_the_cells_of_the_top_bar_are_one_large_target(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)
    cells = tuple(CellView(label=name, value="3") for name in ("To send", "App", "Network"))
    bar = TopBar(TopBarView(beat="Beat 4", shift="M. Ortiz", cells=cells, clock="12:00"))
    qtbot.addWidget(bar)
    bar.resize(1280, 72)
    bar.show()
    bar.grab()
    touched: list[str] = []
    bar.cells_pressed.connect(lambda: touched.append("cells"))
    left = int(bar._cells_room.left())
    for spot in (QPoint(left + 4, 2), QPoint(left + 4, 70)):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=spot)
    assert len(touched) == 2
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(20, 30))
    assert len(touched) == 2
