from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.lanes import Lane, Task, Ticket, reading
from app.profile import TerminalProfile
from app.terminal_app import TerminalApp
from parking.errors import BugError, UserError
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import PIN, FakeTerminal, fake_terminal
from tests.unit.ui_shell.hands import click, fill
from ui.flow import Flow, Opened
from ui.main import first_screen
from ui.screen import Screen
from ui.shell import Shell
from ui.signin.activate import ActivateScreen
from ui.signin.begin_shift import BeginShiftScreen
from ui.tasks import Tasks
from ui.widgets.layout_check import spoken_text

Dress = Callable[[str], None]
_PLACES = {
    TerminalKind.OFFICER: "officer",
    TerminalKind.KIOSK: "kiosk",
    TerminalKind.SUPERVISOR: "desk",
}


class _Home(Screen):
    """Stands in for the screens of a role."""

    name = "home"

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self.visits = 0
        self.out = QPushButton("Sign out", self)
        self.out.clicked.connect(self.sign_out_chosen)

    def entered(self) -> None:
        self.visits += 1


class Played:
    """A flow over a fake terminal."""

    def __init__(self, qtbot: QtBot, terminal: FakeTerminal, data: Path) -> None:
        self.qtbot = qtbot
        self.terminal = terminal
        self.tasks = Tasks(terminal.lanes)
        self.shell = Shell(self.tasks)
        qtbot.addWidget(self.shell)
        self.home = _Home(self.tasks)
        profile = TerminalProfile(data=data, central_url="http://city", kind=terminal.app.kind)
        first = first_screen(profile, self.tasks)
        self.shell.add(first)
        self.shell.show_screen(first.name)
        self.shell.show()
        self.flow = Flow(self.shell, self.tasks, profile, self.screens_for)

    def screens_for(self, app: TerminalApp, tasks: Tasks) -> tuple[Screen, ...]:
        before: tuple[Screen, ...] = ()
        if app.kind is not TerminalKind.KIOSK:
            before = (ActivateScreen(tasks, app.people),)
        if app.kind is TerminalKind.OFFICER:
            before = (*before, BeginShiftScreen(tasks, app.officer))
        return (*before, self.home)

    def load(self, *errors: Exception) -> None:
        left = list(errors)

        def work() -> Opened:
            if left:
                raise left.pop(0)
            return Opened(terminal=self.terminal.app)

        self.flow.begin(reading("open_terminal", work))

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self.shell.current.name == name)

    def wait_words(self, words: str) -> None:
        """Words are known once they were painted."""
        self.qtbot.waitUntil(lambda: words in self.words())

    def signed_in(self) -> bool:
        return self.terminal.app.duty is not None

    def is_idle(self) -> bool:
        return self.tasks.idle

    def words(self) -> str:
        return " | ".join(spoken_text(self.shell))

    def sign_in(self) -> None:
        for name, text in (("badge", "0417"), ("pin", PIN)):
            fill(self.shell, name, text)
        self.shell.current.keys()["Enter"]()


Play = Callable[[TerminalKind], Played]


@pytest.fixture
def play(qtbot: QtBot, tmp_path: Path, dress: Dress) -> Iterator[Play]:
    played: list[Played] = []

    def make(kind: TerminalKind) -> Played:
        dress(_PLACES[kind])
        terminal = FakeTerminal(kind)
        (tmp_path / "store").mkdir()
        made = Played(qtbot, terminal, tmp_path)
        played.append(made)
        return made

    yield make
    for made in played:
        qtbot.waitUntil(made.is_idle)
        made.terminal.close()


def test_an_officer_from_first_window_to_work_and_out(play: Play) -> None:
    played = play(TerminalKind.OFFICER)
    assert played.shell.current.name == "sign_in"
    played.terminal.sign_in()
    played.terminal.app.people.sign_out()
    played.load()
    played.qtbot.waitUntil(lambda: played.flow.terminal is not None)
    played.sign_in()
    played.wait_for("begin_shift")
    screen = played.shell.current
    assert isinstance(screen, BeginShiftScreen)
    played.qtbot.waitUntil(lambda: "Beat 4" in played.words())
    click(screen, "beat_4")
    screen.keys()["Enter"]()
    played.wait_for("home")
    played.wait_words("Beat 4 · Zone 112")
    played.wait_words("M. Ortiz")
    played.home.out.click()
    assert played.shell.current.name == "sign_in"
    assert not played.signed_in()
    played.sign_in()
    played.wait_for("home")
    assert played.signed_in()
    assert played.terminal.app.officer.zone is not None


def test_the_top_bar_leads_to_sync_where_nothing_is_lost_by_it(play: Play) -> None:
    played = play(TerminalKind.OFFICER)
    played.terminal.on_beat()
    played.load()
    played.qtbot.waitUntil(lambda: played.flow.terminal is not None)
    sync = _Home(played.tasks)
    sync.name = "sync"  # type: ignore[misc]  # stands in for another screen of this test
    played.shell.add(sync)
    played.home.name = "check"  # type: ignore[misc]  # a screen that can be left
    played.shell.show_screen("home")
    played.shell.bar_pressed.emit()
    assert played.shell.current is sync
    played.home.name = "citation"  # type: ignore[misc]  # a form that is being filled in
    played.shell.show_screen("home")
    played.shell.bar_pressed.emit()
    assert played.shell.current is played.home
    played.wait_words("City hall has not answered since the start.")
    played.terminal.news(to_send=2)
    played.qtbot.waitUntil(lambda: played.flow._news is not None)
    played.shell.bar_pressed.emit()
    played.wait_words("2 records wait for city hall")


def test_before_anybody_works_the_top_bar_leads_nowhere(play: Play) -> None:
    played = play(TerminalKind.OFFICER)
    played.load()
    played.qtbot.waitUntil(lambda: played.flow.terminal is not None)
    shown = played.shell.current
    played.shell.bar_pressed.emit()
    assert played.shell.current is shown


def test_a_supervisor_goes_straight_to_the_desk(play: Play) -> None:
    played = play(TerminalKind.SUPERVISOR)
    boss = next(one for one in played.terminal.store.fed_officers if one.role == "supervisor")
    played.terminal.store.fed_officers = [replace(boss, badge="0417")]
    played.terminal.sign_in()
    played.terminal.app.people.sign_out()
    played.load()
    played.sign_in()
    played.wait_for("home")


def test_a_pay_station_needs_nobody(play: Play) -> None:
    played = play(TerminalKind.KIOSK)
    assert played.shell.current.name == "start"
    played.load()
    played.wait_for("home")


def test_a_terminal_that_cannot_open_says_why_and_tries_again(play: Play) -> None:
    played = play(TerminalKind.OFFICER)
    played.load(
        UserError("terminal.running", "A terminal already runs.", action="Use that window.")
    )
    played.wait_for("start")
    played.wait_words("A terminal already runs. Use that window.")
    click(played.shell, "again_button")
    played.wait_for("sign_in")


def test_a_fault_while_opening_shows_the_safe_screen(play: Play) -> None:
    played = play(TerminalKind.KIOSK)
    played.load(BugError("open_terminal: a table is missing"))
    played.wait_for("safe")
    played.shell.current.keys()["Enter"]()
    assert played.shell.current.name == "start"


def test_after_a_fault_the_work_goes_on(play: Play) -> None:
    played = play(TerminalKind.KIOSK)
    played.load()
    played.wait_for("home")
    played.home.fault_raised.emit(BugError("quote: a fault"))
    assert played.shell.current.name == "safe"
    played.shell.current.keys()["Enter"]()
    assert played.shell.current.name == "home"


def test_after_a_fault_nobody_is_signed_in_by_it(play: Play) -> None:
    played = play(TerminalKind.OFFICER)
    played.load()
    played.qtbot.waitUntil(lambda: played.flow.terminal is not None)
    played.shell.show_fault(BugError("x"))
    played.shell.current.keys()["Enter"]()
    assert played.shell.current.name == "sign_in"


class _Fresh:
    """A device that joins with the code 4F7K-2M9Q."""

    def __init__(self, app: TerminalApp) -> None:
        self._app = app
        self.closed = False

    def enrol(self, code: str) -> Task[TerminalApp]:
        def work(_ticket: Ticket) -> TerminalApp:
            if code != "4F7K-2M9Q":
                raise UserError(
                    "code.unknown", "This code is not known.", action="Check it and type it again."
                )
            return self._app

        return Task(name="enrol", lane=Lane.IO, deadline_s=10, work=work)

    def close(self) -> None:
        self.closed = True


def _fresh(played: Played) -> _Fresh:
    fresh = _Fresh(played.terminal.app)

    def work() -> Opened:
        return Opened(fresh=fresh)  # type: ignore[arg-type]  # the part of it that the flow uses

    played.flow.begin(reading("open_terminal", work))
    played.wait_for("enrol")
    return fresh


@pytest.mark.parametrize("kind", list(TerminalKind))
def test_a_fresh_device_joins_with_a_code(play: Play, kind: TerminalKind) -> None:
    played = play(kind)
    _fresh(played)
    join = played.shell.current.keys()["Enter"]
    join()
    assert played.tasks.idle
    fill(played.shell, "code", "0000-0000")
    join()
    played.qtbot.waitUntil(lambda: "This code is not known. Check it" in played.words())
    fill(played.shell, "code", "4F7K-2M9Q")
    join()
    played.wait_for("home" if kind is TerminalKind.KIOSK else "sign_in")


def test_closing_closes_what_is_open(play: Play) -> None:
    played = play(TerminalKind.KIOSK)
    fresh = _fresh(played)
    played.flow.close()
    assert fresh.closed


def test_the_first_screen_comes_from_the_look_of_the_folder(qtbot: QtBot, tmp_path: Path) -> None:
    with fake_terminal() as terminal:
        played = Played(qtbot, terminal, tmp_path)
        assert played.shell.current.name == "enrol"
