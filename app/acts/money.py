"""Card payments at a desk. Made once per terminal; methods from any thread."""

from uuid import UUID

from app.lanes import Task, reading, saving
from app.on_duty import OnDuty
from app.post import Post
from app.usecases.payments import PaymentRow, find_payments, one_payment
from app.usecases.refund import ask_refund, decide_refund
from parking.refund import PaymentSummary


class MoneyActs:
    """What a supervisor sees of card payments, and gives back.

    Args:
        post: This desk.
        on_duty: Who works here.
    """

    def __init__(self, post: Post, on_duty: OnDuty) -> None:
        self._post = post
        self._on_duty = on_duty

    def payments(self, text: str) -> Task[tuple[PaymentSummary, ...]]:
        """Find payments by receipt code, plate or day; see ``find_payments``."""
        return reading("payments", lambda: find_payments(self._post, text))

    def payment(self, payment_id: UUID) -> Task[PaymentRow]:
        """Return one payment with what belongs to it."""
        return reading("payment", lambda: one_payment(self._post, payment_id))

    def ask_refund(
        self, payment_id: UUID, amount_cents: int, reason_code: str, text: str, ends_right: bool
    ) -> Task[None]:
        """Ask central to give money back; see ``ask_refund``."""

        def work() -> None:
            ask_refund(
                self._post,
                self._on_duty.need(),
                payment_id=payment_id,
                amount_cents=amount_cents,
                reason_code=reason_code,
                text=text,
                ends_right=ends_right,
            )

        return saving("ask_refund", work)

    def decide_refund(self, refund_id: UUID, approved: bool, text: str) -> Task[None]:
        """Confirm or refuse what another supervisor asked for; see ``decide_refund``."""

        def work() -> None:
            duty = self._on_duty.need()
            decide_refund(self._post, duty, refund_id=refund_id, approved=approved, text=text)

        return saving("decide_refund", work)
