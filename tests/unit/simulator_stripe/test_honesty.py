"""The emulator checks itself: what breaks the description is never sent quietly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.stripe.api import Api
from simulator.stripe.description import Description
from simulator.stripe.emulator import Emulator
from simulator.stripe.http_server import Answer, Request
from simulator.stripe.payments import Call

HEADERS = {"authorization": "Bearer sk_test_emulated0001"}


@pytest.fixture(scope="module")
def description() -> Description:
    return Description()


def ask(api: Api, path: str, version: str) -> tuple[int, dict[str, Any]]:
    request = Request(
        method="GET",
        path=path,
        query="",
        headers={**HEADERS, "stripe-version": version},
        body=b"",
    )
    answer = api.handle(request)
    assert isinstance(answer, Answer)
    return answer.status, json.loads(answer.body)


LOCATION = {
    "id": "tml_1",
    "object": "terminal.location",
    "address": {"country": "US"},
    "display_name": "Bell Street Garage",
    "livemode": False,
    "metadata": {},
}


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        ({"display_name": None}, "display_name"),
        ({"colour": "red"}, "colour"),
        ({"livemode": "no"}, "livemode"),
        ({"address": {"country": "US", "planet": "Earth"}}, "planet"),
    ],
)
def test_a_wrong_answer_becomes_a_500_and_a_violation(
    description: Description, spoiled: dict[str, Any], fault: str
) -> None:
    world = Emulator(description).world

    def answer(_: Call) -> dict[str, Any]:
        return {**LOCATION, **spoiled}

    name = "GetTerminalLocationsLocation"
    api = Api(world, {name: ("locations.retrieve", answer)}, lambda: None)
    status, body = ask(api, "/v1/terminal/locations/tml_1", description.version)
    assert status == 500
    assert "broke the API description" in body["error"]["message"]
    assert {one["where"] for one in world.violations} == {"locations.retrieve"}
    assert any(fault in one["fault"] for one in world.violations)


def test_a_right_answer_passes(description: Description) -> None:
    world = Emulator(description).world
    name = "GetTerminalLocationsLocation"
    api = Api(world, {name: ("locations.retrieve", lambda _: LOCATION)}, lambda: None)
    status, body = ask(api, "/v1/terminal/locations/tml_1", description.version)
    assert (status, body) == (200, LOCATION)
    assert world.violations == []


def test_a_wrong_event_is_a_violation(description: Description) -> None:
    world = Emulator(description).world
    world.emit("payment_intent.exploded", {"object": "terminal.location", "id": "tml_1"})
    faults = " ".join(one["fault"] for one in world.violations)
    assert "payment_intent.exploded" in faults
    assert "display_name" in faults


def test_every_operation_played_is_described(description: Description) -> None:
    emulator = Emulator(description)
    described = {"payment_intents.capture", "readers.process_payment_intent", "refunds.create"}
    assert described <= emulator.operations
    assert len(emulator.operations) == 24
