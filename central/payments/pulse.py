"""Whether Stripe can be used now, by how the last calls of this process went. Any thread.

A card is asked for only while it can; what is under way goes on either way (matrix row 29).
"""

MISSES = 3
"""So many calls in a row without a useful answer mean that cards cannot be taken."""
_NO_USE = frozenset({401, 403, 429})


class Pulse:
    """Counts the calls since the last useful answer; one that is lost in a race does no harm."""

    def __init__(self) -> None:
        """Begin with trust."""
        self._missed = 0

    def note(self, http_status: int) -> None:
        """Count how a call ended; 0 when nothing came back."""
        useful = 200 <= http_status < 500 and http_status not in _NO_USE
        self._missed = 0 if useful else self._missed + 1

    @property
    def down(self) -> bool:
        """Whether a card could not be charged now."""
        return self._missed >= MISSES
