"""Pages that came along with wake-ups, until the sync thread takes them in. Any thread."""

import threading
import time
from collections import deque

from msgspec import structs

from sync.places import follows
from sync.wire import FeedPage, WakeNews

_MOST = 16
"""Pages kept; who does not come for them in time asks central."""
_ASK_AFTER_S = 45.0
"""Central is asked as often as without pages: it then measures our clock, and tells whether this
terminal was revoked."""


class RidingPages:
    """Saves the terminal a question where central has told the answer already."""

    def __init__(self) -> None:
        """Keep nothing yet; the first answer is central's own."""
        self._turn = threading.Lock()
        self._kept: deque[WakeNews] = deque(maxlen=_MOST)
        self._ask_at = 0.0

    def keep(self, news: WakeNews) -> None:
        """Keep the page of a wake-up; without one, central is to be asked."""
        with self._turn:
            if news.page is None:
                self._ask_at = 0.0
            self._kept.append(news)

    def asking(self) -> None:
        """Note that central is about to be asked: its answer has all that came until now."""
        with self._turn:
            self._kept.clear()
            self._ask_at = time.monotonic() + _ASK_AFTER_S

    def take(self, cursor: str) -> FeedPage | None:
        """Return the page that follows on a cursor, or None where central must be asked.

        ``more`` is True where yet another page follows on it.
        """
        with self._turn:
            if time.monotonic() >= self._ask_at:
                return None
            while self._kept:
                news = self._kept.popleft()
                if news.page and follows(cursor, after=news.after, until=news.page.cursor):
                    return structs.replace(news.page, more=self._follows_on(news.page.cursor))
            return None

    def _follows_on(self, cursor: str) -> bool:
        return any(
            news.page and follows(cursor, after=news.after, until=news.page.cursor)
            for news in self._kept
        )
