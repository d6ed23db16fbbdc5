"""Many devices of one city in a few processes: what they are, and how the processes are led.

``Fleet`` stores the devices at central as IT would and starts processes of
``tests.benchmarks.sync.devices``; each gets its share of the devices as one line of JSON, then one
word a line, and answers in lines of JSON.
"""

import os
import select
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parking.ids import uuid7
from parking.terminal import Terminal, TerminalKind
from tests.benchmarks.place import City

PROCESSES = 4
_START_S, _END_S = 150.0, 20.0


class FleetError(Exception):
    """A process of the fleet ended or did not answer in time; the text says which."""


class DeviceOrder(msgspec.Struct, kw_only=True):
    """One device: who it is, its private key, whether it keeps a real store."""

    terminal: Terminal
    key: bytes
    has_store: bool


class FleetOrder(msgspec.Struct, kw_only=True):
    """What one process plays."""

    central_url: str
    folder: str
    officer_id: UUID
    devices: list[DeviceOrder]
    operations: int
    """To drain, per device; 0 when they only listen."""


class Fleet:
    """Processes that play devices; a context that ends them."""

    def __init__(
        self, city: City, folder: Path, *, count: int, stores: int = 0, operations: int = 0
    ) -> None:
        """Store the devices at central and start the processes.

        Args:
            city: Where they belong.
            folder: For their stores.
            count: Of devices.
            stores: How many of them keep a real encrypted store.
            operations: Each has waiting.

        Raises:
            FleetError: They did not start.
        """
        devices = [_device(city, number, has_store=number < stores) for number in range(count)]
        city.store(*(device.terminal for device in devices))
        self._opened = ExitStack()
        self._processes = [
            self._started(
                FleetOrder(
                    central_url=city.stage.central_url,
                    folder=str(folder / f"fleet-{share}"),
                    officer_id=city.one("select officer_id from users where badge = '0417'"),
                    devices=devices[share::PROCESSES],
                    operations=operations,
                )
            )
            for share in range(PROCESSES)
        ]
        try:
            self.answers(limit_s=_START_S)
        except FleetError:
            self.close()
            raise

    def say(self, word: str) -> None:
        """Tell every process something."""
        for process in self._processes:
            _line(process, word.encode())

    def answers(self, *, limit_s: float = 300.0) -> list[Any]:
        """Wait for one line of every process.

        Raises:
            FleetError: One ended, or the limit passed.
        """
        ends = time.monotonic() + limit_s
        return [_answer(process, ends) for process in self._processes]

    def cpu_s(self) -> float:
        """CPU seconds that the processes have used."""
        return sum(cpu_s(process.pid) for process in self._processes)

    def close(self) -> None:
        """End every process."""
        self._opened.close()

    def _started(self, order: FleetOrder) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.sync.devices"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._opened.callback(_end, process)
        _line(process, msgspec.json.encode(order))
        return process


def _device(city: City, number: int, *, has_store: bool) -> DeviceOrder:
    key = Ed25519PrivateKey.generate()
    terminal = Terminal(
        terminal_id=uuid7(city.now_utc),
        name=f"F-{number:03}",
        kind=TerminalKind.OFFICER,
        series=5000 + number,
        public_key=key.public_key().public_bytes_raw(),
        epoch=1,
    )
    return DeviceOrder(terminal=terminal, key=key.private_bytes_raw(), has_store=has_store)


def _line(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(line + b"\n")
    process.stdin.flush()


def _answer(process: "subprocess.Popen[bytes]", ends: float) -> Any:
    assert process.stdout is not None
    left_s = max(0.0, ends - time.monotonic())
    if not select.select([process.stdout], [], [], left_s)[0]:
        raise FleetError("a process of the fleet did not answer in time")
    line = process.stdout.readline()
    if not line:
        raise FleetError("a process of the fleet ended; its words are above")
    return msgspec.json.decode(line)


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
