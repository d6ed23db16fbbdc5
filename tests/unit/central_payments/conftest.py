"""Central's payments on a real database, against the emulator over real HTTP."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, text

from central.clock import SystemClock
from central.database import Database
from central.payments.desk import PaymentDesk, open_payment, payment_desk
from central.payments.row import PaymentRow
from central.settings import read_settings
from central.store import Row, store_many
from parking.ids import uuid7
from parking.payment import PaymentOrder, PaymentState, Quote, Told
from parking.right import ParkingSession
from parking.terminal import Terminal, TerminalKind
from simulator.stripe.description import Description
from simulator.stripe.emulator import Emulator
from simulator.stripe.launch import StripeEmulator, launch
from sync.records import BY_CLASS
from tests import databases
from tests.contract.stripe.account import EMULATED_KEY, Account, client
from tests.unit.central_payments.prices import store_quote
from tests.unit.central_payments.town import Town
from tests.waiting import wait_until


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[StripeEmulator]:
    """One emulator for all tests of this process."""
    with launch() as emulator:
        yield emulator


@pytest.fixture
def stripe_emulator(emulator_process: StripeEmulator) -> Iterator[StripeEmulator]:
    """An emulator that knows nothing yet; a breach of the API description fails the test."""
    emulator_process.set_webhooks()
    emulator_process.reset()
    yield emulator_process
    assert emulator_process.violations() == []


class City:
    """A pay station with a reader, its central, and the bank as the oracle.

    Attributes:
        desk: Central's payment desk; its workers run.
        stripe: The emulator.
        refuse_grants: While set, storing a right fails as with a database that is down.
    """

    def __init__(
        self, database: Database, desk: PaymentDesk, stripe: StripeEmulator, owner_url: str
    ) -> None:
        self.database = database
        self._owner_url = owner_url
        self.desk = desk
        self.stripe = stripe
        self.account = Account(client(stripe.api_url))
        self.terminal = Terminal(
            terminal_id=uuid4(),
            name="K-07",
            kind=TerminalKind.KIOSK,
            series=7,
            reader_id=self.account.reader,
            public_key=bytes(32),
            epoch=1,
        )
        self.store(self.terminal)

    def store(self, value: Any) -> None:
        """Store a record as if it had come long ago."""
        with self.database.unit_of_work("test") as connection:
            now = SystemClock().now().utc
            row = Row(value=value, payload_sha256=bytes(32))
            store_many(connection, BY_CLASS[type(value)], [row], received_utc=now)

    def tamper(self, statement: str, **values: object) -> None:
        """Change what the service itself may not change."""
        with psycopg.connect(self._owner_url, autocommit=True) as connection:
            connection.execute(statement.encode(), values)

    def quote(self, *, terminal_id: UUID | None = None) -> Quote:
        """Store a price for two hours as the quote route does."""
        with self.database.unit_of_work("test") as connection:
            owner = terminal_id or self.terminal.terminal_id
            return store_quote(connection, owner, SystemClock().now().utc)

    def order(self, quote: Quote | None = None) -> PaymentOrder:
        """Make an order for a fresh price."""
        quote = quote or self.quote()
        return PaymentOrder(
            payment_id=uuid7(SystemClock().now().utc),
            quote_id=quote.quote_id,
            shown_price_cents=quote.price_cents,
        )

    def pay(self, card: str = "visa") -> PaymentRow:
        """Buy two hours with a card; returns the captured payment."""
        row = open_payment(self.desk, self.terminal, self.order())
        self.until(row.payment_id, lambda now: now.told is Told.PRESENT_CARD)
        self.stripe.present(self.account.reader, card)
        return self.until(row.payment_id, lambda now: now.state is PaymentState.CAPTURED)

    def until(self, payment_id: UUID, test: Callable[[PaymentRow], bool]) -> PaymentRow:
        """Wait until the payment's row fulfils a test."""
        rows: list[PaymentRow] = []

        def holds() -> bool:
            row = self.desk.book.read(payment_id)
            rows[:] = [row] if row is not None else []
            return row is not None and test(row)

        wait_until(holds, limit_s=20, what=f"payment, now {rows}")
        return rows[0]

    def ledger(self) -> list[tuple[str, int]]:
        """Return kind and cents of every ledger line."""
        with self.database.reading() as connection:
            found = connection.execute(
                text("SELECT kind, amount_cents FROM transactions ORDER BY created_utc")
            )
            return [(row.kind, row.amount_cents) for row in found]

    def rights(self) -> int:
        """Return how many rights are stored."""
        with self.database.reading() as connection:
            return int(
                connection.execute(text("SELECT count(*) FROM parking_sessions")).scalar_one()
            )

    def bank(self) -> dict[str, int]:
        """Return what all cards together really paid."""
        payments = self.stripe.book()["payments"].values()
        return {
            column: sum(one[column] for one in payments)
            for column in ("held", "captured", "released", "captures")
        }


@pytest.fixture
def refusing_grants() -> threading.Event:
    """While set, a right cannot be stored."""
    return threading.Event()


@pytest.fixture
def city(
    database: databases.Database,
    stripe_emulator: StripeEmulator,
    refusing_grants: threading.Event,
) -> Iterator[City]:
    """A city with one pay station; its payment workers run."""
    settings = read_settings(
        {
            "DATABASE_URL": database.dsn(),
            "STRIPE_SECRET_KEY": EMULATED_KEY,
            "STRIPE_WEBHOOK_SECRET": "whsec_old,whsec_new",
            "PARKING_STRIPE_API_BASE": stripe_emulator.api_url,
            "DATABASE_POOL_SIZE": "8",
        }
    )
    central_database = Database(settings)

    def store_right(connection: Connection, right: ParkingSession) -> None:
        if refusing_grants.is_set():
            raise RuntimeError("the database refuses")
        now = SystemClock().now().utc
        store_many(connection, BY_CLASS[ParkingSession], [Row(value=right)], received_utc=now)

    desk = payment_desk(central_database, SystemClock(), settings, store_right, pace=0.05)
    loop = asyncio.new_event_loop()
    desk.start(loop)
    yield City(central_database, desk, stripe_emulator, database.dsn("parking_owner"))
    desk.stop()
    loop.close()
    central_database.close()


@pytest.fixture(scope="session")
def emulator() -> Emulator:
    """An emulator in this process."""
    return Emulator(Description())


@pytest.fixture
def town(database: databases.Database, emulator: Emulator) -> Iterator[Town]:
    """One pay station, central and Stripe, all standing still."""
    found = Town(database.dsn(), emulator)
    yield found
    found.close()
