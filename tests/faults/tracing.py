"""Runs a piece of work in a forked process under strace, from its first call on.

For processes without threads: the parent imports everything once, so that a run costs milliseconds.
Linux, strace 6.0 or later.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TOUCHES_THE_DISK = (
    "openat,creat,mkdir,mkdirat,rmdir,write,writev,pwrite64,pwritev,pwritev2,lseek,fsync,fdatasync,"
    "sync_file_range,ftruncate,truncate,rename,renameat,renameat2,unlink,unlinkat,fallocate,link,"
    "linkat,symlink,symlinkat,copy_file_range,sendfile"
)
"""Every call by which a program changes what is on a disk, or when it is there for good."""
TELLS = "sendto"
"""The call by which a line is told: no call on files, so that no fault ever hits it."""
_PATIENCE_S = 60.0

Tell = Callable[[str], None]
Work = Callable[[Tell], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a traced piece of work ended.

    Attributes:
        killed: By SIGKILL, as opposed to having come to its end.
        lines: What it told, whole lines only.
    """

    killed: bool
    lines: tuple[str, ...]


def missing() -> str:
    """Return why nothing can be traced here, or an empty text."""
    if shutil.which("strace") is None:
        return "strace is not installed: apt-get install strace"
    tried = subprocess.run(
        ["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()}"


def run_traced(work: Work, options: Sequence[str], *, log: Path | None = None) -> Ended:
    """Fork, attach strace, let the child work, and collect what it told.

    Args:
        work: Gets the function that tells a line; runs in the child.
        options: Of strace: what to trace and what to do to it.
        log: Where strace writes what it saw; nowhere when None.

    Raises:
        RuntimeError: strace did not attach, or the child ended as no run should.
        TimeoutError: The child said nothing for a minute.
    """
    ours, childs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _be_the_child(work, childs)
    childs.close()
    try:
        with ours, _attached(child, options, log) as tracer:
            ours.send(b"!")
            lines = _read_lines(ours)
            _, status = os.waitpid(child, 0)
            child = 0
            tracer.wait(_PATIENCE_S)
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and status != 0:
        raise RuntimeError(f"the work ended with status {status}: {lines[-3:]}")
    return Ended(killed=killed, lines=lines)


def _be_the_child(work: Work, parent: socket.socket) -> None:
    status = 1
    try:
        parent.recv(1)
        work(lambda line: parent.sendall(line.replace("\n", " ").encode() + b"\n"))
        status = 0
    finally:
        # Neither the exit handlers nor the buffers of the parent are ours.
        os._exit(status)


def _attached(child: int, options: Sequence[str], log: Path | None) -> "subprocess.Popen[bytes]":
    tracer = subprocess.Popen(
        ["strace", "-o", str(log or os.devnull), *options, "-p", str(child)],
        stderr=subprocess.PIPE,
    )
    assert tracer.stderr is not None
    # strace says so only after the kernel promised to stop the child at its next call.
    said = tracer.stderr.readline()
    if b"attached" not in said:
        tracer.kill()
        rest = tracer.stderr.read()
        tracer.wait()
        raise RuntimeError(f"strace did not attach: {(said + rest).decode()}")
    return tracer


def _read_lines(source: socket.socket) -> tuple[str, ...]:
    """Read until the other end is closed; a line cut in the middle was never told."""
    source.settimeout(_PATIENCE_S)
    parts = []
    while part := source.recv(65_536):
        parts.append(part)
    whole, _, _ = b"".join(parts).rpartition(b"\n")
    return tuple(whole.decode().split("\n")) if whole else ()
