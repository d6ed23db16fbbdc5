"""The pull leg of a round: pages of the feed until nothing more waits. Sans network; sync thread.

Where much is to come, or where the cursor is no longer good, ``sync.starting`` goes before the
pages. Must not import ``local_db``, httpx or anything above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sync.failures import ResyncError, unknown_version
from sync.report import Progress, SyncReport
from sync.starting import LARGE_ROWS, Starting
from sync.wire import FeedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPosition:
    """Where a terminal stands in the feed; both empty before the first page."""

    feed_epoch: str
    cursor: str


class PullStore(Protocol):
    """What the leg needs of the local store; ``local_db.outbox.LocalOutbox`` is it."""

    def feed_position(self) -> FeedPosition:
        """Return where the feed goes on."""
        ...

    def apply_page(self, page: FeedPage) -> frozenset[str]:
        """Bring a page in, all or nothing, cursor included; return the names of its records."""
        ...

    def start_feed_again(self, feed_epoch: str) -> None:
        """Fetch everything anew; rows stay usable until then, the outbox is untouched."""
        ...

    def meet_epoch(self, feed_epoch: str) -> bool:
        """Note central's epoch; after a restore mark kept operations to send and return True."""
        ...

    def unread(self) -> int:
        """Return how many rows of the feed this version could not read."""
        ...


class PullGateway(Protocol):
    """What the leg needs of the network; raises as ``sync.engine.Gateway``."""

    def feed(self, cursor: str) -> FeedPage:
        """Fetch the page after a cursor."""
        ...

    def came_along(self, cursor: str) -> list[FeedPage] | None:
        """Return what follows on a cursor of all that came along with wake-ups; None for ask."""
        ...


class PullLeg:
    """Brings in what central has; lives as long as its engine."""

    def __init__(
        self, store: PullStore, gateway: PullGateway, starting: Starting | None = None
    ) -> None:
        """Bring in nothing yet.

        Args:
            store: The local store.
            gateway: The network.
            starting: Starts from files and digests; None reads pages only.
        """
        self._store = store
        self._gateway = gateway
        self._starting = starting
        self._stands: FeedPosition | None = None

    def run(self, report: SyncReport, progress: Progress, hurry: Callable[[], bool]) -> None:
        """Pull until caught up.

        Raises:
            UserError: Central refused.
            UnavailableError: See ``sync.failures``, or the local disk fails.
        """
        may_start, more = self._starting is not None, True
        self._stands = None
        while more:
            position = self._store.feed_position()
            try:
                page = self._gateway.feed(position.cursor)
            except ResyncError:
                if not position.cursor:
                    raise
                self._start_over("")
                continue
            if position.cursor and page.feed_epoch != position.feed_epoch:
                self._start_over(page.feed_epoch)
                continue
            if may_start and page.more and page.remaining >= LARGE_ROWS:
                may_start = False
                if self._from_file(report, progress, hurry):
                    continue
                if report.again:
                    return
            more = page.more
            self._bring_in(page, position, report)
            progress(report)
        report.unread = self._store.unread()
        self._stands = FeedPosition(feed_epoch=page.feed_epoch, cursor=page.cursor)

    def take_in(self, report: SyncReport) -> None:
        """Bring in what came along with wake-ups since the last whole run, which nobody has to ask.

        ``report.again`` says that central has to be asked all the same.

        Raises:
            UnavailableError: The local disk fails.
        """
        stands, self._stands = self._stands, None
        pages = None if stands is None else self._gateway.came_along(stands.cursor)
        if stands is None or pages is None:
            report.again = True
            return
        for page in pages:
            report.changed |= self._store.apply_page(page)
            report.rows += len(page.rows)
            stands = FeedPosition(feed_epoch=page.feed_epoch, cursor=page.cursor)
        if pages:
            report.unread = self._store.unread()
        self._stands = stands

    def _bring_in(self, page: FeedPage, position: FeedPosition, report: SyncReport) -> None:
        report.again |= self._store.meet_epoch(page.feed_epoch)
        report.changed |= self._store.apply_page(page)
        report.rows += len(page.rows)
        report.remaining = page.remaining if page.more else 0
        if page.more and page.cursor == position.cursor:
            raise unknown_version()

    def _start_over(self, feed_epoch: str) -> None:
        if self._starting is None or not self._starting.over():
            self._store.start_feed_again(feed_epoch)

    def _from_file(self, report: SyncReport, progress: Progress, hurry: Callable[[], bool]) -> bool:
        return self._starting is not None and self._starting.from_file(report, progress, hurry)
