"""A dressed application, lanes and a bridge to them."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.lanes import Lanes
from ui.shell import Shell
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme

Dress = Callable[[str], None]
_THEMES = {"officer": Theme.DAY, "kiosk": Theme.DAY, "desk": Theme.DESK}


@pytest.fixture
def dress(qapp: QApplication) -> Dress:
    """Applies the look of a place."""

    def apply(place: str) -> None:
        apply_theme(qapp, _THEMES[place], profile=place, reduced_motion=True)

    return apply


@pytest.fixture(autouse=True)
def _officer_look(dress: Dress) -> None:
    dress("officer")


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(io_workers=2)
    yield made
    made.stop()


@pytest.fixture
def tasks(lanes: Lanes, qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks(lanes)
    yield made
    qtbot.waitUntil(lambda: made.idle)


@pytest.fixture
def shell(tasks: Tasks, qtbot: QtBot) -> Shell:
    made = Shell(tasks)
    qtbot.addWidget(made)
    return made
