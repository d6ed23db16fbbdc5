"""What is said while nobody knows the outcome of a payment. Pure, any thread; no widgets."""

from dataclasses import dataclass

from app.usecases.buy_parking import Offer
from app.words import _
from parking.bill import Bill
from parking.clockface import am_pm, day_date, local_day
from parking.ids import uuid7_utc
from parking.money import usd
from parking.payment import Payment
from parking.plate import spaced
from ui.kiosk.parts import FactView
from ui.widgets.answer import AnswerKind
from ui.widgets.panels import LineView, ResultView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckingState:
    """The checking screen.

    Attributes:
        reference: The code a driver keeps; while central gave none, where and when it was.
        reference_title: What the reference is.
        detail: Amount, plate and time of the payment.
    """

    title: str
    sub: str
    panel: ResultView
    facts: tuple[FactView, ...]
    reference_title: str
    reference: str
    detail: str


def checking_state(
    payment: Payment, offer: Offer, *, station: str, time_zone: str
) -> CheckingState:
    """Say that the bank is asked, that nobody must pay again, and what follows in either case.

    Args:
        payment: As last told.
        offer: What is paid for.
        station: Name of the pay station.
        time_zone: IANA name.
    """
    plate = spaced(offer.plate, offer.plate_state)
    through = _through(offer, plate, time_zone)
    ordered_utc = uuid7_utc(payment.payment_id)
    day = day_date(local_day(ordered_utc, time_zone), _=_)
    at = f"{day}, {am_pm(ordered_utc, time_zone)}"
    return CheckingState(
        title=_("Checking with the bank"),
        sub=_("This can take a minute."),
        panel=ResultView(
            kind=AnswerKind.CANNOT_KNOW,
            mark=Mark.CAUTION,
            block_px=0,
            lines=(
                LineView(text=_("Do not pay again"), use="kiosk.title"),
                LineView(text=_("We are checking with the bank what happened.")),
            ),
        ),
        facts=_facts(through, payment),
        reference_title=_("Your reference") if payment.reference else _("Remember this"),
        reference=payment.reference or _("Pay station {name}").format(name=station),
        detail=" · ".join((usd(payment.amount_cents), plate, at)),
    )


def _through(offer: Offer, plate: str, time_zone: str) -> str:
    if isinstance(offer, Bill):
        words = _("Ticket {number} counts as paid. No paper is needed.")
        return words.format(number=offer.number)
    words = _("Your parking counts from {time} for {plate}. No paper is needed.")
    return words.format(time=am_pm(offer.start_utc, time_zone), plate=plate)


def _facts(through: str, payment: Payment) -> tuple[FactView, ...]:
    keep = _("Keep your reference: it finds this payment.")
    if not payment.reference:
        keep = _("Remember this pay station and the time: they find this payment.")
    return (
        FactView(mark=Mark.OK, heading=_("If the payment went through"), text=through),
        FactView(
            mark=Mark.OFF,
            heading=_("If it did not go through"),
            text=_(
                "You are not charged. If your card shows a pending amount, your bank releases it."
            ),
        ),
        FactView(mark=Mark.INFO, heading=_("You may leave"), text=keep),
    )
