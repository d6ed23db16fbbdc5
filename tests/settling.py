"""How a test of screens lets everything land: tasks, what follows from them, and the layouts."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.tasks import Tasks

_ROUNDS = 8
"""A changed part asks its parent for a new layout, that asks the next: a round of events each."""


def settle(qtbot: QtBot, tasks: Tasks, *, limit_ms: int = 5000) -> None:
    """Wait until nothing runs and nothing is left to lay out.

    Raises:
        pytestqt.exceptions.TimeoutError: Something still runs after the limit.
    """
    qtbot.waitUntil(
        lambda: all(_idle_after_events(tasks) for _ in range(_ROUNDS)), timeout=limit_ms
    )


def lay_out() -> None:
    """Let the layouts that a change asked for take place."""
    for _ in range(_ROUNDS):
        QApplication.processEvents()


def _idle_after_events(tasks: Tasks) -> bool:
    QApplication.processEvents()
    return tasks.idle
