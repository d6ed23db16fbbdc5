"""Card payments at a supervisor's desk: found by receipt code, plate or day. Reads only.

All of it is as central told it with the last exchange; what was asked here and has not reached
central yet is told apart. Any worker.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.city import DEFAULT_TIME_ZONE
from app.ports import AskedRefund, PaymentSearch
from app.post import Post
from app.words import _
from parking.clockface import day_bounds, local_day
from parking.errors import UserError
from parking.officer import Officer
from parking.plate import check_plate_text
from parking.refund import PaymentSummary
from parking.right import ParkingSession
from parking.terminal import Terminal

_CODE_START = "P-"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow:
    """Money that a supervisor asked for.

    Attributes:
        asker: Who did; None when not known here.
        sending: ``to_send``, ``sent``, ``refused``; empty when another desk made it.
        waits: Whether central waits for a second supervisor.
    """

    asked: AskedRefund
    asker: Officer | None
    sending: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment with what belongs to it, as far as it is known here.

    Attributes:
        right: The parking time that was bought; None for a ticket, or when it has not come yet.
        number: Of the ticket that was paid; empty for parking.
        terminal: Where it was paid.
        refunds: What was asked for, the oldest first.
    """

    summary: PaymentSummary
    right: ParkingSession | None = None
    number: str = ""
    terminal: Terminal | None = None
    refunds: tuple[RefundRow, ...] = ()

    @property
    def left_cents(self) -> int:
        """What can still be asked back: captured, less what went, waits, or is not sent yet."""
        known = self.summary
        asked = sum(
            each.asked.request.amount_cents for each in self.refunds if each.sending == "to_send"
        )
        gone = known.refunded_cents + known.waiting_cents + asked
        return max(0, known.captured_cents - gone)

    @property
    def waiting(self) -> RefundRow | None:
        """The request that waits for a second supervisor and that nobody here has decided."""
        return next((each for each in self.refunds if each.waits), None)


def find_payments(post: Post, text: str) -> tuple[PaymentSummary, ...]:
    """Find payments; those that a person must look at come first, then the newest.

    Args:
        post: This desk.
        text: A receipt code, a day such as ``2027-03-01`` or ``3/1/2027``, or a plate; empty for
            today and all that wait for a person.

    Raises:
        UserError: ``plate.*``, or ``find.day`` for a day that is none.
    """
    wanted = "".join(text.split()).upper()
    store = post.store
    if not wanted:
        tasks = store.payments(PaymentSearch(only_tasks=True))
        return _in_order((*tasks, *store.payments(_of_day(_today(post)))))
    if wanted.startswith(_CODE_START):
        return store.payments(PaymentSearch(reference=wanted))
    if (day := _day(wanted)) is not None:
        return _in_order(store.payments(_of_day(day)))
    return _in_order(store.payments(PaymentSearch(plate_key=check_plate_text(wanted))))


def one_payment(post: Post, payment_id: UUID) -> PaymentRow:
    """Return one payment with what belongs to it.

    Raises:
        UserError: ``payment.unknown``.
    """
    store = post.store
    summary = next(iter(store.payments(PaymentSearch(payment_id=payment_id))), None)
    if summary is None:
        raise UserError("payment.unknown", _("This payment is not known here."))
    people = {each.officer_id: each for each in store.officers()}
    terminals = {each.terminal_id: each for each in store.terminals()}
    ticket = None if summary.citation_id is None else store.citation(summary.citation_id)
    asked = store.refunds_of(payment_id)
    waiting = _waiting(summary, asked)
    return PaymentRow(
        summary=summary,
        right=store.sold_time(payment_id),
        number="" if ticket is None else ticket[0].number,
        terminal=terminals.get(summary.terminal_id),
        refunds=tuple(
            RefundRow(
                asked=each,
                asker=people.get(each.request.officer_id),
                sending=store.sending(each.request.refund_id),
                waits=each.request.refund_id in waiting,
            )
            for each in asked
        ),
    )


def _waiting(summary: PaymentSummary, asked: Iterable[AskedRefund]) -> set[UUID]:
    """Return the requests that wait at central: above the limit, so the largest undecided ones."""
    left, found = summary.waiting_cents, set()
    undecided = (
        each.request
        for each in asked
        if all(said.officer_id == each.request.officer_id for said in each.approvals)
    )
    for request in sorted(undecided, key=lambda each: -each.amount_cents):
        if request.amount_cents <= left:
            found.add(request.refund_id)
            left -= request.amount_cents
    return found


def _in_order(found: Iterable[PaymentSummary]) -> tuple[PaymentSummary, ...]:
    once = {each.payment_id: each for each in found}.values()
    newest = sorted(once, key=lambda each: each.made_utc, reverse=True)
    return tuple(sorted(newest, key=lambda each: not each.task))


def _today(post: Post) -> date:
    return local_day(post.clock.now().utc, DEFAULT_TIME_ZONE)


def _of_day(day: date) -> PaymentSearch:
    from_utc, until_utc = day_bounds(day, DEFAULT_TIME_ZONE)
    return PaymentSearch(from_utc=from_utc, until_utc=until_utc)


def _day(text: str) -> date | None:
    """Read ``2027-03-01`` or ``3/1/2027``; None when it is written like neither."""
    parts = text.split("/") if "/" in text else text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    one, two, three = (int(part[:4]) for part in parts)
    try:
        day = date(three, one, two) if "/" in text else date(one, two, three)
        return day if date(2000, 1, 1) <= day <= date(2999, 12, 31) - timedelta(1) else None
    except ValueError as error:
        raise UserError(
            "find.day", _("There is no such day. Write it like 2027-03-01 or 3/1/2027.")
        ) from error
