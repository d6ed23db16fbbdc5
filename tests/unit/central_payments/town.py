"""Central's payments and the emulator in one thread, with one clock for both that tests move.

Nothing runs by itself here: a test takes each step, so it decides what happens before what. The
SDK's requests reach the emulator's API without a socket; all else is the product's own.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import stripe
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, text

from central.database import Database
from central.metrics import Metrics
from central.payments.advance import Advancer
from central.payments.book import Book
from central.payments.desk import PaymentDesk, open_payment
from central.payments.goods import shelf
from central.payments.processor import Processor
from central.payments.row import PaymentRow
from central.payments.watch import PaymentWatch
from central.payments.worker import PaymentWorkers
from central.reconcile.watch import Reconciler
from central.refunds.desk import RefundDesk
from central.settings import Settings
from central.store import Row, store_many
from parking.clock import Reading
from parking.ids import uuid7
from parking.payment import PaymentOrder, Quote
from parking.right import ParkingSession
from parking.terminal import Terminal, TerminalKind
from simulator.stripe import cards
from simulator.stripe.emulator import Emulator
from simulator.stripe.faults import Fault
from simulator.stripe.http_server import Request
from sync.records import BY_CLASS
from tests.contract.stripe.account import ADDRESS, EMULATED_KEY
from tests.unit.central_payments.prices import store_quote

_SERIES = itertools.count(100)
OVER = "('captured', 'refunded', 'canceled', 'voided')"


class KilledError(BaseException):
    """The process of central ends here; nothing of it runs on."""


class Line(stripe.HTTPClient):
    """The SDK's way to an emulator in this process.

    Attributes:
        hook: Called before and after each request with its place, ``before`` or ``after``.
    """

    name = "in-process"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator
        self.hook: Callable[[str], None] = lambda _: None

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send one request; a cut line is the SDK's own error for it."""
        self.hook("before")
        parts = urlsplit(url)
        answer = self._emulator.api.handle(
            Request(
                method=method.upper(),
                path=parts.path,
                query=parts.query,
                headers={name.lower(): value for name, value in (headers or {}).items()},
                body=(post_data or "").encode(),
            )
        )
        self.hook("after")
        if answer is None:
            raise stripe.APIConnectionError("cut")  # type: ignore[no-untyped-call]  # the SDK's
        return answer.body.decode(), answer.status, answer.headers

    def close(self) -> None:
        """Close nothing."""


class TownClock:
    """Central's clock: the emulator's, apart by ``skew``."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.skew = timedelta()

    def now(self) -> Reading:
        """Return the time."""
        now_s = self._emulator.world.clock.now_s()
        return Reading(datetime.fromtimestamp(now_s, UTC) + self.skew, 50)


class Town:
    """Pay stations with readers, central, Stripe and the bank, all standing still.

    Attributes:
        refuse_grants: While true, no right can be stored: the database is down.
        payments: Those that central took.
        line: The way from central to Stripe.
    """

    def __init__(self, dsn: str, emulator: Emulator, *, stations: int = 1) -> None:
        self.database = Database(Settings(database_url=dsn, direct_url=dsn, pool_size=4))
        self._look = psycopg.connect(dsn, autocommit=True)
        self.emulator = emulator
        emulator.reset(keep_readers=False)
        self.line, self.clock = Line(emulator), TownClock(emulator)
        self.refuse_grants = False
        self.payments: set[UUID] = set()
        self.stations = [self._station() for _ in range(stations)]
        self.restart()

    def close(self) -> None:
        """Give the connections back."""
        self._look.close()
        self.database.close()

    def begin_again(self) -> None:
        """Forget what happened at Stripe; the pay stations and what is over at central stay."""
        self.emulator.reset(keep_readers=True)
        self.clock.skew, self.refuse_grants = timedelta(), False
        self.payments.clear()
        with self.database.unit_of_work("test") as connection:
            # The emulator would not know these any more.
            connection.execute(text("UPDATE refunds SET look_again_utc = NULL"))
        self.restart()

    def restart(self, key: str = EMULATED_KEY) -> None:
        """Start central anew, as after a crash or with another key."""
        self.processor = Processor(key, http_client=self.line)
        self.book = Book(self.database, self.clock, goods=shelf(self._store_right))
        self.advancer = Advancer(self.book, self.processor, self.clock)
        self.refunds = RefundDesk(
            database=self.database,
            book=self.book,
            stripe=self.processor,
            clock=self.clock,
            limit_cents=100_000,
        )
        self.reconciler = Reconciler(
            database=self.database,
            book=self.book,
            stripe=self.processor,
            clock=self.clock,
            metrics=Metrics(),
            time_zone="America/New_York",
        )
        self.desk = PaymentDesk(
            book=self.book,
            workers=PaymentWorkers(self.book, self.advancer, threads=0),
            watch=PaymentWatch(),
            refunds=self.refunds,
            processor=self.processor,
            live=False,
            secrets=(),
        )

    @property
    def now_utc(self) -> datetime:
        """The time at central."""
        return self.clock.now().utc

    def order(self, station: int = 0) -> PaymentOrder:
        """Make an order for a fresh price of two hours."""
        quote = self.quote(station)
        return PaymentOrder(
            payment_id=uuid7(self.now_utc),
            quote_id=quote.quote_id,
            shown_price_cents=quote.price_cents,
        )

    def quote(self, station: int = 0) -> Quote:
        """Store a price as the quote route does."""
        terminal_id = self.stations[station].terminal_id
        with self.database.unit_of_work("test") as connection:
            return store_quote(connection, terminal_id, datetime.now(UTC))

    def put(self, order: PaymentOrder, station: int = 0) -> PaymentRow:
        """Send an order to central."""
        row = open_payment(self.desk, self.stations[station], order)
        self.payments.add(row.payment_id)
        return row

    def work(self, payment_id: UUID) -> PaymentRow:
        """Let a worker move a payment as far as it goes now."""
        self.advancer.advance(payment_id)
        return self.row(payment_id)

    def row(self, payment_id: UUID) -> PaymentRow:
        """Return a payment that there is."""
        row = self.book.read(payment_id)
        assert row is not None
        return row

    def started(self, station: int = 0) -> PaymentRow:
        """Return a payment for which a card is asked."""
        return self.work(self.put(self.order(station), station).payment_id)

    def present(self, card: str = "visa", station: int = 0) -> bool:
        """Present a card; False when the reader waits for none."""
        readers = self.emulator.readers
        with self.emulator.world.lock:
            self.emulator.tick()
            reader = readers.find(self.stations[station].reader_id)
            waits = readers.waits_for_card(reader)
            if waits:
                readers.present(reader, cards.find(card))
        return waits

    def power(self, *, on: bool, station: int = 0) -> None:
        """Switch a reader on or off."""
        self.emulator.world.bench[self.stations[station].reader_id].powered = on

    def fault(self, op: str, kind: str, *, when: str = "before", times: int = 1) -> None:
        """Let a fault strike."""
        self.emulator.world.faults.add(Fault(op=op, kind=kind, when=when, times=times))

    def wish(self, payment_id: UUID, column: str) -> None:
        """Say at the pay station: cancel, or another card."""
        self.book.request(payment_id, column=column)

    def pass_by(self, seconds: float) -> None:
        """Let time pass at Stripe and at central."""
        with self.emulator.world.lock:
            self.emulator.world.clock.advance(seconds)
            self.emulator.tick()

    def come_to_rest(self, *, most_s: float = 2400, stride_s: float = 0.1) -> None:
        """Let workers run until nothing is due, with time passing in strides.

        Raises:
            AssertionError: Something is still due after ``most_s``.
        """
        until = self.now_utc + timedelta(seconds=most_s)
        while self.now_utc < until:
            for payment_id in self.book.due(most=100):
                self.advancer.advance(payment_id)
            self.refunds.run()
            wait_s = self._next_due_s()
            if wait_s is None:
                return
            self.pass_by(max(wait_s, stride_s))
        raise AssertionError("payments never came to an end")

    @contextmanager
    def killed_at(self, request: int, place: str) -> Iterator[None]:
        """Kill central before or after its n-th request, 1 for the first."""
        left = [request]

        def strike(where: str) -> None:
            left[0] -= where == place
            if where == place and not left[0]:
                raise KilledError

        self.line.hook = strike
        try:
            yield
            raise AssertionError("central was not killed")
        except KilledError:
            self.restart()
        finally:
            self.line.hook = lambda _: None

    def bank(self) -> dict[str, Any]:
        """Return the accounts of the bank by PaymentIntent."""
        found: dict[str, Any] = self.emulator.world.bank.view()["payments"]
        return found

    def rows(self, statement: str, **values: object) -> list[Any]:
        """Look into the database; rows have names."""
        with self._look.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def _next_due_s(self) -> float | None:
        [(first,)] = self.rows(
            "SELECT min(look_again_utc) FROM payments WHERE look_again_utc IS NOT NULL"
        )
        [(refund,)] = self.rows(
            "SELECT min(look_again_utc) FROM refunds WHERE state IN ('sending', 'pending')"
        )
        dues = [due for due in (first, refund) if due is not None]
        return (min(dues) - self.now_utc).total_seconds() if dues else None

    def _station(self) -> Terminal:
        world = self.emulator.world
        setup = stripe.StripeClient(
            EMULATED_KEY, http_client=self.line, max_network_retries=0
        ).v1.terminal
        if not world.tables["terminal.location"]:
            where: Any = {"display_name": "Bell Street Garage", "address": ADDRESS}
            setup.locations.create(where)
        [place] = world.tables["terminal.location"]
        reader = setup.readers.create({"registration_code": "simulated-wpe", "location": place})
        terminal = Terminal(
            terminal_id=uuid4(),
            name=f"K-{reader.id[-6:]}",
            kind=TerminalKind.KIOSK,
            series=next(_SERIES),
            reader_id=reader.id,
            public_key=bytes(32),
            epoch=1,
        )
        self.store(terminal)
        return terminal

    def store(self, value: Any) -> None:
        """Store a record as if it had come long ago."""
        with self.database.unit_of_work("test") as connection:
            row = Row(value=value, payload_sha256=bytes(32))
            store_many(connection, BY_CLASS[type(value)], [row], received_utc=datetime.now(UTC))

    def _store_right(self, connection: Connection, right: ParkingSession) -> None:
        if self.refuse_grants:
            raise RuntimeError("the database refuses")
        store_many(
            connection,
            BY_CLASS[ParkingSession],
            [Row(value=right)],
            received_utc=self.now_utc,
        )


def check(town: Town) -> None:
    """Hold every payment of the database against the bank.

    Raises:
        AssertionError: Which invariant does not hold, and for which payment.
    """
    bank = town.bank()
    ours = town.rows(_TRUTH, payments=list(town.payments))
    for each in ours:
        account = bank.pop(each.intent_id, None) or dict.fromkeys(_COLUMNS, 0)
        kept = account["captured"] - account["refunded"]
        assert account["captures"] <= 1, f"captured twice: {each}"
        assert account["held"] == 0, f"a hold is left: {each}"
        assert each.ledger_cents == kept, f"ledger {each.ledger_cents}, bank {kept}: {each}"
        assert each.over, f"not over: {each}"
        assert not each.due, f"over, and still looked at: {each}"
        if each.given:
            assert (each.told, each.lost or account["captured"] > 0) == ("approved", True), each
        else:
            assert (each.told, kept) == ("canceled", 0), f"paid for nothing: {each}"
    assert not any(one["held"] or one["captured"] for one in bank.values()), bank
    assert all(each.n == 1 for each in town.rows(_PER_QUOTE, payments=list(town.payments))), (
        "one price, two charges"
    )
    assert town.emulator.world.violations == []


_COLUMNS = ("held", "captured", "refunded", "released", "captures")
_TRUTH = f"""
SELECT p.payment_id, p.intent_id, p.state, p.told, p.decline_hint, p.state IN {OVER} AS over,
    p.look_again_utc IS NOT NULL AS due, r.parking_session_id IS NOT NULL AS given,
    coalesce(sum(t.amount_cents), 0)::bigint AS ledger_cents,
    coalesce(bool_or(t.kind = 'charge_lost'), false) AS lost
FROM payments p LEFT JOIN parking_sessions r ON r.parking_session_id = p.payment_id
LEFT JOIN transactions t USING (payment_id)
WHERE p.payment_id = ANY(%(payments)s)
GROUP BY p.payment_id, r.parking_session_id
"""
_PER_QUOTE = """
SELECT quote_id, count(*) AS n FROM payments WHERE right_id IS NOT NULL
    AND payment_id = ANY(%(payments)s) GROUP BY quote_id
"""
