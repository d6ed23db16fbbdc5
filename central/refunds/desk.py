"""Takes requests for refunds, decides them, and carries them out. One thread at a time.

No transaction is open while Stripe answers. Source: PAYMENTS.md 4, rows 27 and 28 of its matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from central.database import Database
from central.log import alarm
from central.payments.book import Book
from central.payments.calls import ACTOR
from central.payments.processor import Processor, Refund, Refused, Unknown
from central.payments.row import PaymentRow
from central.payments.summary import tell_supervisors
from central.refunds import rows, undo
from parking.clock import Clock
from parking.officer import Act, Role, may
from parking.payment import PaymentState
from parking.refund import RefundState, judge_refund

SOON, LATER, WATCHED_FOR = timedelta(seconds=2), timedelta(hours=1), timedelta(days=10)
"""How soon an unknown outcome and a settled refund are looked at again; banks return for days."""
_TO_PAY = frozenset({PaymentState.CAPTURED, PaymentState.REFUNDED})
_UNDER_WAY = frozenset({PaymentState.GRANTED, PaymentState.CAPTURING})
_SUPERVISORS = tuple(role for role in Role if may(role, Act.REFUND))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDesk:
    """What works on refunds in one process."""

    database: Database
    book: Book
    stripe: Processor
    clock: Clock
    limit_cents: int

    def run(self) -> bool:
        """Decide what waits for a decision and carry out what is decided; never more to do."""
        for refund_id in self._each(rows.TO_DECIDE):
            self._decide(refund_id)
        for refund_id in self._each(rows.DUE):
            self._carry_out(refund_id)
        return False

    def wake(self, stripe_id: str) -> None:
        """Look at a refund with the next run: Stripe said that something happened to it."""
        with self.database.unit_of_work(ACTOR) as connection:
            connection.exec_driver_sql(rows.WAKE, {"stripe_id": stripe_id, "now": self._now()})

    def _each(self, statement: str) -> Sequence[UUID]:
        with self.database.reading() as connection:
            return connection.exec_driver_sql(statement, {"now": self._now()}).scalars().all()

    def _now(self) -> datetime:
        return self.clock.now().utc

    def _decide(self, refund_id: UUID) -> None:
        now = self._now()
        with self.database.unit_of_work(ACTOR) as connection:
            request = rows.request(connection, refund_id)
            state = rows.lock_payment(connection, request.payment_id)
            if state in _UNDER_WAY or not rows.undecided(connection, refund_id):
                return
            approvals = rows.approvals(connection, refund_id)
            left = rows.left_cents(connection, request.payment_id) if state in _TO_PAY else 0
            verdict = judge_refund(
                request,
                approvals,
                left_cents=left,
                limit_cents=self.limit_cents,
                supervisors=rows.people(connection, _SUPERVISORS),
            )
            rows.write(connection, request, verdict, now_utc=now)
            if state is not None:
                self._tell(connection, request.payment_id)

    def _carry_out(self, refund_id: UUID) -> None:
        with self.database.reading() as connection:
            row = rows.read(connection, refund_id)
        payment = self.book.read(row.payment_id)
        if payment is None:
            return
        told = self.stripe.read_refund(row.stripe_id) if row.booked else self._send(row, payment)
        self._settle(row, payment, told)

    def _send(self, row: rows.RefundRow, payment: PaymentRow) -> Refund | Refused | Unknown:
        """Send a refund; once anything was sent, what is there is looked for first."""
        op = f"refund:{row.refund_id}"
        if self._was_sent(payment.payment_id, op):
            found = self.stripe.find_refunds(payment.intent_id, refund_id=str(row.refund_id))
            if not isinstance(found, list):
                return found
            if found:
                return found[0]
        return self.book.calls.post(
            payment.payment_id,
            op,
            lambda key: self.stripe.refund(
                key=key,
                intent_id=payment.intent_id,
                refund_id=str(row.refund_id),
                amount_cents=row.amount_cents,
            ),
        )

    def _was_sent(self, payment_id: UUID, op: str) -> bool:
        with self.database.reading() as connection:
            parameters = {"payment_id": payment_id, "op": op}
            return bool(connection.exec_driver_sql(rows.SENT, parameters).scalar_one())

    def _settle(
        self, row: rows.RefundRow, payment: PaymentRow, told: Refund | Refused | Unknown
    ) -> None:
        now = self._now()
        with self.database.unit_of_work(ACTOR) as connection:
            rows.lock_payment(connection, payment.payment_id)
            row = rows.read(connection, row.refund_id)
            if isinstance(told, Refund):
                self._take(connection, row, payment, told)
            elif (
                isinstance(told, Refused) and told.http_status not in {409, 429} and not row.booked
            ):
                why = f"Stripe refused this refund: {told.code or told.http_status}."
                self._fail(connection, row, payment, why)
            else:
                rows.move(connection, row, row.state, look_again=now + SOON, now_utc=now)

    def _take(
        self, connection: Connection, row: rows.RefundRow, payment: PaymentRow, told: Refund
    ) -> None:
        now = self._now()
        state = _STATES.get(told.status, RefundState.PENDING)
        if state is RefundState.FAILED:
            if row.booked and row.state is not RefundState.FAILED:
                undo.book_return(connection, row, payment, told, now_utc=now)
            reason = told.why or "no reason given"
            why = f"The bank sent a refund of {row.amount} back: {reason}."
            self._fail(connection, row, payment, why, stripe_id=told.stripe_id)
            return
        if not row.booked:
            undo.book_refund(connection, row, payment, told, now_utc=now)
        age = now - row.made_utc
        soon = SOON if state is RefundState.PENDING and age < LATER else LATER
        again = now + soon if age < WATCHED_FOR else None
        stripe_id = told.stripe_id
        rows.move(connection, row, state, look_again=again, now_utc=now, stripe_id=stripe_id)
        if row.state is not state:
            self._tell(connection, payment.payment_id)

    def _fail(
        self,
        connection: Connection,
        row: rows.RefundRow,
        payment: PaymentRow,
        why: str,
        *,
        stripe_id: str = "",
    ) -> None:
        now, failed = self._now(), RefundState.FAILED
        told = f"Payment {payment.reference}: {why} The driver must get the money another way."
        rows.move(
            connection, row, failed, look_again=None, now_utc=now, stripe_id=stripe_id, why=told
        )
        if row.state is not failed:
            alarm(connection, "refund.failed", str(row.refund_id), told, now)
            self._tell(connection, payment.payment_id)

    def _tell(self, connection: Connection, payment_id: UUID) -> None:
        tell_supervisors(connection, payment_id, self._now())


_STATES: dict[str, RefundState] = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
"""Stripe's words; any other means that it is still pending."""
