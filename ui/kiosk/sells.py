"""What the screens of a pay station ask of the terminal (``app.acts.kiosk.KioskActs``)."""

from typing import Protocol

from app.acts.kiosk import Lot
from app.lanes import Task
from app.ports import PrintOutcome
from app.usecases.buy_parking import OpenPayment
from parking.payment import Payment, Quote


class SellsTime(Protocol):
    """Makes tasks; nothing happens before one is started. GUI thread."""

    def lot(self) -> Task[Lot]:
        """Find zone and rate."""
        ...

    def quote(self, plate: str, state: str, minutes: int) -> Task[Quote]:
        """Ask central for a price."""
        ...

    def buy(self, quote: Quote) -> Task[Payment]:
        """Order what was quoted."""
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

    def unfinished(self) -> Task[OpenPayment | None]:
        """Find the payment that a stop interrupted."""
        ...

    def finish(self, payment: Payment) -> Task[None]:
        """Forget a final payment."""
        ...
