"""A screen with an open payment: it follows what central says until that is final.

Owner thread: the GUI thread. No screen decides that something is paid: it shows what it is told.
"""

from app.usecases.buy_parking import FINAL, Offer
from parking.bill import Bill
from parking.errors import BugError, ParkingError, UserError
from parking.payment import Payment, Told
from ui.kiosk.errand import Errand
from ui.kiosk.page import HOME, KioskScreen

CARD, CHECKING, DONE, NO_CARD = "kiosk_card", "kiosk_checking", "kiosk_done", "kiosk_no_card"


def screen_for(payment: Payment) -> str:
    """Return which screen tells a driver about a payment."""
    return {Told.APPROVED: DONE, Told.CHECKING: CHECKING}.get(payment.told, CARD)


def newer(known: Payment | None, told: Payment) -> bool:
    """Tell whether an answer says something new; answers may arrive in any order."""
    if known is None or known.payment_id != told.payment_id:
        return True
    return told.version > known.version or (
        told.version == known.version and told.told is not known.told
    )


class PaymentScreen(KioskScreen):
    """A screen that shows one payment, and the price or the bill it is for, and follows it."""

    _payment: Payment | None = None
    _quote: Offer | None = None

    def errand(self) -> Errand:
        """What is paid for."""
        return Errand.TICKET if isinstance(self._quote, Bill) else Errand.PARK

    def may_forget(self) -> bool:
        """An open payment is never forgotten."""
        return False

    def left(self) -> None:
        """Forget the payment: the next screen has it."""
        self._payment = self._quote = None

    def told(self, payment: Payment) -> None:
        """Central said something new; by default the right screen shows it."""
        target = screen_for(payment)
        if target != self.name:
            self.go(target, payment=payment, quote=self._quote)
        else:
            self.refresh()

    def refused(self, error: UserError) -> None:
        """Central refused an order it never had: nothing was charged."""
        self.show_error(error)

    def follow(self) -> None:
        """Wait for news, unless nothing more can come."""
        if self._payment is not None and self._payment.told not in FINAL:
            self.ask(self._kiosk.follow(self._payment), self.take, failed=self._on_lost)

    def take(self, payment: Payment) -> None:
        """Take what central said and go on waiting."""
        if newer(self._payment, payment):
            self._payment = payment
            self.close_help()
            self.told(payment)
        self.follow()

    def end(self, *, then: str = HOME, **values: object) -> None:
        """Forget the final payment on this pay station, then show another screen."""
        payment = self._payment
        if payment is None or payment.told not in FINAL:
            self.go(then, **values)
            return
        self.ask(self._kiosk.finish(payment), lambda _none: self.go(then, **values))

    def _on_lost(self, error: ParkingError) -> None:
        """Following failed: an order central never had is over; all else is asked again."""
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UserError) and self._is_new():
            self.refused(error)

    def _is_new(self) -> bool:
        return self._payment is not None and self._payment.version == 0
