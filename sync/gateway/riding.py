"""Pages that came along with wake-ups, until the sync thread takes them in. Any thread."""

import threading

from sync.places import Step, step
from sync.wire import FeedPage, WakeNews

_MOST = 16
"""Pages kept; who does not come for them in time asks central."""


class RidingPages:
    """Saves the terminal a question where central has told the answer already."""

    def __init__(self) -> None:
        """Keep nothing yet; the first answer is central's own."""
        self._turn = threading.Lock()
        self._kept: list[WakeNews] = []
        self._ask = True

    def keep(self, news: WakeNews) -> None:
        """Keep the page of a wake-up; without one, central is to be asked."""
        with self._turn:
            if news.page is None or len(self._kept) == _MOST:
                self._ask = True
            if not self._ask:
                self._kept.append(news)

    def asking(self) -> None:
        """Note that central is about to be asked: its answer has all that came until now."""
        with self._turn:
            self._kept.clear()
            self._ask = False

    def take(self, cursor: str) -> list[FeedPage] | None:
        """Return the pages that follow on a cursor and on each other, none twice.

        None where central must be asked: a wake-up had no page, or a page does not follow.
        """
        with self._turn:
            kept, self._kept = self._kept, []
            pages: list[FeedPage] = []
            for news in kept:
                page = news.page
                how = step(cursor, after=news.after, until=page.cursor) if page else Step.APART
                self._ask |= how is Step.APART
                if page and how is Step.NEXT:
                    pages.append(page)
                    cursor = page.cursor
            return None if self._ask else pages
