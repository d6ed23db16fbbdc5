"""The edge of the emulated API: credentials, version, form bodies, and its honesty about itself."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from simulator.stripe.description import Description
from simulator.stripe.launch import StripeEmulator
from tests.contract.stripe.account import EMULATED_KEY, Account, client, code

VERSION = stripe.api_version
GOOD: dict[str, str] = {
    "Authorization": f"Bearer {EMULATED_KEY}",
    "Stripe-Version": VERSION,
    "Idempotency-Key": "edge-1",
    "Content-Type": "application/x-www-form-urlencoded",
}


def send(
    emulator: StripeEmulator,
    body: bytes,
    headers: dict[str, str],
    path: str = "/v1/payment_intents",
) -> tuple[int, Any]:
    address = urlsplit(emulator.api_url)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    with closing(line):
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())


def test_the_description_is_of_the_version_the_sdk_speaks() -> None:
    assert Description().version == stripe.api_version


def test_an_sdk_of_another_version_is_refused(stripe_emulator: StripeEmulator) -> None:
    old = stripe.StripeClient(
        EMULATED_KEY,
        stripe_version="2024-06-20",
        base_addresses={"api": stripe_emulator.api_url},
    )
    with pytest.raises(stripe.InvalidRequestError, match="API version"):
        old.v1.payment_intents.list()


@pytest.mark.parametrize(
    "key", ["sk_live_51abcdefgh", "rk_live_51abcdefgh", "pk_test_abcdefgh", "sk_test_", "nonsense"]
)
def test_only_secret_test_keys_are_taken(stripe_emulator: StripeEmulator, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        client(stripe_emulator.api_url, key=key).v1.payment_intents.list()
    assert refused.value.http_status == 401


def test_a_restricted_key_is_taken(stripe_emulator: StripeEmulator) -> None:
    sdk = client(stripe_emulator.api_url, key="rk_test_restricted01")
    assert list(sdk.v1.payment_intents.list()) == []


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        (b"amount=500&currency=usd", {"Idempotency-Key": ""}, "Idempotency-Key"),
        (b"amount=500&currency=usd", {"Idempotency-Key": "k" * 256}, "Idempotency-Key"),
        (b"{}", {"Content-Type": "application/json"}, "content type"),
        (b"amount=500&currency=usd&colour=red", {}, "unknown parameter: colour"),
        (b"amount=500&currency=usd&metadata[a][b]=1", {}, "metadata"),
        (b"amount=500&currency=eur", {}, "currency"),
        (b"amount=500&currency=usd&confirm=true", {}, "does not play"),
        (b"amount=1e3&currency=usd", {}, "amount"),
        (b"amount=500&amount=600&currency=usd", {}, "twice"),
        (b"amount=500&amount[x]=600&currency=usd", {}, "amount"),
        (b"amount[=500", {}, "Invalid parameter name"),
        (b"a[b][c][d][e][f][g][h][i]=1", {}, "Invalid parameter name"),
        (b"\xff\xfe=%zz", {}, "percent-encoded"),
        (b"amount=%ff&currency=usd", {}, "form"),
        (b"amount", {}, "form"),
        (b"&".join([b"a[]=1"] * 1001), {}, "form"),
        (b"currency=usd", {}, "Missing required param: amount"),
    ],
)
def test_bad_requests_are_refused_in_words(
    stripe_emulator: StripeEmulator, body: bytes, headers: dict[str, str], sentence: str
) -> None:
    status, answer = send(stripe_emulator, body, {**GOOD, **headers})
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert sentence in answer["error"]["message"]
    assert send(stripe_emulator, b"amount=500&currency=usd", GOOD)[0] == 200


def test_unknown_addresses_are_refused(stripe_emulator: StripeEmulator) -> None:
    assert send(stripe_emulator, b"", GOOD, "/v1/nothing")[0] == 404
    assert send(stripe_emulator, b"", GOOD, "/v1/payment_intents/a/b/c")[0] == 404


def test_bodies_without_length_or_too_large_are_refused(stripe_emulator: StripeEmulator) -> None:
    address = urlsplit(stripe_emulator.api_url)
    for header, value, status in (
        ("Transfer-Encoding", "chunked", 411),
        ("Content-Length", "-1", 411),
        ("Content-Length", str(1 << 30), 413),
    ):
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        with closing(line):
            line.putrequest("POST", "/v1/payment_intents")
            line.putheader(header, value)
            line.endheaders()
            assert line.getresponse().status == status


def test_an_operation_the_emulator_does_not_play_is_reported(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    intent = account.order()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.payment_intents.increment_authorization(intent.id, {"amount": 600})
    assert refused.value.http_status == 404
    [violation] = stripe_emulator.violations()
    assert "does not play" in violation["fault"]
    stripe_emulator.reset()


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"registration_code": "simulated-toaster", "location": "x"}, "registration_code"),
        ({"registration_code": "simulated-wpe"}, "location"),
        ({"registration_code": "simulated-wpe", "location": "tml_nowhere"}, "location"),
    ],
)
def test_readers_need_a_known_code_and_place(account: Account, params: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.terminal.readers.create(params)
    assert refused.value.error is not None
    assert refused.value.error.param == param


def test_a_location_needs_name_and_address(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.api.terminal.locations.create({"display_name": "Nowhere"})
    assert (code(refused.value)) == "parameter_missing"


def test_readers_are_listed_and_found(account: Account) -> None:
    other = account.new_reader()
    listed = account.api.terminal.readers.list({"location": account.location})
    assert {one.id for one in listed} >= {other, account.reader}
    assert {one.status for one in listed} == {"online"}
