"""The emulator's clock: real time plus an offset that tests move forward.

Threads: `advance` and `now` may be called from any thread; a float is replaced in one step.
"""

from __future__ import annotations

import time


class VirtualClock:
    """Time as Stripe's servers see it; it never runs backwards.

    Attributes:
        offset_s: Seconds added to real time, >= 0.
    """

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def now_s(self) -> float:
        """Returns seconds since the Unix epoch."""
        return time.time() + self.offset_s

    def now(self) -> int:
        """Returns whole seconds since the Unix epoch, the form of Stripe's `created`."""
        return int(self.now_s())

    def advance(self, seconds: float) -> None:
        """Moves the clock forward.

        Args:
            seconds: How far, >= 0.

        Raises:
            ValueError: When seconds is negative.
        """
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self.offset_s += seconds
