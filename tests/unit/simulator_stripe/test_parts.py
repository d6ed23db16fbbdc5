"""Small parts: clock, cards, faults, signatures, saved answers."""

from __future__ import annotations

import pytest
import stripe

from simulator.stripe import cards
from simulator.stripe.clock import VirtualClock
from simulator.stripe.faults import Faults, parse
from simulator.stripe.idempotency import fingerprint
from simulator.stripe.webhooks import sign

OPERATIONS = frozenset({"payment_intents.create"})


def test_the_clock_only_moves_forward() -> None:
    clock = VirtualClock()
    before_s = clock.now_s()
    clock.advance(3600)
    assert 3600 <= clock.now_s() - before_s < 3660
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


@pytest.mark.parametrize("card", cards.BY_NAME.values(), ids=lambda card: card.name)
def test_every_test_card_is_a_well_formed_number(card: cards.Card) -> None:
    digits = [int(digit) for digit in reversed(card.number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    assert (sum(digits[::2]) + sum(doubled)) % 10 == 0
    assert cards.find(card.name) is cards.find(card.number) is card


@pytest.mark.parametrize("card", cards.BY_NAME.values(), ids=lambda card: card.name)
def test_a_receipt_tells_approved_from_declined(card: cards.Card) -> None:
    approved = cards.receipt(card, authorised=True)
    declined = cards.receipt(card, authorised=False)
    assert approved["authorization_response_code"] == "3030"
    assert approved["authorization_code"].isdigit()
    assert declined["authorization_response_code"] == "3035"
    assert declined["authorization_code"] is None
    assert approved["application_cryptogram"] != declined["application_cryptogram"]


def test_a_fault_strikes_as_often_as_it_was_asked_to() -> None:
    faults = Faults()
    faults.add(parse({"op": "payment_intents.create", "kind": "drop", "times": 2}, OPERATIONS))
    assert faults.take("charges.list") is None
    assert faults.take("payment_intents.create") is not None
    assert faults.take("payment_intents.create") is not None
    assert faults.take("payment_intents.create") is None


def test_a_fault_for_any_request_leaves_cards_and_webhooks_alone() -> None:
    faults = Faults()
    faults.add(parse({"op": "*", "kind": "drop"}, OPERATIONS))
    assert faults.take("reader.card") is None
    assert faults.take("webhook", "charge.succeeded") is None
    assert faults.take("charges.list") is not None


def test_a_false_time_out_comes_after_the_command() -> None:
    raw = {"op": "readers.cancel_action", "kind": "timeout_false", "when": "before"}
    assert parse(raw, OPERATIONS).when == "after"


def test_random_faults_can_be_switched_off() -> None:
    faults = Faults()
    faults.randomise(1, 1.0)
    assert all(faults.take(op) for op in ("charges.list", "reader.card", "webhook"))
    faults.randomise(1, 0)
    assert faults.take("charges.list") is None


def test_random_faults_never_wait_for_somebody() -> None:
    faults = Faults()
    faults.randomise(3, 1.0)
    drawn = [faults.take(op) for op in ("webhook", "reader.card", "readers.cancel_action") * 50]
    kinds = {fault.kind for fault in drawn if fault}
    assert {"lose", "stuck", "timeout_false"} <= kinds
    assert not kinds & {"hold", "hardware_fault", "invalid_location"}


def test_a_fingerprint_ignores_the_order_of_parameters() -> None:
    one = fingerprint("/v1/x", "a=1&b[c]=2")
    assert fingerprint("/v1/x", "b%5Bc%5D=2&a=1") == one
    assert fingerprint("/v1/x", "a=1&b[c]=3") != one
    assert fingerprint("/v1/y", "a=1&b[c]=2") != one
    assert fingerprint("/v1/x", "a[=1") == fingerprint("/v1/x", "a[=1")


def test_the_sdk_takes_our_signature() -> None:
    body = b'{"id": "evt_1"}'
    header = sign(body, "whsec_x", 1_700_000_000)
    assert stripe.WebhookSignature.verify_header(body.decode(), header, "whsec_x", None)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body.decode() + " ", header, "whsec_x", None)
