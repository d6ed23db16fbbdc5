"""Holds a call of the store until a test lets it go on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_LIMIT_S = 5.0


class Gate:
    """One call that waits.

    Attributes:
        calls: How often it was begun.
    """

    def __init__(self) -> None:
        self.calls = 0
        self._open = threading.Event()
        self.begun = threading.Event()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call behind the gate."""

        def wait(*values: Any, **named: Any) -> Any:
            self.calls += 1
            self.begun.set()
            assert self._open.wait(_LIMIT_S), "nobody opened the gate"
            return call(*values, **named)

        return wait

    def let_go(self) -> None:
        """Let everything through from now on."""
        self._open.set()


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, part: object, name: str) -> Iterator[Gate]:
    """Hold a method of a part until ``let_go`` or the end."""
    gate = Gate()
    monkeypatch.setattr(part, name, gate.around(getattr(part, name)))
    try:
        yield gate
    finally:
        gate.let_go()
