"""When this terminal and central last understood each other. In memory; any thread.

Told by the sync loop after every exchange, read by the screens and by ``parking-terminal sync``.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from app.ports import NetState, SyncNews


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How it stands with central.

    Attributes:
        news: The last word of the sync loop; None before its first.
        answered_utc: When an exchange last worked; None when none did since the start.
        failing_since_utc: When the first of the exchanges that do not work began; None while they
            work.
    """

    news: SyncNews | None = None
    answered_utc: datetime | None = None
    failing_since_utc: datetime | None = None


class LastExchange:
    """Remembers the last exchange; replaced whole, so that readers need no lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchange = Exchange()

    @property
    def exchange(self) -> Exchange:
        """How it stands now."""
        return self._exchange

    def heard(self, news: SyncNews, now_utc: datetime) -> None:
        """Take a word of the sync loop.

        Args:
            news: The word.
            now_utc: By this terminal's clock.
        """
        with self._lock:
            before = replace(self._exchange, news=news)
            if news.net is NetState.ONLINE:
                self._exchange = replace(before, answered_utc=now_utc, failing_since_utc=None)
            elif before.failing_since_utc is None:
                self._exchange = replace(before, failing_since_utc=now_utc)
            else:
                self._exchange = before
