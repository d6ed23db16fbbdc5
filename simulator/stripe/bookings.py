"""Balance transactions and refund objects, as payments and refunds both write them.

Threads: called with the world's lock held. Amounts are integer cents.
"""

from __future__ import annotations

from simulator.stripe.world import Obj, World


def book(world: World, kind: str, source_id: str, amount_cents: int, *, fee_cents: int = 0) -> Obj:
    """Writes a balance transaction.

    Args:
        world: Where to.
        kind: `charge`, `refund` or `refund_failure`.
        source_id: The charge or refund.
        amount_cents: Signed amount before fees.
        fee_cents: Stripe's fee, >= 0.
    """
    fee = {
        "amount": fee_cents,
        "application": None,
        "currency": "usd",
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return world.new(
        "txn",
        amount=amount_cents,
        available_on=world.clock.now() + 2 * 86_400,
        balance_type="payments",
        created=world.clock.now(),
        currency="usd",
        description=None,
        exchange_rate=None,
        fee=fee_cents,
        fee_details=[fee] if fee_cents else [],
        net=amount_cents - fee_cents,
        reporting_category=kind,
        source=source_id,
        status="pending",
        type=kind,
    )


def new_refund(
    world: World,
    charge: Obj,
    amount_cents: int,
    *,
    reason: str | None,
    metadata: dict[str, str] | None = None,
) -> Obj:
    """Stores a refund object that succeeded and moved nothing yet; the caller books what moves."""
    return world.new(
        "re",
        amount=amount_cents,
        balance_transaction=None,
        charge=charge["id"],
        created=world.clock.now(),
        currency=charge["currency"],
        destination_details={"type": "card", "card": {"type": "refund"}},
        metadata=metadata or {},
        payment_intent=charge["payment_intent"],
        reason=reason,
        receipt_number=None,
        status="succeeded",
    )
