"""What runs by itself: holds that nobody owns, and the day before compared. Job runner's thread.

Source: PAYMENTS.md 4, "Reconcile job".
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from central.database import Database
from central.log import alarm, audit
from central.metrics import Metrics
from central.payments.book import Book
from central.payments.calls import ACTOR
from central.payments.processor import Intent, Processor
from central.payments.tables import FINAL
from central.reconcile.day import DayOfMoney, Finding, reconcile
from parking.clock import Clock
from parking.clockface import local_day

HOLD_LIMIT = timedelta(minutes=10)
"""Older holds belong to a payment that is over, or to none at all."""
_LOOK_BACK = timedelta(days=7)
_DONE = "select exists (select from reconciled_days where day = %(day)s)"
_STORE_DAY = """
insert into reconciled_days (day, net_cents, fees_cents, findings, done_utc)
values (%(day)s, %(net)s, %(fees)s, %(findings)s, %(now)s) on conflict (day) do nothing
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Compares and clears; one thread at a time."""

    database: Database
    book: Book
    stripe: Processor
    clock: Clock
    metrics: Metrics
    time_zone: str

    def release_holds(self) -> bool:
        """Release holds at Stripe that no living payment of ours stands for.

        Returns:
            False: never more to do at once.
        """
        now = self.clock.now().utc
        held = self.stripe.holds(created_from=now - _LOOK_BACK, created_to=now - HOLD_LIMIT)
        if isinstance(held, list):
            for payment_id, intent in held:
                self._look_at(payment_id, intent)
        return False

    def compare_yesterday(self) -> bool:
        """Compare the day before once, and raise an alarm for each finding; False always."""
        now = self.clock.now().utc
        day = local_day(now, self.time_zone) - timedelta(days=1)
        with self.database.reading() as connection:
            if connection.exec_driver_sql(_DONE, {"day": day}).scalar_one():
                return False
        told = reconcile(self.database, self.stripe, day, self.time_zone)
        with self.database.unit_of_work(ACTOR) as connection:
            if self._store(connection, told):
                for finding in told.findings:
                    self._tell(connection, day, finding)
        return False

    def _store(self, connection: Connection, told: DayOfMoney) -> bool:
        row = {"day": told.day, "net": told.net_cents, "fees": told.fees_cents}
        row |= {"findings": len(told.findings), "now": self.clock.now().utc}
        return connection.exec_driver_sql(_STORE_DAY, row).rowcount == 1

    def _look_at(self, payment_id: UUID | None, intent: Intent) -> None:
        row = self.book.read(payment_id) if payment_id is not None else None
        if row is not None and row.intent_id == intent.intent_id and row.state not in FINAL:
            self.book.wake(row.payment_id)
            return
        # A saved 5xx would be repeated for a day, so every run that may come later has its own key.
        key = f"hold:{intent.intent_id}:{self.clock.now().utc:%Y%m%dT%H%M}"
        outcome = self.stripe.cancel(key=key, intent_id=intent.intent_id)
        if isinstance(outcome, Intent):
            cents = intent.amount_cents
            text = "A hold at Stripe that no payment stood for was released."
            found = Finding(
                code="hold_released", subject=intent.intent_id, text=text, amount_cents=cents
            )
            with self.database.unit_of_work(ACTOR) as connection:
                self._tell(connection, local_day(self.clock.now().utc, self.time_zone), found)

    def _tell(self, connection: Connection, day: date, finding: Finding) -> None:
        now, code = self.clock.now().utc, f"money.{finding.code}"
        detail: dict[str, str | int] = {"day": day.isoformat(), "cents": finding.amount_cents}
        audit(connection, code, finding.subject, now_utc=now, detail=detail)
        alarm(connection, code, finding.subject, finding.text, now)
        self.metrics.alarms.labels(code=code).inc()
