"""What a driver reads after paying. Pure, any thread; no widgets."""

from dataclasses import dataclass
from datetime import datetime

from app.words import _, ngettext
from parking.money import usd
from parking.payment import Payment, PaymentState, Quote
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
        until: Until when the car may stand.
        panel: The answer with both.
        reference: The code of the payment.
        car: The plate that officers see.
        version: The rate that was applied.
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
    quote: Quote,
    *,
    time_zone: str,
    now_utc: datetime,
    left_s: float,
    whole_s: float,
) -> DoneState:
    """Show a payment that went through.

    Args:
        payment: Approved.
        quote: What was bought.
        time_zone: IANA name.
        now_utc: Now.
        left_s: Seconds until the screen closes.
        whole_s: Seconds it stays in all.
    """
    until = day_time(payment.end_utc or quote.end_utc, time_zone, now_utc=now_utc)
    paid = _("Paid {price}").format(price=usd(payment.amount_cents))
    seconds = max(0, round(left_s))
    return DoneState(
        paid=paid,
        until=until,
        panel=_panel(payment, paid, until),
        reference=payment.reference,
        car=_car(quote),
        car_lines=_car_lines(quote),
        version=_("Rate {version}").format(version=quote.tariff_version),
        closing=ngettext(
            "This screen closes in {n} second", "This screen closes in {n} seconds", seconds
        ).format(n=seconds),
        ring=CountdownView(share=left_s / max(1.0, whole_s), words=clock_left(left_s)),
    )


def _panel(payment: Payment, paid: str, until: str) -> ResultView:
    lines = [
        LineView(text=paid, use="kiosk.hero"),
        LineView(text=_("You may park until")),
        LineView(text=until, use="kiosk.panel"),
    ]
    if payment.card:
        captured = payment.state is PaymentState.CAPTURED
        words = _("Card ending {last4} was charged once.")
        if not captured:
            words = _("Card ending {last4} is charged once.")
        lines.append(LineView(text=words.format(last4=payment.card.split()[-1])))
    return ResultView(kind=AnswerKind.PAID, lines=tuple(lines))


def _car(quote: Quote) -> PlateView:
    number = spaced(quote.plate, quote.plate_state)
    return PlateView(number=number, state=state_name(quote.plate_state))


def _car_lines(quote: Quote) -> tuple[LineView, ...]:
    number = spaced(quote.plate, quote.plate_state)
    return (
        LineView(text=_("Stored for {plate}").format(plate=number), use="kiosk.strong"),
        LineView(text=_("Nothing to put on the dashboard. Officers see your plate.")),
    )
