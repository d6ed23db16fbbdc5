"""Lets many use a file at once, and one exchange the file while nobody uses it. Any thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Open to users until somebody wants it alone; a user inside may come in again."""

    def __init__(self) -> None:
        """Start open and empty."""
        self._condition = threading.Condition()
        self._inside = 0
        self._closed = False
        self._mine = threading.local()

    @contextmanager
    def user(self) -> Iterator[None]:
        """Use the file; waits only while it is being exchanged."""
        depth: int = getattr(self._mine, "depth", 0)
        with self._condition:
            if not depth:
                self._condition.wait_for(lambda: not self._closed)
            self._inside += 1
        self._mine.depth = depth + 1
        try:
            yield
        finally:
            self._mine.depth = depth
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the file alone, once everybody inside has left; one thread at a time calls this."""
        with self._condition:
            self._closed = True
            self._condition.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._condition:
                self._closed = False
                self._condition.notify_all()
