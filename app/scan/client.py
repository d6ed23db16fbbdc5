"""The terminal's side of plate reading: starts, asks, times and restarts the scan worker.

Called from an I/O lane thread, never from the GUI thread: a read takes up to seconds. Must not
import numpy, OpenCV or onnxruntime; they live in the worker process.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

import msgspec

from app.scan.messages import (
    MAX_ANSWER_BYTES,
    Answer,
    Frame,
    Photo,
    PhotoRefusedError,
    Refused,
    Request,
    ScanResult,
    ScanStoppedError,
    ScanTimedOutError,
    ScanUnavailableError,
    Unavailable,
    WarmUp,
    receive,
    send,
)
from app.scan.photo import check_length

DEFAULT_TIMEOUT_S = 8.0
"""Enough for a start and one photo on a busy laptop."""

_END_TIMEOUT_S = 2.0
# All the worker may know of the terminal's environment: where programs and libraries lie.
_PASSED_ON = (
    "PATH",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LANG",
)
# Unless told otherwise glibc keeps what one picture took for the next: 330 MB at the peak. Giving
# everything back at once needs 215 MB but 0.25 s of CPU time a photo more; this is the middle.
_THRIFT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(3 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(32 * 1024 * 1024),
}


class ScanWorker:
    """Plate reading as one call.

    Thread-safe: photos of several threads are read one after another. The process starts at the
    first read, lives until `close`, and is replaced when it ends or is too slow.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Prepare without starting anything.

        Args:
            command: How to start the worker; by default this Python with ``-m app.scan``.
        """
        self._command = list(command or (sys.executable, "-m", "app.scan"))
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def read(self, photo: bytes, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> ScanResult:
        """Read the plates of a photo.

        Args:
            photo: A whole JPEG or PNG file, at most 24 MiB.
            timeout_s: Longest wait in seconds, the start of the worker and the wait for another
                thread's photo included.

        Returns:
            Candidates, best first; none when nothing looks like a plate.

        Raises:
            PhotoRefusedError: When the bytes are no whole photo of an allowed size.
            ScanUnavailableError: When plate reading is not installed here.
            ScanTimedOutError: When there was no answer in time; the worker was killed.
            ScanStoppedError: When the worker ended in the middle.
        """
        check_length(len(photo))
        return self._ask(Photo(photo), timeout_s)

    def read_frame(
        self, rgb: bytes, *, width: int, height: int, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> ScanResult:
        """Read the plates of one camera frame.

        Args:
            rgb: Red-green-blue bytes, rows from the top without padding.
            width: Pixels in a row.
            height: Rows.
            timeout_s: As for `read`.

        Raises:
            PhotoRefusedError: When the bytes do not fit the size or are too many.
            ScanUnavailableError, ScanTimedOutError, ScanStoppedError: As for `read`.
        """
        check_length(len(rgb))
        return self._ask(Frame(width=width, height=height, rgb=rgb), timeout_s)

    def warm_up(self, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> str:
        """Start the worker and load its networks, so that the first photo is quick.

        Returns:
            The engine's name and versions.

        Raises:
            ScanUnavailableError, ScanTimedOutError, ScanStoppedError: As for `read`.
        """
        return self._ask(WarmUp(), timeout_s).engine

    @property
    def process_id(self) -> int | None:
        """Number of the running worker process, for measuring; None when there is none."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the worker; a later read starts a new one. May be called twice."""
        with self._turn:
            self._end()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _ask(self, request: Request, timeout_s: float) -> ScanResult:
        deadline = time.monotonic() + timeout_s
        if not self._turn.acquire(timeout=timeout_s):
            raise ScanTimedOutError
        try:
            answer = self._exchange(request, deadline)
        finally:
            self._turn.release()
        match answer:
            case Refused(key=key, sentence=sentence):
                raise PhotoRefusedError(key, sentence)
            case Unavailable(sentence=sentence):
                raise ScanUnavailableError(sentence)
            case _:
                return answer

    def _exchange(self, request: Request, deadline: float) -> Answer:
        process = self._running()
        too_late = threading.Event()

        def give_up() -> None:
            too_late.set()
            process.kill()

        timer = threading.Timer(max(0.0, deadline - time.monotonic()), give_up)
        timer.start()
        try:
            answer = _answer_of(process, request)
        finally:
            # Joined, so that a late timer never kills the process under the next photo.
            timer.cancel()
            timer.join()
        if answer is None or too_late.is_set():
            self._end()
        if answer is not None:
            return answer
        raise ScanTimedOutError if too_late.is_set() else ScanStoppedError

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = _started(self._command)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait(_END_TIMEOUT_S)
        for pipe in (process.stdin, process.stdout):
            _close(pipe)


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
        )
    except OSError as failed:
        raise ScanUnavailableError(
            "Plate reading could not be started. Type the plate instead."
        ) from failed


def _environment() -> dict[str, str]:
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return known | _THRIFT


def _answer_of(process: subprocess.Popen[bytes], request: Request) -> Answer | None:
    """The worker's answer, or None when it ended or answered what no worker answers."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        send(process.stdin, request)
        content = receive(process.stdout, limit=MAX_ANSWER_BYTES)
        return None if content is None else msgspec.msgpack.decode(content, type=Answer)
    except (OSError, ValueError):
        return None


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        # What was left in the buffer has no reader any more.
        return
