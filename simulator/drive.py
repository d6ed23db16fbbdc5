"""Remote control of a terminal for the tour and end-to-end tests: a local socket of JSON lines.

``attach`` is the entry point ``parking_terminal.drive``, which bundles do not have. The socket's
thread only reads lines; everything that touches a widget runs on the GUI thread.

    {"do": "press", "key": "F9"}              {"do": "type", "text": "AB1", "into": "plate"}
    {"do": "click", "name": "check_button"}   {"do": "read", "name": "answer"}
    {"do": "names"}  {"do": "screen"}         {"do": "grab", "path": "x.png", "name": ""}
    {"do": "wait", "name": "answer", "text": "PAID", "visible": true, "limit_s": 10}
    {"do": "paints", "name": "answer"}        -> {"ok": true, ...} or {"ok": false, "error"}
"""

import json
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from parking.errors import UserError
from ui.shell import Shell

Answer = dict[str, Any]
_LOOK_AGAIN_MS = 10
_LISTEN_S = 0.1
_MOST_PAINTS = 1000
_DEFAULT_LIMIT_S = 10.0
_KEYS = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape}


def attach(app: QApplication, window: Shell, path: Path) -> Callable[[], None]:
    """Listen on a socket until the returned function is called.

    Args:
        app: The application.
        window: The terminal's window.
        path: Where the socket is made, readable by its owner alone; replaced when it exists.

    Thread: GUI.
    """
    hands = _Hands(app, window)
    line = _Line(path, hands)
    line.start()
    return line.stop


class _Line(threading.Thread):
    """Takes one client after another and hands each line to the GUI thread."""

    def __init__(self, path: Path, hands: "_Hands") -> None:
        super().__init__(name="drive", daemon=True)
        self._path = path
        self._hands = hands
        self._stopping = threading.Event()
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            self._door.bind(str(path))
        finally:
            os.umask(before)
        self._door.listen(1)
        self._door.settimeout(_LISTEN_S)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _address = self._door.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(_LISTEN_S)
                self._serve(client)

    def stop(self) -> None:
        """End the thread and take the socket away."""
        self._stopping.set()
        self._hands.give_up()
        self.join(5.0)
        self._door.close()
        self._path.unlink(missing_ok=True)

    def _serve(self, client: socket.socket) -> None:
        left = b""
        while not self._stopping.is_set():
            try:
                more = client.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not more:
                return
            *lines, left = (left + more).split(b"\n")
            for line in lines:
                try:
                    client.sendall(json.dumps(self._answer(line)).encode() + b"\n")
                except OSError:
                    return

    def _answer(self, line: bytes) -> Answer:
        try:
            wish = json.loads(line)
        except ValueError as error:
            return {"ok": False, "error": f"no JSON: {error}"}
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._hands.wished.emit(wish, answers)
        while not self._stopping.is_set():
            try:
                return answers.get(timeout=_LISTEN_S)
            except queue.Empty:
                continue
        return {"ok": False, "error": "the terminal ends"}


class _Hands(QObject):
    """Does on the GUI thread what a person would."""

    wished = Signal(object, object)

    def __init__(self, app: QApplication, window: Shell) -> None:
        super().__init__(window)
        self._window = window
        self._waits: list[tuple[Answer, float, queue.SimpleQueue[Answer]]] = []
        self._paints: dict[str, list[Answer]] = {}
        self._over = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._on_look_again)
        self.wished.connect(self._on_wished, Qt.ConnectionType.QueuedConnection)
        app.installEventFilter(self)
        self._acts: dict[str, Callable[[Answer], Answer]] = {
            "press": self._press,
            "type": self._type,
            "click": self._click,
            "read": self._read,
            "names": self._names,
            "screen": self._screen,
            "grab": self._grab,
            "paints": self._painted,
        }

    def give_up(self) -> None:
        """Answer everything that still waits: the window closes."""
        self._over = True
        for _wish, _ends, answers in self._waits:
            answers.put({"ok": False, "error": "the terminal ends"})
        self._waits.clear()

    # --- wishes -----------------------------------------------------------------------------

    def _on_wished(self, wish: Answer, answers: "queue.SimpleQueue[Answer]") -> None:
        if self._over:
            answers.put({"ok": False, "error": "the terminal ends"})
        elif wish.get("do") == "wait":
            ends = time.monotonic() + float(wish.get("limit_s", _DEFAULT_LIMIT_S))
            self._waits.append((wish, ends, answers))
            self._on_look_again()
        else:
            answers.put(self._done(wish))

    def _done(self, wish: Answer) -> Answer:
        act = self._acts.get(str(wish.get("do")))
        if act is None:
            return {"ok": False, "error": f"nobody can do {wish.get('do')!r}"}
        try:
            return {"ok": True, **act(wish)}
        except UserError as error:
            return {"ok": False, "error": error.sentence}

    def _on_look_again(self) -> None:
        still = []
        for wish, ends, answers in self._waits:
            found = self._found(wish)
            if found is not None:
                answers.put({"ok": True, **found})
            elif time.monotonic() > ends:
                answers.put({"ok": False, "error": self._not_found(wish)})
            else:
                still.append((wish, ends, answers))
        self._waits = still
        if still and not self._timer.isActive():
            self._timer.start()
        elif not still:
            self._timer.stop()

    def _found(self, wish: Answer) -> Answer | None:
        visible = bool(wish.get("visible", True))
        widget = self._widget(str(wish["name"]))
        if widget is None:
            return None if visible else {"text": "", "visible": False}
        seen = _state(widget)
        if (
            seen["visible"] is not visible
            or wish.get("enabled", seen["enabled"]) != seen["enabled"]
        ):
            return None
        return seen if str(wish.get("text", "")).lower() in str(seen["text"]).lower() else None

    def _not_found(self, wish: Answer) -> str:
        widget = self._widget(str(wish["name"]))
        now = "it is not there" if widget is None else f"it is {_state(widget)}"
        return f"{wish['name']} did not show {wish.get('text', '')!r} in time: {now}"

    def _press(self, wish: Answer) -> Answer:
        name = str(wish["key"])
        key = _KEYS.get(name) or getattr(Qt.Key, f"Key_{name}", None)
        if key is None:
            raise UserError("drive.key", f"there is no key {name}")
        QTest.keyClick(self._focus(), key)
        return {}

    def _focus(self) -> QWidget:
        """Where keys go. Of several windows on one display only one is active: take our turn."""
        if QApplication.activeWindow() is not self._window:
            QApplication.setActiveWindow(self._window)
        return QApplication.focusWidget() or self._window.focusWidget() or self._window

    def _type(self, wish: Answer) -> Answer:
        into = str(wish.get("into", ""))
        focus = self._focus()
        widget = self._need(into) if into else focus
        target = widget.focusProxy() or widget
        target.setFocus()
        text = str(wish["text"])
        if text.isascii():
            QTest.keyClicks(target, text)
        else:
            # No key makes these: they come as from an input method.
            commit = QInputMethodEvent()
            commit.setCommitString(text)
            QApplication.sendEvent(target, commit)
        return {}

    def _click(self, wish: Answer) -> Answer:
        widget = self._need(str(wish["name"]))
        if not widget.isEnabled():
            raise UserError("drive.disabled", f"{wish['name']} cannot be pressed now")
        middle = widget.rect().center()
        inner = widget.childAt(middle) or widget
        at = inner.mapFrom(widget, middle)
        QTest.mouseClick(inner, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        return {}

    def _read(self, wish: Answer) -> Answer:
        return _state(self._need(str(wish["name"])))

    def _names(self, _wish: Answer) -> Answer:
        named = (widget for widget in self._window.findChildren(QWidget) if widget.objectName())
        shown = {widget.objectName() for widget in named if widget.isVisible()}
        return {"names": sorted(name for name in shown if not name.startswith("qt_"))}

    def _screen(self, _wish: Answer) -> Answer:
        return {"screen": self._window.current.name}

    def _grab(self, wish: Answer) -> Answer:
        name = str(wish.get("name", ""))
        widget = self._need(name) if name else self._window
        path = Path(str(wish["path"]))
        if not widget.grab().save(str(path)):
            raise UserError("drive.grab", f"no picture could be written to {path}")
        return {"width": widget.width(), "height": widget.height()}

    def _painted(self, wish: Answer) -> Answer:
        return {"paints": list(self._paints.get(str(wish["name"]), ()))}

    # --- widgets ----------------------------------------------------------------------------

    def _widget(self, name: str) -> QWidget | None:
        """Return the widget of this name on the screen in front, else one anywhere."""
        found = self._window.findChildren(QWidget, name)
        shown = [widget for widget in found if widget.isVisible()]
        return next(iter(shown or found), None)

    def _need(self, name: str) -> QWidget:
        widget = self._widget(name)
        if widget is None or not widget.isVisible():
            raise UserError("drive.name", f"nothing called {name!r} can be seen")
        return widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Qt: note what a named widget paints, when its words changed."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            name = watched.objectName()
            if name and not name.startswith("qt_"):
                self._note(name, _words(watched))
        return False

    def _note(self, name: str, words: str) -> None:
        paints = self._paints.setdefault(name, [])
        if not paints or paints[-1]["text"] != words:
            paints.append(
                {
                    "text": words,
                    "monotonic_ns": time.monotonic_ns(),
                    "utc": datetime.now(UTC).isoformat(),
                }
            )
            del paints[:-_MOST_PAINTS]


def _state(widget: QWidget) -> Answer:
    return {
        "text": _words(widget),
        "visible": widget.isVisible(),
        "enabled": widget.isEnabled(),
        "focus": widget.hasFocus() or (widget.focusProxy() or widget).hasFocus(),
    }


def _words(widget: QWidget) -> str:
    """What a person reads: the typed text, a label's words, else what a screen reader says."""
    inner = widget.focusProxy()
    if isinstance(inner, QLineEdit):
        return inner.text()
    if isinstance(widget, QLabel | QLineEdit):
        return widget.text()
    return widget.accessibleName()
