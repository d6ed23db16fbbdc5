"""What goes wrong between Stripe, a reader and a card (PAYMENTS.md, section 2)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from simulator.stripe.launch import ControlError, StripeEmulator
from tests.contract.stripe.account import Account, code, new_key

CART: Any = {
    "currency": "usd",
    "line_items": [{"amount": 500, "description": "2 hours", "quantity": 1}],
    "total": 500,
}
NOTHING = {"held": 0, "captured": 0, "refunded": 0, "released": 0}


def held_cents(emulator: StripeEmulator) -> int:
    return sum(card["held"] for card in emulator.book()["cards"].values())


def refused_process(account: Account, intent: stripe.PaymentIntent) -> str | None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.process(intent)
    return code(refused.value)


def test_a_time_out_that_is_true_left_the_reader_idle(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    stripe_emulator.inject("readers.process_payment_intent", "timeout_true")
    assert refused_process(account, intent) == "terminal_reader_timeout"
    assert account.action() is None
    account.process(intent)


def test_a_time_out_that_is_false_left_the_payment_on_the_reader(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    stripe_emulator.inject("readers.process_payment_intent", "timeout_false")
    assert refused_process(account, intent) == "terminal_reader_timeout"
    action = account.action()
    assert (action.status, action.process_payment_intent.payment_intent) == (
        "in_progress",
        intent.id,
    )
    account.present()
    assert held_cents(stripe_emulator) == 500


@pytest.mark.parametrize(
    ("kind", "error_code"),
    [
        ("offline", "terminal_reader_offline"),
        ("busy", "terminal_reader_busy"),
        ("hardware_fault", "terminal_reader_hardware_fault"),
        ("invalid_location", "terminal_reader_invalid_location_for_payment"),
    ],
)
def test_reader_errors_on_demand(
    account: Account, stripe_emulator: StripeEmulator, kind: str, error_code: str
) -> None:
    stripe_emulator.inject("readers.process_payment_intent", kind)
    assert refused_process(account, account.order()) == error_code
    assert account.action() is None


def test_a_reader_without_power_is_offline_after_two_minutes(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    stripe_emulator.control("POST", "/power", {"reader": account.reader, "on": False})
    assert account.api.terminal.readers.retrieve(account.reader).status == "online"
    assert refused_process(account, intent) == "terminal_reader_timeout"
    stripe_emulator.advance_clock(121)
    dark = account.api.terminal.readers.retrieve(account.reader)
    assert dark.status == "offline"
    assert refused_process(account, intent) == "terminal_reader_offline"
    stripe_emulator.control("POST", "/power", {"reader": account.reader, "on": True})
    back = account.api.terminal.readers.retrieve(account.reader)
    assert back.status == "online"
    assert dark.last_seen_at is not None
    assert back.last_seen_at is not None
    # Milliseconds, unlike every other time of the API.
    assert 120_000 < back.last_seen_at - dark.last_seen_at < 180_000


def test_a_reader_without_power_reads_no_card(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    account.process(account.order())
    stripe_emulator.control("POST", "/power", {"reader": account.reader, "on": False})
    with pytest.raises(ControlError, match="not waiting"):
        stripe_emulator.present(account.reader)
    assert stripe_emulator.book()["cards"] == {}


def test_a_card_being_authorised_keeps_the_reader_busy(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    account.process(intent)
    stripe_emulator.inject("reader.card", "hold")
    stripe_emulator.present(account.reader)
    with pytest.raises(stripe.InvalidRequestError) as busy:
        account.api.terminal.readers.cancel_action(account.reader)
    assert code(busy.value) == "terminal_reader_busy"
    with pytest.raises(stripe.InvalidRequestError) as shown:
        account.api.terminal.readers.set_reader_display(
            account.reader,
            {"type": "cart", "cart": CART},
        )
    assert code(shown.value) == "terminal_reader_busy"
    with pytest.raises(stripe.RateLimitError) as locked:
        account.api.payment_intents.cancel(intent.id)
    assert code(locked.value) == "lock_timeout"
    release = {"reader": account.reader}
    assert stripe_emulator.control("POST", "/release", release) == {"released": 1}
    assert stripe_emulator.control("POST", "/release", release) == {"released": 0}
    assert account.read(intent).status == "requires_capture"
    assert account.action().status == "succeeded"


@pytest.mark.parametrize(
    ("when", "status"), [("before", "requires_payment_method"), ("after", "requires_capture")]
)
def test_a_stuck_reader_never_ends_its_action(
    account: Account, stripe_emulator: StripeEmulator, when: str, status: str
) -> None:
    intent = account.order()
    account.process(intent)
    stripe_emulator.inject("reader.card", "stuck", when=when)
    stripe_emulator.present(account.reader)
    assert account.action().status == "in_progress"
    assert account.read(intent).status == status
    with pytest.raises(ControlError, match="not waiting"):
        stripe_emulator.present(account.reader)
    account.api.terminal.readers.cancel_action(account.reader)
    account.process(account.order())
    stripe_emulator.present(account.reader)
    assert account.action().status == "succeeded"


@pytest.mark.parametrize(("when", "cents"), [("before", 0), ("after", 500)])
def test_a_lost_connection_may_hide_an_authorisation(
    account: Account, stripe_emulator: StripeEmulator, when: str, cents: int
) -> None:
    intent = account.order()
    account.process(intent)
    stripe_emulator.inject("reader.card", "connection_error", when=when)
    stripe_emulator.present(account.reader)
    action = account.action()
    assert (action.status, action.failure_code, action.api_error) == (
        "failed",
        "connection_error",
        None,
    )
    assert account.read(intent).amount_capturable == cents
    assert held_cents(stripe_emulator) == cents


def test_the_driver_cancels_on_the_reader(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    account.process(intent, enable_customer_cancellation=True)
    stripe_emulator.control("POST", "/press-cancel", {"reader": account.reader})
    action = account.action()
    assert (action.status, action.failure_code, action.api_error) == (
        "failed",
        "customer_canceled",
        None,
    )
    assert account.read(intent).status == "requires_payment_method"


def test_a_cancel_button_that_was_not_asked_for_does_not_exist(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    account.process(account.order())
    with pytest.raises(ControlError, match="no cancel button"):
        stripe_emulator.control("POST", "/press-cancel", {"reader": account.reader})


def test_a_card_held_ahead_makes_the_answer_final_at_once(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    stripe_emulator.present(account.reader, "mastercard", ahead=True)
    answer = account.process(intent)
    assert answer.action is not None
    assert answer.action.status == "succeeded"


def test_a_payment_that_allows_no_card_present_never_reaches_the_reader(
    account: Account,
) -> None:
    intent = account.api.payment_intents.create(
        {"amount": 500, "currency": "usd", "allowed_payment_method_types": ["klarna"]},
        {"idempotency_key": new_key()},
    )
    assert intent.payment_method_types == []
    with pytest.raises(stripe.InvalidRequestError, match="card_present"):
        account.process(intent)


def test_a_hold_ends_after_two_days(account: Account, stripe_emulator: StripeEmulator) -> None:
    intent = account.authorised()
    stripe_emulator.advance_clock(2 * 86_400 - 60)
    assert account.read(intent).status == "requires_capture"
    stripe_emulator.advance_clock(61)
    ended = account.read(intent)
    assert (ended.status, ended.cancellation_reason) == ("canceled", "automatic")
    with pytest.raises(stripe.InvalidRequestError) as late:
        account.api.payment_intents.capture(intent.id)
    assert code(late.value) == "payment_intent_unexpected_state"
    assert stripe_emulator.book()["cards"] == {"4242424242424242": {**NOTHING, "released": 500}}
    [released] = account.api.refunds.list({"payment_intent": intent.id}).data
    assert (released.reason, released.balance_transaction) == ("expired_uncaptured_charge", None)


def test_a_captured_payment_outlives_the_hold(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.captured()
    stripe_emulator.advance_clock(3 * 86_400)
    assert account.read(intent).status == "succeeded"
    assert stripe_emulator.book()["payments"][intent.id]["captured"] == 500


def test_a_single_message_network_takes_the_money_at_once(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    account.process(intent)
    stripe_emulator.present(account.reader, "single_message")
    assert account.read(intent).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as again:
        account.api.payment_intents.capture(intent.id)
    assert code(again.value) == "payment_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError):
        account.api.payment_intents.cancel(intent.id)
    account.api.refunds.create({"payment_intent": intent.id})
    account_book = stripe_emulator.book()["payments"][intent.id]
    assert (account_book["captures"], account_book["captured"], account_book["refunded"]) == (
        1,
        500,
        500,
    )


def test_a_part_captured_releases_the_rest(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.authorised(500)
    taken = account.api.payment_intents.capture(intent.id, {"amount_to_capture": 300})
    assert (taken.amount_received, taken.amount_capturable) == (300, 0)
    [card] = stripe_emulator.book()["cards"].values()
    assert card == {"held": 0, "captured": 300, "refunded": 0, "released": 200}
    assert account.api.refunds.create({"payment_intent": intent.id}).amount == 300


def test_a_refund_may_fail_later(account: Account, stripe_emulator: StripeEmulator) -> None:
    intent = account.captured(500, "4000000000005126")
    refund = account.api.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    stripe_emulator.advance_clock(61)
    failed = account.api.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    [card] = stripe_emulator.book()["cards"].values()
    assert (card["captured"], card["refunded"]) == (500, 0)
    again = account.api.refunds.create({"payment_intent": intent.id})
    assert again.amount == 500


def test_a_refund_may_stay_pending_for_a_while(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.captured(500, "4000000000007726")
    refund = account.api.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    stripe_emulator.advance_clock(61)
    assert account.api.refunds.retrieve(refund.id).status == "succeeded"


def test_a_hold_is_no_money_to_refund(account: Account) -> None:
    intent = account.authorised()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.refunds.create({"payment_intent": intent.id})
    assert code(refused.value) == "charge_not_refundable"
