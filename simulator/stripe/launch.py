"""Starts the emulator as a process of its own and talks to its control port. Standard library only.

Used by tests, the tour and the demo. Threads: a StripeEmulator may be used from any thread.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

_ROOT = Path(__file__).resolve().parents[2]
_START_S = 30.0
_STOP_S = 10.0
_ANSWER_S = 10.0


class ControlError(Exception):
    """The control port refused a request; the text is its sentence."""


@dataclass(frozen=True, slots=True)
class StripeEmulator:
    """A running emulator.

    Attributes:
        api_url: For `stripe.StripeClient(key, base_addresses={"api": api_url})`.
        control_url: Base address of the control port; its page at `/` has buttons for test cards.
        pid: Process id.
        process: The process; use `stop`.
    """

    api_url: str
    control_url: str
    pid: int
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """Ends the process and waits for it; safe to call twice."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> StripeEmulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Sends one control request and returns the JSON answer.

        Raises:
            ControlError: When it is refused.
        """
        address = urlsplit(self.control_url)
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_ANSWER_S)
        with contextlib.closing(line):
            line.request(
                method,
                path,
                b"" if body is None else json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            answer = line.getresponse()
            text = answer.read().decode()
        if answer.status != 200:
            raise ControlError(text)
        return json.loads(text)

    def inject(self, op: str, kind: str, **more: Any) -> None:
        """Lets a fault strike; further fields as in `simulator.stripe.faults.Fault`."""
        self.control("POST", "/faults", {"op": op, "kind": kind, **more})

    def present(self, reader: str, card: str = "visa", *, ahead: bool = False) -> Any:
        """Presents a test card, by name or number, to a reader; returns the reader.

        Args:
            reader: Reader id.
            card: Name or number of the test card.
            ahead: Hold the card against an idle reader until it asks for one.

        Raises:
            ControlError: When the reader waits for no card, or there is no such card.
        """
        return self.control("POST", "/present", {"reader": reader, "card": card, "ahead": ahead})

    def book(self) -> Any:
        """Returns the bank book: `cards`, `payments` and `lines`, in cents."""
        return self.control("GET", "/book")

    def requests(self) -> Any:
        """Returns the log of API requests, oldest first."""
        return self.control("GET", "/requests")

    def violations(self) -> Any:
        """Returns where the emulator broke the API description; must be empty."""
        return self.control("GET", "/violations")

    def advance_clock(self, seconds: float) -> None:
        """Moves the emulator's clock forward; what falls due happens before this returns."""
        self.control("POST", "/clock/advance", {"seconds": seconds})

    def set_webhooks(
        self,
        *,
        payments: tuple[str, str] | None = None,
        readers: tuple[str, str] | None = None,
    ) -> None:
        """Sets both endpoints; None switches one off.

        Args:
            payments: (url, secret) for payment, charge and refund events, and, without
                `readers`, for all.
            readers: (url, secret) for terminal.reader.* events.
        """
        targets = {"payments": payments, "readers": readers}
        self.control(
            "PUT",
            "/webhooks",
            {
                name: None if target is None else {"url": target[0], "secret": target[1]}
                for name, target in targets.items()
            },
        )

    def reset(self, *, keep_readers: bool = False) -> None:
        """Forgets everything but the endpoints and, if asked, locations and readers."""
        self.control("POST", "/reset", {"keep_readers": keep_readers})


def launch(
    *,
    port: int = 0,
    control_port: int = 0,
    webhook: tuple[str, str] | None = None,
    reader_webhook: tuple[str, str] | None = None,
    state_file: Path | None = None,
) -> StripeEmulator:
    """Starts an emulator and waits until it answers.

    Args:
        port: API port, 0 for any.
        control_port: Control port, 0 for any.
        webhook: (url, secret) for payment, charge and refund events.
        reader_webhook: (url, secret) for terminal.reader.* events; without it `webhook` gets them.
        state_file: Keeps the state over a restart.

    Returns:
        The running emulator; it ends with `stop` or when this process goes away.

    Raises:
        RuntimeError: When it does not come up within 30 seconds.
    """
    command = [sys.executable, "-m", "simulator.stripe", "--until-stdin-closes"]
    command += ["--port", str(port), "--control-port", str(control_port)]
    for option, target in (("webhook", webhook), ("reader-webhook", reader_webhook)):
        if target is not None:
            command += [f"--{option}-url", target[0], f"--{option}-secret", target[1]]
    if state_file is not None:
        command += ["--state-file", str(state_file)]
    process = subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    line = _first_line(process)
    if not line:
        process.kill()
        process.communicate()
        raise RuntimeError(f"the Stripe emulator did not start: {' '.join(command)}")
    addresses = json.loads(line)
    return StripeEmulator(addresses["api_url"], addresses["control_url"], addresses["pid"], process)


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()
    if process.stdout is None:
        return ""
    threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,)).start()
    try:
        return lines.get(timeout=_START_S)
    except queue.Empty:
        return ""
