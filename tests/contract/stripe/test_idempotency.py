"""Stripe's idempotency layer and the faults of the line (PAYMENTS.md, facts 9 and 10)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from simulator.stripe.launch import StripeEmulator
from tests.contract.stripe.account import Account, client, code, new_key
from tests.waiting import wait_until

ORDER: Any = {
    "amount": 500,
    "currency": "usd",
    "capture_method": "manual",
    "allowed_payment_method_types": ["card_present"],
}
CREATE = "payment_intents.create"


def create(account: Account, key: str, **more: Any) -> stripe.PaymentIntent:
    params: Any = {**ORDER, **more}
    return account.api.payment_intents.create(params, {"idempotency_key": key})


def payments(account: Account) -> int:
    return len(account.api.payment_intents.list({"limit": 100}).data)


def test_the_same_key_repeats_the_first_answer(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    key = new_key()
    first = create(account, key)
    account.api.payment_intents.cancel(first.id)
    again = create(account, key)
    assert (again.id, again.status) == (first.id, "requires_payment_method")
    assert payments(account) == 1
    assert [one["replayed"] for one in stripe_emulator.requests() if one["op"] == CREATE] == [
        False,
        True,
    ]


def test_other_parameters_under_the_same_key_are_an_error(account: Account) -> None:
    key = new_key()
    create(account, key)
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(account, key, amount=600)
    assert refused.value.http_status == 400
    assert payments(account) == 1


def test_another_operation_under_the_same_key_is_an_error(account: Account) -> None:
    key = new_key()
    intent = create(account, key)
    with pytest.raises(stripe.IdempotencyError):
        account.api.payment_intents.cancel(intent.id, {}, {"idempotency_key": key})


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_500_is_kept_and_never_heals(
    account: Account, stripe_emulator: StripeEmulator, when: str, made: int
) -> None:
    key = new_key()
    stripe_emulator.inject(CREATE, "500", when=when)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            create(account, key)
        assert failed.value.http_status == 500
    assert payments(account) == made
    create(account, new_key())
    assert payments(account) == made + 1


def test_a_refused_state_is_kept_too(account: Account) -> None:
    intent = account.order()
    key = new_key()
    with pytest.raises(stripe.InvalidRequestError):
        account.api.payment_intents.capture(intent.id, {}, {"idempotency_key": key})
    account.process(intent)
    account.present()
    with pytest.raises(stripe.InvalidRequestError):
        account.api.payment_intents.capture(intent.id, {}, {"idempotency_key": key})
    assert account.api.payment_intents.capture(intent.id).status == "succeeded"


def test_a_request_that_failed_validation_is_not_kept(account: Account) -> None:
    key = new_key()
    with pytest.raises(stripe.InvalidRequestError):
        create(account, key, amount=10)
    assert create(account, key).amount == 500


def test_a_rate_limit_is_not_kept(account: Account, stripe_emulator: StripeEmulator) -> None:
    key = new_key()
    stripe_emulator.inject(CREATE, "429")
    with pytest.raises(stripe.RateLimitError) as limited:
        create(account, key)
    assert code(limited.value) == "rate_limit"
    create(account, key)
    assert payments(account) == 1


def test_a_refused_credential_is_not_kept(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    key = new_key()
    stranger = client(stripe_emulator.api_url, key="sk_test_?")
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.payment_intents.create(ORDER, {"idempotency_key": key})
    create(account, key)


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_cut_line_tells_nothing_and_the_same_key_finds_out(
    account: Account, stripe_emulator: StripeEmulator, when: str, made: int
) -> None:
    key = new_key()
    stripe_emulator.inject(CREATE, "drop", when=when)
    with pytest.raises(stripe.APIConnectionError):
        create(account, key)
    assert payments(account) == made
    create(account, key)
    assert payments(account) == 1


def test_the_retries_of_the_sdk_make_one_payment(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    patient = client(stripe_emulator.api_url, retries=2)
    stripe_emulator.inject(CREATE, "drop", when="after")
    patient.v1.payment_intents.create(ORDER)
    assert payments(account) == 1
    tries = [one for one in stripe_emulator.requests() if one["op"] == CREATE]
    assert len(tries) == 2
    assert len({one["idempotency_key"] for one in tries}) == 1


def test_two_requests_with_one_key_at_the_same_time_are_a_conflict(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    key = new_key()
    stripe_emulator.inject(CREATE, "hold")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(create, account, key)
        wait_until(lambda: stripe_emulator.control("GET", "/status")["held_requests"] == 1)
        with pytest.raises(stripe.StripeError) as conflict:
            create(account, key)
        assert (conflict.value.http_status, code(conflict.value)) == (
            409,
            "idempotency_key_in_use",
        )
        stripe_emulator.control("POST", "/release")
        made = first.result(timeout=10)
    assert create(account, key).id == made.id


def test_a_key_is_forgotten_after_a_day(account: Account, stripe_emulator: StripeEmulator) -> None:
    key = new_key()
    first = create(account, key)
    stripe_emulator.advance_clock(23 * 3600)
    assert create(account, key).id == first.id
    stripe_emulator.advance_clock(2 * 3600)
    assert create(account, key).id != first.id


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delayed_answer_still_comes(
    account: Account, stripe_emulator: StripeEmulator, when: str
) -> None:
    stripe_emulator.inject("*", "delay", when=when, seconds=0.05)
    create(account, new_key())
    assert [one["fault"] for one in stripe_emulator.requests()][-1] == f"{when} delay"


def test_a_captured_answer_that_was_lost_is_found_by_reading(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.authorised()
    stripe_emulator.inject("payment_intents.capture", "500", when="after")
    with pytest.raises(stripe.APIError):
        account.api.payment_intents.capture(intent.id)
    assert account.read(intent).status == "succeeded"
    assert stripe_emulator.book()["payments"][intent.id]["captures"] == 1
