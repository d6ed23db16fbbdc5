"""Nothing clipped, squeezed, overlapping or too small to touch on the screens before the work."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from parking.errors import BugError
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.settling import settle
from ui.enrol.enrol import EnrolScreen
from ui.safe_screen import SafeScreen
from ui.screen import Screen
from ui.shell import Shell
from ui.signin.activate import ActivateScreen
from ui.signin.begin_shift import BeginShiftScreen
from ui.signin.sign_in import SignInScreen
from ui.start_screen import StartScreen
from ui.tasks import Tasks
from ui.widgets.layout_check import faults, unnamed_controls

LONG = (
    "The keys of this device are not in its secret store any more. Tell IT. Do not enrol again "
    "before they looked: unsent records are here."
)
_SCREENS: dict[str, Callable[[Tasks, FakeTerminal], Screen]] = {
    "sign_in": lambda tasks, _terminal: SignInScreen(tasks),
    "activate": lambda tasks, terminal: ActivateScreen(tasks, terminal.app.people),
    "begin_shift": lambda tasks, terminal: BeginShiftScreen(tasks, terminal.app.officer),
    "enrol": lambda tasks, _terminal: EnrolScreen(tasks),
    "start": lambda tasks, _terminal: StartScreen(tasks),
}


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.sign_in()
        yield made


@pytest.mark.parametrize(
    ("place", "name", "values"),
    [
        ("officer", "sign_in", {"badge": "0417"}),
        ("officer", "sign_in", {"problem": LONG}),
        ("officer", "activate", {"badge": "0417", "problem": LONG}),
        ("officer", "begin_shift", {}),
        ("officer", "enrol", {}),
        ("officer", "start", {"problem": LONG}),
        ("desk", "sign_in", {"problem": LONG}),
        ("desk", "activate", {}),
        ("desk", "enrol", {}),
        ("desk", "start", {"problem": LONG}),
        ("kiosk", "enrol", {}),
        ("kiosk", "start", {}),
        ("kiosk", "start", {"problem": LONG}),
    ],
)
def test_a_screen_shows_everything_it_says(
    qtbot: QtBot,
    terminal: FakeTerminal,
    dress: Callable[[str], None],
    place: str,
    name: str,
    values: dict[str, str],
) -> None:
    dress(place)
    tasks = Tasks(terminal.lanes)
    shell = Shell(tasks)
    qtbot.addWidget(shell)
    shell.add(_SCREENS[name](tasks, terminal))
    shell.show_screen(name, **values)
    with qtbot.waitExposed(shell):
        shell.show()
    settle(qtbot, tasks)
    shell.grab()
    assert faults(shell.current) == []
    assert unnamed_controls(shell.current) == []


@pytest.mark.parametrize("place", ["officer", "kiosk", "desk"])
def test_the_safe_screen_and_a_notice(
    qtbot: QtBot, terminal: FakeTerminal, dress: Callable[[str], None], place: str
) -> None:
    dress(place)
    shell = Shell(Tasks(terminal.lanes))
    qtbot.addWidget(shell)
    shell.set_safe_screen(SafeScreen(shell.tasks))
    shell.show_fault(BugError("issue_citation: KeyError('x')"))
    with qtbot.waitExposed(shell):
        shell.show()
    shell.current.tell(LONG, undo_text="Undo", undo=lambda: None)
    shell.grab()
    assert faults(shell.current) == []
    assert unnamed_controls(shell) == []
