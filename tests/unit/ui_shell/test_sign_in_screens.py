from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from parking.errors import BugError
from tests.fakes.terminal_app import PIN, FakeTerminal, fake_terminal
from tests.unit.ui_shell.hands import click, fill, has_focus, part, strike, typed
from ui.screen import Screen
from ui.shell import Shell
from ui.signin.activate import ActivateScreen
from ui.signin.begin_shift import BeginShiftScreen
from ui.signin.sign_in import SignInScreen
from ui.tasks import Tasks
from ui.widgets.buttons import ActionButton
from ui.widgets.layout_check import spoken_text

CODE = "4F7K-2M9Q"


class Stage:
    """Screens of a fake terminal in a shell, played by names."""

    def __init__(self, qtbot: QtBot, terminal: FakeTerminal, *screens: Screen) -> None:
        self.qtbot = qtbot
        self.terminal = terminal
        self.shell = Shell(screens[0]._tasks)
        qtbot.addWidget(self.shell)
        for screen in screens:
            self.shell.add(screen)
        self.shell.show_screen(screens[0].name)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()

    def fill(self, name: str, text: str) -> None:
        fill(self.shell, name, text)

    def typed(self, name: str) -> str:
        return typed(self.shell, name)

    def press(self, name: str) -> None:
        click(self.shell, name)

    def words(self) -> str:
        return " | ".join(spoken_text(self.shell.current))

    def wait_words(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.words())


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        yield made


@pytest.fixture
def bridge(terminal: FakeTerminal, qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks(terminal.lanes)
    yield made
    qtbot.waitUntil(lambda: made.idle)


@pytest.fixture
def sign_in(bridge: Tasks) -> SignInScreen:
    return SignInScreen(bridge)


@pytest.fixture
def stage(qtbot: QtBot, terminal: FakeTerminal, bridge: Tasks, sign_in: SignInScreen) -> Stage:
    terminal.sign_in()
    terminal.app.people.sign_out()
    sign_in.open_for(terminal.app.people)
    return Stage(qtbot, terminal, sign_in, ActivateScreen(bridge, terminal.app.people))


def test_badge_and_pin_sign_in(stage: Stage, sign_in: SignInScreen, qtbot: QtBot) -> None:
    stage.fill("badge", "0417")
    stage.fill("pin", PIN)
    with qtbot.waitSignal(sign_in.signed_in) as told:
        stage.press("main_button")
    assert told.args is not None
    assert told.args[0] is stage.terminal.app.duty


def test_the_keypad_types_where_the_focus_was(stage: Stage) -> None:
    for key in ("key_0", "key_4", "key_1", "key_7"):
        stage.press(key)
    assert stage.typed("badge") == "0417"
    stage.press("key_delete")
    assert stage.typed("badge") == "041"
    stage.press("pin")
    stage.press("key_9")
    assert stage.typed("pin") == "9"


def test_an_empty_field_gets_the_focus_instead_of_an_error(stage: Stage) -> None:
    stage.press("main_button")
    assert has_focus(stage.shell, "badge")
    stage.fill("badge", "0417")
    stage.press("main_button")
    assert has_focus(stage.shell, "pin")


def test_a_wrong_pin_is_one_sentence_and_the_pin_goes(stage: Stage) -> None:
    stage.fill("badge", "0417")
    stage.fill("pin", "999998")
    stage.press("main_button")
    stage.wait_words("This is not the PIN of this badge. 9 tries left.")
    assert stage.typed("pin") == ""
    assert part(stage.shell, ActionButton, "main_button").isEnabled()


def test_a_new_badge_is_led_to_the_activation_code(stage: Stage) -> None:
    stage.fill("badge", "0422")
    stage.fill("pin", PIN)
    stage.press("main_button")
    stage.qtbot.waitUntil(lambda: stage.shell.current.name == "activate")
    stage.wait_words("has not signed in on this device yet")
    assert stage.typed("badge") == "0422"


def test_sign_in_pressed_before_the_records_are_open_happens_then(
    qtbot: QtBot, terminal: FakeTerminal, sign_in: SignInScreen
) -> None:
    terminal.sign_in()
    stage = Stage(qtbot, terminal, sign_in)
    stage.fill("badge", "0417")
    stage.fill("pin", PIN)
    stage.press("main_button")
    stage.wait_words("Opening the records")
    with qtbot.waitSignal(sign_in.signed_in):
        sign_in.open_for(terminal.app.people)


def test_a_fault_of_ours_is_told_to_the_shell(
    stage: Stage, sign_in: SignInScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_words: object) -> None:
        raise BugError("a wrap cannot be read")

    monkeypatch.setattr("app.acts.people.sign_in", broken)
    stage.fill("badge", "0417")
    stage.fill("pin", PIN)
    with qtbot.waitSignal(sign_in.fault_raised):
        stage.press("main_button")


def test_first_time_makes_a_key(stage: Stage, qtbot: QtBot) -> None:
    stage.terminal.central.codes[CODE] = stage.terminal.officer("0422")
    stage.fill("badge", "0422")
    stage.press("other_button")
    screen = stage.shell.current
    assert isinstance(screen, ActivateScreen)
    stage.fill("code", CODE)
    stage.fill("new_pin", PIN)
    stage.fill("same_pin", PIN)
    with qtbot.waitSignal(screen.signed_in):
        stage.press("main_button")
    assert stage.terminal.app.duty is not None


@pytest.mark.parametrize(
    ("code", "new_pin", "same_pin", "words"),
    [
        (CODE, PIN, "284918", "The two PINs differ"),
        (CODE, "123456", "123456", "easy to guess"),
        (CODE, "1234", "1234", "6 to 12 digits"),
        ("0000-0000", PIN, PIN, "This code is not known."),
    ],
)
def test_what_is_wrong_with_a_first_time_is_said(
    stage: Stage, code: str, new_pin: str, same_pin: str, words: str
) -> None:
    stage.terminal.central.codes[CODE] = stage.terminal.officer("0422")
    stage.press("other_button")
    for name, text in (("badge", "0422"), ("code", code)):
        stage.fill(name, text)
    stage.fill("new_pin", new_pin)
    stage.fill("same_pin", same_pin)
    stage.press("main_button")
    stage.wait_words(words)
    assert stage.terminal.app.duty is None


def test_back_keeps_the_badge(stage: Stage) -> None:
    stage.fill("badge", "0422")
    stage.press("other_button")
    stage.press("other_button")
    assert stage.shell.current.name == "sign_in"
    assert stage.typed("badge") == "0422"


@pytest.fixture
def beats(qtbot: QtBot, terminal: FakeTerminal, bridge: Tasks) -> Stage:
    terminal.sign_in()
    return Stage(qtbot, terminal, BeginShiftScreen(bridge, terminal.app.officer))


def test_a_beat_is_chosen_and_the_shift_starts(beats: Stage, qtbot: QtBot) -> None:
    beats.wait_words("Zones 112, 114, 204")
    assert not part(beats.shell, ActionButton, "start_shift_button").isEnabled()
    beats.press("beat_4")
    screen = beats.shell.current
    assert isinstance(screen, BeginShiftScreen)
    with qtbot.waitSignal(screen.shift_started):
        strike(beats.shell, Qt.Key.Key_F9)
    duty = beats.terminal.app.duty
    assert duty is not None
    assert duty.shift is not None
    assert duty.shift.beat.beat_id == "4"
    assert duty.zone is not None


def test_beats_that_come_later_appear_by_themselves(
    qtbot: QtBot, terminal: FakeTerminal, bridge: Tasks
) -> None:
    terminal.sign_in()
    kept, terminal.store.fed_beats = terminal.store.fed_beats, []
    stage = Stage(qtbot, terminal, BeginShiftScreen(bridge, terminal.app.officer))
    stage.wait_words("No beats here yet")
    terminal.store.fed_beats = kept
    terminal.app.on_news(bridge.tell_news)
    terminal.news("beat")
    stage.wait_words("Beat 4")


def test_more_beats_than_a_page_holds_can_be_reached(
    qtbot: QtBot, terminal: FakeTerminal, bridge: Tasks
) -> None:
    terminal.sign_in()
    (first, *_rest) = terminal.store.fed_beats
    terminal.store.fed_beats = [
        type(first)(beat_id=f"{n:02}", name=f"Beat {n}", zone_ids=("112",)) for n in range(10)
    ]
    stage = Stage(qtbot, terminal, BeginShiftScreen(bridge, terminal.app.officer))
    stage.wait_words("Beat 7")
    assert "Beat 9" not in stage.words()
    stage.press("more_beats_button")
    stage.wait_words("Beat 9")
    assert "Beat 7" not in stage.words()
    stage.press("more_beats_button")
    stage.wait_words("Beat 7")


def test_another_officers_open_shift_is_said(beats: Stage) -> None:
    beats.wait_words("Beat 4")
    terminal = beats.terminal
    terminal.lanes.run(terminal.app.officer.start_shift("2"))
    terminal.app.people.sign_out()
    beats.press("beat_4")
    beats.press("start_shift_button")
    beats.qtbot.waitUntil(lambda: "Sign in first" in " ".join(spoken_text(beats.shell)))
