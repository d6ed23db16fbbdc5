"""Wires card payments of one process: Stripe, book, workers, watch."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from central.database import Database
from central.payments.advance import Advancer
from central.payments.book import Book
from central.payments.goods import StoreRight, check_wanted, shelf
from central.payments.processor import Processor
from central.payments.row import PaymentRow
from central.payments.watch import PaymentWatch
from central.payments.worker import LOOK_EVERY_S, PaymentWorkers
from central.problems import RefusedError
from central.refunds.desk import RefundDesk
from central.settings import Settings
from parking.clock import Clock
from parking.errors import UserError
from parking.payment import PaymentOrder
from parking.terminal import Terminal
from sync.records import check


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDesk:
    """What the payment routes reach.

    Attributes:
        refunds: What gives money back; ``workers.running`` runs it.
        processor: Stripe.
        live: True when the Stripe key is a live one; webhooks of the other mode are refused.
        secrets: Webhook secrets, any of which may sign.
    """

    book: Book
    workers: PaymentWorkers
    watch: PaymentWatch
    refunds: RefundDesk
    processor: Processor
    live: bool
    secrets: tuple[str, ...]

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to move payments; unfinished ones of before are due by themselves."""
        self.watch.bind(loop)
        self.workers.start()

    def stop(self) -> None:
        """Finish the steps under way."""
        self.workers.stop()

    def wake(self, payment_id: UUID) -> None:
        """Look at a payment now, also if a worker is at it already. Blocks for one short write."""
        self.book.wake(payment_id)
        self.workers.wake(payment_id)


def payment_desk(
    database: Database,
    clock: Clock,
    settings: Settings,
    store_right: StoreRight,
    *,
    pace: float = 1.0,
) -> PaymentDesk:
    """Wire the parts; nothing moves before ``start``. ``pace`` multiplies every wait."""
    watch = PaymentWatch()
    book = Book(database, clock, goods=shelf(store_right), moved=watch.moved)
    processor = Processor(settings.stripe_key, api_url=settings.stripe_api_base or None)
    return PaymentDesk(
        book=book,
        workers=PaymentWorkers(
            book,
            Advancer(book, processor, clock, pace=pace),
            look_every_s=LOOK_EVERY_S * pace,
        ),
        watch=watch,
        refunds=RefundDesk(
            database=database,
            book=book,
            stripe=processor,
            clock=clock,
            limit_cents=settings.refund_limit_cents,
        ),
        processor=processor,
        live="_live_" in settings.stripe_key,
        secrets=settings.stripe_webhook_secrets,
    )


def open_payment(desk: PaymentDesk, terminal: Terminal, order: PaymentOrder) -> PaymentRow:
    """Start a payment, or find it again by its id.

    Opens transactions of its own: the caller must hold none, or many callers at once would take
    every connection and wait for one more.

    Raises:
        RefusedError: As ``check_wanted``; 403 ``reader.not_yours``.
        UserError: As ``Book.open``; ``payment.no_cards`` while Stripe cannot be used.
    """
    check(order)
    known = desk.book.read(order.payment_id)
    if known is not None and known.terminal_id == terminal.terminal_id:
        return known
    wanted = check_wanted(
        desk.book.wanted(order),
        terminal_id=terminal.terminal_id,
        shown_cents=order.shown_price_cents,
    )
    if not wanted.amount_cents:
        return desk.book.open(order, wanted, terminal_id=terminal.terminal_id, reader_id="")
    reader_id = order.reader_id or terminal.reader_id
    if not reader_id or reader_id != terminal.reader_id:
        raise RefusedError(403, "reader.not_yours", "This terminal has no such card reader.")
    if desk.processor.pulse.down:
        raise UserError(
            "payment.no_cards",
            "Cards cannot be taken at the moment.",
            action="Use another way to pay, or try again later.",
        )
    row = desk.book.open(order, wanted, terminal_id=terminal.terminal_id, reader_id=reader_id)
    desk.workers.wake(row.payment_id)
    return row
