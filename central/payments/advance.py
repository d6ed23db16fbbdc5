"""``advance()``: read Stripe's state of one payment and move it forward, never back.

Woken by the terminal, webhooks and the poll alike; never told what happened, it looks. A payment
is claimed by one worker at a time, so no database lock is held while Stripe answers, and every
POST is written ahead with its own key. Blocking; a payment worker's thread only.

Source: PAYMENTS.md 4 (docs/decisions/0011).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from central.payments.book import Book, OvertakenError
from central.payments.processor import Action, Intent, Processor, Refused, Unknown
from central.payments.row import PaymentRow
from central.payments.tables import FINAL
from parking.clock import Clock
from parking.payment import PaymentState, Told

MOST_PRESENTATIONS = 4
START_LIMIT = timedelta(seconds=30)
"""Without a PaymentIntent after so long, the driver is told that cards cannot be taken."""
OPEN_LIMIT = timedelta(minutes=10)
CARD_LIMIT = timedelta(seconds=90)
READER_LIMIT = timedelta(minutes=2)
CLOCK_MARGIN = timedelta(minutes=15)
"""Stripe's clock and ours may differ by so much when a PaymentIntent is looked for by its time."""
NOT_POSSIBLE = "not_possible"
"""``decline_hint`` of a payment that ended because reader or Stripe could not be used."""
RETRY_CODES = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})
CONNECTION_ERROR = "connection_error"
"""The reader lost the answer: the card may have been authorised."""
BUSY, OFFLINE, TIMEOUT = (
    "terminal_reader_busy",
    "terminal_reader_offline",
    "terminal_reader_timeout",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Changes to write; then look again at once."""

    changes: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing more to do now; look again after ``seconds`` (None: only when woken)."""

    seconds: float | None
    changes: dict[str, object]


@dataclass(frozen=True, slots=True)
class Again:
    """The step wrote by itself; look again at once."""


Step = Move | Wait | Again


def _wait(seconds: float | None, **changes: object) -> Wait:
    return Wait(seconds=seconds, changes=changes)


def _move(state: PaymentState, told: Told, **changes: object) -> Move:
    return Move(changes={"state": state, "told": told, "needs_reconcile": False, **changes})


class Advancer:
    """Moves payments forward. One instance per process; ``advance`` may run in several threads."""

    def __init__(
        self, book: Book, processor: Processor, clock: Clock, *, pace: float = 1.0
    ) -> None:
        """Take the payment book, Stripe, and the time; ``pace`` multiplies every wait."""
        self._pace = pace
        self._book = book
        self._stripe = processor
        self._clock = clock
        self._steps: dict[PaymentState, Callable[[PaymentRow], Step]] = {
            PaymentState.CREATED: self._create,
            PaymentState.INTENT_OPEN: self._dispatch,
            PaymentState.DISPATCHED: self._watch,
            PaymentState.DECLINED: self._await_next_card,
            PaymentState.AUTHORISED: self._grant,
            PaymentState.GRANTED: self._capture,
            PaymentState.CAPTURING: self._capture,
            PaymentState.CANCELING: self._cancel,
            PaymentState.VOIDING: self._cancel,
        }

    def advance(self, payment_id: UUID) -> None:
        """Move one payment as far as it goes now.

        Returns at once when another worker has it: the claim counts wakes, so that worker looks
        again before it lets go.
        """
        row = self._book.claim(payment_id)
        try:
            while row is not None and row.state not in FINAL:
                row = self._take(row, self._next(row))
        except OvertakenError:
            # Slower than the claim: another worker has it, and saw something newer.
            return

    def _take(self, row: PaymentRow, step: Step) -> PaymentRow | None:
        if isinstance(step, Again):
            return self._book.renew(row)
        if isinstance(step, Move):
            return self._book.write(row, step.changes)
        later = None if step.seconds is None else step.seconds * self._pace
        return self._book.release(row, step.changes, look_again_s=later)

    def _next(self, row: PaymentRow) -> Step:
        if row.cancel_requested and row.state in _CANCELABLE:
            # The reader of an authorised payment may have the next one already.
            authorised = row.state is PaymentState.AUTHORISED
            state = PaymentState.VOIDING if authorised else PaymentState.CANCELING
            return _move(state, Told.PROCESSING)
        step = self._steps.get(row.state)
        return step(row) if step is not None else _wait(None)

    def _older(self, row: PaymentRow, limit: timedelta) -> bool:
        return self._now() - row.state_since_utc > limit

    def _now(self) -> datetime:
        return self._clock.now().utc

    # created -> intent_open

    def _create(self, row: PaymentRow) -> Step:
        if self._older(row, START_LIMIT):
            # Nobody was asked for a card yet, so this can be told before all is cleared up.
            return _move(PaymentState.CANCELING, Told.CANCELED, decline_hint=NOT_POSSIBLE)
        if row.needs_reconcile:
            found = self._find(row)
            if not isinstance(found, list):
                return _wait(2.0)
            if found:
                return self._adopt(row, found)
        outcome = self._book.calls.post(
            row.payment_id,
            "create",
            lambda key: self._stripe.create(
                key=key,
                payment_id=str(row.payment_id),
                amount_cents=row.amount_cents,
                label=row.reference,
            ),
        )
        if isinstance(outcome, Intent):
            return _move(PaymentState.INTENT_OPEN, Told.WAITING, intent_id=outcome.intent_id)
        if isinstance(outcome, Unknown):
            return _wait(1.0, needs_reconcile=True)
        if outcome.code in RETRY_CODES or outcome.http_status == 429:
            return _wait(1.0)
        return _move(PaymentState.CANCELED, Told.CANCELED, decline_hint=NOT_POSSIBLE)

    def _find(self, row: PaymentRow) -> list[Intent] | Refused | Unknown:
        since = row.created_utc - CLOCK_MARGIN
        return self._stripe.find(str(row.payment_id), created_from=int(since.timestamp()))

    def _adopt(self, row: PaymentRow, found: list[Intent]) -> Step:
        for extra in found[1:]:
            self._book.calls.post(
                row.payment_id,
                f"cancel_extra_{extra.intent_id}",
                lambda key, extra=extra: self._stripe.cancel(key=key, intent_id=extra.intent_id),  # type: ignore[misc]  # a default argument binds the loop's value
            )
        return _move(PaymentState.INTENT_OPEN, Told.WAITING, intent_id=found[0].intent_id)

    # intent_open -> dispatched

    def _dispatch(self, row: PaymentRow) -> Step:
        if self._older(row, OPEN_LIMIT):
            return Move(changes={"cancel_requested": True})
        if row.needs_reconcile:
            return self._after_unknown_dispatch(row)
        outcome = self._book.calls.post(
            row.payment_id,
            # Each card is a wish of its own: an old key would only repeat the answer to the last.
            f"process_{row.attempt}",
            lambda key: self._stripe.process(
                key=key, reader_id=row.reader_id, intent_id=row.intent_id
            ),
        )
        if isinstance(outcome, Action):
            return _move(
                PaymentState.DISPATCHED, Told.PRESENT_CARD, attempt=row.attempt + 1, decline_hint=""
            )
        if isinstance(outcome, Unknown) or outcome.code == TIMEOUT:
            return _wait(0.5, needs_reconcile=True)
        return self._dispatch_refused(row, outcome)

    def _dispatch_refused(self, row: PaymentRow, refused: Refused) -> Step:
        if refused.code == "intent_invalid_state":
            return _move(PaymentState.DISPATCHED, Told.CHECKING, attempt=row.attempt + 1)
        if self._older(row, READER_LIMIT):
            return Move(changes={"cancel_requested": True})
        if refused.code == BUSY:
            return self._busy(row)
        if refused.code == OFFLINE:
            return _wait(3.0, told=Told.READER_OFFLINE)
        if refused.code in RETRY_CODES or refused.http_status == 429:
            return _wait(1.0)
        self._book.report_reader(row, refused.code)
        return _move(PaymentState.CANCELING, Told.PROCESSING, decline_hint=NOT_POSSIBLE)

    def _busy(self, row: PaymentRow) -> Step:
        doing = self._stripe.reader(row.reader_id)
        if isinstance(doing, Action) and doing.intent_id == row.intent_id:
            return _move(PaymentState.DISPATCHED, Told.PRESENT_CARD, attempt=row.attempt + 1)
        if isinstance(doing, Action) and self._is_left_over(doing):
            self._clear(row, doing.intent_id)
        return _wait(1.5, told=Told.READER_BUSY)

    def _is_left_over(self, doing: Action) -> bool:
        """Whether a reader still shows a payment of ours that is over; a stranger's never is."""
        shows = doing.status == "in_progress" and doing.intent_id != ""
        return shows and not self._book.uses_reader(doing.intent_id)

    def _clear(self, row: PaymentRow, shown: str) -> Action | Refused | Unknown:
        return self._book.calls.post(
            row.payment_id,
            f"cancel_action_{shown}",
            lambda key: self._stripe.cancel_action(key=key, reader_id=row.reader_id),
        )

    def _after_unknown_dispatch(self, row: PaymentRow) -> Step:
        doing = self._stripe.reader(row.reader_id)
        if not isinstance(doing, Action):
            return _wait(2.0)
        if doing.intent_id == row.intent_id:
            return _move(PaymentState.DISPATCHED, Told.PRESENT_CARD, attempt=row.attempt + 1)
        intent = self._stripe.read(row.intent_id)
        if not isinstance(intent, Intent):
            return _wait(2.0)
        if intent.status in {"requires_capture", "succeeded", "processing"}:
            return _move(PaymentState.DISPATCHED, Told.CHECKING, attempt=row.attempt + 1)
        return Move(changes={"needs_reconcile": False})

    # dispatched -> authorised | declined | canceling

    def _watch(self, row: PaymentRow) -> Step:
        intent = self._stripe.read(row.intent_id)
        if not isinstance(intent, Intent):
            return _wait(2.0, told=Told.CHECKING, needs_reconcile=True)
        if intent.status in {"requires_capture", "succeeded"}:
            return _authorised(intent)
        if intent.status == "canceled":
            return _move(PaymentState.CANCELED, Told.CANCELED)
        doing = self._stripe.reader(row.reader_id)
        about_us = isinstance(doing, Action) and doing.intent_id == row.intent_id
        if isinstance(doing, Action) and about_us and doing.status == "failed":
            if doing.failure_code != CONNECTION_ERROR:
                return self._reader_failed(row, doing)
            told = Told.CHECKING
        elif isinstance(doing, Action) and about_us and doing.status == "succeeded":
            told = Told.PROCESSING
        else:
            told = Told.PROCESSING if intent.status == "processing" else Told.PRESENT_CARD
        if self._older(row, CARD_LIMIT):
            return Move(changes={"cancel_requested": True})
        return _wait(self._poll_pause_s(row), told=told, needs_reconcile=told is Told.CHECKING)

    def _poll_pause_s(self, row: PaymentRow) -> float:
        """Webhooks come first; polling slows down 1, 2, 5 s so that many waiters stay polite."""
        waited_s = (self._now() - row.state_since_utc).total_seconds()
        return 1.0 if waited_s < 10 else 2.0 if waited_s < 30 else 5.0

    def _reader_failed(self, row: PaymentRow, doing: Action) -> Step:
        if doing.failure_code == "customer_canceled":
            return Move(changes={"cancel_requested": True})
        # The intent was read before the reader: what it says of the failure may be newer now.
        intent = self._stripe.read(row.intent_id)
        if not isinstance(intent, Intent) or intent.status in {"requires_capture", "succeeded"}:
            return _wait(0.3)
        hint = intent.decline_code if intent.decline_code in _TELLABLE else ""
        return _move(PaymentState.DECLINED, Told.DECLINED, decline_hint=hint)

    def _await_next_card(self, row: PaymentRow) -> Step:
        if row.attempt >= MOST_PRESENTATIONS or self._older(row, CARD_LIMIT):
            return Move(changes={"cancel_requested": True})
        if row.present_again:
            return _move(PaymentState.INTENT_OPEN, Told.WAITING, present_again=False)
        return _wait(5.0)

    # authorised -> granted -> captured

    def _grant(self, row: PaymentRow) -> Step:
        self._book.grant(row)
        return Again()

    def _capture(self, row: PaymentRow) -> Step:
        intent = self._stripe.read(row.intent_id)
        if not isinstance(intent, Intent):
            return _wait(2.0)
        if intent.status == "succeeded":
            return _move(PaymentState.CAPTURED, Told.APPROVED)
        if intent.status == "canceled":
            # The hold ran out: the right stays, the city loses, a person looks (matrix row 24).
            self._book.report_lost_capture(row)
            return _move(PaymentState.CAPTURED, Told.APPROVED)
        outcome = self._book.calls.post(
            row.payment_id,
            "capture",
            lambda key: self._stripe.capture(key=key, intent_id=row.intent_id),
        )
        if isinstance(outcome, Intent) and outcome.status == "succeeded":
            return _move(PaymentState.CAPTURED, Told.APPROVED)
        return _wait(1.0, state=PaymentState.CAPTURING)

    # canceling -> canceled, voiding -> voided

    def _cancel(self, row: PaymentRow) -> Step:
        if not row.intent_id:
            return self._cancel_before_intent(row)
        intent = self._stripe.read(row.intent_id)
        if not isinstance(intent, Intent):
            return _wait(2.0)
        if intent.status == "canceled":
            return _canceled(row)
        if intent.status == "succeeded":
            # The network took the money at once, and nobody wants what it was for any more.
            self._book.give_back(row, charge_id=intent.charge_id)
            return Again()
        if not self._reader_is_free(row):
            return _wait(1.0, told=Told.CHECKING)
        outcome = self._book.calls.post(
            row.payment_id,
            "cancel",
            lambda key: self._stripe.cancel(key=key, intent_id=row.intent_id),
        )
        if isinstance(outcome, Intent) and outcome.status == "canceled":
            return _canceled(row)
        return _wait(1.0)

    def _cancel_before_intent(self, row: PaymentRow) -> Step:
        found = self._find(row)
        if not isinstance(found, list):
            return _wait(2.0)
        if found:
            return Move(changes={"intent_id": found[0].intent_id})
        return _move(PaymentState.CANCELED, Told.CANCELED)

    def _reader_is_free(self, row: PaymentRow) -> bool:
        """Take our payment off the reader; another payment's action is never touched."""
        doing = self._stripe.reader(row.reader_id)
        if not isinstance(doing, Action):
            return isinstance(doing, Refused)
        if doing.intent_id != row.intent_id or doing.status != "in_progress":
            return True
        outcome = self._clear(row, row.intent_id)
        if isinstance(outcome, Refused):
            # Busy: a card is being authorised, and the result decides. A reader without power
            # cannot be cleared; a card that it reads later finds the PaymentIntent canceled.
            return outcome.code in {OFFLINE, TIMEOUT}
        return isinstance(outcome, Action)


_CANCELABLE = frozenset(
    {
        PaymentState.CREATED,
        PaymentState.INTENT_OPEN,
        PaymentState.DISPATCHED,
        PaymentState.DECLINED,
        PaymentState.AUTHORISED,
    }
)
_TELLABLE = frozenset({"insufficient_funds", "expired_card", "incorrect_pin"})
"""The only decline reasons a person may be told; lost, stolen and fraud never show."""


def _canceled(row: PaymentRow) -> Move:
    voiding = row.state is PaymentState.VOIDING
    return _move(PaymentState.VOIDED if voiding else PaymentState.CANCELED, Told.CANCELED)


def _authorised(intent: Intent) -> Move:
    card = intent.card
    return _move(
        PaymentState.AUTHORISED,
        Told.PROCESSING,
        charge_id=intent.charge_id,
        card=f"{card.brand.title()} {card.last4}" if card else "",
        receipt=list(card.receipt) if card else [],
    )
