"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from parking.clock import Reading

NOON = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
"""Monday 12:00 in Stamford (EST)."""


class StillClock:
    """Satisfies ``parking.clock.Clock``."""

    def __init__(self, utc: datetime = NOON, *, uncertainty_ms: int = 20) -> None:
        self.utc = utc
        self.uncertainty_ms = uncertainty_ms

    def now(self) -> Reading:
        return Reading(self.utc, self.uncertainty_ms)

    def pass_by(self, **span: float) -> None:
        """Let time pass: ``pass_by(hours=25)``."""
        self.utc += timedelta(**span)
