"""Refunds: made at once, settled later or sent back later by the card's bank.

Threads: called with the world's lock held. Amounts are integer cents.
"""

from __future__ import annotations

from simulator.stripe import cards
from simulator.stripe.bookings import book, new_refund
from simulator.stripe.payments import Call
from simulator.stripe.refusal import RefusalError, invalid
from simulator.stripe.world import Obj, World

# Virtual time after which a refund of the two special test cards settles or comes back.
LATER_S = 60.0


class Refunds:
    """Operations on refunds."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, call: Call) -> Obj:
        """Refunds a captured charge, wholly or in part.

        Raises:
            RefusalError: No such charge, not captured, already refunded, or more than what is left.
        """
        params = call.params
        charge = self._charge(params)
        left_cents = charge["amount_captured"] - charge["amount_refunded"]
        if not charge["captured"]:
            raise RefusalError(
                "This charge has not been captured; cancel its PaymentIntent instead.",
                code="charge_not_refundable",
            )
        if left_cents == 0:
            raise RefusalError(
                f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
            )
        amount_cents = params.get("amount", left_cents)
        if not 0 < amount_cents <= left_cents:
            raise RefusalError(
                f"Refund amount ({amount_cents}) must be between 1 and the unrefunded amount "
                f"on the charge ({left_cents}).",
                param="amount",
            )
        refund = new_refund(
            self._world,
            charge,
            amount_cents,
            reason=params.get("reason"),
            metadata=params.get("metadata") or {},
        )
        self._give_back(refund, charge)
        self._world.emit("refund.created", refund, call.cause)
        self._world.emit("charge.refunded", charge, call.cause)
        return refund

    def settle(self, refund_id: str) -> None:
        """Ends a pending refund, or sends back one that the card's bank does not take."""
        world = self._world
        refund = world.tables["refund"].get(refund_id)
        if refund is None:
            return
        if refund["status"] == "pending":
            refund.update(status="succeeded", pending_reason=None)
            world.emit("refund.updated", refund)
            return
        charge = world.tables["charge"][refund["charge"]]
        world.bank.refund(refund["payment_intent"], -refund["amount"], at=world.clock.now())
        booking = book(world, "refund_failure", refund["id"], refund["amount"])
        refund.update(
            status="failed",
            failure_reason="expired_or_canceled_card",
            failure_balance_transaction=booking["id"],
        )
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        world.emit("refund.failed", refund)
        world.emit("charge.refund.updated", refund)

    def _charge(self, params: Obj) -> Obj:
        if ("charge" in params) == ("payment_intent" in params):
            raise invalid("Send either charge or payment_intent.", code="parameter_missing")
        world = self._world
        if "charge" in params:
            return world.get("charge", params["charge"], param="charge")
        intent = world.get("payment_intent", params["payment_intent"], param="payment_intent")
        if intent["latest_charge"] is None:
            raise RefusalError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            )
        return world.tables["charge"][intent["latest_charge"]]

    def _give_back(self, refund: Obj, charge: Obj) -> None:
        world = self._world
        payment = refund["payment_intent"]
        world.bank.refund(payment, refund["amount"], at=world.clock.now())
        refund["balance_transaction"] = book(world, "refund", refund["id"], -refund["amount"])["id"]
        charge["amount_refunded"] += refund["amount"]
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        behaviour = cards.find(world.bank.accounts[payment].card).refund
        if behaviour == "pending":
            refund.update(status="pending", pending_reason="processing")
        if behaviour != "at_once":
            world.agenda.append((world.clock.now_s() + LATER_S, "settle", refund["id"]))
