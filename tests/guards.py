"""Guards around every test: no network beyond this machine, nothing left behind."""

import contextlib
import ipaddress
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

_LINGER_S = 5.0
# The idle workers of this library end by themselves, ten seconds later.
_NOT_OURS = ("AnyIO worker thread", "Dummy-", "pytest_timeout")


class LeavesMachineError(BaseException):
    """A test reached for the network; no `except Exception` of the product may hide it."""


def refuse_the_network() -> None:
    """Refuses, for the life of this process, every address that is not on this machine."""
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple):  # A socket in a folder, or already connected.
            return
        host = address[0]
    else:
        return
    if not _is_here(host):
        raise LeavesMachineError(f"{event} to {host!r}: tests use 127.0.0.1 or a socket file")


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host is None or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def leaves_nothing_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs each test in an empty folder; fails it for files, threads or processes it leaves."""
    before = Path.cwd()
    folder = tmp_path_factory.mktemp("cwd")
    threads = set(threading.enumerate())
    children = _children()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
    left = [
        *(f"file {path.name}" for path in folder.iterdir()),
        *_threads_left(threads),
        *_children_left(children),
    ]
    assert not left, f"the test left behind: {', '.join(left)}"
    folder.rmdir()


def _threads_left(before: set[threading.Thread]) -> list[str]:
    left = []
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith(_NOT_OURS):
            thread.join(_LINGER_S)
            if thread.is_alive():
                left.append(f"thread {thread.name}")
    return left


def _children() -> dict[int, str]:
    children = {}
    for task in Path("/proc/self/task").iterdir():
        # A thread or child may end between two reads.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for pid in (task / "children").read_text().split():
                command = Path("/proc", pid, "cmdline").read_bytes()
                children[int(pid)] = command.replace(b"\0", b" ").decode(errors="replace")
    return children


def _children_left(before: dict[int, str]) -> list[str]:
    left = []
    for pid, command in _children().items():
        # Python's own process for clearing up after multiprocessing lives as long as we do.
        if pid not in before and "multiprocessing.resource_tracker" not in command:
            ended = os.pidfd_open(pid)
            select.select([ended], [], [], _LINGER_S)
            os.close(ended)
            if pid in _children():  # Still running, or nobody asked for its exit status.
                left.append(f"process {pid} {command}".strip())
                os.kill(pid, signal.SIGKILL)
    return left
