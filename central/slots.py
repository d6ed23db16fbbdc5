"""A cap on what one process does at the same time; above it, callers are told to come back."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from central.problems import try_later

_COMES_BACK_S = 0.25
"""A terminal with a backlog sends its next batch well within this."""


class Slots:
    """A fixed number of places, of which less urgent callers may take only a share. Any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._turn = threading.Lock()
        self._left_at = float("-inf")

    @property
    def busy(self) -> bool:
        """Whether anybody holds a place now, or left one so lately that more will come."""
        return self._held > 0 or time.monotonic() - self._left_at < _COMES_BACK_S

    def check(self, share: float = 1.0) -> None:
        """Look whether there is a place now, without taking it; as ``place``.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when there is none.
        """
        if self._held >= self._most * share:
            raise try_later("central.busy", "Central is busy; it will take this in a second.")

    @contextmanager
    def place(self, share: float = 1.0) -> Iterator[None]:
        """Hold one place while the block lasts.

        Args:
            share: Above 0, up to 1: given only while fewer than this part of all places are held.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when there is none.
        """
        with self._turn:
            self.check(share)
            self._held += 1
        try:
            yield
        finally:
            with self._turn:
                self._held -= 1
                self._left_at = time.monotonic()
