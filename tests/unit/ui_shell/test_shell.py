import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.lanes import Task, reading
from app.ports import NetState, SyncNews, TerminalNews, ToSend
from parking.clock import Reading
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from tests.fakes.clock import StillClock
from tests.unit.ui_shell.hands import part, strike
from ui.safe_screen import SafeScreen
from ui.screen import Notice, NoticeKind, Screen
from ui.shell import Shell
from ui.tasks import Tasks
from ui.widgets.panels import NoticeBar


class _Page(Screen):
    """A page that remembers what happened to it."""

    name = "one"

    def __init__(self, tasks: Tasks, name: str) -> None:
        self.name = name  # type: ignore[misc]  # each page of these tests has its own
        super().__init__(tasks)
        self.log: list[Any] = []
        self.entry = QLineEdit(self)
        self.button = QPushButton("Go", self)
        self.button.clicked.connect(lambda: self.log.append("clicked"))

    def entered(self, *, plate: str = "") -> None:
        self.log.append(("entered", plate))

    def left(self) -> None:
        self.log.append("left")

    def default_focus(self) -> QWidget:
        return self.entry

    def keys(self) -> dict[str, Callable[[], None]]:
        return {key: partial(self.log.append, key) for key in ("F9", "Enter", "Down", "1")}

    def heard(self, news: TerminalNews) -> None:
        self.log.append(news)

    def ticked(self, now: Reading) -> None:
        self.log.append(now)


@pytest.fixture
def pages(shell: Shell, tasks: Tasks, qtbot: QtBot) -> tuple[_Page, _Page]:
    first, second = _Page(tasks, "first"), _Page(tasks, "second")
    shell.add(first)
    shell.add(second)
    shell.show_screen("first")
    with qtbot.waitActive(shell):
        shell.show()
        shell.activateWindow()
    return first, second


def _news() -> TerminalNews:
    return TerminalNews(
        sync=SyncNews(
            net=NetState.ONLINE,
            changed=frozenset(),
            to_send=ToSend(count=0, oldest_utc=None, parked=0),
            remaining=0,
            sentence="",
            clock_offset_ms=0,
            clock_uncertainty_ms=1,
        ),
        sources_as_of={},
        numbers_left=9,
    )


def _strike(shell: Shell, key: Qt.Key, *, held: bool = False) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=held)
    QApplication.sendEvent(QApplication.focusWidget() or shell, event)


def test_the_window_has_the_fixed_size_of_its_place(
    tasks: Tasks, qtbot: QtBot, dress: Callable[[str], None]
) -> None:
    for place, size in (("officer", (1280, 800)), ("kiosk", (1080, 1920)), ("desk", (1440, 900))):
        dress(place)
        shell = Shell(tasks)
        qtbot.addWidget(shell)
        page = _Page(tasks, "only")
        shell.add(page)
        shell.show_screen("only")
        shell.show()
        assert (shell.width(), shell.height()) == size
        assert page.height() == size[1] - (72 if place == "officer" else 0)


def test_a_screen_gets_its_values_and_the_focus(shell: Shell, pages: tuple[_Page, _Page]) -> None:
    first, second = pages
    first.go("second", plate="AB12345")
    assert shell.current is second
    assert second.log == [("entered", "AB12345")]
    assert first.log[-1] == "left"
    assert second.entry.hasFocus()


def test_an_unknown_screen_is_a_bug(shell: Shell, pages: tuple[_Page, _Page]) -> None:
    with pytest.raises(BugError, match="nowhere"):
        shell.show_screen("nowhere")
    with pytest.raises(BugError, match="name of its own"):
        shell.add(pages[0])


def test_only_the_screen_in_front_hears_and_ticks(
    shell: Shell, tasks: Tasks, pages: tuple[_Page, _Page], qtbot: QtBot
) -> None:
    first, second = pages
    news = _news()
    tasks.tell_news(news)
    qtbot.waitUntil(lambda: news in first.log)
    shell.start_clock(StillClock())
    assert first.log[-1] == StillClock().now()
    assert second.log == []


@pytest.mark.parametrize(
    ("key", "name"),
    [(Qt.Key.Key_F9, "F9"), (Qt.Key.Key_Return, "Enter"), (Qt.Key.Key_Enter, "Enter"),
     (Qt.Key.Key_Down, "Down")],
)  # fmt: skip
def test_keys_reach_the_screen(
    shell: Shell, pages: tuple[_Page, _Page], key: Qt.Key, name: str
) -> None:
    _strike(shell, key)
    assert pages[0].log[-1] == name


def test_a_key_held_from_the_last_screen_does_nothing(
    shell: Shell, pages: tuple[_Page, _Page]
) -> None:
    first, second = pages
    _strike(shell, Qt.Key.Key_F9)
    assert first.log[-1] == "F9"
    first.go("second")
    for _number in range(20):
        _strike(shell, Qt.Key.Key_F9, held=True)
    assert second.log == [("entered", "")]
    _strike(shell, Qt.Key.Key_F9)
    assert second.log[-1] == "F9"


def test_a_digit_goes_to_the_field_that_has_the_focus(
    shell: Shell, pages: tuple[_Page, _Page]
) -> None:
    first, _second = pages
    strike(first.entry, Qt.Key.Key_1)
    assert first.entry.text() == "1"
    assert "1" not in first.log
    first.button.setFocus()
    strike(first.button, Qt.Key.Key_1)
    assert first.log[-1] == "1"
    assert shell.current is first


def test_enter_presses_the_button_that_has_the_focus(
    shell: Shell, pages: tuple[_Page, _Page]
) -> None:
    first, _second = pages
    first.button.setFocus()
    _strike(shell, Qt.Key.Key_Return)
    assert first.log[-1] == "clicked"
    assert "Enter" not in first.log


def _notice(shell: Shell) -> NoticeBar:
    bar = shell.findChild(NoticeBar, "notice")
    assert bar is not None
    return bar


def test_a_notice_stands_over_the_action_row_and_offers_undo(
    shell: Shell, pages: tuple[_Page, _Page], qtbot: QtBot
) -> None:
    first, _second = pages
    undone: list[bool] = []
    first.tell("Draft dropped.", undo_text="Undo", undo=lambda: undone.append(True))
    bar = _notice(shell)
    assert bar.isVisible()
    assert "Draft dropped." in bar.accessibleName()
    assert bar.geometry().bottom() < 708
    bar.action_pressed.emit()
    assert undone == [True]
    assert not bar.isVisible()
    assert qtbot is not None


def test_a_notice_goes_with_its_screen(shell: Shell, pages: tuple[_Page, _Page]) -> None:
    first, _second = pages
    first.tell("Saved.", kind=NoticeKind.DONE)
    first.go("second")
    assert not _notice(shell).isVisible()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UserError("k", "Enter the plate.", action="Type it."), "Enter the plate. Type it."),
        (UnavailableError("k", "No network.", retry_safe=True), "No network."),
    ],
)
def test_an_error_is_shown_as_a_sentence(
    shell: Shell, pages: tuple[_Page, _Page], error: ParkingError, words: str
) -> None:
    pages[0].show_error(error)
    assert words in _notice(shell).accessibleName()


def test_a_fault_of_ours_shows_the_safe_screen(
    shell: Shell, tasks: Tasks, pages: tuple[_Page, _Page]
) -> None:
    safe = SafeScreen(tasks)
    shell.set_safe_screen(safe)
    faults: list[BugError] = []
    shell.fault_shown.connect(faults.append)
    pages[0].show_error(BugError("check_plate: KeyError('AB12345')"))
    assert shell.current is safe
    assert len(faults) == 1
    told = part(shell, NoticeBar, "fault")
    assert "check_plate" in told.accessibleName()
    assert "AB12345" not in told.accessibleName()


def test_a_double_press_starts_one_task(
    pages: tuple[_Page, _Page], qtbot: QtBot, tasks: Tasks
) -> None:
    first, _second = pages
    gate, begun, done = threading.Event(), list[int](), list[bool]()

    def task() -> Task[bool]:
        def work() -> bool:
            begun.append(1)
            return gate.wait(5)

        return reading("issue", work)

    ticket = first.ask(task(), done.append)
    assert first.ask(task(), done.append) is ticket
    assert first.asking("issue")
    gate.set()
    qtbot.waitUntil(lambda: done == [True])
    assert begun == [1]
    assert not first.asking("issue")
    assert tasks.idle


def test_a_renewal_runs_once_more_after_the_running_task(
    pages: tuple[_Page, _Page], qtbot: QtBot
) -> None:
    first, _second = pages
    gate, world, done = threading.Event(), ["old"], list[str]()

    def task() -> Task[str]:
        def work() -> str:
            seen = world[0]
            gate.wait(5)
            return seen

        return reading("beats", work)

    begun = first.ask(task(), done.append, renew=True)
    qtbot.waitUntil(lambda: begun.left_s < 10)
    world[0] = "new"
    for _number in range(3):
        first.ask(task(), done.append, renew=True)
    gate.set()
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done[-1] == "new"
    assert not first.asking("beats")


def test_an_outcome_of_an_earlier_visit_is_dropped(
    shell: Shell, pages: tuple[_Page, _Page], qtbot: QtBot, tasks: Tasks
) -> None:
    first, _second = pages
    gate, done = threading.Event(), list[bool]()
    first.ask(reading("check", lambda: gate.wait(5)), done.append)
    first.go("second")
    shell.show_screen("first")
    gate.set()
    qtbot.waitUntil(lambda: tasks.idle)
    assert done == []


def test_an_outcome_for_a_screen_that_was_left_is_dropped(
    pages: tuple[_Page, _Page], qtbot: QtBot, tasks: Tasks
) -> None:
    first, _second = pages
    gate, done = threading.Event(), list[bool]()
    first.ask(reading("check", lambda: gate.wait(5)), done.append)
    first.go("second")
    gate.set()
    qtbot.waitUntil(lambda: tasks.idle)
    assert done == []
    assert not first.asking("check")


def test_progress_is_shown_while_something_takes_long(
    shell: Shell, pages: tuple[_Page, _Page], tasks: Tasks
) -> None:
    tasks.slow_changed.emit("Asking for the price")
    progress = part(shell, QWidget, "progress")
    tasks.slow_changed.emit("")
    assert not progress.isVisible()
    assert pages[0].isVisible()


def test_the_first_painting_is_told_once(shell: Shell, tasks: Tasks, qtbot: QtBot) -> None:
    shell.add(_Page(tasks, "only"))
    shell.show_screen("only")
    told: list[int] = []
    shell.first_painted.connect(lambda: told.append(1))
    with qtbot.waitSignal(shell.first_painted):
        shell.show()
    shell.repaint()
    QApplication.processEvents()
    assert told == [1]


def test_a_notice_is_a_value() -> None:
    assert Notice(text="Saved.").kind is NoticeKind.INFO
