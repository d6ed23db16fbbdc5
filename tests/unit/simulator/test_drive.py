import json
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.lanes import Lanes
from simulator.city.remote import Remote, StepFailed
from simulator.drive import attach
from ui.screen import Screen
from ui.shell import Shell
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme

T = TypeVar("T")


class _Page(Screen):
    name = "check"

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self.entry = QLineEdit(self)
        self.entry.setObjectName("plate_entry")
        self.answer = QLabel("NOT PAID", self)
        self.answer.setObjectName("answer")
        self.answer.setGeometry(0, 100, 300, 40)
        self.button = QPushButton("Check", self)
        self.button.setObjectName("check_button")
        self.button.setGeometry(0, 200, 200, 60)
        self.button.clicked.connect(lambda: self.answer.setText("PAID until 16:40"))
        self.pressed: list[str] = []

    def keys(self) -> dict[str, Callable[[], None]]:
        return {"F9": lambda: self.pressed.append("F9")}


class Driven:
    """A driven window, and a hand on another thread, as the tour is in another process."""

    def __init__(self, qtbot: QtBot, page: _Page, path: Path) -> None:
        self.page = page
        self.path = path
        self._qtbot = qtbot
        self._hands = ThreadPoolExecutor(1)
        self._remote: Future[Remote] = self._hands.submit(Remote, "T-004", path)

    def do(self, act: Callable[[Remote], T]) -> T:
        done = self._hands.submit(lambda: act(self._remote.result()))
        self._qtbot.waitUntil(done.done, timeout=10_000)
        return done.result()

    def close(self) -> None:
        self.do(Remote.close)
        self._hands.shutdown()


@pytest.fixture
def driven(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driven]:
    apply_theme(qapp, Theme.DAY, reduced_motion=True)
    lanes = Lanes(io_workers=1)
    tasks = Tasks(lanes)
    shell, page = Shell(tasks), _Page(tasks)
    qtbot.addWidget(shell)
    shell.add(page)
    shell.show_screen("check")
    with qtbot.waitActive(shell):
        shell.show()
        shell.activateWindow()
    detach = attach(qapp, shell, tmp_path / "drive")
    made = Driven(qtbot, page, tmp_path / "drive")
    yield made
    made.close()
    detach()
    lanes.stop()
    assert not (tmp_path / "drive").exists()


def test_it_types_clicks_and_reads(driven: Driven) -> None:
    driven.do(lambda remote: remote.type("AB-12345", into="plate_entry"))
    assert driven.page.entry.text() == "AB-12345"
    assert driven.do(lambda remote: remote.read("plate_entry")) == "AB-12345"
    driven.do(lambda remote: remote.click("check_button"))
    assert driven.do(lambda remote: remote.read("answer")) == "PAID until 16:40"


def test_it_presses_keys(driven: Driven) -> None:
    driven.page.button.setFocus()
    driven.do(lambda remote: remote.press("F9"))
    assert driven.page.pressed == ["F9"]
    with pytest.raises(StepFailed, match="no key F99"):
        driven.do(lambda remote: remote.press("F99"))


def test_it_waits_for_words_and_says_what_was_there_instead(driven: Driven) -> None:
    def later(remote: Remote) -> str:
        return remote.wait("answer", text="paid until", limit_s=5)

    driven.page.answer.setText("PAID until 16:40")
    assert driven.do(later) == "PAID until 16:40"
    with pytest.raises(StepFailed, match=r"did not show 'EXPIRED' in time.*PAID"):
        driven.do(lambda remote: remote.wait("answer", text="EXPIRED", limit_s=0.05))
    with pytest.raises(StepFailed, match="it is not there"):
        driven.do(lambda remote: remote.wait("nowhere", limit_s=0.05))


def test_it_knows_names_and_screen(driven: Driven) -> None:
    assert {"answer", "check_button", "plate_entry"} <= set(driven.do(lambda it: it.names()))
    assert driven.do(lambda remote: remote.screen()) == "check"


def test_it_takes_a_picture_of_the_whole_window(driven: Driven, tmp_path: Path) -> None:
    driven.do(lambda remote: remote.grab(tmp_path / "shot.png"))
    picture = QImage(str(tmp_path / "shot.png"))
    assert (picture.width(), picture.height()) == (1280, 800)
    with pytest.raises(StepFailed, match="no picture"):
        driven.do(lambda remote: remote.grab(tmp_path / "gone" / "shot.png"))


def test_paintings_are_noted_when_the_words_change(driven: Driven, qtbot: QtBot) -> None:
    driven.page.answer.setText("PAID until 16:40")

    def paints(remote: Remote) -> list[dict[str, Any]]:
        return remote.paints("answer")

    qtbot.waitUntil(lambda: any("PAID until" in one["text"] for one in driven.do(paints)))
    driven.page.answer.repaint()
    found = driven.do(paints)
    texts = [one["text"] for one in found]
    assert texts.count("PAID until 16:40") == 1
    assert [one["monotonic_ns"] for one in found] == sorted(one["monotonic_ns"] for one in found)
    assert datetime.fromisoformat(found[-1]["utc"]).utcoffset() is not None
    assert driven.do(lambda remote: remote.paints("nowhere")) == []


def test_what_cannot_be_done_is_said(driven: Driven) -> None:
    driven.page.button.setEnabled(False)
    with pytest.raises(StepFailed, match="cannot be pressed now"):
        driven.do(lambda remote: remote.click("check_button"))
    with pytest.raises(StepFailed, match="nothing called 'nowhere'"):
        driven.do(lambda remote: remote.read("nowhere"))


@pytest.mark.parametrize(
    ("line", "words"), [(b"no json\n", "no JSON"), (b'{"do": "fly"}\n', "nobody can do 'fly'")]
)
def test_bad_lines_get_an_answer(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, line: bytes, words: str
) -> None:
    apply_theme(qapp, Theme.DAY, reduced_motion=True)
    lanes = Lanes(io_workers=1)
    shell = Shell(Tasks(lanes))
    qtbot.addWidget(shell)
    path = tmp_path / "drive"
    path.write_text("left by a crash")
    detach = attach(qapp, shell, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def say() -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(path))
            client.sendall(line)
            answer: dict[str, Any] = json.loads(client.makefile().readline())
            return answer

    with ThreadPoolExecutor(1) as hands:
        said = hands.submit(say)
        qtbot.waitUntil(said.done)
    detach()
    lanes.stop()
    assert not said.result()["ok"]
    assert words in said.result()["error"]


def test_a_wait_ends_when_the_terminal_does(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    apply_theme(qapp, Theme.DAY, reduced_motion=True)
    lanes = Lanes(io_workers=1)
    shell = Shell(Tasks(lanes))
    qtbot.addWidget(shell)
    detach = attach(qapp, shell, tmp_path / "drive")
    with ThreadPoolExecutor(1) as hands:
        begun = threading.Event()

        def wait() -> None:
            remote = Remote("T-004", tmp_path / "drive")
            begun.set()
            try:
                remote.wait("nowhere", limit_s=30)
            finally:
                remote.close()

        waiting = hands.submit(wait)
        qtbot.waitUntil(begun.is_set)
        detach()
        with pytest.raises(StepFailed, match=r"ends|ended|does not answer"):
            waiting.result(10)
    lanes.stop()
