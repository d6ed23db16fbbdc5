"""How long what remains will take, from how fast it shrank so far. Sync thread."""

from collections.abc import Callable

_LEAST_S = 0.5
"""Before that a rate is noise."""


class Estimate:
    """Watches one number shrink to 0; starts over whenever it has grown."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start with nothing seen.

        Args:
            monotonic: Gives seconds that never go back.
        """
        self._monotonic = monotonic
        self._began = 0.0
        self._most = 0
        self._last = 0

    def seconds(self, remaining: int) -> int | None:
        """Return how long the rest will take, whole seconds >= 1; None while nobody can say.

        Args:
            remaining: What is left now, >= 0.
        """
        now = self._monotonic()
        if remaining > self._last:
            self._began, self._most = now, remaining
        self._last = remaining
        took_s, done = now - self._began, self._most - remaining
        if not remaining or not done or took_s < _LEAST_S:
            return None
        return max(1, round(remaining * took_s / done))
