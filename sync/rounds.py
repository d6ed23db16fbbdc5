"""Lets a person wait for a whole round of sync that begins after they asked. Any thread."""

import threading
from collections.abc import Callable

from sync.report import SyncReport


class Rounds:
    """Counts the rounds of one loop.

    A round is whole when nothing is left to do at once, or when something did not work.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = self._ended = 0
        self._last = SyncReport()
        self._closed = False

    def begin(self) -> None:
        """Note that a round begins. Sync thread."""
        with self._changed:
            self._begun += 1

    def end(self, report: SyncReport) -> None:
        """Note what a round did; one that goes on at once is not whole yet. Sync thread."""
        with self._changed:
            if report.again and report.error is None:
                return
            self._ended, self._last = self._begun, report
            self._changed.notify_all()

    def close(self) -> None:
        """Let everybody go who still waits: the loop ends."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def next_whole(self, ask: Callable[[], None], timeout_s: float) -> SyncReport | None:
        """Ask for a round and return what it did; None when it did not end in time.

        Args:
            ask: Wakes the loop.
            timeout_s: Longest wait, in seconds.
        """
        with self._changed:
            wanted = self._begun + 1
            ask()
            self._changed.wait_for(lambda: self._closed or self._ended >= wanted, timeout_s)
            return self._last if self._ended >= wanted else None
