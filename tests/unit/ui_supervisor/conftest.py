"""A desk in memory: a signed-in supervisor, the real lanes, the window."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from parking.terminal import TerminalKind
from tests.fakes.clock import StillClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.settling import settle
from ui.shell import Shell
from ui.supervisor.screens import supervisor_screens
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme
from ui.widgets.layout_check import faults, unnamed_controls

T = TypeVar("T", bound=QWidget)


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk at work."""

    terminal: FakeTerminal
    shell: Shell
    qtbot: QtBot

    @property
    def store(self) -> MemoryStore:
        return self.terminal.store

    @property
    def clock(self) -> StillClock:
        return self.terminal.clock

    def show(self, name: str) -> None:
        self.shell.show_screen(name)
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.shell.tasks)

    def second(self) -> None:
        """Let a second pass."""
        self.clock.pass_by(seconds=1)
        self.shell.current.ticked(self.clock.now())
        self.settle()

    def part(self, name: str, of: type[T]) -> T:
        """Return a visible part of the screen in front."""
        (found,) = (one for one in self.shell.findChildren(of, name) if one.isVisible())
        return found

    def read(self, name: str) -> str:
        """Return what the remote control would read."""
        return self.part(name, QWidget).accessibleName()

    def hidden(self, name: str) -> bool:
        return not any(one.isVisible() for one in self.shell.findChildren(QWidget, name))

    @property
    def notice(self) -> str:
        return self.read("notice")

    def looks_right(self) -> None:
        assert faults(self.shell) == []
        assert unnamed_controls(self.shell) == []


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot) -> Iterator[Desk]:
    apply_theme(qapp, Theme.DESK, profile="desk", reduced_motion=True)
    with fake_terminal(TerminalKind.SUPERVISOR, name="C-02") as terminal:
        terminal.sign_in("0102")
        shell = Shell(Tasks(terminal.lanes))
        qtbot.addWidget(shell)
        for screen in supervisor_screens(terminal.app, shell.tasks):
            shell.add(screen)
        terminal.app.on_news(shell.tasks.tell_news)
        shell.show()
        yield Desk(terminal, shell, qtbot)
        qtbot.waitUntil(lambda: shell.tasks.idle)
