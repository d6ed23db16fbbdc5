"""Every POST to Stripe is written down with its own key before it is sent.

Blocking; a worker's thread. Source: PAYMENTS.md 4, "Write-ahead of every Stripe POST", fact 9.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text

from central.database import Database
from central.payments.processor import Refused, Unknown
from parking.clock import Clock

T = TypeVar("T")
ACTOR = "worker:payments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The written-ahead calls of payments."""

    database: Database
    clock: Clock

    def post(
        self, payment_id: UUID, op: str, send: Callable[[str], T | Refused | Unknown]
    ) -> T | Refused | Unknown:
        """Send one POST under a key that was stored first.

        A call that was never answered is repeated under its own key; an answered one (a saved 5xx
        included, which the same key would only repeat) gets the next attempt's key.

        Args:
            payment_id: What it is about.
            op: Names what is wanted once: the same word means the same wish. A second wish of the
                kind, such as the next card on the reader, needs another word.
            send: Sends it with the key.
        """
        now = self.clock.now().utc
        with self.database.unit_of_work(ACTOR) as connection:
            answered = connection.execute(
                _ANSWERED, {"payment_id": payment_id, "op": op}
            ).scalar_one()
            key = f"{payment_id}:{op}:{answered}"
            connection.execute(
                _BEGINS,
                {"key": key, "payment_id": payment_id, "op": op, "n": answered, "now": now},
            )
        outcome = send(key)
        status, word = _told(outcome)
        if word:
            with self.database.unit_of_work(ACTOR) as connection:
                connection.execute(
                    _ENDS,
                    {"key": key, "now": self.clock.now().utc, "status": status, "word": word},
                )
        return outcome


def _told(outcome: object) -> tuple[int, str]:
    if isinstance(outcome, Unknown):
        return outcome.http_status, "saved_unknown" if outcome.saved else ""
    if isinstance(outcome, Refused):
        retried = outcome.http_status in {409, 429}
        return outcome.http_status, "" if retried else f"refused {outcome.code}"
    return 200, "done"


_ANSWERED = text(
    "SELECT count(*) FROM stripe_calls"
    " WHERE payment_id = :payment_id AND op = :op AND answered_utc IS NOT NULL"
)
_BEGINS = text(
    "INSERT INTO stripe_calls (idempotency_key, payment_id, op, attempt, sent_utc)"
    " VALUES (:key, :payment_id, :op, :n, :now) ON CONFLICT (idempotency_key) DO NOTHING"
)
_ENDS = text(
    "UPDATE stripe_calls SET answered_utc = :now, http_status = :status, outcome = :word"
    " WHERE idempotency_key = :key"
)
