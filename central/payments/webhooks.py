"""Stripe's webhooks: checked, stored once, and used only as a wake-up.

Two endpoints, one for readers and one for payments, each with one or two secrets (rotation). The
payload is never taken as truth; ``advance`` reads Stripe. Source: PAYMENTS fact 12 - a tolerance
of 0 would switch the age check off and a future timestamp passes it, so both are checked here.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import stripe
from sqlalchemy import text

from central.database import Database
from central.payments.book import Book
from parking.errors import UserError

API_VERSION = stripe.api_version
"""What this release speaks; webhook endpoints are pinned to it."""
TOLERANCE_S = 300
MOST_BYTES = 1024 * 1024


def read_event(
    body: bytes, signature: str, secrets: Sequence[str], *, live: bool
) -> dict[str, Any]:
    """Check a webhook and return its event.

    Raises:
        UserError: ``webhook.refused`` for a wrong, stale or future signature, a body that is no
            event, or an event of the other mode.
    """
    if not any(_signed(body, signature, secret) for secret in secrets):
        raise UserError("webhook.refused", "The webhook's signature does not fit.")
    try:
        event = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise UserError("webhook.refused", "The webhook's body is not an event.") from error
    if not isinstance(event.get("id"), str) or not isinstance(event.get("type"), str):
        raise UserError("webhook.refused", "The webhook's body is not an event.")
    if bool(event.get("livemode")) is not live:
        raise UserError("webhook.refused", "The webhook is of the other mode (live or test).")
    return event


def _signed(body: bytes, signature: str, secret: str) -> bool:
    stamp = next((part[2:] for part in signature.split(",") if part.startswith("t=")), "")
    if not stamp.isdigit() or int(stamp) > time.time() + TOLERANCE_S:
        return False
    try:
        return bool(
            stripe.WebhookSignature.verify_header(
                body.decode("utf-8", "replace"), signature, secret, TOLERANCE_S
            )
        )
    except stripe.SignatureVerificationError:
        return False


def store_event(database: Database, event: dict[str, Any], body: bytes, now: datetime) -> bool:
    """Store an event once; False when it was stored before."""
    with database.unit_of_work("stripe:webhook") as connection:
        stored = connection.execute(
            _STORE,
            {
                "event_id": event["id"],
                "kind": event["type"],
                "api_version": str(event.get("api_version") or ""),
                "payload": body,
                "now": now,
            },
        )
        return stored.rowcount == 1


def payment_of(book: Book, event: dict[str, Any]) -> UUID | None:
    """Return which payment an event may be about, None when it is not ours."""
    about = event.get("data", {}).get("object", {})
    intent = _intent_id(about) if isinstance(about, dict) else ""
    return book.payment_of_intent(intent) if intent else None


def refund_of(event: dict[str, Any]) -> str:
    """Return Stripe's name of the refund that an event is about; empty when it is about none."""
    about = event.get("data", {}).get("object", {})
    is_refund = isinstance(about, dict) and about.get("object") == "refund"
    return str(about.get("id", "")) if is_refund else ""


def _intent_id(about: dict[str, Any]) -> str:
    if about.get("object") == "payment_intent":
        return str(about.get("id", ""))
    if about.get("object") == "terminal.reader":
        process = (about.get("action") or {}).get("process_payment_intent") or {}
        return str(process.get("payment_intent") or "")
    return str(about.get("payment_intent") or "")


_STORE = text(
    "INSERT INTO stripe_events (event_id, kind, api_version, payload, received_utc)"
    " VALUES (:event_id, :kind, :api_version, :payload, :now) ON CONFLICT (event_id) DO NOTHING"
)
