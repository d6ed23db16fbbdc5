"""A cap on what one process does at the same time; above it, callers are told to come back."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from central.problems import try_later

_COMES_BACK_S = 0.25
"""A terminal with a backlog sends its next batch well within this."""


class Slots:
    """A fixed number of places. Any thread."""

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._held: list[None] = []
        self._left_at = float("-inf")

    @property
    def busy(self) -> bool:
        """Whether anybody holds a place now, or left one so lately that more will come."""
        return bool(self._held) or time.monotonic() - self._left_at < _COMES_BACK_S

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
            self._left_at = time.monotonic()
            self._places.release()
