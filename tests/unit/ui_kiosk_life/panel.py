"""A panel with a window manager, and hands that press keys and buttons on it like a person.

Real programs: Xvfb, openbox, xdotool. Linux with ``apt-get install xvfb openbox xdotool``.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from pathlib import Path

from tests.waiting import wait_until

MISSING = (
    *(name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None),
    *(name for name in ("xcb-cursor", "xkbcommon-x11") if find_library(name) is None),
)
WIDE, HIGH = 1080, 1920
_PLAIN = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.show()
sys.exit(app.exec())
"""


class Panel:
    """One screen of a pay station, with nothing on it."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def do(self, *words: str) -> str:
        """Run one command of xdotool; return what it says, empty when it failed."""
        return subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        ).stdout.strip()

    def active(self) -> str:
        """Return the window that has the keyboard."""
        return self.do("getactivewindow")

    def window_of(self, process: subprocess.Popen[bytes]) -> str:
        """Wait until a program shows its window; return it."""
        found: list[str] = []

        def shown() -> bool:
            found[:] = self.do("search", "--onlyvisible", "--pid", str(process.pid)).split()
            return bool(found)

        wait_until(shown, limit_s=30, what="the window")
        return found[-1]

    def fills(self, window: str) -> bool:
        """Tell whether a window lies over the whole panel."""
        said = self.do("getwindowgeometry", "--shell", window).splitlines()
        return {"X=0", "Y=0", f"WIDTH={WIDE}", f"HEIGHT={HIGH}"} <= set(said)


@contextmanager
def panel() -> Iterator[Panel]:
    """Start a screen and its window manager; end both afterwards."""
    with ExitStack() as ends:
        read, write = os.pipe()
        screen = ["-screen", "0", f"{WIDE}x{HIGH}x24", "-nolisten", "tcp", "-noreset"]
        ends.enter_context(
            _ended(
                subprocess.Popen(
                    ["Xvfb", "-displayfd", str(write), *screen],
                    pass_fds=[write],
                    stderr=subprocess.DEVNULL,
                )
            )
        )
        os.close(write)
        with os.fdopen(read) as told:
            made = Panel(f":{told.readline().strip()}")
        ends.enter_context(
            _ended(
                subprocess.Popen(
                    ["openbox", "--sm-disable"], env=made.environment, stderr=subprocess.DEVNULL
                )
            )
        )
        # xdotool can ask for the number of desktops once a window manager answers for them.
        wait_until(lambda: made.do("get_num_desktops"), what="the window manager")
        yield made


@contextmanager
def pay_station(on: Panel, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the program of a pay station as in the street; end it afterwards if it still runs."""
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "parking-terminal").write_bytes(bytes(32))
    socket = folder / "drive.socket"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ui.main", "--still", "--central", "http://127.0.0.1:1"),
            *("--kind", "kiosk", "--secrets", "systemd", "--data", str(folder / "data")),
            *("--drive", str(socket), "--fullscreen"),
        ],
        env={**on.environment, "CREDENTIALS_DIRECTORY": str(credentials)},
        stderr=subprocess.DEVNULL,
    )
    with _ended(process):
        yield process, socket


@contextmanager
def plain_window(on: Panel) -> Iterator[subprocess.Popen[bytes]]:
    """Show a window like any other; end it afterwards if it still runs."""
    process = subprocess.Popen([sys.executable, "-c", _PLAIN], env=on.environment)
    with _ended(process):
        yield process


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
