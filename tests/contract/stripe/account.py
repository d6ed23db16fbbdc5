"""A Stripe account with a location and a simulated reader, emulated or in Stripe's test mode."""

from __future__ import annotations

import itertools
import os
import uuid
from typing import Any

import stripe

VISA = "4242424242424242"
EMULATED_KEY = "sk_test_emulated0001"
ADDRESS = {
    "line1": "888 Washington Blvd",
    "city": "Stamford",
    "state": "CT",
    "postal_code": "06901",
    "country": "US",
}
_numbers = itertools.count(1)


def real_key() -> str:
    """Returns the test-mode key to use against Stripe itself, empty for the emulator."""
    return os.environ.get("STRIPE_TEST_KEY", "")


def client(api_url: str | None, *, key: str = "", retries: int = 0) -> stripe.StripeClient:
    """Returns the SDK's client for the emulator, or without address for Stripe itself."""
    more: dict[str, Any] = {} if api_url is None else {"base_addresses": {"api": api_url}}
    return stripe.StripeClient(key or EMULATED_KEY, max_network_retries=retries, **more)


def new_key() -> str:
    """Returns an idempotency key nobody used before."""
    return f"test-{uuid.uuid4()}"


class Account:
    """What the tests of a payment do at Stripe, in the words of the story.

    Attributes:
        api: The services of the SDK's client.
        reader: Id of a reader registered for this account.
        location: Id of its location.
    """

    def __init__(self, sdk: stripe.StripeClient) -> None:
        self.api = sdk.v1
        place: Any = {"display_name": "Bell Street Garage", "address": ADDRESS}
        self.location = self.api.terminal.locations.create(place).id
        self.reader = self.new_reader()

    def new_reader(self) -> str:
        """Registers a further reader and returns its id."""
        label = f"Kiosk {next(_numbers)}"
        return self.api.terminal.readers.create(
            {"registration_code": "simulated-wpe", "location": self.location, "label": label}
        ).id

    def order(self, amount_cents: int = 500, **more: Any) -> stripe.PaymentIntent:
        """Creates a PaymentIntent as central does."""
        params: Any = {
            "amount": amount_cents,
            "currency": "usd",
            "capture_method": "manual",
            "allowed_payment_method_types": ["card_present"],
            **more,
        }
        return self.api.payment_intents.create(params, {"idempotency_key": new_key()})

    def process(self, intent: stripe.PaymentIntent, **config: Any) -> stripe.terminal.Reader:
        """Hands a PaymentIntent to the reader."""
        params: Any = {
            "payment_intent": intent.id,
            "process_config": {"skip_tipping": True, **config},
        }
        return self.api.terminal.readers.process_payment_intent(self.reader, params)

    def present(self, number: str = VISA) -> stripe.terminal.Reader:
        """Presents a test card with Stripe's own test helper."""
        return self.api.test_helpers.terminal.readers.present_payment_method(
            self.reader, {"type": "card_present", "card_present": {"number": number}}
        )

    def authorised(self, amount_cents: int = 500, number: str = VISA) -> stripe.PaymentIntent:
        """Returns a PaymentIntent for which a card was presented."""
        intent = self.order(amount_cents)
        self.process(intent)
        self.present(number)
        return self.api.payment_intents.retrieve(intent.id)

    def captured(self, amount_cents: int = 500, number: str = VISA) -> stripe.PaymentIntent:
        """Returns a PaymentIntent whose money was taken."""
        return self.api.payment_intents.capture(self.authorised(amount_cents, number).id)

    def read(self, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
        """Reads a PaymentIntent again."""
        return self.api.payment_intents.retrieve(intent.id)

    def action(self) -> Any:
        """Returns the reader's action, None when it is idle."""
        return self.api.terminal.readers.retrieve(self.reader).action


def code(error: stripe.StripeError) -> str | None:
    """Returns Stripe's code of an error answer."""
    return None if error.error is None else error.error.code
