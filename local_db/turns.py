"""Who may write now: a person's save goes before any background write. Any worker thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from parking.errors import BugError


class Turns:
    """One writer at a time; background writers wait while a person is writing or waiting."""

    def __init__(self) -> None:
        """Start with nobody writing."""
        self._condition = threading.Condition()
        self._writer: int | None = None
        self._people_waiting = 0

    @contextmanager
    def person(self) -> Iterator[None]:
        """Take the next turn.

        Raises:
            BugError: The calling thread is writing already and would wait for itself.
        """
        with self._condition:
            self._check_caller()
            self._people_waiting += 1
            self._condition.wait_for(lambda: self._writer is None)
            self._people_waiting -= 1
            self._writer = threading.get_ident()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def background(self) -> Iterator[None]:
        """Take a turn once no person writes or waits.

        Raises:
            BugError: The calling thread is writing already and would wait for itself.
        """
        with self._condition:
            self._check_caller()
            self._condition.wait_for(lambda: self._writer is None and not self._people_waiting)
            self._writer = threading.get_ident()
        try:
            yield
        finally:
            self._leave()

    def let_people_go_first(self, timeout_s: float) -> None:
        """Wait until no person writes or waits, at most ``timeout_s`` seconds."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._writer is None and not self._people_waiting, timeout_s
            )

    def _check_caller(self) -> None:
        if self._writer == threading.get_ident():
            raise BugError("a save was started inside another save")

    def _leave(self) -> None:
        with self._condition:
            self._writer = None
            self._condition.notify_all()
