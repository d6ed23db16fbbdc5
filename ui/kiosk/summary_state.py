"""What is bought, in one look before the card. Pure, any thread; no widgets."""

from dataclasses import dataclass
from datetime import datetime

from app.acts.kiosk import Lot
from app.words import _
from parking.money import usd
from parking.payment import Quote
from parking.plate import spaced
from ui.kiosk.foot import FootButton
from ui.kiosk.parts import FactView
from ui.kiosk.phrases import day_time, span_words
from ui.kiosk.reasons import reason_words
from ui.state_names import state_name
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_pay import PriceView
from ui.widgets.panels import LineView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryState:
    """The screen of what is bought.

    Attributes:
        price: What is paid, and until when the car may stand.
        facts: From when, where, what a code pays, and why it is not simply what was asked.
        main: Pay; without a card where nothing is left to pay.
    """

    title: str
    car: PlateView
    car_lines: tuple[LineView, ...]
    price: PriceView
    facts: tuple[FactView, ...]
    main: FootButton


def summary_state(lot: Lot, quote: Quote, *, now_utc: datetime) -> SummaryState:
    """Show what is bought.

    Args:
        lot: Zone and rate.
        quote: Central's, as it is charged.
        now_utc: Now.
    """
    zone = lot.tariff.time_zone
    state = state_name(quote.plate_state)
    number = spaced(quote.plate, quote.plate_state)
    return SummaryState(
        title=_("Is this right?"),
        car=PlateView(number=number, state=state),
        car_lines=(
            LineView(text=_("Your car"), use="kiosk.least"),
            LineView(text=f"{state} {number}", use="kiosk.strong"),
        ),
        price=PriceView(
            price=usd(quote.price_cents),
            until=_("until"),
            end=day_time(quote.end_utc, zone, now_utc=now_utc),
        ),
        facts=(_stay(lot, quote, now_utc), *_code(quote), *_why(lot, quote, now_utc)),
        main=_main(quote),
    )


def _stay(lot: Lot, quote: Quote, now_utc: datetime) -> FactView:
    start = day_time(quote.start_utc, lot.tariff.time_zone, now_utc=now_utc)
    end = day_time(quote.end_utc, lot.tariff.time_zone, now_utc=now_utc)
    where = _("{name}, zone {zone}").format(name=lot.zone.name, zone=lot.zone.zone_id)
    words = _("From {start} until {end}. {place}.")
    return FactView(
        mark=Mark.OK,
        heading=_("You buy {span}").format(span=span_words(quote.billed_minutes)),
        text=words.format(start=start, end=end, place=where),
    )


def _code(quote: Quote) -> tuple[FactView, ...]:
    if not quote.code_issuer:
        return ()
    words = _("{issuer} pays {price}")
    paid = words.format(issuer=quote.code_issuer, price=usd(quote.discount_cents))
    left = _("You pay the rest: {price}.").format(price=usd(quote.price_cents))
    if not quote.price_cents:
        left = _("There is nothing left to pay.")
    return (FactView(mark=Mark.OK, heading=paid, text=left),)


def _why(lot: Lot, quote: Quote, now_utc: datetime) -> tuple[FactView, ...]:
    words = reason_words(
        lot.tariff,
        start_utc=quote.start_utc,
        paid_from_utc=quote.paid_from_utc,
        reasons=quote.reasons,
        now_utc=now_utc,
    )
    if not words:
        return ()
    return (FactView(mark=Mark.CAUTION, heading=_("Please note"), text=" ".join(words)),)


def _main(quote: Quote) -> FootButton:
    by_card = quote.price_cents > 0
    label = _("Pay {price} by card") if by_card else _("Get this time without a card")
    view = ButtonView(
        label=label.format(price=usd(quote.price_cents)),
        icon=Icon.CARD if by_card else Icon.CHECK,
        role=ButtonRole.MAIN,
        heavy=True,
    )
    return FootButton(name="pay_button", view=view)
