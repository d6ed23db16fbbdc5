"""A cap on bytes per second that lets short bursts through. Sync thread."""

import time
from collections.abc import Callable

_BURST_S = 4.0
"""So much of the rate may go at once, so that a slow lane needs few rounds."""


class TokenBucket:
    """Fills at a steady rate; who takes more than is in it is told how long to wait.

    A piece larger than a whole burst is let through when the bucket is full, and paid back after.
    """

    def __init__(
        self, bytes_per_s: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Start full.

        Args:
            bytes_per_s: The cap, >= 0; 0 is no cap.
            monotonic: Gives seconds that only grow.
        """
        self._rate = bytes_per_s
        self._most = bytes_per_s * _BURST_S
        self._monotonic = monotonic
        self._left = self._most
        self._filled_s = monotonic()

    def wait_s(self, size: int) -> float:
        """Take ``size`` bytes and return 0, or take nothing and return the seconds to wait, > 0."""
        if not self._rate:
            return 0.0
        now_s = self._monotonic()
        self._left = min(self._most, self._left + (now_s - self._filled_s) * self._rate)
        self._filled_s = now_s
        missing = min(size, self._most) - self._left
        if missing > 0:
            return missing / self._rate
        self._left -= size
        return 0.0
