"""Virtual time: one true time, and clocks that are wrong in their own way."""

from datetime import UTC, datetime, timedelta

from parking.clock import Reading

START = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)


class TrueTime:
    """Moves only when the simulation moves it."""

    def __init__(self) -> None:
        self.utc = START

    def pass_by(self, seconds: float) -> None:
        self.utc += timedelta(seconds=seconds)


class DeviceClock:
    """A terminal's clock; ``ahead`` is how far it runs ahead of true time."""

    def __init__(self, time: TrueTime) -> None:
        self._time = time
        self.ahead = timedelta()

    def now(self) -> Reading:
        return Reading(self._time.utc + self.ahead, 20)
