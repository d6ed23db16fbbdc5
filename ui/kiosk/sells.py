"""What the screens of a pay station ask of the terminal (``app.acts.kiosk.KioskActs``)."""

from typing import Protocol

from app.acts.kiosk import Lot
from app.lanes import Task
from app.ports import PrintOutcome
from app.usecases.buy_parking import Offer, OpenPayment
from app.usecases.write_slip import WrittenSlip
from parking.bill import Bill
from parking.notification import Channel, FoundReceipt, ReceiptQueued
from parking.payment import Payment, Quote


class SellsTime(Protocol):
    """Makes tasks; nothing happens before one is started. GUI thread."""

    def lot(self) -> Task[Lot]:
        """Find zone and rate."""
        ...

    def quote(self, plate: str, state: str, minutes: int, code: str = "") -> Task[Quote]:
        """Ask central for a price."""
        ...

    def ticket(self, number: str) -> Task[Bill | None]:
        """Find a ticket by its number."""
        ...

    def tickets(self, plate: str, state: str) -> Task[tuple[Bill, ...]]:
        """Find what is to pay for a plate."""
        ...

    def ticket_photo(self, bill: Bill) -> Task[bytes]:
        """Fetch a small picture of what a ticket is about."""
        ...

    def buy(self, offer: Offer) -> Task[Payment]:
        """Order what was shown."""
        ...

    def follow(self, payment: Payment) -> Task[Payment]:
        """Wait for news of the payment."""
        ...

    def cancel(self, payment: Payment) -> Task[Payment]:
        """Ask to cancel."""
        ...

    def present_again(self, payment: Payment) -> Task[Payment]:
        """Ask for another card."""
        ...

    def print_receipt(self, payment: Payment) -> Task[PrintOutcome]:
        """Print what was paid."""
        ...

    def slip(self, plate: str, state: str, cause: str) -> Task[WrittenSlip]:
        """Store and print that a driver could not pay here."""
        ...

    def receipt_channels(self) -> Task[tuple[Channel, ...]]:
        """Find the ways by which a receipt can be sent."""
        ...

    def send_receipt(self, payment: Payment, channel: Channel, address: str) -> Task[ReceiptQueued]:
        """Have a receipt sent."""
        ...

    def find_receipt(self, code: str) -> Task[FoundReceipt]:
        """Find a receipt by its code."""
        ...

    def print_found(self, found: FoundReceipt) -> Task[PrintOutcome]:
        """Print a receipt that was found."""
        ...

    def unfinished(self) -> Task[OpenPayment | None]:
        """Find the payment that a stop interrupted."""
        ...

    def finish(self, payment: Payment) -> Task[None]:
        """Forget a final payment."""
        ...
