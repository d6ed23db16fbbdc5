"""Lets a long poll wait for a payment to move. Waiters live on the event loop; workers ring.

Another process of central may move the payment, so a waiter also looks by itself now and then.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

LOOK_BY_ITSELF_S = 2.0


class PaymentWatch:
    """Rings the long polls of a payment when it moves in this process."""

    def __init__(self) -> None:
        """Begin without waiters; ``bind`` names the loop they live on."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the event loop of the waiters."""
        self._loop = loop

    def moved(self, payment_id: UUID) -> None:
        """Ring; any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ring, payment_id)

    def _ring(self, payment_id: UUID) -> None:
        for waiter in self._waiters.get(payment_id, ()):
            waiter.set()

    @contextlib.contextmanager
    def waiting(self, payment_id: UUID) -> Iterator[asyncio.Event]:
        """Give an event that is set at every move while the block runs; event loop only."""
        waiter = asyncio.Event()
        self._waiters[payment_id].add(waiter)
        try:
            yield waiter
        finally:
            self._waiters[payment_id].discard(waiter)
            if not self._waiters[payment_id]:
                del self._waiters[payment_id]
