"""Random histories of card payments: what drivers, readers, the line, webhooks and workers do.

A history is drawn from its seed as a list of steps, so the same seed is the same history. Steps
fall between, and by ``rival`` and ``kill`` into, the requests of a worker. At the end everything
heals, time passes, and the bank book decides.

What is counted: an *interleaving* is one step that met a payment which was not over and that a
worker had begun, at a place that chance chose.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid4

from central.payments.webhooks import payment_of
from parking.errors import UserError
from parking.officer import Officer, Role
from parking.payment import PaymentOrder
from parking.refund import RefundRequest
from tests.unit.central_payments.prices import PRICE_CENTS
from tests.unit.central_payments.town import OVER, KilledError, Town, check

STATIONS = 3
CARDS = ("visa", "visa", "visa", "single_message", "declined", "insufficient_funds", "refund_fails")
REQUESTS = (
    "payment_intents.create",
    "payment_intents.retrieve",
    "payment_intents.capture",
    "payment_intents.cancel",
    "payment_intents.list",
    "readers.retrieve",
    "readers.process_payment_intent",
    "readers.cancel_action",
    "refunds.create",
)
COMMANDS = ("timeout_true", "timeout_false", "offline", "busy")
KINDS = {
    "order": 3,
    "order_twice": 2,
    "work": 34,
    "card": 26,
    "again": 4,
    "cancel": 3,
    "webhook": 8,
    "fault": 9,
    "card_fault": 2,
    "kill": 5,
    "rival": 5,
    "database": 2,
    "power": 1,
    "seconds": 6,
    "minutes": 2,
    "days": 1,
    "holds": 1,
    "refund": 2,
}
"""Steps and how often they are drawn."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``draw`` decides what is left open: which payment, card, fault, moment."""

    kind: str
    draw: int


def plan(seed: int, *, steps: int = 60) -> list[Step]:
    """Return the history of a seed."""
    chance = random.Random(seed)
    kinds = chance.choices([*KINDS], [*KINDS.values()], k=steps - 2)
    return [Step(kind, chance.randrange(2**30)) for kind in ("order", "work", *kinds)]


@dataclass(slots=True)
class Tally:
    """What histories came to."""

    histories: int = 0
    payments: int = 0
    interleavings: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)

    def join(self, other: "Tally") -> None:
        """Add what others came to."""
        self.histories += other.histories
        self.payments += other.payments
        self.interleavings += other.interleavings
        self.steps += other.steps
        self.ends += other.ends


def run_histories(town: Town, seeds: Iterable[int], tally: Tally) -> str:
    """Run histories until one breaks an invariant; return what broke, with its steps."""
    for seed in seeds:
        try:
            History(town, tally).run(plan(seed))
        except Exception as error:  # noqa: BLE001  # a fault of the product is a verdict too
            steps = "\n".join(f"  {step}" for step in plan(seed))
            return f"seed {seed}: {error!r}\n{steps}"
    return ""


class History:
    """Lets the steps of one history happen in a town."""

    def __init__(self, town: Town, tally: Tally) -> None:
        self._town, self._tally = town, tally
        self._orders: list[tuple[PaymentOrder, int]] = []
        self._boss: UUID | None = None

    def run(self, steps: list[Step]) -> None:
        """Let it happen, heal everything, and hold it against the bank.

        Raises:
            AssertionError: An invariant does not hold.
        """
        self._town.begin_again()
        for step in steps:
            self._count(step)
            act: Callable[[int], None] = getattr(self, f"_{step.kind}")
            act(step.draw)
        self._heal()
        self._town.come_to_rest(stride_s=50)
        # A bank may send a refund back later; central asks for that every hour.
        self._town.pass_by(3700)
        self._town.refunds.run()
        check(self._town)
        self._tally.histories += 1
        self._tally.payments += len(self._orders)
        self._tally.ends.update(
            each.word for each in self._town.rows(_ENDS, payments=list(self._town.payments))
        )

    def _count(self, step: Step) -> None:
        self._tally.steps[step.kind] += 1
        newest = self._orders[-STATIONS:]
        if newest and not step.kind.startswith("order"):
            order, station = newest[step.draw % len(newest)]
            [(over, begun)] = self._town.rows(_STANDS, payment_id=order.payment_id)
            if over:
                self._next_driver(station, step.draw)
            else:
                self._tally.interleavings += begun

    def _next_driver(self, station: int, draw: int) -> None:
        count = len(self._orders)
        self._send(self._town.order(station), station)
        if len(self._orders) > count and draw // 128 % 4:
            self._work_on(self._orders[-1][0].payment_id)

    def _payment(self, draw: int) -> UUID:
        newest = self._orders[-STATIONS:]
        return newest[draw % len(newest)][0].payment_id

    def _order(self, draw: int) -> None:
        station = draw % STATIONS
        order = self._town.order(station)
        self._send(order, station)

    def _order_twice(self, draw: int) -> None:
        if self._orders:
            self._send(*self._orders[draw % len(self._orders)], again=True)

    def _send(self, order: PaymentOrder, station: int, *, again: bool = False) -> None:
        try:
            self._town.put(order, station)
        except UserError:
            return
        if not again:
            self._orders.append((order, station))

    def _work(self, draw: int) -> None:
        if not self._orders:
            return
        self._work_on(self._payment(draw))

    def _card(self, draw: int) -> None:
        """Present a card where a payment is, and let a worker see it, or not."""
        if self._orders:
            newest = self._orders[-STATIONS:]
            _, station = newest[draw % len(newest)]
            self._town.present(CARDS[draw // 8 % len(CARDS)], station)
            if draw // 64 % 2:
                self._work(draw)

    def _again(self, draw: int) -> None:
        if self._orders:
            self._town.wish(self._payment(draw), "present_again")

    def _cancel(self, draw: int) -> None:
        if self._orders:
            self._town.wish(self._payment(draw), "cancel_requested")

    def _webhook(self, draw: int) -> None:
        """Deliver any event so far: late, out of order, or for the second time."""
        events = [*self._town.emulator.world.tables["event"].values()]
        about = payment_of(self._town.book, events[draw % len(events)]) if events else None
        if about is not None:
            self._town.book.wake(about)
            self._work_on(about)

    def _work_on(self, payment_id: UUID) -> None:
        try:
            self._town.advancer.advance(payment_id)
        except RuntimeError:
            assert self._town.refuse_grants  # Only a database that refuses may end a step.

    def _fault(self, draw: int) -> None:
        op = REQUESTS[draw % len(REQUESTS)]
        kinds = ("drop", "500", "429", *(COMMANDS if op.startswith("readers.p") else ()))
        kind = kinds[draw // 16 % len(kinds)]
        when = "after" if kind == "timeout_false" or draw // 256 % 2 else "before"
        self._town.fault(op, kind, when=when)

    def _card_fault(self, draw: int) -> None:
        kind = ("stuck", "connection_error")[draw % 2]
        self._town.fault("reader.card", kind, when=("before", "after")[draw // 2 % 2])

    def _kill(self, draw: int) -> None:
        """Kill central before or after one of the next requests of a worker."""
        self._strike(draw, self._die)
        self._town.restart()

    def _die(self) -> None:
        raise KilledError

    def _rival(self, draw: int) -> None:
        """Let a request take longer than the claim, and another worker be faster."""
        self._strike(draw, partial(self._overtake, draw))

    def _overtake(self, draw: int) -> None:
        self._town.pass_by(61)
        if draw // 64 % 3 == 0:
            self._cancel(draw)
        self._work(draw)

    def _strike(self, draw: int, blow: Callable[[], None]) -> None:
        left, place = [1 + draw // 8 % 4], ("before", "after")[draw // 32 % 2]

        def hook(where: str) -> None:
            left[0] -= where == place
            if where == place and left[0] == 0:
                self._town.line.hook = lambda _: None
                blow()

        self._town.line.hook = hook
        try:
            self._work(draw)
        except KilledError:
            pass
        finally:
            self._town.line.hook = lambda _: None

    def _database(self, draw: int) -> None:
        self._town.refuse_grants = draw % 2 == 0

    def _power(self, draw: int) -> None:
        self._town.power(on=draw // STATIONS % 2 == 0, station=draw % STATIONS)

    def _seconds(self, draw: int) -> None:
        self._town.pass_by(draw % 20)

    def _minutes(self, draw: int) -> None:
        self._town.pass_by(60 + draw % 600)

    def _days(self, draw: int) -> None:
        self._town.pass_by((2 + draw % 2) * 86_400 + 3600)

    def _holds(self, _: int) -> None:
        self._town.reconciler.release_holds()

    def _refund(self, draw: int) -> None:
        if not self._orders:
            return
        boss = self._boss = self._boss or uuid4()
        person = Officer(
            officer_id=boss, badge=boss.hex[:6], display_name="S.", role=Role.SUPERVISOR
        )
        asked = RefundRequest(
            refund_id=uuid4(),
            payment_id=self._orders[draw % len(self._orders)][0].payment_id,
            amount_cents=(100, PRICE_CENTS)[draw // 8 % 2],
            reason_code="goodwill",
            officer_id=boss,
            terminal_id=self._town.stations[0].terminal_id,
            requested_utc=self._town.now_utc,
        )
        self._town.store(person)
        self._town.store(asked)
        self._town.refunds.run()

    def _heal(self) -> None:
        self._town.emulator.world.faults.clear()
        self._town.refuse_grants = False
        for station in range(STATIONS):
            self._town.power(on=True, station=station)


_STANDS = f"""
SELECT state IN {OVER} AS over, version > 1 AS begun FROM payments
WHERE payment_id = %(payment_id)s
"""
_ENDS = """
SELECT state || ' ' || told AS word FROM payments WHERE payment_id = ANY(%(payments)s)
"""
