"""PaymentIntents, charges and the card network behind them.

Threads: called with the world's lock held. Amounts are integer cents.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.stripe.bookings import book, new_refund
from simulator.stripe.cards import Card
from simulator.stripe.charges import HOLD_S, new_charge, new_payment_method
from simulator.stripe.refusal import RefusalError, invalid
from simulator.stripe.world import Obj, World

SMALLEST_CENTS = 50
LARGEST_CENTS = 99_999_999
FEE_PERMILLE = 27
FEE_FIXED_CENTS = 5
_CANCELLABLE = frozenset(
    {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action"}
)
_NOT_EMULATED = ("confirm", "payment_method", "setup_future_usage", "application_fee_amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed all checks.

    Attributes:
        params: Typed parameters.
        path: Path parameters.
        cause: `{id, idempotency_key}` for the events it causes.
    """

    params: Obj
    path: dict[str, str]
    cause: Obj


class Payments:
    """Operations on PaymentIntents and the authorisation a reader asks for."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, call: Call) -> Obj:
        """Creates a PaymentIntent.

        Raises:
            RefusalError: Amount or currency not allowed, or a parameter the emulator does not play.
        """
        params = call.params
        _check_new(params)
        asked = params.get("allowed_payment_method_types")
        intent = self._world.new(
            "pi",
            amount=params["amount"],
            amount_capturable=0,
            amount_received=0,
            canceled_at=None,
            cancellation_reason=None,
            capture_method=params.get("capture_method", "automatic_async"),
            client_secret=None,
            confirmation_method=params.get("confirmation_method", "automatic"),
            created=self._world.clock.now(),
            currency=params["currency"],
            description=params.get("description"),
            last_payment_error=None,
            latest_charge=None,
            livemode=False,
            metadata=params.get("metadata") or {},
            payment_method=None,
            # Types that do not fit the account or currency are dropped without a word, as Stripe
            # does.
            payment_method_types=[t for t in asked or ["card"] if t in ("card", "card_present")],
            receipt_email=params.get("receipt_email"),
            statement_descriptor=params.get("statement_descriptor"),
            status="requires_payment_method",
        )
        if asked is not None:
            intent["allowed_payment_method_types"] = asked
        intent["client_secret"] = f"{intent['id']}_secret_emulated"
        self._world.emit("payment_intent.created", intent, call.cause)
        return intent

    def capture(self, call: Call) -> Obj:
        """Takes the held money, or a part of it; the rest is released.

        Raises:
            RefusalError: `payment_intent_unexpected_state` unless it is `requires_capture`;
                `amount_too_large`.
        """
        intent = self._intent(call)
        if intent["status"] != "requires_capture":
            raise _unexpected_state(intent, "captured", "requires_capture")
        amount_cents: int = intent["amount_capturable"]
        if "amount_to_capture" in call.params:
            amount_cents = call.params["amount_to_capture"]
        if not 0 < amount_cents <= intent["amount_capturable"]:
            raise RefusalError(
                "The amount to capture must be between 1 and the amount capturable.",
                code="amount_too_large" if amount_cents > 0 else "parameter_invalid_integer",
                param="amount_to_capture",
            )
        intent["metadata"].update(call.params.get("metadata") or {})
        self._take(intent, amount_cents)
        charge = self._world.tables["charge"][intent["latest_charge"]]
        self._world.emit("charge.captured", charge, call.cause)
        self._world.emit("payment_intent.succeeded", intent, call.cause)
        return intent

    def cancel(self, call: Call) -> Obj:
        """Cancels a PaymentIntent; a hold is released.

        Raises:
            RefusalError: `payment_intent_unexpected_state` when it is final; 429 `lock_timeout`,
                never saved, while a reader authorises it.
        """
        intent = self._intent(call)
        if intent["status"] not in _CANCELLABLE:
            raise _unexpected_state(intent, "canceled", ", ".join(sorted(_CANCELLABLE)))
        if self._being_authorised(intent["id"]):
            raise RefusalError(
                "This object cannot be accessed right now because another request is using it.",
                status=429,
                code="lock_timeout",
                saved=False,
            )
        if intent["status"] == "requires_capture":
            self._release(intent, "charge.refunded", call.cause)
        self._end(intent, call.params.get("cancellation_reason"), call.cause)
        return intent

    def expire(self, intent_id: str) -> None:
        """Releases a hold whose time is over; nothing when it was captured or cancelled before."""
        intent = self._world.tables["payment_intent"].get(intent_id)
        if intent is not None and intent["status"] == "requires_capture":
            self._release(intent, "charge.expired", None)
            self._end(intent, "automatic", None)

    def authorise(self, intent: Obj, card: Card, reader: Obj) -> RefusalError | None:
        """Asks the card's bank, as a reader does once it has read the card.

        Args:
            intent: A PaymentIntent in `requires_payment_method`.
            card: The card presented.
            reader: The reader object, for the receipt.

        Returns:
            None when authorised (or captured at once), else the refusal a reader action carries.
        """
        method = new_payment_method(self._world, card)
        charge = new_charge(self._world, intent, card, reader=reader, method=method)
        intent["latest_charge"] = charge["id"]
        if card.decline is not None:
            return self._declined(intent, charge, method)
        intent["payment_method"] = method["id"]
        intent["last_payment_error"] = None
        self._hold(intent, charge, card)
        return None

    def _intent(self, call: Call) -> Obj:
        name = call.path["intent"]
        return self._world.get("payment_intent", name, param="intent", in_path=True)

    def _being_authorised(self, intent_id: str) -> bool:
        for name, bench in self._world.bench.items():
            action = self._world.tables["terminal.reader"][name]["action"]
            ours = action and action.get("process_payment_intent", {}).get("payment_intent")
            if bench.authorising_card is not None and ours == intent_id:
                return True
        return False

    def _declined(self, intent: Obj, charge: Obj, method: Obj) -> RefusalError:
        refusal = RefusalError(
            charge["failure_message"],
            status=402,
            kind="card_error",
            code=charge["failure_code"],
            decline_code=charge["outcome"]["reason"],
            charge=charge["id"],
        )
        intent["last_payment_error"] = {**refusal.error, "payment_method": method}
        self._world.emit("charge.failed", charge)
        self._world.emit("payment_intent.payment_failed", intent)
        return refusal

    def _hold(self, intent: Obj, charge: Obj, card: Card) -> None:
        world = self._world
        world.bank.hold(intent["id"], intent["amount"], card=card.number, at=charge["created"])
        if card.single_message or intent["capture_method"] != "manual":
            charge["payment_method_details"]["card_present"]["capture_before"] = None
            self._take(intent, intent["amount"])
            world.emit("charge.succeeded", charge)
            world.emit("payment_intent.succeeded", intent)
            return
        intent["status"] = "requires_capture"
        intent["amount_capturable"] = intent["amount"]
        world.agenda.append((charge["created"] + HOLD_S, "expire", intent["id"]))
        world.emit("charge.succeeded", charge)
        world.emit("payment_intent.amount_capturable_updated", intent)

    def _take(self, intent: Obj, amount_cents: int) -> None:
        world = self._world
        charge = world.tables["charge"][intent["latest_charge"]]
        world.bank.capture(intent["id"], amount_cents, at=world.clock.now())
        fee_cents = amount_cents * FEE_PERMILLE // 1000 + FEE_FIXED_CENTS
        booking = book(world, "charge", charge["id"], amount_cents, fee_cents=fee_cents)
        charge.update(
            captured=True,
            amount_captured=amount_cents,
            balance_transaction=booking["id"],
        )
        intent.update(status="succeeded", amount_capturable=0, amount_received=amount_cents)

    def _release(self, intent: Obj, event_type: str, cause: Obj | None) -> None:
        """Gives a hold back; like Stripe, this shows as a refund that moved no money of ours."""
        world = self._world
        charge = world.tables["charge"][intent["latest_charge"]]
        world.bank.release(intent["id"], at=world.clock.now())
        charge.update(refunded=True, amount_refunded=charge["amount"])
        reason = "expired_uncaptured_charge" if event_type == "charge.expired" else None
        refund = new_refund(world, charge, charge["amount"], reason=reason)
        world.emit("refund.created", refund, cause)
        world.emit(event_type, charge, cause)

    def _end(self, intent: Obj, reason: str | None, cause: Obj | None) -> None:
        intent.update(
            status="canceled",
            canceled_at=self._world.clock.now(),
            cancellation_reason=reason,
            amount_capturable=0,
        )
        self._world.emit("payment_intent.canceled", intent, cause)


def _check_new(params: Obj) -> None:
    for name in _NOT_EMULATED:
        if name in params:
            raise invalid(f"The emulator does not play the parameter {name}.", param=name)
    if params["currency"] != "usd":
        raise invalid(f"Invalid currency: {params['currency']}.", param="currency")
    amount_cents = params["amount"]
    if amount_cents < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    if amount_cents < SMALLEST_CENTS:
        raise invalid("Amount must be at least $0.50 usd", code="amount_too_small", param="amount")
    if amount_cents > LARGEST_CENTS:
        raise invalid(
            "Amount must be no more than $999,999.99", code="amount_too_large", param="amount"
        )


def _unexpected_state(intent: Obj, verb: str, needed: str) -> RefusalError:
    return RefusalError(
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with one of the following statuses may be {verb}: {needed}.",
        code="payment_intent_unexpected_state",
        payment_intent=dict(intent),
    )
