"""Webhooks: real signed POSTs, delivered by a worker thread per endpoint, retried with back-off.

Threads: `send` may be called from any thread; each endpoint's queue is emptied by its own daemon
thread. Order is kept per endpoint as long as nothing fails, which is more than Stripe promises;
faults break it.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator.stripe.faults import WEBHOOK, Fault, Faults

FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 30.0
GIVE_UP_S = 3 * 86_400
_TIMEOUT_S = 10.0
_FOREVER = float("inf")
# Sent once, wrongly, and never again: the receiver must notice by itself.
_ALTERED = frozenset({"wrong_secret", "stale", "livemode"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a class of events goes.

    Attributes:
        url: An http URL.
        secret: The whole `whsec_...` text, the key of the signature.

    Raises:
        ValueError: When either has another form.
    """

    url: str
    secret: str

    def __post_init__(self) -> None:
        if not (self.url.startswith("http://") and self.secret.startswith("whsec_")):
            raise ValueError("a webhook needs an http:// address and a secret that starts whsec_")


@dataclass(order=True, slots=True)
class _Delivery:
    due_s: float
    number: int
    event: dict[str, Any] = field(compare=False)
    fault: str = field(compare=False, default="")
    attempt: int = field(compare=False, default=0)
    born_s: float = field(compare=False, default_factory=time.monotonic)
    era: int = field(compare=False, default=0)


def sign(body: bytes, secret: str, at: int) -> str:
    """Returns the `Stripe-Signature` header for a body.

    Source: stripe.com/docs/webhooks/signatures - HMAC-SHA256 of "<t>.<body>", keyed with the whole
    secret.
    """
    mac = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class Sender:
    """Delivers the events of one endpoint.

    Args:
        endpoint: Where to.
        faults: Asked once for every event.
        delivered: Called with the event id from the worker thread once the endpoint answered 2xx.
    """

    def __init__(
        self, endpoint: Endpoint, faults: Faults, delivered: Callable[[str], None]
    ) -> None:
        self.endpoint = endpoint
        self.log: deque[dict[str, Any]] = deque(maxlen=5000)
        self._faults = faults
        self._delivered = delivered
        self._numbers = itertools.count()
        self._queue: list[_Delivery] = []
        self._era = 0
        self._changed = threading.Condition()
        self._stopped = False
        self._worker = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._worker.start()

    def send(self, event: dict[str, Any]) -> None:
        """Queues an event; the fault that strikes, if any, is decided here."""
        fault = self._faults.take(WEBHOOK, event["type"])
        with self._changed:
            overtaken = [one for one in self._queue if one.fault == "reorder"]
            for due_s, kind in _plan(fault, time.monotonic()):
                number = next(self._numbers)
                self._queue.append(_Delivery(due_s, number, event, kind, era=self._era))
            for one in overtaken:
                one.due_s, one.number, one.fault = time.monotonic(), next(self._numbers), ""
            heapq.heapify(self._queue)
            self._changed.notify()

    def deliver_now(self) -> int:
        """Makes everything due that waits (held, delayed, to be retried); returns how many."""
        with self._changed:
            for delivery in self._queue:
                delivery.due_s = 0.0
            heapq.heapify(self._queue)
            self._changed.notify()
            return len(self._queue)

    def clear(self) -> None:
        """Forgets what waits and the log; a delivery under way is not tried again."""
        with self._changed:
            self._era += 1
            self._queue.clear()
            self.log.clear()

    def waiting(self) -> int:
        """Returns how many deliveries are queued, held ones included."""
        with self._changed:
            return len(self._queue)

    def stop(self) -> None:
        """Ends the worker; waits for a delivery under way."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._worker.join(timeout=_TIMEOUT_S)

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            outcome = self._post(delivery)
            self.log.append(
                {
                    "event": delivery.event["id"],
                    "type": delivery.event["type"],
                    "attempt": delivery.attempt,
                    "fault": delivery.fault,
                    "outcome": outcome,
                }
            )
            if isinstance(outcome, int) and 200 <= outcome < 300:
                self._delivered(delivery.event["id"])
            elif delivery.fault not in _ALTERED:
                self._retry(delivery)

    def _next(self) -> _Delivery | None:
        with self._changed:
            while not self._stopped:
                wait_s = self._queue[0].due_s - time.monotonic() if self._queue else _FOREVER
                if wait_s <= 0:
                    return heapq.heappop(self._queue)
                self._changed.wait(None if wait_s == _FOREVER else wait_s)
        return None

    def _retry(self, delivery: _Delivery) -> None:
        if time.monotonic() - delivery.born_s > GIVE_UP_S:
            return
        pause_s = min(FIRST_RETRY_S * 2.0**delivery.attempt, LONGEST_RETRY_S)
        delivery.attempt += 1
        delivery.due_s = time.monotonic() + pause_s
        with self._changed:
            if delivery.era == self._era:
                heapq.heappush(self._queue, delivery)

    def _post(self, delivery: _Delivery) -> int | str:
        event = delivery.event
        if delivery.fault == "livemode":
            event = {**event, "livemode": True}
        body = json.dumps(event, indent=2).encode()
        secret = "whsec_wrong" if delivery.fault == "wrong_secret" else self.endpoint.secret
        # Real time on purpose: the receiver's clock does not follow the virtual one.
        at = int(time.time()) - (301 if delivery.fault == "stale" else 0)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body, secret, at),
            "User-Agent": "Stripe/1.0 (emulated)",
        }
        parts = urlsplit(self.endpoint.url)
        line = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S
        )
        try:
            line.request("POST", parts.path or "/", body, headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            line.close()


def _plan(fault: Fault | None, now_s: float) -> list[tuple[float, str]]:
    """Returns (due, alteration) for every copy of an event that is to be delivered."""
    if fault is None:
        return [(now_s, "")]
    seconds = fault.seconds
    plans: dict[str, list[tuple[float, str]]] = {
        "lose": [],
        "duplicate": [(now_s, ""), (now_s, "")],
        # Waits to be overtaken by the next event.
        "reorder": [(_FOREVER, "reorder")],
        "delay": [(now_s + seconds, "delay")],
        "hold": [(_FOREVER, "hold")],
    }
    return plans.get(fault.kind, [(now_s, fault.kind)])
