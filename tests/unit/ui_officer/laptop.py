"""An officer's laptop in its window, and hands to use it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QBuffer, QEvent, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ports import NetState, PlateRead
from app.terminal_app import TerminalApp
from parking.check import PlateCheck
from parking.citation import Citation
from parking.right import ParkingSession, RightSource
from tests.fakes.terminal_app import FakeTerminal
from tests.settling import settle
from ui.officer.screens import officer_screens
from ui.shell import Shell
from ui.tasks import Tasks
from ui.widgets.fields import TextField
from ui.widgets.layout_check import spoken_text
from ui.widgets.panels import NoticeBar

_KEYS = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape}
_LIMIT_MS = 5000


def key_code(name: str) -> Qt.Key:
    """Return the key that is called so on a key cap."""
    return _KEYS.get(name) or Qt.Key[f"Key_{name}"]


def picture(seed: int = 1, format_name: str = "JPG", size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a photo of its own; the same seed gives the same bytes."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(seed * 37 % 360, 120, 160))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    image.save(buffer, format_name)  # type: ignore[call-overload]  # the stub knows no QIODevice here
    return bytes(buffer.data().data())


def read(text: str, score: float = 0.98) -> PlateRead:
    """Return what the reader may have read."""
    return PlateRead(text=text, score=score, note="", crop=(80, 150, 80, 30))


class Laptop:
    """A window over a terminal in memory, used by keys.

    Attributes:
        terminal: Its parts, to be changed by a test.
        photos: Folder that stands in for the camera.
    """

    def __init__(self, qtbot: QtBot, terminal: FakeTerminal, photos: Path) -> None:
        self._qtbot = qtbot
        self.terminal = terminal
        self.photos = photos
        self.tasks = Tasks(terminal.lanes)
        self.shell = Shell(self.tasks)
        for screen in officer_screens(terminal.app, self.tasks):
            self.shell.add(screen)
        terminal.app.on_news(self.tasks.tell_news)

    @property
    def app(self) -> TerminalApp:
        """What the screens got."""
        return self.terminal.app

    @property
    def screen(self) -> str:
        """Name of the screen in front."""
        return self.shell.current.name

    def open(self) -> None:
        """Show the first screen in an active window."""
        self.shell.show_screen("check")
        with self._qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.settle()

    # --- hands ------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys afresh, one after the other, each after the last has had its effect."""
        for name in keys:
            QTest.keyClick(QApplication.focusWidget() or self.shell, key_code(name))
            self.settle()

    def hammer(self, key: str, times: int = 2) -> None:
        """Press a key faster than anything can land."""
        for _number in range(times):
            QTest.keyClick(QApplication.focusWidget() or self.shell, key_code(key))

    def hold(self, key: str, repeats: int = 20) -> None:
        """Press a key and keep it down: the window gets it again and again."""
        self.hammer(key, 1)
        for _number in range(repeats):
            self._repeat(key)
        self.settle()
        for _number in range(repeats):
            self._repeat(key)
        self.settle()

    def _repeat(self, key: str) -> None:
        target = QApplication.focusWidget() or self.shell
        code, plain = key_code(key), Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            QApplication.sendEvent(target, QKeyEvent(kind, code, plain, "", autorep=True))

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        QTest.keyClicks(QApplication.focusWidget() or self.shell, text)

    def enter_plate(self, text: str) -> None:
        """Put a text into the plate field as an input method would, letters no key has too."""
        self.find(TextField, "plate_entry").set_text(text)

    def click(self, name: str) -> None:
        """Press a control with a finger."""
        QTest.mouseClick(self.find(QWidget, name), Qt.MouseButton.LeftButton)
        self.settle()

    def undo(self) -> None:
        """Press the button of the notice."""
        self.find(NoticeBar, "notice").action_pressed.emit()
        self.settle()

    # --- eyes -------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until everything that was started has landed and what followed from it too."""
        settle(self._qtbot, self.tasks)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait for something with a limit."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=_LIMIT_MS)

    def find(self, of: type[Any], name: str) -> Any:
        """Return the part of this name that can be seen."""
        found = [one for one in self.shell.findChildren(of, name) if one.isVisible()]
        assert len(found) == 1, f"{name}: {len(found)} can be seen on {self.screen}"
        return found[0]

    def shows(self, name: str) -> bool:
        """Tell whether a part can be seen."""
        return any(one.isVisible() for one in self.shell.findChildren(QWidget, name))

    def can_press(self, name: str) -> bool:
        """Tell whether a control can be seen and pressed."""
        return self.shows(name) and bool(self.find(QWidget, name).isEnabled())

    def has_focus(self, name: str) -> bool:
        """Tell whether a part has the focus."""
        part = self.find(QWidget, name)
        return bool((part.focusProxy() or part).hasFocus())

    def says(self, name: str) -> str:
        """Return what a part says to somebody who listens."""
        return str(self.find(QWidget, name).accessibleName())

    def notice(self) -> str:
        """Return the sentence over the action row; empty for none."""
        return self.says("notice") if self.shows("notice") else ""

    def plate(self) -> str:
        """Return what stands in the plate field."""
        return str(self.find(TextField, "plate_entry").text())

    def plate_problem(self) -> str:
        """Return what the plate field says is wrong."""
        return str(self.find(TextField, "plate_entry").view.problem)

    def words(self) -> str:
        """Return everything that stands in the window."""
        return " | ".join(spoken_text(self.shell))

    # --- time -------------------------------------------------------------------------------

    def pass_by(self, seconds: int) -> None:
        """Let time pass, second by second."""
        for _number in range(seconds):
            self.terminal.clock.pass_by(seconds=1)
            self.shell.current.ticked(self.terminal.clock.now())
        self.settle()

    def news(self, *changed: str, net: NetState = NetState.ONLINE) -> None:
        """Let the sync loop bring something."""
        self.terminal.news(*changed, net=net)
        self.settle()

    # --- the city ---------------------------------------------------------------------------

    def pay(self, plate: str, *, ago_min: int = 10, for_min: int = 60, **changes: Any) -> None:
        """Let a driver have paid."""
        start_utc = self.terminal.clock.utc - timedelta(minutes=ago_min)
        values: dict[str, Any] = {
            "parking_session_id": uuid4(),
            "plate": plate,
            "plate_state": "CT",
            "zone_id": "112",
            "start_utc": start_utc,
            "end_utc": start_utc + timedelta(minutes=for_min),
            "source": RightSource.PAY_STATION,
            "source_ref": "K-07",
            "price_cents": 125,
            "made_utc": start_utc,
        }
        self.terminal.store.rights.append(ParkingSession(**(values | changes)))

    def add_photos(self, *seeds: int) -> None:
        """Put photos into the folder of the camera."""
        for seed in seeds:
            (self.photos / f"{seed:02}.jpg").write_bytes(picture(seed))

    def checks(self) -> list[PlateCheck]:
        """Return the stored checks."""
        return self.terminal.store.all_of(PlateCheck)

    def citations(self) -> list[Citation]:
        """Return the stored citations."""
        return self.terminal.store.all_of(Citation)

    # --- ways -------------------------------------------------------------------------------

    def check(self, plate: str) -> None:
        """Type a plate and check it."""
        self.write(plate)
        self.press("Enter")

    def to_form(self, plate: str = "BK47291") -> None:
        """Check a car without a right and open the citation form."""
        self.check(plate)
        self.press("F9")
        assert self.screen == "citation"

    def to_saved(self, plate: str = "BK47291") -> Citation:
        """Issue a citation."""
        self.to_form(plate)
        self.press("F5", "F5", "F9")
        assert self.screen == "saved"
        return self.citations()[-1]

    def close(self) -> None:
        """Let everything land, then close the window."""
        self.settle()
        self.shell.close()
        self.shell.deleteLater()


@contextmanager
def opened_laptop(qtbot: QtBot, terminal: FakeTerminal, photos: Path) -> Iterator[Laptop]:
    """Open a laptop of an officer on a beat and close it afterwards."""
    made = Laptop(qtbot, terminal, photos)
    made.open()
    try:
        yield made
    finally:
        made.close()
