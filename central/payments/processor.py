"""Stripe behind one small class: every POST with its own stored key, every outcome a value.

An unknown outcome (dropped answer, 5xx) is ``Unknown``, never an exception and never "failed".
Response enums are read as open sets: a word we do not know means "look again". Blocking; a
payment worker's thread only.

Source: Stripe API 2026-10-28.endive; PAYMENTS facts 2, 9, 10, 11 (docs/decisions/0011).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import stripe
from stripe import StripeClient

from central.payments.pulse import Pulse

T = TypeVar("T")
TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What we may know of a card: brand, last four digits, EMV receipt lines."""

    brand: str
    last4: str
    receipt: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A PaymentIntent as Stripe tells it now."""

    intent_id: str
    status: str
    amount_cents: int
    charge_id: str
    card: Card | None
    decline_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a reader is doing; ``intent_id`` empty when it is not about a payment."""

    status: str
    intent_id: str
    failure_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund as Stripe tells it now.

    Attributes:
        status: ``pending``, ``succeeded``, ``failed``, or a word we do not know yet.
        why: Why it failed, as Stripe names it; empty when it did not.
    """

    stripe_id: str
    status: str
    amount_cents: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A movement of Stripe's account (balance transaction).

    Attributes:
        kind: ``charge``, ``refund``, ``refund_failure``, ``dispute`` ...
        source: The charge or refund it is about.
        amount_cents: Signed, before fees.
        fee_cents: What Stripe kept.
    """

    kind: str
    source: str
    amount_cents: int
    fee_cents: int
    made_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Stripe said no; nothing happened."""

    code: str
    http_status: int
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """We do not know whether it happened; only reading tells.

    Attributes:
        saved: The answer came, as a 5xx: the same key would only repeat it.
    """

    why: str
    http_status: int
    saved: bool


class Processor:
    """The calls central makes to Stripe.

    Attributes:
        pulse: Whether Stripe can be used now.
    """

    def __init__(
        self,
        api_key: str,
        *,
        api_url: str | None = None,
        http_client: stripe.HTTPClient | None = None,
    ) -> None:
        """Build the client once; it makes no automatic retries (our keys decide).

        Args:
            api_key: Secret or restricted key.
            api_url: Where Stripe is; None for the real one.
            http_client: Another way there than HTTP over the network.
        """
        self.pulse = Pulse()
        addresses: Any = {"api": api_url} if api_url else {}
        self._client = StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=0,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_S),
        )

    def ping(self) -> None:
        """Ask for almost nothing, so that ``pulse`` knows how Stripe is before a driver does."""
        self._outcome(lambda: self._client.v1.payment_intents.list({"limit": 1}))

    def create(
        self, *, key: str, payment_id: str, amount_cents: int, label: str
    ) -> Intent | Refused | Unknown:
        """Open a PaymentIntent with manual capture for a card-present payment."""

        def call() -> Intent:
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount_cents,
                    "currency": "usd",
                    "capture_method": "manual",
                    "allowed_payment_method_types": ["card_present"],
                    "description": label,
                    "metadata": {"payment_id": payment_id},
                },
                {"idempotency_key": key},
            )
            return _intent(intent)

        return self._outcome(call)

    def read(self, intent_id: str) -> Intent | Refused | Unknown:
        """Read a PaymentIntent with its latest charge."""
        return self._outcome(
            lambda: _intent(
                self._client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
            )
        )

    def find(self, payment_id: str, *, created_from: int) -> list[Intent] | Refused | Unknown:
        """List intents created since a Unix second that carry our payment id, oldest first."""

        def call() -> list[Intent]:
            page = self._client.v1.payment_intents.list(
                {"created": {"gte": created_from}, "limit": 100}
            )
            found = [
                _intent(one)
                for one in page.auto_paging_iter()
                if one.metadata.to_dict().get("payment_id") == payment_id
            ]
            return found[::-1]

        return self._outcome(call)

    def process(self, *, key: str, reader_id: str, intent_id: str) -> Action | Refused | Unknown:
        """Hand a PaymentIntent to a reader; the card comes later."""
        return self._outcome(
            lambda: _action(
                self._client.v1.terminal.readers.process_payment_intent(
                    reader_id,
                    {
                        "payment_intent": intent_id,
                        "process_config": {
                            "skip_tipping": True,
                            "enable_customer_cancellation": True,
                        },
                    },
                    {"idempotency_key": key},
                )
            )
        )

    def reader(self, reader_id: str) -> Action | Refused | Unknown:
        """Read what a reader is doing."""
        return self._outcome(lambda: _action(self._client.v1.terminal.readers.retrieve(reader_id)))

    def cancel_action(self, *, key: str, reader_id: str) -> Action | Refused | Unknown:
        """Stop what a reader is doing; the caller compared the intent first."""
        return self._outcome(
            lambda: _action(
                self._client.v1.terminal.readers.cancel_action(
                    reader_id, {}, {"idempotency_key": key}
                )
            )
        )

    def capture(self, *, key: str, intent_id: str) -> Intent | Refused | Unknown:
        """Take the money of an authorised PaymentIntent."""
        return self._outcome(
            lambda: _intent(
                self._client.v1.payment_intents.capture(intent_id, {}, {"idempotency_key": key})
            )
        )

    def cancel(self, *, key: str, intent_id: str) -> Intent | Refused | Unknown:
        """Cancel a PaymentIntent; an authorised hold is released."""
        return self._outcome(
            lambda: _intent(
                self._client.v1.payment_intents.cancel(
                    intent_id,
                    {"cancellation_reason": "requested_by_customer"},
                    {"idempotency_key": key},
                )
            )
        )

    def refund(
        self, *, key: str, intent_id: str, refund_id: str, amount_cents: int
    ) -> Refund | Refused | Unknown:
        """Give money of a captured PaymentIntent back."""
        return self._outcome(
            lambda: _refund(
                self._client.v1.refunds.create(
                    {
                        "payment_intent": intent_id,
                        "amount": amount_cents,
                        "reason": "requested_by_customer",
                        "metadata": {"refund_id": refund_id},
                    },
                    {"idempotency_key": key},
                )
            )
        )

    def read_refund(self, stripe_id: str) -> Refund | Refused | Unknown:
        """Read one refund."""
        return self._outcome(lambda: _refund(self._client.v1.refunds.retrieve(stripe_id)))

    def find_refunds(self, intent_id: str, *, refund_id: str) -> list[Refund] | Refused | Unknown:
        """List the refunds of a PaymentIntent that carry our refund id."""

        def call() -> list[Refund]:
            page = self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
            return [
                _refund(one)
                for one in page.auto_paging_iter()
                if (one.metadata.to_dict() if one.metadata else {}).get("refund_id") == refund_id
            ]

        return self._outcome(call)

    def settled(
        self, *, created_from: datetime, created_to: datetime
    ) -> list[Settled] | Refused | Unknown:
        """List all movements of Stripe's account between two instants; payouts are left out."""

        def call() -> list[Settled]:
            page = self._client.v1.balance_transactions.list(
                {"created": _between(created_from, created_to), "limit": 100}
            )
            return [_settled(one) for one in page.auto_paging_iter() if one.type != "payout"]

        return self._outcome(call)

    def holds(
        self, *, created_from: datetime, created_to: datetime
    ) -> list[tuple[UUID | None, Intent]] | Refused | Unknown:
        """List authorised PaymentIntents that were not captured, with the payment they name."""

        def call() -> list[tuple[UUID | None, Intent]]:
            page = self._client.v1.payment_intents.list(
                {"created": _between(created_from, created_to), "limit": 100}
            )
            return [
                (_payment_id(one), _intent(one))
                for one in page.auto_paging_iter()
                if one.status == "requires_capture"
            ]

        return self._outcome(call)

    def _outcome(self, call: Callable[[], T]) -> T | Refused | Unknown:
        try:
            done = call()
        except stripe.APIConnectionError as error:
            self.pulse.note(0)
            return Unknown(why=type(error).__name__, http_status=0, saved=False)
        except stripe.StripeError as error:
            status = error.http_status or 0
            self.pulse.note(status)
            if status >= 500 or status == 0:
                return Unknown(why=type(error).__name__, http_status=status, saved=True)
            request_id = error.request_id or ""
            return Refused(code=error.code or "", http_status=status, request_id=request_id)
        self.pulse.note(200)
        return done


def _intent(intent: Any) -> Intent:
    latest: Any = intent.latest_charge if "latest_charge" in intent else None
    charge = None if isinstance(latest, str) else latest
    last_error = intent.last_payment_error if "last_payment_error" in intent else None
    return Intent(
        intent_id=intent.id,
        status=intent.status,
        amount_cents=intent.amount,
        charge_id=latest if isinstance(latest, str) else _text(charge, "id"),
        card=_card(charge) if charge is not None else None,
        decline_code=_text(last_error, "decline_code") or _text(last_error, "code"),
    )


def _between(since: datetime, until: datetime) -> Any:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}


def _payment_id(intent: Any) -> UUID | None:
    named = (intent.metadata.to_dict() if intent.metadata else {}).get("payment_id", "")
    try:
        return UUID(named)
    except ValueError:
        return None


def _settled(moved: Any) -> Settled:
    return Settled(
        kind=moved.reporting_category,
        source=_text(moved, "source"),
        amount_cents=moved.amount,
        fee_cents=moved.fee,
        made_utc=datetime.fromtimestamp(moved.created, UTC),
    )


def _refund(refund: Any) -> Refund:
    return Refund(
        stripe_id=refund.id,
        status=refund.status or "",
        amount_cents=refund.amount,
        why=_text(refund, "failure_reason"),
    )


def _card(charge: Any) -> Card | None:
    details = charge.payment_method_details
    present = details.card_present if details is not None and "card_present" in details else None
    if present is None:
        return None
    receipt = present.receipt if "receipt" in present else None
    lines = (
        ("AID", "dedicated_file_name"),
        ("App", "application_preferred_name"),
        ("Auth", "authorization_code"),
        ("ARC", "authorization_response_code"),
        ("AC", "application_cryptogram"),
        ("TVR", "terminal_verification_results"),
        ("TSI", "transaction_status_information"),
        ("CVM", "cardholder_verification_method"),
        ("Account", "account_type"),
    )
    return Card(
        brand=_text(present, "brand"),
        last4=_text(present, "last4"),
        receipt=tuple(
            f"{label} {_text(receipt, name)}" for label, name in lines if _text(receipt, name)
        ),
    )


def _text(thing: Any, name: str) -> str:
    return str(thing[name]) if thing is not None and name in thing and thing[name] else ""


def _action(reader: Any) -> Action:
    action = reader.action if "action" in reader else None
    if action is None:
        return Action(status="", intent_id="", failure_code="")
    about: Any = action.process_payment_intent if "process_payment_intent" in action else None
    intent: Any = about.payment_intent if about is not None else None
    return Action(
        status=action.status,
        intent_id=intent if isinstance(intent, str) else _text(intent, "id"),
        failure_code=_text(action, "failure_code"),
    )
