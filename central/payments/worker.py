"""The payment workers: a few threads that advance payments when woken or when their time comes.

After a restart every unfinished payment is due again by its row, so nothing has to be remembered
here. Owns its threads; ``wake`` may be called from any thread.
"""

import logging
import queue
import threading
from uuid import UUID

from central.payments.advance import Advancer
from central.payments.book import Book

_LOG = logging.getLogger("parking.payments")
LOOK_EVERY_S = 0.5


class PaymentWorkers:
    """Runs ``Advancer.advance`` for woken and due payments."""

    def __init__(
        self,
        book: Book,
        advancer: Advancer,
        *,
        threads: int = 4,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """Prepare; ``start`` begins.

        Args:
            book: Where due payments are found.
            advancer: Moves one payment.
            threads: How many payments move at the same time, 1..32.
            look_every_s: How often due payments are looked for.
        """
        self._look_every_s = look_every_s
        self._book = book
        self._advancer = advancer
        self._queue: queue.SimpleQueue[UUID | None] = queue.SimpleQueue()
        self._queued: set[UUID] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"payments-{n}", daemon=True)
            for n in range(threads)
        ]
        self._looker = threading.Thread(target=self._look, name="payments-look", daemon=True)

    def start(self) -> None:
        """Start the threads."""
        for thread in (*self._threads, self._looker):
            thread.start()

    def stop(self) -> None:
        """Finish the steps under way and end the threads."""
        self._stopping.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in (*self._threads, self._looker):
            thread.join()

    def wake(self, payment_id: UUID) -> None:
        """Look at a payment now."""
        with self._lock:
            if payment_id in self._queued:
                return
            self._queued.add(payment_id)
        self._queue.put(payment_id)

    def _work(self) -> None:
        while (payment_id := self._queue.get()) is not None:
            with self._lock:
                self._queued.discard(payment_id)
            try:
                self._advancer.advance(payment_id)
            except Exception:  # noqa: BLE001 - job runner; the claim runs out and it is tried again
                _LOG.exception("advance failed payment_id=%s", payment_id)

    def _look(self) -> None:
        while not self._stopping.wait(self._look_every_s):
            try:
                for payment_id in self._book.due(most=100):
                    self.wake(payment_id)
            except Exception:  # noqa: BLE001 - job runner; the next look comes soon
                _LOG.exception("looking for due payments failed")
