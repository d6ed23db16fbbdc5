"""The clock port: the only way any module of ours learns the time.

``parking`` never asks it; callers pass instants in. The port is named here because every floor
above uses it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the clock.

    Attributes:
        utc: Aware UTC instant.
        uncertainty_ms: Half-width of the interval in which true time lies, in milliseconds, >= 0.
        jump_ms: Largest jump of the device's wall clock since central was last heard, >= 0; it is
            part of the uncertainty.
    """

    utc: datetime
    uncertainty_ms: int
    jump_ms: int = 0


class Clock(Protocol):
    """Gives the time. Any thread."""

    def now(self) -> Reading:
        """Return the present instant with its uncertainty."""
        ...
