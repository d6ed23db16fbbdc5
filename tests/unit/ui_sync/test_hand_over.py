import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QStorageInfo, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.lanes import Lanes, Task, reading
from app.usecases.find_hand_overs import hand_over_files
from app.usecases.take_hand_over import HandOverFile, HandOverTaken
from app.usecases.write_hand_over import HandOverWritten
from parking.errors import UserError
from tests.fakes.clock import NOON
from ui.devices.sticks import Stick, Sticks
from ui.screen import Screen
from ui.shell import Shell
from ui.sync.hand_over import HandOverTaker, HandOverWriter, taken_words
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme
from ui.widgets.choosing import ChoiceList
from ui.widgets.motion import ProgressView

_TAKEN = HandOverTaken(terminal_name="T-014", new=12, known=3, parked=0, photos=4, troubles=())


class _Sticks:
    def __init__(self, *folders: Path) -> None:
        self._folders = folders

    def find(self) -> Task[tuple[Stick, ...]]:
        found = tuple(Stick(name=folder.name, folder=folder) for folder in self._folders)
        return reading("find_sticks", lambda: found)

    def files(self) -> Task[tuple[Path, ...]]:
        return reading("files", lambda: hand_over_files(self._folders))


class _Acts:
    """Writes and takes as a test says."""

    def __init__(self) -> None:
        self.folders: list[Path] = []
        self.error: UserError | None = None
        self.unreadable = 0
        self.taken = _TAKEN

    def write_hand_over(self, folder: Path) -> Task[HandOverWritten]:
        def work() -> HandOverWritten:
            if self.error is not None:
                raise self.error
            self.folders.append(folder)
            return HandOverWritten(
                path=folder / "T-004.stamford",
                operations=12,
                photos=1,
                unreadable_photos=self.unreadable,
            )

        return reading("write", work)

    def read_hand_over(self, path: Path) -> Task[HandOverFile]:
        def work() -> HandOverFile:
            if self.error is not None:
                raise self.error
            return HandOverFile(
                path=path, terminal_name="T-014", made_utc=NOON, operations=15, photos=4,
                byte_length=100,
            )  # fmt: skip

        return reading("read", work)

    def take_hand_over(
        self, found: HandOverFile, progress: Callable[[int, int], None]
    ) -> Task[HandOverTaken]:
        def work() -> HandOverTaken:
            progress(40, found.byte_length)
            return self.taken

        return reading("take", work)


class _Page(Screen):
    name = ""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self.setObjectName("page")


class _Hands:
    def __init__(self, qtbot: QtBot, lanes: Lanes) -> None:
        self.qtbot = qtbot
        self.tasks = Tasks(lanes)
        self.shell = Shell(self.tasks)
        qtbot.addWidget(self.shell)
        self.page = _Page(self.tasks)
        self.page.name = "page"  # type: ignore[misc]  # a page of this test alone
        self.shell.add(self.page)
        self.kept: HandOverWriter | None = None

    def show(self) -> None:
        self.shell.show_screen("page")
        self.shell.show()

    def press(self, button: QWidget) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.tasks.idle)

    @property
    def notice(self) -> str:
        (found,) = (one for one in self.shell.findChildren(QWidget, "notice") if one.isVisible())
        return found.accessibleName()


@pytest.fixture
def hands(qapp: QApplication, qtbot: QtBot) -> Iterator[_Hands]:
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)
    lanes = Lanes(io_workers=1)
    yield _Hands(qtbot, lanes)
    lanes.stop()


def _writer(hands: _Hands, acts: _Acts, *folders: Path) -> HandOverWriter:
    writer = HandOverWriter(hands.page, acts, _Sticks(*folders))
    writer.button.setParent(hands.page)
    hands.kept = writer
    hands.show()
    return writer


def test_without_a_stick_it_says_to_plug_one_in(hands: _Hands) -> None:
    acts = _Acts()
    hands.press(_writer(hands, acts).button)
    assert hands.notice.startswith("Plug in a USB stick")
    assert acts.folders == []


def test_one_stick_gets_the_file_at_once(hands: _Hands, tmp_path: Path) -> None:
    acts = _Acts()
    hands.press(_writer(hands, acts, tmp_path).button)
    assert acts.folders == [tmp_path]
    assert "T-004.stamford is on the stick: 12 records, 1 photo." in hands.notice
    assert "Give the stick to a supervisor." in hands.notice


def test_of_several_sticks_the_person_chooses(hands: _Hands, tmp_path: Path) -> None:
    acts, folders = _Acts(), (tmp_path / "BLUE", tmp_path / "RED")
    hands.press(_writer(hands, acts, *folders).button)
    (choices,) = hands.shell.findChildren(ChoiceList)
    QTest.keyClick(choices, Qt.Key.Key_Down)
    choices.setCurrentRow(1)
    QTest.keyClick(choices, Qt.Key.Key_Return)
    hands.settle()
    assert acts.folders == [tmp_path / "RED"]


def test_what_cannot_be_written_is_told(hands: _Hands, tmp_path: Path) -> None:
    acts = _Acts()
    acts.error = UserError("hand_over.empty", "Nothing waits on this device.")
    writer = _writer(hands, acts, tmp_path)
    hands.press(writer.button)
    assert hands.notice == "Nothing waits on this device."
    acts.error, acts.unreadable = None, 2
    hands.press(writer.button)
    assert "2 photos could not be read." in hands.notice


def test_a_file_is_taken_in_with_its_progress(hands: _Hands, tmp_path: Path) -> None:
    acts = _Acts()
    (tmp_path / "T-014.stamford").write_bytes(b"sealed")
    taker = HandOverTaker(hands.page, acts, _Sticks(tmp_path))
    taker.button.setParent(hands.page)
    seen: list[ProgressView | None] = []
    taker.progressed.connect(seen.append)
    hands.show()
    hands.press(taker.button)
    assert [view and (view.words, view.share) for view in seen] == [
        ("Taking in 15 records of T-014", None),
        ("Taking in 15 records of T-014", 0.4),
        None,
    ]
    assert hands.notice.startswith("T-014: 12 records new at city hall, 3 known before, 4 photos.")


def test_a_file_that_cannot_be_read_or_is_not_there_is_told(hands: _Hands, tmp_path: Path) -> None:
    acts = _Acts()
    taker = HandOverTaker(hands.page, acts, _Sticks(tmp_path))
    taker.button.setParent(hands.page)
    hands.show()
    hands.press(taker.button)
    assert hands.notice.startswith("No hand-over file was found.")
    (tmp_path / "x.stamford").write_bytes(b"")
    acts.error = UserError("hand_over.foreign", "This is no hand-over file.")
    hands.press(taker.button)
    assert hands.notice == "This is no hand-over file."


def test_what_was_refused_or_went_wrong_is_said_with_the_figures() -> None:
    bad = HandOverTaken(
        terminal_name="T-014", new=1, known=0, parked=2, photos=1, troubles=("One photo is cut.",)
    )
    assert taken_words(bad) == (
        "T-014: 1 record new at city hall, 0 known before, 1 photo. "
        "2 refused: see Sync issues. One photo is cut."
    )


def test_only_hand_over_files_are_offered_the_newest_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new.stamford", "old.stamford", "other.txt", ".half.stamford")):
        (tmp_path / name).write_bytes(b"")
        when = (NOON - timedelta(days=age)).timestamp()
        os.utime(tmp_path / name, (when, when))
    found = hand_over_files((tmp_path, tmp_path / "pulled out"))
    assert [path.name for path in found] == ["new.stamford", "old.stamford"]


def test_the_disk_of_the_device_is_no_stick() -> None:
    here = QStorageInfo("/")
    lanes = Lanes(io_workers=1)
    try:
        assert lanes.run(Sticks(lambda: [here]).find()) == ()
    finally:
        lanes.stop()
