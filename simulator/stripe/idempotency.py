"""Stripe's idempotency layer for POST requests.

The first result (status and body, a 500 too) is kept once execution began and repeated for the same
key; other parameters under the same key are an error; two at the same time are a conflict. Keys are
forgotten after 24 hours of virtual time. Source: stripe.com/docs/api/idempotent_requests (API v1).
Threads: every method takes the world's lock.
"""

from __future__ import annotations

import hashlib
import json

from simulator.stripe import form
from simulator.stripe.refusal import RefusalError
from simulator.stripe.world import Obj, World

KEPT_S = 24 * 3600
LONGEST_KEY = 255


def fingerprint(path: str, text: str) -> str:
    """Returns what identifies a request's parameters, whatever their order."""
    try:
        canonical = json.dumps(form.decode(text), sort_keys=True)
    except form.FormError:
        canonical = text
    return hashlib.sha256(f"{path}\n{canonical}".encode()).hexdigest()


class Idempotency:
    """Saved results by key."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: set[str] = set()

    def begin(self, key: str, print_: str) -> tuple[int, Obj] | None:
        """Claims a key.

        Returns:
            The saved (status, body) when the key was used before; None when the caller must now
            execute and then call `end`.

        Raises:
            RefusalError: 409 while another request holds the key, 400 `idempotency_error` for other
                parameters.
        """
        with self._world.lock:
            if key in self._running:
                raise RefusalError(
                    f"Another in-progress request is using this Idempotency Key ({key}).",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                    saved=False,
                )
            saved = self._world.idempotent.get(key)
            if saved is not None and self._world.clock.now_s() - saved["at_s"] < KEPT_S:
                if saved["fingerprint"] != print_:
                    raise RefusalError(
                        "Keys for idempotent requests can only be used with the same parameters "
                        f"they were first used with. Try using a key other than '{key}'.",
                        kind="idempotency_error",
                        saved=False,
                    )
                return saved["status"], saved["body"]
            self._running.add(key)
            return None

    def end(self, key: str, print_: str, result: tuple[int, Obj] | None) -> None:
        """Gives a key back and keeps the result; None keeps nothing: the key may be retried."""
        with self._world.lock:
            self._running.discard(key)
            if result is not None:
                status, body = result
                self._world.idempotent[key] = {
                    "fingerprint": print_,
                    "at_s": self._world.clock.now_s(),
                    "status": status,
                    "body": body,
                }
