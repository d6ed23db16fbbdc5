"""Webhooks as the SDK sees them, and what can go wrong on their way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe

from simulator.stripe.launch import ControlError, StripeEmulator
from tests.contract.stripe.account import Account
from tests.contract.stripe.receiver import SECRET, Receiver, receiving
from tests.waiting import wait_until

AUTHORISED = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
    "terminal.reader.action_succeeded",
]


@pytest.fixture
def receiver(stripe_emulator: StripeEmulator) -> Iterator[Receiver]:
    with receiving() as one:
        stripe_emulator.set_webhooks(payments=(one.url, SECRET))
        yield one
        stripe_emulator.set_webhooks()


def pay(account: Account) -> stripe.PaymentIntent:
    return account.authorised()


def settled(emulator: StripeEmulator) -> None:
    wait_until(lambda: emulator.control("GET", "/status")["queued_webhooks"] == 0)


def test_the_sdk_takes_the_signature(account: Account, receiver: Receiver) -> None:
    intent = account.order()
    delivery = receiver.next()
    event = delivery.event()
    assert event.type == "payment_intent.created"
    assert event.data.object["id"] == intent.id
    assert event.api_version == stripe.api_version
    assert not event.livemode
    with pytest.raises(stripe.SignatureVerificationError):
        delivery.event("whsec_another")


def test_events_of_readers_go_to_their_own_endpoint(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    with receiving() as readers:
        stripe_emulator.set_webhooks(
            payments=(receiver.url, SECRET), readers=(readers.url, "whsec_readers")
        )
        account.authorised()
        assert receiver.types(3) == AUTHORISED[:3]
        assert readers.next().event("whsec_readers").type == AUTHORISED[3]
        settled(stripe_emulator)
        assert receiver.empty()
        assert readers.empty()
        stripe_emulator.set_webhooks()


def test_a_delivered_event_is_the_one_the_api_shows(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    account.order()
    delivered = receiver.next().event()
    shown = account.api.events.retrieve(delivered.id)
    assert shown.data.object == delivered.data.object
    assert shown.request is not None
    assert shown.request.id == stripe_emulator.requests()[-2]["request_id"]
    wait_until(lambda: account.api.events.retrieve(delivered.id).pending_webhooks == 0)


def test_a_refused_delivery_is_tried_again(account: Account, receiver: Receiver) -> None:
    receiver.statuses += [500, 302, 404]
    account.order()
    attempts = [receiver.next() for _ in range(4)]
    assert len({attempt.event().id for attempt in attempts}) == 1
    assert account.api.events.list().data[0].id == attempts[0].event().id


def test_an_endpoint_that_was_down_gets_its_events_later(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    with receiving() as gone:
        url = gone.url
    stripe_emulator.set_webhooks(payments=(url, SECRET))
    account.order()
    wait_until(lambda: stripe_emulator.control("GET", "/webhooks")["payments"])
    log = stripe_emulator.control("GET", "/webhooks")["payments"]
    assert log[0]["outcome"] == "ConnectionRefusedError"
    assert account.api.events.list({"delivery_success": False}).data
    stripe_emulator.set_webhooks()


def test_a_lost_event_never_comes(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "lose", event_type="charge.")
    pay(account)
    assert receiver.types(3) == [AUTHORISED[0], AUTHORISED[2], AUTHORISED[3]]
    settled(stripe_emulator)
    assert receiver.empty()


def test_an_event_may_come_twice(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "duplicate")
    account.order()
    first, second = receiver.next().event(), receiver.next().event()
    assert first.id == second.id


def test_events_may_overtake_each_other(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "reorder", event_type="charge.succeeded")
    pay(account)
    assert receiver.types(4) == [AUTHORISED[0], AUTHORISED[2], AUTHORISED[1], AUTHORISED[3]]


def test_an_event_may_come_days_later(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "hold")
    account.order()
    account.order()
    on_time = receiver.next().event()
    stripe_emulator.advance_clock(2 * 86_400)
    assert stripe_emulator.control("POST", "/webhooks/deliver") == {"due": 1}
    late = receiver.next().event()
    assert late.created <= on_time.created


def test_a_delayed_event_comes_by_itself(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "delay", seconds=0.1)
    account.order()
    assert receiver.next().event().type == "payment_intent.created"


@pytest.mark.parametrize("kind", ["wrong_secret", "stale"])
def test_a_forged_or_old_delivery_is_refused_by_the_sdk(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator, kind: str
) -> None:
    stripe_emulator.inject("webhook", kind)
    receiver.statuses.append(400)
    account.order()
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.next().event()
    settled(stripe_emulator)
    assert receiver.empty()


def test_a_delivery_may_claim_to_be_live(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "livemode")
    account.order()
    assert receiver.next().event().livemode


def test_a_reset_drops_what_waits(
    account: Account, receiver: Receiver, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("webhook", "hold")
    account.order()
    stripe_emulator.reset(keep_readers=True)
    assert stripe_emulator.control("POST", "/webhooks/deliver") == {"due": 0}
    account.order()
    receiver.next()
    assert receiver.empty()


@pytest.mark.parametrize(
    "target", [("https://example.invalid/", "whsec_x"), ("http://127.0.0.1:1/", "secret")]
)
def test_an_endpoint_needs_a_plain_address_and_a_secret(
    stripe_emulator: StripeEmulator, target: tuple[str, str]
) -> None:
    with pytest.raises(ControlError, match="whsec_"):
        stripe_emulator.set_webhooks(payments=target)


def test_only_the_two_endpoints_exist(stripe_emulator: StripeEmulator) -> None:
    with pytest.raises(ControlError, match="payments and readers"):
        stripe_emulator.control("PUT", "/webhooks", {"disputes": None})
