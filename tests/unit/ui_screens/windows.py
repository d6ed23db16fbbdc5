"""Windows of every place with all their screens, for tests of the whole product."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from parking.terminal import TerminalKind
from tests.fakes.clock import NOON
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.settling import settle
from tests.unit.ui_kiosk.station import pay_station
from tests.unit.ui_officer.laptop import opened_laptop
from ui.enrol.enrol import EnrolScreen
from ui.safe_screen import SafeScreen
from ui.screen import Screen
from ui.shell import Shell
from ui.signin.activate import ActivateScreen
from ui.signin.begin_shift import BeginShiftScreen
from ui.signin.sign_in import SignInScreen
from ui.start_screen import StartScreen
from ui.supervisor.screens import supervisor_screens
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme

KINDS = {
    "officer": TerminalKind.OFFICER,
    "kiosk": TerminalKind.KIOSK,
    "desk": TerminalKind.SUPERVISOR,
}
PLAIN = {"officer": Theme.DAY, "kiosk": Theme.DAY, "desk": Theme.DESK}


class Window:
    """A shell over a terminal in memory.

    Attributes:
        terminal: Its parts.
        shell: The window.
    """

    def __init__(self, qtbot: QtBot, terminal: FakeTerminal) -> None:
        self._qtbot = qtbot
        self.terminal = terminal
        self.shell = Shell(Tasks(terminal.lanes))
        qtbot.addWidget(self.shell)
        terminal.app.on_news(self.shell.tasks.tell_news)

    def show(self, name: str, **values: Any) -> None:
        """Show a screen and what it asks for."""
        self.shell.show_screen(name, **values)
        self.shell.show()
        self.settle()

    def settle(self) -> None:
        """Wait until everything that was started has landed."""
        settle(self._qtbot, self.shell.tasks)

    def press(self, key: str) -> None:
        """Do what a key of the screen does."""
        self.shell.current.keys()[key]()
        self.settle()


def first_screens(terminal: FakeTerminal, tasks: Tasks) -> tuple[Screen, ...]:
    """Return what comes before work, at every place."""
    sign_in = SignInScreen(tasks)
    sign_in.open_for(terminal.app.people)
    begin = BeginShiftScreen(tasks, terminal.app.officer)
    activate = ActivateScreen(tasks, terminal.app.people)
    start = (StartScreen(tasks), EnrolScreen(tasks), SafeScreen(tasks))
    if terminal.app.kind is TerminalKind.KIOSK:
        return start
    return (
        (*start, sign_in, activate, begin)
        if terminal.app.kind is TerminalKind.OFFICER
        else (*start, sign_in, activate)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One screen in one state.

    Attributes:
        shows: The name of the screen.
        state: Which state of it.
        place: officer, kiosk or desk.
        window: Opens what ``play`` gets.
        play: Brings the state about.
        utc: Time of the terminal's clock.
        zone_id: Where a pay station stands.
    """

    shows: str
    state: str
    place: str
    window: Callable[..., Any]
    play: Callable[[Any], object]
    utc: datetime = NOON
    zone_id: str = "112"

    @property
    def name(self) -> str:
        """Its name in a report."""
        return f"{self.place}-{self.shows}-{self.state}"


@contextmanager
def before_work(
    scene: Scene, theme: Theme, qapp: QApplication, qtbot: QtBot, _folder: Path
) -> Iterator[Window]:
    """Open a window on the screens that come before work."""
    apply_theme(qapp, theme, profile=scene.place, reduced_motion=True)
    with fake_terminal(KINDS[scene.place]) as terminal:
        window = Window(qtbot, terminal)
        for screen in first_screens(terminal, window.shell.tasks):
            window.shell.add(screen)
        yield window
        window.settle()


@contextmanager
def on_the_beat(
    scene: Scene, theme: Theme, qapp: QApplication, qtbot: QtBot, folder: Path
) -> Iterator[Any]:
    """Open a laptop of an officer at work."""
    apply_theme(qapp, theme, profile=scene.place, reduced_motion=True)
    with fake_terminal(photos=folder) as terminal:
        terminal.clock.utc = scene.utc
        terminal.store.fresh(scene.utc)
        terminal.on_beat()
        with opened_laptop(qtbot, terminal, folder) as laptop:
            yield laptop


@contextmanager
def at_the_kiosk(
    scene: Scene, theme: Theme, qapp: QApplication, qtbot: QtBot, _folder: Path
) -> Iterator[Any]:
    """Open a pay station."""
    with pay_station(qapp, qtbot, theme=theme, zone_id=scene.zone_id, utc=scene.utc) as station:
        yield station


@contextmanager
def at_the_desk(
    scene: Scene, theme: Theme, qapp: QApplication, qtbot: QtBot, _folder: Path
) -> Iterator[Window]:
    """Open the desk of a supervisor."""
    apply_theme(qapp, theme, profile=scene.place, reduced_motion=True)
    with fake_terminal(TerminalKind.SUPERVISOR, name="C-02") as terminal:
        terminal.sign_in("0102")
        window = Window(qtbot, terminal)
        for screen in supervisor_screens(terminal.app, window.shell.tasks):
            window.shell.add(screen)
        yield window
        window.settle()
