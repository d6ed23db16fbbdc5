"""The emulator as a process, and accounts at it or at Stripe itself.

With STRIPE_TEST_KEY in the environment the tests of the story run against Stripe's test mode; those
that need faults, the bank book or the clock are skipped and say so.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.stripe.launch import StripeEmulator, launch
from tests.contract.stripe.account import Account, client, real_key


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[StripeEmulator | None]:
    """One emulator for all tests of this process; None when the tests go to Stripe itself."""
    if real_key():
        yield None
        return
    with launch() as emulator:
        yield emulator


@pytest.fixture
def stripe_emulator(emulator_process: StripeEmulator | None) -> Iterator[StripeEmulator]:
    """An emulator that knows nothing yet; a breach of the API description fails the test."""
    if emulator_process is None:
        pytest.skip(
            "needs the emulator: Stripe itself has no faults, clock or bank book to turn to"
        )
    emulator_process.set_webhooks()
    emulator_process.reset()
    yield emulator_process
    assert emulator_process.violations() == []


@pytest.fixture
def account(request: pytest.FixtureRequest, emulator_process: StripeEmulator | None) -> Account:
    """An account with a reader: at the emulator, or at Stripe when a key is given."""
    if emulator_process is None:
        return Account(client(None, key=real_key(), retries=2))
    emulator: StripeEmulator = request.getfixturevalue("stripe_emulator")
    return Account(client(emulator.api_url))
