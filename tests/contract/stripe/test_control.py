"""The control port: what tests and demos ask of the emulator."""

from __future__ import annotations

import http.client
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from simulator.stripe.launch import ControlError, StripeEmulator
from tests.contract.stripe.account import Account, new_key


def ask(
    emulator: StripeEmulator, method: str, path: str, body: bytes = b"", kind: str = ""
) -> tuple[int, str]:
    address = urlsplit(emulator.control_url)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    with closing(line):
        line.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_the_page_for_demos_is_served(stripe_emulator: StripeEmulator) -> None:
    status, text = ask(stripe_emulator, "GET", "/")
    assert status == 200
    assert "Card readers (emulated)" in text


def test_the_api_port_has_no_controls(stripe_emulator: StripeEmulator) -> None:
    swapped = StripeEmulator("", stripe_emulator.api_url, 0, stripe_emulator.process)
    with pytest.raises(ControlError, match="API Key"):
        swapped.book()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"kind": "drop"}, "op and kind"),
        ({"op": "payments.create", "kind": "drop"}, "op must be one of"),
        ({"op": "payment_intents.create", "kind": "timeout_true"}, "kind of"),
        ({"op": "reader.card", "kind": "drop"}, "kind of"),
        ({"op": "webhook", "kind": "500"}, "kind of"),
        ({"op": "*", "kind": "drop", "when": "during"}, "before or after"),
        ({"op": "*", "kind": "drop", "times": 0}, "times"),
        ({"op": "*", "kind": "drop", "times": 1.5}, "times"),
        ({"op": "*", "kind": "delay", "seconds": 61}, "seconds"),
        ({"op": "*", "kind": "delay", "seconds": "long"}, "TypeError"),
        ({"op": "*", "kind": "drop", "wehn": "after"}, "wehn"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    stripe_emulator: StripeEmulator, fault: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ControlError, match=sentence):
        stripe_emulator.control("POST", "/faults", fault)
    assert stripe_emulator.control("GET", "/faults") == []


def test_faults_wait_strike_and_can_be_taken_back(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    stripe_emulator.inject("payment_intents.create", "429", times=2)
    with pytest.raises(stripe.RateLimitError):
        account.order()
    [waiting] = stripe_emulator.control("GET", "/faults")
    assert waiting["times"] == 1
    stripe_emulator.control("DELETE", "/faults")
    account.order()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/present", {"reader": "tmr_nowhere"}),
        ("/present", {}),
        ("/clock/advance", {"seconds": -1}),
        ("/clock/advance", {"seconds": "x"}),
        ("/power", {}),
        ("/faults/random", {"seed": 1, "rate": 2}),
        ("/nothing", {}),
    ],
)
def test_bad_controls_are_refused(
    stripe_emulator: StripeEmulator, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(ControlError):
        stripe_emulator.control("POST", path, body)


def test_an_unknown_card_is_refused_with_the_known_ones(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    account.process(account.order())
    with pytest.raises(ControlError, match="card must be one of visa"):
        stripe_emulator.present(account.reader, "diners")
    with pytest.raises(ControlError, match="on must be"):
        stripe_emulator.control("POST", "/power", {"reader": account.reader, "on": "yes"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{}", "text/plain"), (b"[]", "application/json"), (b"{", "application/json")],
)
def test_only_json_objects_are_taken(
    stripe_emulator: StripeEmulator, body: bytes, kind: str
) -> None:
    assert ask(stripe_emulator, "POST", "/reset", body, kind)[0] == 400


def test_a_reset_keeps_the_readers_if_asked(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.authorised()
    account.process(account.order())
    stripe_emulator.advance_clock(3600)
    stripe_emulator.reset(keep_readers=True)
    assert account.action() is None
    assert stripe_emulator.control("GET", "/status")["offset_s"] == 0
    assert stripe_emulator.book() == {"cards": {}, "payments": {}, "lines": []}
    with pytest.raises(stripe.InvalidRequestError):
        account.read(intent)
    assert account.authorised().status == "requires_capture"
    stripe_emulator.reset()
    with pytest.raises(stripe.InvalidRequestError):
        account.action()


def test_the_log_names_every_request_and_no_key(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    account.order()
    [entry] = [one for one in stripe_emulator.requests() if one["op"] == "payment_intents.create"]
    assert (entry["status"], entry["method"], entry["path"]) == (200, "POST", "/v1/payment_intents")
    assert "sk_test" not in str(stripe_emulator.requests())


def outcomes(account: Account, emulator: StripeEmulator, seed: int) -> list[str]:
    emulator.control("POST", "/faults/random", {"seed": seed, "rate": 0.5})
    found = []
    for _ in range(12):
        try:
            account.api.payment_intents.create(
                {"amount": 500, "currency": "usd"}, {"idempotency_key": new_key()}
            )
            found.append("made")
        except stripe.StripeError as error:
            found.append(type(error).__name__)
    emulator.control("DELETE", "/faults")
    return found


def test_random_faults_repeat_for_a_seed(account: Account, stripe_emulator: StripeEmulator) -> None:
    first = outcomes(account, stripe_emulator, 7)
    assert outcomes(account, stripe_emulator, 7) == first
    assert outcomes(account, stripe_emulator, 8) != first
    assert len(set(first)) > 1


def test_the_book_adds_up_by_card(account: Account, stripe_emulator: StripeEmulator) -> None:
    account.captured(500)
    account.authorised(700)
    account.api.payment_intents.cancel(account.authorised(900).id)
    book = stripe_emulator.book()
    assert book["cards"] == {
        "4242424242424242": {"held": 700, "captured": 500, "refunded": 0, "released": 900}
    }
    assert [line["kind"] for line in book["lines"]] == [
        "held",
        "captured",
        "held",
        "held",
        "released",
    ]
