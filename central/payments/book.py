"""The payment book: rows of ``payments`` and the grant.

Every function is one short transaction; none is open while Stripe answers. A claim is a lease in
the row (``claimed_until_utc``), which survives transaction pooling and a killed worker. Who took
longer than his claim finds that another wrote meanwhile, and writes nothing. Blocking; a payment
worker's thread or a request's worker thread.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from central.database import Database
from central.log import alarm
from central.payments.calls import ACTOR, Calls
from central.payments.goods import Goods, Granted, Wanted
from central.payments.row import COLUMNS, PaymentRow, row_of
from central.payments.summary import tell_supervisors
from central.payments.tables import FINAL, GIVEN_OR_OVER, words
from parking.clock import Clock
from parking.errors import BugError, UserError
from parking.ids import uuid7
from parking.payment import PaymentOrder, PaymentPurpose, PaymentState, Told

CLAIM = timedelta(seconds=60)
"""Longer than the slowest Stripe call; a killed worker's payment is free again after it."""
NO_LONGER_DUE = "no_longer_due"
"""``decline_hint`` of a payment that was let go because there is nothing to pay any more."""
GIVEN_BACK = "given_back"
"""``decline_hint`` of a payment whose money was taken too late and goes back."""
_REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHANGEABLE = frozenset(
    {
        *("state", "told", "attempt", "intent_id", "charge_id", "card", "receipt", "decline_hint"),
        *("right_id", "end_utc", "cancel_requested", "present_again", "needs_reconcile"),
        "refunded_cents",
    }
)
_MONEY_MOVED = frozenset({PaymentState.GRANTED, PaymentState.CAPTURED, PaymentState.REFUNDED})
"""States of which supervisors are told."""


class OvertakenError(Exception):
    """Another worker wrote the payment since it was read; nothing was written."""


class Book:
    """Reads and writes payments.

    Attributes:
        calls: The written-ahead calls to Stripe.

    Args:
        database: Central's.
        clock: The time.
        goods: What can be paid for.
        moved: Told after COMMIT which payment moved; any thread.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        goods: Mapping[PaymentPurpose, Goods],
        moved: Callable[[UUID], None] = lambda _: None,
    ) -> None:
        self._moved = moved
        self._database = database
        self._clock = clock
        self._goods = goods
        self.calls = Calls(database=database, clock=clock)

    def wanted(self, order: PaymentOrder) -> Wanted | None:
        """Return what an order names, None when nothing was shown under that id."""
        with self._database.reading() as connection:
            return self._goods[order.purpose].wanted(connection, order.quote_id)

    def open(
        self, order: PaymentOrder, wanted: Wanted, *, terminal_id: UUID, reader_id: str
    ) -> PaymentRow:
        """Store a new payment, or return the one with this id.

        What costs nothing any more is given in the same transaction, without a card.

        Raises:
            UserError: ``payment.other_terminal``, ``payment.under_way`` (another payment for this
                quote or ticket), ``payment.reader_busy``, or ``payment.nothing``: what costs
                nothing is not to be had any more.
        """
        values = {
            "payment_id": order.payment_id,
            "purpose": order.purpose,
            "quote_id": order.quote_id,
            "citation_id": wanted.citation_id,
            "terminal_id": terminal_id,
            "reader_id": reader_id,
            "amount_cents": wanted.amount_cents,
            "reference": _reference(),
            "now": self._clock.now().utc,
        }
        try:
            with self._database.unit_of_work(ACTOR) as connection:
                new = connection.execute(_OPEN, values).rowcount
                if new and not wanted.amount_cents:
                    self._give_free(connection, order.payment_id)
        except IntegrityError as error:
            # The same order twice at one moment may meet another index than that of its id.
            if self.read(order.payment_id) is None:
                raise _conflict(error) from error
        row = self.read(order.payment_id)
        if row is None or row.terminal_id != terminal_id or row.quote_id != order.quote_id:
            raise UserError("payment.other_terminal", "This payment belongs to another purchase.")
        return row

    def _give_free(self, connection: Connection, payment_id: UUID) -> None:
        row = row_of(connection.execute(_READ, {"payment_id": payment_id}).mappings().one())
        granted = self._goods[row.purpose].grant(connection, row, self._clock.now().utc)
        if granted is None:
            raise UserError(
                "payment.nothing",
                "The code has been used meanwhile. Nothing was charged.",
                action="Ask for a new price.",
            )
        changes = _given(granted) | {"state": PaymentState.CAPTURED}
        self._write(connection, row, changes, look_again=None, keep=False)

    def read(self, payment_id: UUID) -> PaymentRow | None:
        """Return one payment."""
        with self._database.reading() as connection:
            found = connection.execute(_READ, {"payment_id": payment_id}).mappings().first()
        return row_of(found) if found is not None else None

    def request(self, payment_id: UUID, *, column: str) -> PaymentRow | None:
        """Note a person's wish (``cancel_requested`` or ``present_again``) and count a wake."""
        statement = _REQUESTS[column]
        with self._database.unit_of_work(ACTOR) as connection:
            connection.execute(statement, {"payment_id": payment_id, "now": self._clock.now().utc})
        return self.read(payment_id)

    def wake(self, payment_id: UUID) -> None:
        """Count a wake, so that a worker that has it now looks again; nothing when it is over."""
        with self._database.unit_of_work(ACTOR) as connection:
            connection.execute(_WAKE, {"payment_id": payment_id, "now": self._clock.now().utc})

    def payment_of_intent(self, intent_id: str) -> UUID | None:
        """Return which payment a PaymentIntent belongs to."""
        with self._database.reading() as connection:
            found = connection.execute(_OF_INTENT, {"intent_id": intent_id}).scalar()
        return UUID(str(found)) if found is not None else None

    def due(self, *, most: int) -> list[UUID]:
        """Return payments whose time to look again has come, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_DUE, {"now": self._clock.now().utc, "most": most})
            return [UUID(str(one)) for one in rows.scalars()]

    def claim(self, payment_id: UUID) -> PaymentRow | None:
        """Take a payment for this worker; None when it is final, gone, or another has it."""
        now = self._clock.now().utc
        with self._database.unit_of_work(ACTOR) as connection:
            found = (
                connection.execute(
                    _CLAIM, {"payment_id": payment_id, "now": now, "until": now + CLAIM}
                )
                .mappings()
                .first()
            )
        return row_of(found) if found is not None else None

    def renew(self, row: PaymentRow) -> PaymentRow | None:
        """Read a claimed payment again and keep the claim; None when it is over."""
        now = self._clock.now().utc
        with self._database.unit_of_work(ACTOR) as connection:
            found = (
                connection.execute(_RENEW, {"payment_id": row.payment_id, "until": now + CLAIM})
                .mappings()
                .first()
            )
        return row_of(found) if found is not None else None

    def write(self, row: PaymentRow, changes: Mapping[str, object]) -> PaymentRow:
        """Write changes of a claimed payment and keep the claim; the version grows.

        Raises:
            OvertakenError: As for everything that writes a claimed payment.
        """
        with self._database.unit_of_work(ACTOR) as connection:
            after = self._write(connection, row, changes, look_again=None, keep=True)
        self._moved(row.payment_id)
        return after

    def release(
        self, row: PaymentRow, changes: Mapping[str, object], *, look_again_s: float | None
    ) -> PaymentRow | None:
        """Let go of a payment; returns it again when someone woke it meanwhile."""
        now = self._clock.now().utc
        later = None if look_again_s is None else now + timedelta(seconds=look_again_s)
        moved = {name: value for name, value in changes.items() if getattr(row, name) != value}
        with self._database.unit_of_work(ACTOR) as connection:
            after = self._write(connection, row, moved, look_again=later, keep=False)
        if moved:
            self._moved(row.payment_id)
        return None if after.wakes == row.wakes else self.claim(row.payment_id)

    def _write(
        self,
        connection: Connection,
        row: PaymentRow,
        changes: Mapping[str, object],
        *,
        look_again: datetime | None,
        keep: bool,
    ) -> PaymentRow:
        now = self._clock.now().utc
        sets = ["look_again_utc = :look_again", "claimed_until_utc = :until"]
        if changes:
            if not _CHANGEABLE.issuperset(changes):
                raise BugError(f"not columns a step may change: {sorted(changes)}")
            sets += ["version = version + 1", *(f"{name} = :{name}" for name in sorted(changes))]
        if changes.get("state", row.state) != row.state:
            sets.append("state_since_utc = :now")
        if changes.get("state", row.state) in FINAL:
            keep, look_again = False, None
        until = now + CLAIM if keep else None
        found = (
            connection.execute(
                text(
                    f"UPDATE payments SET {', '.join(sets)} "  # noqa: S608 - names checked above
                    "WHERE payment_id = :payment_id AND version = :seen "
                    f"RETURNING {COLUMNS}"
                ),
                {
                    **changes,
                    "payment_id": row.payment_id,
                    "seen": row.version,
                    "now": now,
                    "until": until,
                    "look_again": until if keep else look_again,
                },
            )
            .mappings()
            .first()
        )
        if found is None:
            raise OvertakenError
        if changes.get("state") in _MONEY_MOVED:
            tell_supervisors(connection, row.payment_id, now)
        return row_of(found)

    def grant(self, row: PaymentRow) -> None:
        """Give what is paid for, with ledger line and state, in one transaction.

        Doing it twice changes nothing: all of them carry ids of the payment. A cancel that came
        first wins, and so does whatever ended the debt meanwhile: nothing is granted and the next
        step releases the hold.
        """
        now = self._clock.now().utc
        with self._database.unit_of_work(ACTOR) as connection:
            if connection.execute(_LOCK, {"payment_id": row.payment_id}).scalar_one():
                return
            granted = self._goods[row.purpose].grant(connection, row, now)
            changes = _let_go() if granted is None else _given(granted)
            if granted is not None:
                line = _ledger_line(row, "charge", row.amount_cents, now)
                connection.execute(_LEDGER, line)
            self._write(connection, row, changes, look_again=None, keep=True)
        self._moved(row.payment_id)

    def give_back(self, row: PaymentRow, *, charge_id: str) -> None:
        """Book a charge for which nothing was given, and send all of it back.

        ``central.refunds`` carries it out; the driver is told that the purchase was canceled.
        """
        now = self._clock.now().utc
        charged = replace(row, charge_id=charge_id)
        with self._database.unit_of_work(ACTOR) as connection:
            line = _ledger_line(charged, "charge", row.amount_cents, now)
            connection.execute(_LEDGER, {**line, "right_id": None, "citation_id": None})
            connection.execute(
                _SEND_BACK,
                {"payment_id": row.payment_id, "cents": row.amount_cents, "now": now},
            )
            changes: dict[str, object] = {
                "state": PaymentState.CAPTURED,
                "told": Told.CANCELED,
                "charge_id": charge_id,
                "decline_hint": row.decline_hint or GIVEN_BACK,
                "needs_reconcile": False,
            }
            self._write(connection, row, changes, look_again=None, keep=True)
        self._moved(row.payment_id)

    def report_lost_capture(self, row: PaymentRow) -> None:
        """Note that an authorisation could not be captured any more; a person looks."""
        now = self._clock.now().utc
        with self._database.unit_of_work(ACTOR) as connection:
            connection.execute(_LEDGER, _ledger_line(row, "charge_lost", -row.amount_cents, now))
            told = "the hold ran out before capture. The driver keeps what was paid for."
            told = f"Payment {row.reference}: {told} Nothing was charged."
            alarm(connection, "payment.capture_lost", str(row.payment_id), told, now)

    def report_reader(self, row: PaymentRow, code: str) -> None:
        """Tell operations that a reader takes no payment and will not recover by itself."""
        told = f"Reader {row.reader_id} took no payment: {code or 'Stripe refused it'}."
        with self._database.unit_of_work(ACTOR) as connection:
            alarm(connection, "payment.reader", row.reader_id, told, self._clock.now().utc)

    def uses_reader(self, intent_id: str) -> bool:
        """Whether a payment that is not over, or not ours, may stand behind a PaymentIntent."""
        payment_id = self.payment_of_intent(intent_id)
        row = self.read(payment_id) if payment_id is not None else None
        return row is None or row.state not in FINAL


def _let_go() -> dict[str, object]:
    return {
        "state": PaymentState.VOIDING,
        "told": Told.PROCESSING,
        "decline_hint": NO_LONGER_DUE,
        "needs_reconcile": False,
    }


def _given(granted: Granted) -> dict[str, object]:
    return {
        "state": PaymentState.GRANTED,
        "told": Told.APPROVED,
        "right_id": granted.right_id,
        "end_utc": granted.end_utc,
        "needs_reconcile": False,
    }


def _ledger_line(row: PaymentRow, kind: str, cents: int, now: datetime) -> dict[str, object]:
    return {
        "transaction_id": uuid7(now),
        "payment_id": row.payment_id,
        "kind": kind,
        "amount_cents": cents,
        "stripe_id": row.charge_id or row.intent_id,
        "right_id": row.payment_id if row.purpose is PaymentPurpose.PARKING else None,
        "citation_id": row.citation_id,
        "receipt": list(row.receipt),
        "terminal_id": row.terminal_id,
        "now": now,
    }


def _conflict(error: IntegrityError) -> UserError:
    if "one_live_per_reader" in str(error.orig):
        return UserError(
            "payment.reader_busy",
            "The card reader is busy with another payment.",
            action="Wait a moment and try again.",
        )
    return UserError(
        "payment.under_way",
        "A payment for this purchase is under way.",
        action="Do not pay again; wait for its result.",
    )


def _reference() -> str:
    letters = [secrets.choice(_REFERENCE_LETTERS) for _ in range(6)]
    return f"P-{''.join(letters[:4])}-{''.join(letters[4:])}"


_OPEN = text(
    "INSERT INTO payments (payment_id, purpose, quote_id, citation_id, terminal_id, reader_id,"
    " amount_cents, reference, state, told, created_utc, state_since_utc, look_again_utc)"
    " VALUES (:payment_id, :purpose, :quote_id, :citation_id, :terminal_id, :reader_id,"
    " :amount_cents, :reference, 'created', 'waiting', :now, :now, :now)"
    " ON CONFLICT (payment_id) DO NOTHING"
)
_READ = text(f"SELECT {COLUMNS} FROM payments WHERE payment_id = :payment_id")  # noqa: S608 - constant names
_WAKE = text(
    "UPDATE payments SET wakes = wakes + 1, look_again_utc = :now"  # noqa: S608 - constant names
    f" WHERE payment_id = :payment_id AND state NOT IN ({words(FINAL)})"
)
_REQUESTS = {
    column: text(
        f"UPDATE payments SET {column} = true, wakes = wakes + 1, look_again_utc = :now"  # noqa: S608 - constant names
        f" WHERE payment_id = :payment_id AND {condition}"
    )
    for column, condition in (
        ("cancel_requested", f"state NOT IN ({words(GIVEN_OR_OVER)})"),
        ("present_again", "state = 'declined'"),
    )
}
_OF_INTENT = text("SELECT payment_id FROM payments WHERE intent_id = :intent_id")
_DUE = text(
    "SELECT payment_id FROM payments WHERE look_again_utc <= :now"
    " AND (claimed_until_utc IS NULL OR claimed_until_utc <= :now)"
    " ORDER BY look_again_utc LIMIT :most"
)
_CLAIM = text(
    "UPDATE payments SET claimed_until_utc = :until, look_again_utc = :until"  # noqa: S608 - constant names
    f" WHERE payment_id = :payment_id AND state NOT IN ({words(FINAL)})"
    " AND (claimed_until_utc IS NULL OR claimed_until_utc <= :now)"
    f" RETURNING {COLUMNS}"
)
_RENEW = text(
    "UPDATE payments SET claimed_until_utc = :until, look_again_utc = :until"  # noqa: S608 - constant names
    f" WHERE payment_id = :payment_id AND state NOT IN ({words(FINAL)}) RETURNING {COLUMNS}"
)
_LOCK = text("SELECT cancel_requested FROM payments WHERE payment_id = :payment_id FOR UPDATE")
_LEDGER = text(
    "INSERT INTO transactions (transaction_id, payment_id, kind, amount_cents, stripe_id,"
    " parking_session_id, citation_id, terminal_id, receipt, created_utc) VALUES"
    " (:transaction_id, :payment_id, :kind, :amount_cents, :stripe_id, :right_id, :citation_id,"
    " :terminal_id, :receipt, :now)"
    " ON CONFLICT (kind, stripe_id) DO NOTHING"
)
_SEND_BACK = text(
    "INSERT INTO refunds (refund_id, payment_id, amount_cents, ends_right, state, look_again_utc,"
    " made_utc, state_since_utc) VALUES (:payment_id, :payment_id, :cents, false, 'sending', :now,"
    " :now, :now) ON CONFLICT (refund_id) DO NOTHING"
)
