"""Charges and payment methods as they look once a card was read.

Threads: called with the world's lock held. Amounts are integer cents.
"""

from __future__ import annotations

from simulator.stripe import cards
from simulator.stripe.cards import Card
from simulator.stripe.world import Obj, World

# Card-present default; the exact time stands in `capture_before` (PAYMENTS.md fact 14).
HOLD_S = 2 * 86_400


def new_payment_method(world: World, card: Card) -> Obj:
    """Stores the payment method a reader makes of a card."""
    return world.new(
        "pm",
        billing_details=_no_billing(),
        card_present=cards.details(card),
        created=world.clock.now(),
        customer=None,
        livemode=False,
        metadata={},
        type="card_present",
    )


def new_charge(world: World, intent: Obj, card: Card, *, reader: Obj, method: Obj) -> Obj:
    """Stores the charge of one presentation, authorised or declined as the card's bank says."""
    approved = card.decline is None
    present = _card_present(intent, card, reader, world.clock.now())
    code, decline_code, message = card.decline or (None, None, None)
    return world.new(
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        authorization_code=present["receipt"]["authorization_code"],
        balance_transaction=None,
        billing_details=_no_billing(),
        captured=False,
        created=world.clock.now(),
        currency=intent["currency"],
        description=intent["description"],
        disputed=False,
        failure_code=code,
        failure_message=message,
        livemode=False,
        metadata=dict(intent["metadata"]),
        outcome=_outcome(decline_code, message),
        paid=approved,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card_present", "card_present": present},
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        status="succeeded" if approved else "failed",
    )


def _card_present(intent: Obj, card: Card, reader: Obj, now: int) -> Obj:
    approved = card.decline is None
    return {
        **cards.details(card),
        "amount_authorized": intent["amount"] if approved else None,
        "capture_before": now + HOLD_S if approved else None,
        "emv_auth_data": None,
        "generated_card": None,
        "incremental_authorization_supported": False,
        "location": reader["location"],
        "network": card.brand,
        "network_transaction_id": None,
        "offline": None,
        "overcapture_supported": False,
        "preferred_locales": ["en"],
        "reader": reader["id"],
        "receipt": cards.receipt(card, authorised=approved),
    }


def _no_billing() -> Obj:
    return {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}


def _outcome(decline_code: str | None, message: str | None) -> Obj:
    approved = decline_code is None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if approved else "declined_by_network",
        "reason": decline_code,
        "risk_level": "normal",
        "seller_message": "Payment complete." if approved else message,
        "type": "authorized" if approved else "issuer_declined",
    }
