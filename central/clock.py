"""The clock of the central service: the machine's, kept by NTP. Any thread."""

from datetime import UTC, datetime

from parking.clock import Reading

_NTP_UNCERTAINTY_MS = 50


class SystemClock:
    """The ``parking.clock.Clock`` of a server; tests and the demo bring their own."""

    def now(self) -> Reading:
        """Return the present instant."""
        return Reading(utc=datetime.now(UTC), uncertainty_ms=_NTP_UNCERTAINTY_MS)
