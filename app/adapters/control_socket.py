"""A running terminal answers its own machine: one line of JSON in, one line of JSON out.

The socket lies in the terminal's private data folder (mode 0600) and knows two wishes:

    {"do": "sync", "timeout_s": 600}   run a whole round of sync, then say how it stands
    {"do": "status"}                   say how it stands

Any other line gets ``{"error": {"key": "control.wish", ...}}``. It carries no secret, no plate and
cannot change a record. Systems without local sockets (Windows before Python offers them) have none:
there the command needs the window closed. Its threads are its own.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parking.errors import UnavailableError

FILE = "control.socket"
_LOG = logging.getLogger("parking.control")
_LOOK_S = 0.1
_MOST_LINE = 4096
_MOST_ANSWER = 16 * 1024 * 1024
_GRACE_S = 10.0

Wish = dict[str, Any]
Answer = Callable[[Wish], dict[str, Any]]


class ControlDoor:
    """Listens from construction until ``close``.

    Args:
        folder: The data folder, which this process alone has locked: an old socket is left over
            and is replaced.
        answer: Gets a wish on a thread of this door; must not raise.
    """

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._folder = folder
        self._answer = answer
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = _listening(folder)
        if self._listener is not None:
            self._start(lambda: self._listen(self._listener), "control")

    def close(self) -> None:
        """Take the socket away and end the threads; whoever waits for an answer gets none."""
        self._stopping.set()
        for thread in list(self._threads):
            thread.join(_GRACE_S)
        if self._listener is not None:
            self._listener.close()
            (self._folder / FILE).unlink(missing_ok=True)

    def _start(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _listen(self, listener: socket.socket | None) -> None:
        while listener is not None and not self._stopping.is_set():
            try:
                client, _address = listener.accept()
            except TimeoutError:
                continue
            self._start(lambda client=client: self._serve(client), "control-client")  # type: ignore[misc]  # bound now, not at the next round

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.settimeout(_LOOK_S)
            line = self._line(client)
            if line is None:
                return
            try:
                client.settimeout(_GRACE_S)
                client.sendall(json.dumps(self._answered(line)).encode() + b"\n")
            except OSError:
                _LOG.info("control client left before its answer")

    def _line(self, client: socket.socket) -> bytes | None:
        read = b""
        while b"\n" not in read and len(read) <= _MOST_LINE and not self._stopping.is_set():
            try:
                more = client.recv(_MOST_LINE)
            except TimeoutError:
                continue
            except OSError:
                return None
            if not more:
                return None
            read += more
        return read if b"\n" in read else b""

    def _answered(self, line: bytes) -> dict[str, Any]:
        try:
            wish = json.loads(line)
        except ValueError:
            wish = None
        if isinstance(wish, dict) and wish.get("do") in {"sync", "status"}:
            return self._answer(wish)
        sentence = "A wish is one line of JSON whose do is sync or status."
        return {"error": {"key": "control.wish", "sentence": sentence}}


def ask_terminal(folder: Path, wish: Wish, *, timeout_s: float) -> dict[str, Any] | None:
    """Ask the terminal that runs on a data folder; None when none listens there.

    Args:
        folder: Its data folder.
        wish: What to do.
        timeout_s: Longest wait for the answer, in seconds.

    Raises:
        UnavailableError: ``control.silent``; it listened and did not answer in time.
    """
    if not hasattr(socket, "AF_UNIX") or not (folder / FILE).exists():
        return None
    with socket.socket(socket.AF_UNIX) as door, _reachable(folder) as path:
        door.settimeout(timeout_s)
        try:
            door.connect(path)
        except OSError:
            return None  # Left over from a terminal that was killed.
        try:
            door.sendall(json.dumps(wish).encode() + b"\n")
            return _read_answer(door)
        except (OSError, ValueError) as error:
            raise UnavailableError(
                "control.silent",
                "The running terminal did not answer in time. Nothing was changed by this.",
                retry_safe=True,
            ) from error


def _read_answer(door: socket.socket) -> dict[str, Any]:
    read = b""
    while b"\n" not in read and len(read) < _MOST_ANSWER:
        more = door.recv(65_536)
        if not more:
            break
        read += more
    answer: dict[str, Any] = json.loads(read)
    return answer


def _listening(folder: Path) -> socket.socket | None:
    if not hasattr(socket, "AF_UNIX"):
        return None
    (folder / FILE).unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    try:
        with _reachable(folder) as path:
            door.bind(path)
            (folder / FILE).chmod(0o600)
    except OSError as error:
        door.close()
        _LOG.warning("no control socket here: %s", error.strerror)
        return None
    door.listen(4)
    door.settimeout(_LOOK_S)
    return door


@contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """Give a name of the socket that is short enough for the system (108 bytes on Linux)."""
    by_handle = Path("/proc/self/fd")
    if not by_handle.exists():
        yield str(folder / FILE)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield str(by_handle / str(handle) / FILE)
    finally:
        os.close(handle)
