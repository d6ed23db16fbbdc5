"""Pay by card, for parking time or a ticket: order, card, and an end never guessed. I/O lane.

The payment's id is stored before the first request, so the same order after a cut or a restart
is the same payment. An outcome nobody knows is a value: ``Told.CHECKING``. Source: PAYMENTS.md 4.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from app.city import DEFAULT_TIME_ZONE, city_name
from app.ports import Central, Printer, PrintOutcome, Store
from app.post import OnStore, Post
from app.usecases.check_plate import check_state, fresh_zone
from app.words import _
from parking.bill import Bill, BillRequest
from parking.errors import BugError, UnavailableError, UserError
from parking.ids import uuid7
from parking.numbers import read_citation_number
from parking.payment import (
    Payment,
    PaymentOrder,
    PaymentPurpose,
    PaymentState,
    Quote,
    QuoteRequest,
    Told,
)
from parking.plate import check_plate_text
from parking.receipt import BillSale, Line, Sale, bill_lines, sale_lines

Offer = Quote | Bill
"""What a driver is shown with its amount before the card: time, or a ticket."""
OPEN_PAYMENT = "open_payment"
LONGEST_WAIT_S = 25
FINAL = frozenset({Told.APPROVED, Told.CANCELED})
"""What cannot change any more; ``DECLINED`` can: another card may be presented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPayment:
    """A payment this pay station has begun.

    Attributes:
        order: As sent.
        quote: The time that the driver was shown; None for a ticket.
        bill: The ticket that the driver was shown; None for time.
        last: What central last said.
        told_utc: When it said so.
    """

    order: PaymentOrder
    quote: Quote | None = None
    bill: Bill | None = None
    last: Payment
    told_utc: datetime

    @property
    def offer(self) -> Offer:
        """What the driver was shown."""
        shown = self.quote or self.bill
        if shown is None:
            raise BugError("a payment that has begun names what it is for")
        return shown


def price_of(
    post: Post, central: Central, *, plate: str, state: str, minutes: int, code: str = ""
) -> Quote:
    """Ask central for the price; it is shown before the card is asked for.

    Args:
        post: This pay station.
        central: Gives the price.
        plate: As entered.
        state: Two-letter code, ``XX`` for elsewhere.
        minutes: Wanted time.
        code: A validation code as it was scanned or typed; empty for none.

    Raises:
        UserError: ``plate.*``, ``kiosk.zone``, or central's sentence (nothing sold now, or why
            the code pays nothing).
        UnavailableError: Central cannot be reached, or ``clock.unsure``: no card is asked for.
    """
    key = check_plate_text(plate)
    check_state(state)
    if not post.terminal.zone_id:
        raise UserError("kiosk.zone", _("This pay station belongs to no zone yet. Call for help."))
    _check_clock(post)
    return central.quote(
        QuoteRequest(
            zone_id=post.terminal.zone_id,
            plate=key,
            plate_state=state,
            minutes=minutes,
            code=code.strip(),
        )
    )


def _check_clock(post: Post) -> None:
    """Sell no time while nobody can say when it begins and ends (RULES 18)."""
    zone = post.store.zone(post.terminal.zone_id)
    if zone is not None and post.clock.now().uncertainty_ms > zone.uncertainty_limit_ms:
        raise UnavailableError(
            "clock.unsure",
            _("This pay station is not sure of the time and sells none until it is."),
            retry_safe=True,
        )


def bill_of(central: Central, *, number: str) -> Bill | None:
    """Find a ticket by its number, None when the city has none of it.

    Raises:
        UserError: ``number.*``: it is no number of a ticket, or a digit is wrong.
        UnavailableError: Central cannot be reached.
    """
    read_citation_number(number)
    return next(iter(central.bills(BillRequest(number=number)).bills), None)


def bills_of(central: Central, *, plate: str, state: str) -> tuple[Bill, ...]:
    """Find the tickets of a plate with something to pay, the oldest first; at most 20.

    Raises:
        UserError: ``plate.*``.
        UnavailableError: Central cannot be reached.
    """
    key = check_plate_text(plate)
    check_state(state)
    return central.bills(BillRequest(plate=key, plate_state=state)).bills


def buy(post: Post, central: Central, on_store: OnStore, offer: Offer) -> Payment:
    """Order what was shown; the reader then asks for the card.

    Returns:
        The payment as central tells it; ``CHECKING`` when its answer did not come.

    Raises:
        UserError: ``payment.open`` when another is not finished, ``quote.expired``, or central's
            refusal; then nothing was charged.
        UnavailableError: ``clock.unsure`` for time; nothing was charged.
    """
    if isinstance(offer, Quote):
        _check_clock(post)
    if open_payment(post.store) is not None:
        raise UserError("payment.open", _("A payment is still being checked. Do not pay again."))
    now = post.clock.now().utc
    if now >= offer.expires_utc:
        raise UserError("quote.expired", _("This price is old. Look at the price again."))
    begun = _begun(offer, post.terminal.reader_id, now)
    on_store("keep_payment", lambda: _keep(post.store, begun))
    try:
        payment = _ordered(post, central, on_store, begun)
    except UnavailableError:
        return replace(begun.last, told=Told.CHECKING)
    return _told(post, on_store, begun, payment)


def follow(
    post: Post, central: Central, on_store: OnStore, *, payment_id: UUID, wait_s: int
) -> Payment:
    """Wait for news of the open payment.

    Args:
        post: This pay station.
        central: Answers when the state changed or the wait is over.
        on_store: Runs writes.
        payment_id: Which one.
        wait_s: Longest wait in seconds, up to 25.

    Returns:
        What is known; ``CHECKING`` while central cannot be reached.

    Raises:
        UserError: ``payment.none``; or central's refusal of an order it never had.
    """
    begun = _open(post.store, payment_id)
    try:
        if begun.last.version == 0:
            payment = _ordered(post, central, on_store, begun)
        else:
            payment = central.payment(
                payment_id, version=begun.last.version, wait_s=min(wait_s, LONGEST_WAIT_S)
            )
    except UnavailableError:
        return replace(begun.last, told=Told.CHECKING)
    return _told(post, on_store, begun, payment)


def cancel(post: Post, central: Central, on_store: OnStore, *, payment_id: UUID) -> Payment:
    """Ask to cancel; the answer says what came of it, which may be a payment that went through.

    Raises:
        UserError: ``payment.none``.
    """
    begun = _open(post.store, payment_id)
    try:
        if begun.last.version == 0:
            # The order may still be on its way: only once central has it can it be cancelled.
            _ordered(post, central, on_store, begun)
        payment = central.cancel_payment(payment_id)
    except UnavailableError:
        return replace(begun.last, told=Told.CHECKING)
    return _told(post, on_store, begun, payment)


def present_again(post: Post, central: Central, on_store: OnStore, *, payment_id: UUID) -> Payment:
    """Ask for another card after a decline.

    Raises:
        UserError: ``payment.none``.
    """
    begun = _open(post.store, payment_id)
    try:
        payment = central.present_again(payment_id)
    except UnavailableError:
        return replace(begun.last, told=Told.CHECKING)
    return _told(post, on_store, begun, payment)


def print_receipt(post: Post, printer: Printer, *, payment_id: UUID) -> PrintOutcome:
    """Print the receipt of an approved payment. I/O lane.

    Raises:
        UserError: ``payment.none``, ``payment.not_paid``.
        UnavailableError: ``printer.unavailable``; the right stands, the plate is what counts.
    """
    begun = _open(post.store, payment_id)
    if begun.last.told is not Told.APPROVED:
        raise UserError("payment.not_paid", _("There is no receipt before the payment is sure."))
    reference = begun.last.reference
    return printer.print_ticket(
        reference or str(payment_id), _receipt_lines(post, begun), qr=reference
    )


def _receipt_lines(post: Post, begun: OpenPayment) -> tuple[Line, ...]:
    offer = begun.offer
    if isinstance(offer, Bill):
        paid = BillSale(
            city=city_name(),
            station=post.terminal.name,
            time_zone=_time_zone(post),
            bill=offer,
            payment=begun.last,
            paid_utc=begun.told_utc,
        )
        return bill_lines(paid, _=_)
    sale = Sale(
        city=city_name(),
        station=post.terminal.name,
        zone=fresh_zone(post.store, offer.zone_id),
        quote=offer,
        payment=begun.last,
        paid_utc=begun.told_utc,
    )
    return sale_lines(sale, _=_)


def _time_zone(post: Post) -> str:
    zone = post.store.zone(post.terminal.zone_id) if post.terminal.zone_id else None
    return DEFAULT_TIME_ZONE if zone is None else zone.time_zone


def finish(store: Store, *, payment_id: UUID) -> None:
    """Forget the payment, the driver has gone; twice does no harm. Store lane.

    Raises:
        UserError: ``payment.open`` while the outcome is not known.
    """
    begun = open_payment(store)
    if begun is None or begun.order.payment_id != payment_id:
        return
    if begun.last.told not in FINAL:
        raise UserError("payment.open", _("The payment is still being checked. Do not pay again."))
    store.keep_setting(OPEN_PAYMENT, None)


def open_payment(store: Store) -> OpenPayment | None:
    """Return the payment this pay station has not finished, e.g. after a power cut."""
    data = store.setting(OPEN_PAYMENT)
    return None if data is None else msgspec.json.decode(data, type=OpenPayment)


def _open(store: Store, payment_id: UUID) -> OpenPayment:
    begun = open_payment(store)
    if begun is None or begun.order.payment_id != payment_id:
        raise UserError("payment.none", _("No payment is open at this pay station."))
    return begun


def _ordered(post: Post, central: Central, on_store: OnStore, begun: OpenPayment) -> Payment:
    """Send the order; sent again, the same id is the same payment. Refused, it is forgotten."""
    try:
        return central.put_payment(begun.order)
    except UserError:
        on_store("drop_payment", lambda: post.store.keep_setting(OPEN_PAYMENT, None))
        raise


def _told(post: Post, on_store: OnStore, begun: OpenPayment, payment: Payment) -> Payment:
    """Keep what central said if it is newer; versions only grow."""
    if payment.version <= begun.last.version and begun.last.version:
        return begun.last
    newer = replace(begun, last=payment, told_utc=post.clock.now().utc)
    on_store("keep_payment", lambda: _keep(post.store, newer))
    return payment


def _keep(store: Store, begun: OpenPayment) -> None:
    store.keep_setting(OPEN_PAYMENT, msgspec.json.encode(begun))


def _begun(offer: Offer, reader_id: str, now: datetime) -> OpenPayment:
    bill = offer if isinstance(offer, Bill) else None
    quote = None if isinstance(offer, Bill) else offer
    order = PaymentOrder(
        payment_id=uuid7(now),
        quote_id=offer.bill_id if isinstance(offer, Bill) else offer.quote_id,
        shown_price_cents=amount_cents(offer),
        reader_id=reader_id,
        purpose=PaymentPurpose.CITATION if bill else PaymentPurpose.PARKING,
    )
    last = Payment(
        payment_id=order.payment_id,
        state=PaymentState.CREATED,
        told=Told.WAITING,
        amount_cents=order.shown_price_cents,
        reference="",
        purpose=order.purpose,
    )
    return OpenPayment(order=order, quote=quote, bill=bill, last=last, told_utc=now)


def amount_cents(offer: Offer) -> int:
    """Return what is charged for an offer."""
    return offer.amount_cents if isinstance(offer, Bill) else offer.price_cents
