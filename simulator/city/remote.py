"""Plays a terminal from outside through its drive socket, as a person would: keys, clicks, looks.

One line of JSON each way (see ``simulator.drive``). Blocking; one thread at a time per terminal.
"""

import json
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_CONNECT_S = 30.0
_ANSWER_MARGIN_S = 20.0


class StepFailed(Exception):  # noqa: N818 - reads as what happened in the tour's story
    """A step of the story did not hold; the text is one sentence for people."""


class Remote:
    """A driven terminal.

    Attributes:
        name: As painted on the terminal, for messages.
    """

    def __init__(self, name: str, path: Path) -> None:
        """Connect; waits until the terminal listens.

        Raises:
            StepFailed: When it does not within 30 s.
        """
        self.name = name
        self._socket = _connect(name, path)
        self._answers = self._socket.makefile("rb")

    def close(self) -> None:
        """Hang up; the terminal goes on."""
        self._answers.close()
        self._socket.close()

    def _ask(self, do: str, *, limit_s: float = 0.0, **words: Any) -> dict[str, Any]:
        self._socket.settimeout(limit_s + _ANSWER_MARGIN_S)
        line = json.dumps({"do": do, **words, **({"limit_s": limit_s} if limit_s else {})})
        try:
            self._socket.sendall(line.encode() + b"\n")
            answer = self._answers.readline()
        except OSError as error:
            raise StepFailed(f"{self.name} does not answer '{do}' {words}: {error}") from error
        if not answer:
            raise StepFailed(f"{self.name} ended during '{do}' {words}")
        found: dict[str, Any] = json.loads(answer)
        if not found.get("ok"):
            raise StepFailed(f"{self.name}: {do} {words}: {found.get('error')}")
        return found

    def press(self, key: str) -> None:
        """Press and release a key, e.g. ``F9``, ``Enter``, ``1``."""
        self._ask("press", key=key)

    def type(self, text: str, *, into: str = "") -> None:
        """Type a text, into a named field or where the focus is."""
        self._ask("type", text=text, into=into)

    def click(self, name: str) -> None:
        """Click the middle of a named control."""
        self._ask("click", name=name)

    def read(self, name: str) -> str:
        """Return the words a named control shows."""
        return str(self._ask("read", name=name)["text"])

    def click_when_ready(self, name: str) -> None:
        """Click a control as soon as it can be pressed, as a person would; see ``until_ready``."""
        self.until_ready(name)
        self.click(name)

    def until_ready(self, name: str, *, limit_s: float = 15.0) -> None:
        """Wait until a control can be pressed.

        Raises:
            StepFailed: When it cannot in time.
        """
        until = time.monotonic() + limit_s
        while not self._ask("read", name=name)["enabled"]:
            if time.monotonic() > until:
                raise StepFailed(f"{self.name}: {name} cannot be pressed")
            time.sleep(0.05)

    def names(self) -> Sequence[str]:
        """Return the object names that are visible."""
        return list(self._ask("names")["names"])

    def screen(self) -> str:
        """Return the name of the current screen."""
        return str(self._ask("screen")["screen"])

    def wait(self, name: str, *, text: str = "", limit_s: float = 15.0) -> str:
        """Wait until a named control is visible and shows a text; return what it shows."""
        found = self._ask("wait", name=name, text=text, visible=True, limit_s=limit_s)
        return str(found.get("text", ""))

    def paints(self, name: str) -> list[dict[str, Any]]:
        """Return what a control painted and when, from its own paint events, oldest first."""
        return list(self._ask("paints", name=name)["paints"])

    def grab(self, path: Path) -> None:
        """Save a picture of the whole window."""
        self._ask("grab", path=str(path))


def _connect(name: str, path: Path) -> socket.socket:
    until = time.monotonic() + _CONNECT_S
    while True:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(path))
        except OSError as error:
            line.close()
            if time.monotonic() > until:
                raise StepFailed(f"{name} did not open its drive socket: {error}") from error
            time.sleep(0.05)
            continue
        return line
