"""A laptop of an officer on beat 4, in zone 112, at noon."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.unit.ui_officer.laptop import Laptop, opened_laptop
from ui.theme import Theme, apply_theme


@pytest.fixture
def by_day(qapp: QApplication) -> None:
    """The look of an officer's laptop by day, as no other test may have left it."""
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def on_beat(photos: Path) -> Iterator[FakeTerminal]:
    with fake_terminal(photos=photos) as terminal:
        terminal.on_beat()
        yield terminal


@pytest.fixture
def laptop(by_day: None, qtbot: QtBot, on_beat: FakeTerminal, photos: Path) -> Iterator[Laptop]:
    assert by_day is None
    with opened_laptop(qtbot, on_beat, photos) as made:
        yield made
