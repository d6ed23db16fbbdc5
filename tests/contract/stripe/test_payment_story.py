"""The life of a card payment. These tests run against Stripe's test mode too."""

from __future__ import annotations

import time

import pytest
import stripe

from tests.contract.stripe.account import Account, code

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000000069", "expired_card", "expired_card"),
    ("4000000000000119", "processing_error", "processing_error"),
]


def test_a_card_is_authorised_then_captured(account: Account) -> None:
    intent = account.order(500, metadata={"payment_id": "p1"})
    assert intent.payment_method_types == ["card_present"]
    assert account.process(intent).action is not None
    account.present()
    held = account.read(intent)
    assert (held.status, held.amount_capturable, held.amount_received) == (
        "requires_capture",
        500,
        0,
    )
    taken = account.api.payment_intents.capture(intent.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 500)
    assert taken.metadata["payment_id"] == "p1"


def test_the_charge_carries_what_a_receipt_must_show(account: Account) -> None:
    intent = account.authorised()
    charge = account.api.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge"]}
    ).latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.payment_method_details is not None
    card = charge.payment_method_details.card_present
    assert card is not None
    assert (card.brand, card.last4) == ("visa", "4242")
    assert card.capture_before is not None
    assert card.capture_before > time.time()
    assert card.receipt is not None
    for field in (
        "application_preferred_name",
        "dedicated_file_name",
        "authorization_response_code",
        "application_cryptogram",
        "terminal_verification_results",
        "transaction_status_information",
    ):
        assert card.receipt[field], field


@pytest.mark.parametrize(("number", "error_code", "decline_code"), DECLINES)
def test_a_declined_card_leaves_the_payment_open_for_another(
    account: Account, number: str, error_code: str, decline_code: str
) -> None:
    intent = account.order()
    account.process(intent)
    account.present(number)
    action = account.action()
    assert (action.status, action.failure_code) == ("failed", error_code)
    assert (action.api_error.type, action.api_error.decline_code) == ("card_error", decline_code)
    declined = account.read(intent)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error is not None
    assert declined.last_payment_error.decline_code == decline_code
    account.process(intent)
    account.present()
    assert account.read(intent).status == "requires_capture"


def test_a_payment_cancelled_before_the_card_cannot_be_processed(account: Account) -> None:
    intent = account.order()
    cancelled = account.api.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.process(intent)
    assert code(refused.value) == "intent_invalid_state"


def test_cancelling_an_authorised_payment_releases_the_hold(account: Account) -> None:
    intent = account.authorised()
    cancelled = account.api.payment_intents.cancel(intent.id, {"expand": ["latest_charge"]})
    assert (cancelled.status, cancelled.amount_capturable) == ("canceled", 0)
    assert isinstance(cancelled.latest_charge, stripe.Charge)
    assert not cancelled.latest_charge.captured
    assert cancelled.latest_charge.refunded


@pytest.mark.parametrize("step", ["capture", "cancel"])
def test_a_captured_payment_takes_no_further_step(account: Account, step: str) -> None:
    intent = account.captured()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(account.api.payment_intents, step)(intent.id)
    assert code(refused.value) == "payment_intent_unexpected_state"
    assert refused.value.error is not None
    assert refused.value.error.payment_intent is not None
    assert refused.value.error.payment_intent.status == "succeeded"


def test_an_open_payment_cannot_be_captured(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.payment_intents.capture(account.order().id)
    assert code(refused.value) == "payment_intent_unexpected_state"


def test_more_than_the_hold_cannot_be_captured(account: Account) -> None:
    intent = account.authorised(500)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.payment_intents.capture(intent.id, {"amount_to_capture": 501})
    assert code(refused.value) == "amount_too_large"
    assert account.read(intent).status == "requires_capture"


def test_refunds_never_exceed_what_was_taken(account: Account) -> None:
    intent = account.captured(500)
    first = account.api.refunds.create(
        {"payment_intent": intent.id, "amount": 200, "reason": "requested_by_customer"}
    )
    assert (first.status, first.amount) == ("succeeded", 200)
    with pytest.raises(stripe.InvalidRequestError):
        account.api.refunds.create({"payment_intent": intent.id, "amount": 301})
    rest = account.api.refunds.create({"payment_intent": intent.id})
    assert rest.amount == 300
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.refunds.create({"payment_intent": intent.id})
    assert code(refused.value) == "charge_already_refunded"
    found = account.api.refunds.list({"payment_intent": intent.id})
    assert sorted(refund.amount for refund in found) == [200, 300]


def test_a_payment_without_charge_cannot_be_refunded(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        account.api.refunds.create({"payment_intent": account.order().id})


def test_the_parameter_of_most_tutorials_is_refused(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.order(payment_method_types=["card_present"])
    assert code(refused.value) == "payment_method_types_no_longer_supported"


@pytest.mark.parametrize(
    ("amount_cents", "error_code"),
    [
        (0, "parameter_invalid_integer"),
        (-1, "parameter_invalid_integer"),
        (49, "amount_too_small"),
        (100_000_000, "amount_too_large"),
    ],
)
def test_impossible_amounts_are_refused(
    account: Account, amount_cents: int, error_code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.order(amount_cents)
    assert code(refused.value) == error_code


def test_payments_are_found_by_time_and_metadata(account: Account) -> None:
    intent = account.order(metadata={"payment_id": "find-me"})
    since = account.api.payment_intents.list({"created": {"gte": intent.created}})
    marked = [one.id for one in since if one.to_dict()["metadata"].get("payment_id") == "find-me"]
    assert intent.id in marked
    later = account.api.payment_intents.list({"created": {"gt": intent.created + 3600}})
    assert list(later) == []


def test_lists_come_in_pages_newest_first(account: Account) -> None:
    made = [account.order().id for _ in range(3)]
    page = account.api.payment_intents.list({"limit": 2})
    assert page.has_more
    assert [one.id for one in page.data] == [made[2], made[1]]
    rest = account.api.payment_intents.list({"limit": 1, "starting_after": made[1]})
    assert rest.data[0].id == made[0]
    before = account.api.payment_intents.list({"limit": 1, "ending_before": made[0]})
    assert before.data[0].id == made[1]


def test_a_reader_takes_one_payment_at_a_time(account: Account) -> None:
    first, second = account.order(), account.order()
    account.process(first)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.process(second)
    assert code(refused.value) == "terminal_reader_busy"
    assert account.action().process_payment_intent.payment_intent == first.id


def test_a_cleared_reader_takes_the_next_payment(account: Account) -> None:
    account.process(account.order())
    cleared = account.api.terminal.readers.cancel_action(account.reader)
    assert cleared.action is None
    account.process(account.order())


def test_showing_a_cart_throws_a_waiting_payment_off_the_reader(account: Account) -> None:
    intent = account.order()
    account.process(intent)
    shown = account.api.terminal.readers.set_reader_display(
        account.reader,
        {
            "type": "cart",
            "cart": {
                "currency": "usd",
                "line_items": [{"amount": 500, "description": "2 hours", "quantity": 1}],
                "total": 500,
            },
        },
    )
    assert shown.action is not None
    assert shown.action.type == "set_reader_display"
    with pytest.raises(stripe.InvalidRequestError):
        account.present()
    assert account.read(intent).status == "requires_payment_method"


def test_a_card_without_a_waiting_payment_is_refused(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        account.present()


def test_a_payment_cancelled_under_the_reader_fails_when_the_card_comes(account: Account) -> None:
    intent = account.order()
    account.process(intent)
    account.api.payment_intents.cancel(intent.id)
    account.present()
    assert account.action().status == "failed"
    assert account.read(intent).status == "canceled"


def test_every_step_leaves_an_event(account: Account) -> None:
    intent = account.captured()
    types = [
        event.type
        for event in account.api.events.list({"limit": 50})
        if event.data.object["id"] in {intent.id, intent.latest_charge, account.reader}
    ]
    assert set(types) >= {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "terminal.reader.action_succeeded",
        "charge.captured",
        "payment_intent.succeeded",
    }


def test_money_moved_stands_in_the_balance(account: Account) -> None:
    intent = account.captured(500)
    account.api.refunds.create({"payment_intent": intent.id, "amount": 200})
    charge = account.api.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    ).latest_charge
    assert isinstance(charge, stripe.Charge)
    booking = charge.balance_transaction
    assert isinstance(booking, stripe.BalanceTransaction)
    assert (booking.amount, booking.net) == (500, 500 - booking.fee)
    refunds = account.api.balance_transactions.list({"type": "refund", "limit": 1})
    assert refunds.data[0].amount == -200


def test_unknown_ids_are_named(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.payment_intents.retrieve("pi_nowhere")
    assert (refused.value.http_status, code(refused.value)) == (404, "resource_missing")


def test_a_field_that_holds_no_id_cannot_be_expanded(account: Account) -> None:
    intent = account.order()
    with pytest.raises(stripe.InvalidRequestError):
        account.api.payment_intents.retrieve(intent.id, {"expand": ["amount"]})
