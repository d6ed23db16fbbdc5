"""Stripe's webhooks at a running central: a wake-up, and never more than that.

The events are the emulator's own, signed and sent over HTTP, to the two endpoints.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from parking.ids import uuid7
from parking.payment import PaymentOrder, Told
from parking.terminal import TerminalKind
from simulator.stripe.launch import StripeEmulator
from simulator.stripe.webhooks import sign
from tests import databases
from tests.contract.stripe.account import EMULATED_KEY, Account, client
from tests.unit.central.conftest import settings_for
from tests.unit.central.device import Device
from tests.unit.central.service import Service, TestClock, problem, running
from tests.unit.central_payments.prices import store_quote
from tests.waiting import wait_until

OLD, NEW = "whsec_old", "whsec_new"


class Post:
    """A pay station at a running central that gets webhooks from the emulator."""

    def __init__(self, service: Service, stripe: StripeEmulator) -> None:
        self.service, self.stripe = service, stripe
        self.reader = Account(client(stripe.api_url)).reader
        self._device = Device()
        code = service.code("K-31", TerminalKind.KIOSK, reader_id=self.reader)
        self._device.enrol(service.client, code)
        self.listen(OLD)

    def listen(self, secret: str) -> None:
        """Let the emulator sign with a secret from now on."""
        address = f"{self.service.base_url}/stripe/webhooks"
        self.stripe.set_webhooks(
            payments=(f"{address}/payments", secret), readers=(f"{address}/readers", secret)
        )

    def start(self) -> UUID:
        """Begin a payment and wait until a card is asked for."""
        with self.service.central.database.unit_of_work("test") as connection:
            quote = store_quote(connection, self._device.terminal.terminal_id, datetime.now(UTC))
        order = PaymentOrder(
            payment_id=uuid7(datetime.now(UTC)),
            quote_id=quote.quote_id,
            shown_price_cents=quote.price_cents,
        )
        put = self.service.client.put(
            f"/v1/payments/{order.payment_id}",
            content=msgspec.json.encode(order),
            headers=self._device.headers(self.service.now_utc),
        )
        assert put.status_code == 200, put.text
        self.until(order.payment_id, Told.PRESENT_CARD)
        return order.payment_id

    def until(self, payment_id: UUID, told: Told) -> None:
        """Wait until the driver is told something."""
        headers = self._device.headers(self.service.now_utc)

        def asked() -> bool:
            answer = self.service.client.get(f"/v1/payments/{payment_id}", headers=headers)
            return bool(answer.json()["told"] == told)

        wait_until(asked, limit_s=20, what=str(told))

    def of(self, payment_id: UUID) -> Any:
        """Return the payment as the database has it."""
        [row] = self.service.rows(
            "select state, intent_id, amount_cents from payments where payment_id = %(id)s",
            id=payment_id,
        )
        return row

    def send(self, event: dict[str, Any], *, secret: str = OLD, at: int = 0) -> httpx.Response:
        """Send an event as Stripe does, ``at`` seconds from now."""
        body = json.dumps(event).encode()
        signature = sign(body, secret, int(time.time()) + at)
        return self.service.client.post(
            "/stripe/webhooks/payments", content=body, headers={"Stripe-Signature": signature}
        )

    def stored(self) -> int:
        """Return how many events were stored."""
        return int(self.service.one("select count(*) from stripe_events"))

    def alarms(self, code: str) -> float:
        """Return how often an alarm was counted."""
        metric = self.service.central.metrics.alarms.labels(code=code)
        return float(metric._value.get())  # the library offers no other way


@pytest.fixture
def post(
    database: databases.Database, stripe_emulator: StripeEmulator, tmp_path: Path
) -> Iterator[Post]:
    settings = replace(
        settings_for(database, tmp_path),
        stripe_key=EMULATED_KEY,
        stripe_api_base=stripe_emulator.api_url,
        stripe_webhook_secrets=(OLD, NEW),
    )
    with running(settings, TestClock()) as service:
        yield Post(service, stripe_emulator)
        stripe_emulator.set_webhooks()


def event_about(intent_id: str, **changed: Any) -> dict[str, Any]:
    about = {"object": "payment_intent", "id": intent_id}
    event = {"id": "evt_1", "type": "payment_intent.succeeded", "livemode": False}
    event |= {"api_version": "2026-10-28.endive", "data": {"object": about}}
    return {**event, **changed}


def test_rows_19_and_32_repeated_events_and_a_secret_changed_in_between(post: Post) -> None:
    payment_id = post.start()
    post.stripe.inject("webhook", "duplicate", times=3)
    post.stripe.inject("webhook", "reorder")
    post.listen(NEW)
    post.stripe.present(post.reader, "visa")
    post.until(payment_id, Told.APPROVED)
    wait_until(lambda: post.of(payment_id).state == "captured", what="the money")
    wait_until(lambda: post.stored() >= 4, what="events under both secrets")
    ledger = post.service.rows("select kind, amount_cents from transactions")
    assert ledger == [("charge", post.of(payment_id).amount_cents)]
    assert post.alarms("webhook.refused") == 0


def test_rows_20_31_and_33_what_is_not_stripes_changes_nothing(post: Post) -> None:
    intent_id = post.of(post.start()).intent_id
    before, ten_minutes = post.stored(), 600
    wrong = [
        post.send(event_about(intent_id), secret="whsec_forged"),
        post.send(event_about(intent_id), at=-301),
        post.send(event_about(intent_id), at=-ten_minutes),
        post.send(event_about(intent_id), at=ten_minutes),
        post.send(event_about(intent_id, livemode=True)),
        post.send({"type": "payment_intent.succeeded"}),
    ]
    assert {answer.status_code for answer in wrong} == {400}
    assert {problem(answer).key for answer in wrong} == {"webhook.refused"}
    assert post.stored() == before
    assert post.alarms("webhook.refused") == len(wrong)
    other = post.send(event_about(intent_id, api_version="2025-01-01.other"), secret=NEW)
    assert (other.status_code, other.json()) == (200, {"stored": True})
    assert post.send(event_about(intent_id), secret=NEW).json() == {"stored": False}
    assert post.alarms("webhook.version") == 1
