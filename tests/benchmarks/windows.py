"""Programs that the benchmarks start: a bare window, and the terminal with a stop-watch beside it.

    python -m tests.benchmarks.windows bare
    python -m tests.benchmarks.windows terminal-until-painted <options of parking-terminal>
    python -m tests.benchmarks.windows terminal-ticking FILE <options of parking-terminal>

The first two end when their window was painted and print when that was (``time.monotonic_ns``, the
same clock in every process). The third writes the time of every tick of a 5 ms timer of the GUI
thread to a file when it ends. The terminal itself is what ``parking-terminal`` starts, untouched.
"""

import array
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

TICK_MS = 5


class _FirstPaint(QObject):
    """Tells when the first window was painted, all its parts included, and ends the program."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self._app.removeEventFilter(self)
            # Its parts are painted in the same turn of the event loop; this comes after them.
            QTimer.singleShot(0, self._told)
        return False

    def _told(self) -> None:
        print(time.monotonic_ns(), flush=True)
        self._app.quit()


class _Ticks:
    """A timer on the GUI thread that notes when it was served."""

    def __init__(self, app: QApplication) -> None:
        self._at_ns = array.array("q")
        self._timer = QTimer(app)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._at_ns.append(time.monotonic_ns()))
        self._timer.start(TICK_MS)

    def write(self, path: Path) -> None:
        path.write_bytes(self._at_ns.tobytes())


def _bare(app: QApplication) -> int:
    window = QWidget()
    window.resize(1280, 800)
    window.show()
    return app.exec()


def _terminal(options: Sequence[str]) -> int:
    from ui.main import main as parking_terminal

    return parking_terminal(options)


def main(arguments: Sequence[str]) -> int:
    which, options = arguments[0], arguments[1:]
    app = QApplication(sys.argv[:1])
    if which == "terminal-ticking":
        ticks, path = _Ticks(app), Path(options[0])
        status = _terminal(options[1:])
        ticks.write(path)
        return status
    first = _FirstPaint(app)
    programs: dict[str, Callable[[], int]] = {
        "bare": lambda: _bare(app),
        "terminal-until-painted": lambda: _terminal(options),
    }
    status = programs[which]()
    first.deleteLater()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
