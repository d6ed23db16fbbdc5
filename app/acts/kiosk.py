"""What a driver can do at a pay station. Made once per terminal; methods from any thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.lanes import Lane, Task, Ticket, reading, saving
from app.ports import Central, Printer, PrintOutcome, Secrets
from app.post import OnStore, Post
from app.usecases import buy_parking, send_receipt
from app.usecases.check_paper import check_paper
from app.usecases.check_plate import fresh_zone
from app.usecases.write_slip import WrittenSlip, print_slip, write_slip
from app.words import _
from parking.bill import Bill
from parking.errors import UnavailableError
from parking.notification import Channel, FoundReceipt, ReceiptQueued
from parking.payment import Payment, Quote, Told
from parking.tariff import Tariff
from parking.terminal import Terminal
from parking.zone import Zone

T = TypeVar("T")
_ASK_S = 20.0
_FOLLOW_S = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Where this pay station stands and what parking costs there."""

    terminal: Terminal
    zone: Zone
    tariff: Tariff


class KioskActs:
    """A driver's use cases, bound to this pay station."""

    def __init__(
        self,
        post: Post,
        central: Central,
        on_store: OnStore,
        *,
        printer: Printer,
        secrets: Secrets,
        heard: Callable[[Told], None] | None = None,
    ) -> None:
        """Bind them.

        Args:
            post: This pay station.
            central: Gives prices and takes orders.
            on_store: Runs writes.
            printer: For receipts.
            secrets: Holds the key that slips are signed with.
            heard: Takes what central says of each payment; None for nobody.
        """
        self._post = post
        self._heard = heard or (lambda _told: None)
        self._printer = printer
        self._secrets = secrets
        self._central = central
        self._on_store = on_store
        self._wishes = send_receipt.Wishes()

    def lot(self) -> Task[Lot]:
        """Return zone and rate; ``UnavailableError`` before the first exchange with central."""

        def work() -> Lot:
            store, terminal = self._post.store, self._post.terminal
            if not terminal.zone_id or store.zone(terminal.zone_id) is None:
                raise UnavailableError(
                    "kiosk.starting",
                    _("This pay station has not heard its prices yet. Wait a moment."),
                    retry_safe=True,
                )
            zone = fresh_zone(store, terminal.zone_id)
            tariff = store.tariff(zone.tariff_id)
            if tariff is None:
                raise UnavailableError(
                    "kiosk.starting",
                    _("This pay station has not heard its prices yet. Wait a moment."),
                    retry_safe=True,
                )
            return Lot(terminal=terminal, zone=zone, tariff=tariff)

        return reading("lot", work)

    def quote(self, plate: str, state: str, minutes: int, code: str = "") -> Task[Quote]:
        """Ask central for the price of some time, of which a validation code may pay a part."""
        return _ask(
            "quote",
            lambda: buy_parking.price_of(
                self._post, self._central, plate=plate, state=state, minutes=minutes, code=code
            ),
        )

    def ticket(self, number: str) -> Task[Bill | None]:
        """Find a ticket by its number; None when the city has none of it."""
        return _ask("ticket", lambda: buy_parking.bill_of(self._central, number=number))

    def tickets(self, plate: str, state: str) -> Task[tuple[Bill, ...]]:
        """Find the tickets of a plate with something to pay, the oldest first."""
        return _ask(
            "tickets", lambda: buy_parking.bills_of(self._central, plate=plate, state=state)
        )

    def ticket_photo(self, bill: Bill) -> Task[bytes]:
        """Fetch the small picture of what a ticket is about, a JPEG."""
        return _ask("ticket_photo", lambda: self._central.bill_photo(bill.bill_id))

    def buy(self, offer: buy_parking.Offer) -> Task[Payment]:
        """Order what was shown; the reader asks for the card."""

        def work() -> Payment:
            payment = buy_parking.buy(self._post, self._central, self._on_store, offer)
            self._heard(payment.told)
            return payment

        return _ask("buy", work)

    def follow(self, payment: Payment) -> Task[Payment]:
        """Wait up to 25 s for news of the payment; ask again until it is final."""

        def work(ticket: Ticket) -> Payment:
            told = buy_parking.follow(
                self._post,
                self._central,
                self._on_store,
                payment_id=payment.payment_id,
                wait_s=buy_parking.LONGEST_WAIT_S,
            )
            self._heard(told.told)
            if told == payment:
                # Central is away: do not ask it in a circle without pause.
                ticket.pause(1.0)
            return told

        return Task(name="follow", lane=Lane.IO, deadline_s=_FOLLOW_S, work=work)

    def cancel(self, payment: Payment) -> Task[Payment]:
        """Ask to cancel; the answer says what came of it."""
        return _ask("cancel", lambda: self._asked(buy_parking.cancel, payment))

    def present_again(self, payment: Payment) -> Task[Payment]:
        """Ask for another card after a decline."""
        return _ask("present_again", lambda: self._asked(buy_parking.present_again, payment))

    def print_receipt(self, payment: Payment) -> Task[PrintOutcome]:
        """Print the receipt of an approved payment."""

        def work() -> PrintOutcome:
            check_paper(self._printer)
            return buy_parking.print_receipt(
                self._post, self._printer, payment_id=payment.payment_id
            )

        return _ask("print_receipt", work)

    def receipt_channels(self) -> Task[tuple[Channel, ...]]:
        """Return the ways by which a receipt can be sent now; the screen hides the others."""
        return _ask("receipt_channels", lambda: send_receipt.receipt_channels(self._central))

    def send_receipt(self, payment: Payment, channel: Channel, address: str) -> Task[ReceiptQueued]:
        """Have the receipt of an approved payment sent; once, however often it is asked."""
        return _ask(
            "send_receipt",
            lambda: send_receipt.send_receipt(
                self._post,
                self._central,
                self._wishes,
                payment_id=payment.payment_id,
                to=(channel, address),
            ),
        )

    def find_receipt(self, code: str) -> Task[FoundReceipt]:
        """Find a receipt by its code."""
        return _ask("find_receipt", lambda: send_receipt.find_receipt(self._central, code=code))

    def print_found(self, found: FoundReceipt) -> Task[PrintOutcome]:
        """Print a receipt that was found."""

        def work() -> PrintOutcome:
            check_paper(self._printer)
            return send_receipt.print_found(self._printer, found)

        return _ask("print_found", work)

    def slip(self, plate: str, state: str, cause: str) -> Task[WrittenSlip]:
        """Store and print that a driver could not pay here."""

        def work() -> WrittenSlip:
            slip = write_slip(self._post, self._on_store, plate=plate, state=state, cause=cause)
            return print_slip(self._post, self._secrets, self._printer, slip)

        return _ask("slip", work)

    def unfinished(self) -> Task[buy_parking.OpenPayment | None]:
        """Return the payment that a stop of this pay station interrupted."""
        return reading("unfinished", lambda: buy_parking.open_payment(self._post.store))

    def finish(self, payment: Payment) -> Task[None]:
        """Forget a final payment: the driver has gone."""
        store, payment_id = self._post.store, payment.payment_id

        def work() -> None:
            buy_parking.finish(store, payment_id=payment_id)
            self._wishes.forget()

        return saving("finish", work)

    def _asked(self, act: Callable[..., Payment], payment: Payment) -> Payment:
        told = act(self._post, self._central, self._on_store, payment_id=payment.payment_id)
        self._heard(told.told)
        return told


def _ask(name: str, work: Callable[[], T]) -> Task[T]:
    return Task(name=name, lane=Lane.IO, deadline_s=_ASK_S, work=lambda _ticket: work())
