"""The clock of a terminal: the system's time, set right by what the sync loop measured.

Any thread.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

from parking.clock import Reading

UNMEASURED_MS = 5_000
"""Assumed until central was heard: a laptop that had network time at its last boot."""
DRIFT_PPM = 100
"""How fast a laptop's clock may run away from the last measurement."""


class RawClock:
    """The system's time as it is: what the offset to central is measured against."""

    def now(self) -> Reading:
        """Return the system's time."""
        return Reading(datetime.now(UTC), UNMEASURED_MS)


class SystemClock:
    """Gives the system's time plus central's offset; the uncertainty grows with the time since.

    ``learn`` is called by the sync loop with offsets against ``RawClock``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_ms = 0
        self._uncertainty_ms = UNMEASURED_MS
        self._learned_s = time.monotonic()

    def now(self) -> Reading:
        """Return the present instant with its uncertainty."""
        with self._lock:
            since_s = time.monotonic() - self._learned_s
            drift_ms = round(since_s * DRIFT_PPM / 1000)
            utc = datetime.now(UTC) + timedelta(milliseconds=self._offset_ms)
            return Reading(utc, self._uncertainty_ms + drift_ms)

    def learn(self, *, offset_ms: int, uncertainty_ms: int) -> None:
        """Take over what an exchange with central showed; the same again is nothing new.

        Args:
            offset_ms: Central minus the system's clock.
            uncertainty_ms: Half-width of the interval in which the true offset lies, >= 1.
        """
        with self._lock:
            if (offset_ms, uncertainty_ms) == (self._offset_ms, self._uncertainty_ms):
                return
            self._offset_ms, self._uncertainty_ms = offset_ms, uncertainty_ms
            self._learned_s = time.monotonic()
