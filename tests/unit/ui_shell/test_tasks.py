import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.guard import guard_against_this_thread, guarded, no_guard
from app.lanes import reading, saving
from parking.errors import BugError, ParkingError, UserError
from ui import tasks as tasks_module
from ui.tasks import Tasks


def _unwanted(error: ParkingError) -> None:
    raise AssertionError(error)


def test_the_outcome_lands_on_the_painting_thread(tasks: Tasks, qtbot: QtBot) -> None:
    landed: list[tuple[str, bool]] = []
    app = QApplication.instance()
    assert app is not None

    def done(worker: str) -> None:
        landed.append((worker, QThread.currentThread() is app.thread()))

    task = reading("where", lambda: threading.current_thread().name)
    tasks.start(app, task, done, failed=_unwanted)
    qtbot.waitUntil(lambda: bool(landed))
    assert landed[0][0].startswith("lane-io")
    assert landed[0][1]


def test_an_error_lands_as_it_is(tasks: Tasks, qtbot: QtBot) -> None:
    landed: list[ParkingError] = []

    def wrong() -> None:
        raise UserError("plate.empty", "Enter the plate.")

    tasks.start(tasks, saving("check", wrong), print, failed=landed.append)
    qtbot.waitUntil(lambda: bool(landed))
    assert isinstance(landed[0], UserError)


def test_the_outcome_is_dropped_when_the_screen_has_gone(tasks: Tasks, qtbot: QtBot) -> None:
    gate, landed = threading.Event(), list[Any]()
    owner = QObject()
    tasks.start(owner, reading("slow", lambda: gate.wait(5)), landed.append, failed=_unwanted)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    gate.set()
    qtbot.waitUntil(lambda: tasks.idle)
    assert landed == []


def test_what_takes_long_is_said(
    tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks_module, "SLOW_AFTER_MS", 10)
    gate, said = threading.Event(), list[str]()
    tasks.slow_changed.connect(said.append)
    tasks.start(
        tasks, reading("slow", lambda: gate.wait(5)), print, failed=_unwanted, words="Asking"
    )
    qtbot.waitUntil(lambda: said == ["Asking"])
    gate.set()
    qtbot.waitUntil(lambda: said == ["Asking", ""])


def test_storage_on_the_painting_thread_is_refused(tasks: Tasks, qtbot: QtBot) -> None:
    class Part:
        def read(self) -> str:
            return "row"

    part = guarded(Part(), guard_against_this_thread())
    with pytest.raises(BugError, match="paints the screen"):
        part.read()
    landed: list[str] = []

    def on_a_lane() -> str:
        return part.read()

    tasks.start(tasks, reading("read", on_a_lane), landed.append, failed=_unwanted)
    qtbot.waitUntil(lambda: landed == ["row"])
    assert type(guarded(Part(), no_guard)) is Part
