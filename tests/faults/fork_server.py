"""A process with everything loaded that forks a child per task, and one strace that kills them.

A fork costs milliseconds where a new Python costs seconds, and strace is attached once: it follows
every child and kills it at the ``when``-th of a call, counted for each process by itself. A task
that is to be struck at its n-th call makes the ``when - n`` calls before that first, on nothing.

For processes without threads. Linux, strace 6.0 or later.
"""

import gc
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from tests.faults.tracing import Tell

_NO_FILE = 1 << 20
_NOWHERE = Path("/proc/no/such")
_ON_NOTHING: dict[str, Callable[[], object]] = {
    "pwrite64": lambda: os.pwrite(_NO_FILE, b"", 0),
    "write": lambda: os.write(_NO_FILE, b""),
    "fdatasync": lambda: os.fdatasync(_NO_FILE),
    "fsync": lambda: os.fsync(_NO_FILE),
    "ftruncate": lambda: os.ftruncate(_NO_FILE, 0),
    "rename": lambda: _NOWHERE.rename(_NOWHERE),
    "unlink": _NOWHERE.unlink,
    "mkdir": _NOWHERE.mkdir,
}
KILLED_AT = tuple(_ON_NOTHING)
"""The calls at which a child can be killed."""
_MOST = {"pwrite64": 140}
_MOST_OF_OTHERS = 40
_PATIENCE_S = 60.0
_LARGEST_MESSAGE = 1 << 20
_CALL = re.compile(r"\d+ +(\w+)\((?:(?:AT_FDCWD|\d+)<([^>]*)>|\"([^\"]*)\")")

ForkedWork = Callable[[bytes, Tell], None]


class _Order(msgspec.Struct):
    task: bytes
    call: str
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """How a task ended.

    Attributes:
        killed: By SIGKILL, as opposed to having come to its end.
        lines: What it told.
        call: At which it was killed; empty when it was not.
        path: Of that call's file.
    """

    killed: bool
    lines: tuple[str, ...]
    call: str
    path: str


def most_of(call: str) -> int:
    """Return how many of a call a task may make, the one it is killed at included.

    Each that it does not make is made on nothing, so this costs time in every task.
    """
    return _MOST.get(call, _MOST_OF_OTHERS)


class ForkServer:
    """The worker's side of it."""

    def __init__(self, server: socket.socket, log: IO[bytes], attached: IO[bytes]) -> None:
        """Use what ``fork_server`` started."""
        self._server, self._log, self._attached = server, log, attached

    def strike(self, task: bytes, *, call: str, nth: int) -> Struck:
        """Run a task in a forked child and kill it before its n-th call of a name.

        Args:
            task: For the work, at most 150,000 bytes.
            call: One of ``KILLED_AT``.
            nth: 1 to ``most_of(call)``.

        Raises:
            ValueError: ``nth`` is more.
            RuntimeError: The child ended as no task should, or the server is gone.
            TimeoutError: The child said nothing for a minute.
        """
        if nth > most_of(call):
            raise ValueError(f"{call} {nth}: no task makes more than {most_of(call)}")
        self._server.send(msgspec.msgpack.encode(_Order(task=task, call=call, nth=nth)))
        lines, end = [], b""
        while not end.startswith(b"\0"):
            if end:
                lines.append(end.decode())
            end = self._server.recv(_LARGEST_MESSAGE)
            if not end:
                raise RuntimeError("the fork server is gone")
        child, status = map(int, end[1:].split())
        last = self._last_call(child)
        # strace says of each child that it is attached, and must not wait for a reader.
        self._attached.readline()
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            raise RuntimeError(f"a task ended with status {status}: {lines[-3:]}")
        found = _CALL.match(last) if killed else None
        if killed and found is None:
            raise RuntimeError(f"killed at no known call: {last!r}")
        return Struck(
            killed=killed,
            lines=tuple(lines),
            call=found[1] if found else "",
            path=(found[2] or found[3] or "") if found else "",
        )

    def _last_call(self, child: int) -> str:
        last, own = "", f"{child} "
        for line in iter(lambda: self._log.readline().decode(errors="replace"), ""):
            if line.startswith(own):
                # strace fills short numbers up with spaces.
                if line.removeprefix(own).lstrip().startswith("+++"):
                    return last
                last = line
        raise RuntimeError("strace is gone")


@contextmanager
def fork_server(work: ForkedWork) -> Iterator[ForkServer]:
    """Fork this process and attach strace, for as long as the block lasts.

    Args:
        work: Gets each task and the function that tells a line; runs in a child per task.

    Raises:
        RuntimeError: strace did not attach.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = os.fork()
    if server == 0:
        ours.close()
        _serve(work, theirs)
    theirs.close()
    try:
        with ours, _tracing(server) as (log, attached):
            ours.settimeout(_PATIENCE_S)
            yield ForkServer(ours, log, attached)
            ours.close()
            os.waitpid(server, 0)
            server = 0
    finally:
        if server:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)


@contextmanager
def _tracing(server: int) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Attach strace to a server; give its log and what it says of what it attached to."""
    kills = [
        part
        for call in KILLED_AT
        for part in ("-e", f"inject={call}:signal=KILL:when={most_of(call)}")
    ]
    options = ["-f", "-y", "-s", "0", "-e", f"trace={','.join(KILLED_AT)}", *kills]
    read_end, write_end = os.pipe()
    with (
        os.fdopen(read_end, "rb") as log,
        subprocess.Popen(
            ["strace", "-o", f"/proc/self/fd/{write_end}", *options, "-p", str(server)],
            stderr=subprocess.PIPE,
            pass_fds=(write_end,),
        ) as tracer,
    ):
        os.close(write_end)
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if b"attached" not in said:
            raise RuntimeError(f"strace did not attach: {said.decode()}")
        yield log, tracer.stderr


def _serve(work: ForkedWork, worker: socket.socket) -> NoReturn:
    # What is there already stays as it is: no child copies it to count what refers to it.
    gc.collect()
    gc.freeze()
    while message := worker.recv(_LARGEST_MESSAGE):
        order = msgspec.msgpack.decode(message, type=_Order)
        child = os.fork()
        if child == 0:
            _be_the_child(work, order, worker)
        _, status = os.waitpid(child, 0)
        worker.send(f"\0{child} {status}".encode())
    # Neither the exit handlers nor the buffers of the worker are ours.
    os._exit(0)


def _be_the_child(work: ForkedWork, order: _Order, worker: socket.socket) -> NoReturn:
    status = 1
    try:
        for _ in range(most_of(order.call) - order.nth):
            with suppress(OSError):
                _ON_NOTHING[order.call]()
        work(order.task, lambda line: worker.sendall(line.encode()))
        status = 0
    finally:
        os._exit(status)
