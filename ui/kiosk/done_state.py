"""What a driver reads after paying. Pure, any thread; no widgets."""

from dataclasses import dataclass
from datetime import datetime

from app.usecases.buy_parking import Offer
from app.words import _, ngettext
from parking.bill import Bill
from parking.money import usd
from parking.payment import Payment, PaymentState
from parking.plate import spaced
from ui.kiosk.phrases import clock_left, day_time
from ui.state_names import state_name
from ui.widgets.answer import AnswerKind
from ui.widgets.kiosk_pay import CountdownView
from ui.widgets.panels import LineView, ResultView
from ui.widgets.plate import PlateView


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneState:
    """The receipt screen.

    Attributes:
        paid: What was paid.
        until: Until when the car may stand, or which ticket was paid.
        panel: The answer with both.
        reference: The code of the payment.
        car: The plate that officers see.
        version: The rate that was applied; empty for a ticket.
        closing: What the countdown says.
        ring: The countdown.
    """

    paid: str
    until: str
    panel: ResultView
    reference: str
    car: PlateView
    car_lines: tuple[LineView, ...]
    version: str
    closing: str
    ring: CountdownView


def done_state(
    payment: Payment,
    offer: Offer,
    *,
    time_zone: str,
    now_utc: datetime,
    left_s: float,
    whole_s: float,
) -> DoneState:
    """Show a payment that went through.

    Args:
        payment: Approved.
        offer: What was paid for.
        time_zone: IANA name.
        now_utc: Now.
        left_s: Seconds until the screen closes.
        whole_s: Seconds it stays in all.
    """
    if isinstance(offer, Bill):
        means, until, version = _("Your ticket is paid"), offer.number, ""
    else:
        means = _("You may park until")
        until = day_time(payment.end_utc or offer.end_utc, time_zone, now_utc=now_utc)
        version = _("Rate {version}").format(version=offer.tariff_version)
    by_code = not payment.amount_cents
    words = _("Paid by your code") if by_code else _("Paid {price}")
    paid = words.format(price=usd(payment.amount_cents))
    seconds = max(0, round(left_s))
    return DoneState(
        paid=paid,
        until=until,
        panel=_panel(payment, paid, means, until),
        reference=payment.reference,
        car=_car(offer),
        car_lines=_car_lines(offer),
        version=version,
        closing=ngettext(
            "This screen closes in {n} second", "This screen closes in {n} seconds", seconds
        ).format(n=seconds),
        ring=CountdownView(share=left_s / max(1.0, whole_s), words=clock_left(left_s)),
    )


def _panel(payment: Payment, paid: str, means: str, until: str) -> ResultView:
    lines = [
        LineView(text=paid, use="kiosk.hero"),
        LineView(text=means),
        LineView(text=until, use="kiosk.panel"),
    ]
    if payment.card:
        captured = payment.state is PaymentState.CAPTURED
        words = _("Card ending {last4} was charged once.")
        if not captured:
            words = _("Card ending {last4} is charged once.")
        lines.append(LineView(text=words.format(last4=payment.card.split()[-1])))
    return ResultView(kind=AnswerKind.PAID, lines=tuple(lines))


def _car(offer: Offer) -> PlateView:
    number = spaced(offer.plate, offer.plate_state)
    return PlateView(number=number, state=state_name(offer.plate_state))


def _car_lines(offer: Offer) -> tuple[LineView, ...]:
    if isinstance(offer, Bill):
        return (
            LineView(text=offer.violation, use="kiosk.strong"),
            LineView(text=_("The city sees that this ticket is paid. You need no paper.")),
        )
    number = spaced(offer.plate, offer.plate_state)
    return (
        LineView(text=_("Stored for {plate}").format(plate=number), use="kiosk.strong"),
        LineView(text=_("Nothing to put on the dashboard. Officers see your plate.")),
    )
