"""An endpoint for webhooks that keeps what arrives and answers as it is told."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import stripe

from simulator.stripe.http_server import Answer, Request, Server

SECRET = "whsec_test_payments"


class Receiver:
    """A webhook endpoint.

    Attributes:
        url: Where it listens.
        statuses: Answers for the next deliveries, 200 when empty.
    """

    def __init__(self) -> None:
        self._arrived: queue.Queue[Request] = queue.Queue()
        self.statuses: list[int] = []
        self._server = Server(0, self._take, self._failed)
        self.url = f"{self._server.url}/webhooks/stripe"

    def _take(self, request: Request) -> Answer:
        status = self.statuses.pop(0) if self.statuses else 200
        self._arrived.put(request)
        return Answer(status=status, body=b"{}")

    @staticmethod
    def _failed(sentence: str) -> None:
        raise AssertionError(sentence)

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        """Listens until the block ends."""
        self._server.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def next(self, limit_s: float = 10.0) -> Delivery:
        """Waits for the next delivery.

        Raises:
            queue.Empty: When none comes in time.
        """
        request = self._arrived.get(timeout=limit_s)
        return Delivery(request.body, request.headers["stripe-signature"])

    def types(self, count: int) -> list[str]:
        """Waits for so many deliveries and returns their types in order of arrival."""
        return [self.next().event().type for _ in range(count)]

    def empty(self) -> bool:
        """Says whether nothing more has arrived."""
        return self._arrived.empty()


@dataclass(frozen=True)
class Delivery:
    """One POST that arrived: raw body and signature header."""

    body: bytes
    signature: str

    def event(self, secret: str = SECRET) -> stripe.Event:
        """Returns the event if the SDK takes the signature."""
        event: stripe.Event = stripe.Webhook.construct_event(self.body, self.signature, secret)
        return event


def receiving() -> AbstractContextManager[Receiver]:
    """Returns a receiver that listens until the block ends."""
    return Receiver().listening()
