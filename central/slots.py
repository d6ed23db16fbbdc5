"""A cap on what one process does at the same time; above it, callers are told to come back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from central.problems import try_later


class Slots:
    """A fixed number of places. Any thread."""

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._held: list[None] = []

    @property
    def in_use(self) -> bool:
        """Whether anybody holds a place now."""
        return bool(self._held)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one place while the block lasts.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when there is none.
        """
        if not self._places.acquire(blocking=False):
            raise try_later("central.busy", "Central is busy; it will take this in a second.")
        self._held.append(None)
        try:
            yield
        finally:
            self._held.pop()
            self._places.release()
