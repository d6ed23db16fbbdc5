"""Faults that a sink is told to show, each once. Any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong at one step.

    Attributes:
        step: Name of the step, as the sink documents it.
        code: Answered instead of success; 0 cuts the line without an answer.
        taken: The message is kept all the same.
        hold: The answer waits until the sink is released or closed.
    """

    step: str
    code: int = 0
    taken: bool = False
    hold: bool = False


class Faults:
    """The faults that wait to strike, in the order they were given."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()
        self._released = threading.Event()

    def add(self, fault: Fault) -> None:
        """Let a fault strike the next time its step comes."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, step: str) -> Fault | None:
        """Return the fault that strikes now, if any."""
        with self._lock:
            found = next((fault for fault in self._waiting if fault.step == step), None)
            if found is not None:
                self._waiting.remove(found)
        return found

    def hold(self, fault: Fault) -> None:
        """Wait with the answer as long as the fault says."""
        if fault.hold:
            self._released.wait()

    def forget(self) -> None:
        """Let none of the waiting faults strike."""
        with self._lock:
            self._waiting.clear()

    def release(self) -> None:
        """Let every held answer go, now and later."""
        self._released.set()
