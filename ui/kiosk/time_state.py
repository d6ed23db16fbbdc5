"""What the time screen shows: choices, price, end, reasons. Pure, any thread; no widgets.

The price that is charged is central's quote. Until it has come, the same rule shows here what it
will be, and nothing can be paid.
"""

from dataclasses import dataclass
from datetime import datetime

from app.acts.kiosk import Lot
from app.words import _
from parking.errors import UserError
from parking.hours import free_until
from parking.money import usd
from parking.payment import Quote
from parking.plate import spaced
from parking.pricing import LIMITS, OfferReason, TariffQuote, choices, next_step, quote
from parking.tariff import Tariff, tariff_label
from ui.kiosk.errand import Errand
from ui.kiosk.phrases import day_time, rate_words, span_words
from ui.kiosk.reasons import reason_words, runs_on
from ui.kiosk.time_line import time_line
from ui.sentences import sentence
from ui.state_names import state_name
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_pay import PriceView, TileChoiceView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark

USUAL_MINUTES = 60
"""What is chosen before the driver chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a driver wants to buy.

    Attributes:
        minutes: Wanted time, in whole steps.
        quote: Central's answer to exactly this wish; None while it has not come.
        problem: Why central offers nothing, in a sentence.
        errand: Time for a car, or more of it.
    """

    plate: str
    plate_state: str
    minutes: int
    quote: Quote | None = None
    problem: str = ""
    errand: Errand = Errand.PARK


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView:
    """A time that can be bought at once, and its tile."""

    minutes: int
    tile: TileChoiceView


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeState:
    """The time screen.

    Attributes:
        car: The plate and how it is called.
        price: Price, end and line; None when nothing can be bought.
        times: What can be bought at once, the shortest first.
        span: The chosen time between the two step buttons.
        rate: The rate in words, under the reason for what is offered where there is one.
        go_on: The main button; None when nothing can be bought.
    """

    title: str
    car: PlateView
    car_name: str
    price: PriceView | None
    times: tuple[TimeView, ...]
    span: str
    less: ButtonView
    more: ButtonView
    rate: NoticeView
    go_on: ButtonView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What is on offer, from central's quote or from the same rule here."""

    start_utc: datetime
    paid_from_utc: datetime
    end_utc: datetime
    minutes: int
    price_cents: int
    reasons: tuple[str, ...]


def first_minutes(tariff: Tariff, now_utc: datetime) -> int:
    """Return what is chosen at first: an hour, or the longest offer below it."""
    try:
        offers = choices(tariff, now_utc)
    except UserError:
        return USUAL_MINUTES
    fitting = [offer.billed_minutes for offer in offers if offer.billed_minutes <= USUAL_MINUTES]
    return fitting[-1] if fitting else offers[0].billed_minutes


def stepped(tariff: Tariff, minutes: int, steps: int) -> int:
    """Return the wish some steps longer or shorter, at least one step."""
    step = tariff.increment_minutes
    return max(step, (minutes // step + steps) * step)


def time_state(lot: Lot, wish: Wish, *, now_utc: datetime) -> TimeState:
    """Show a wish with its price.

    Args:
        lot: Zone and rate.
        wish: What the driver wants.
        now_utc: Now.
    """
    tariff, problem = lot.tariff, wish.problem
    # Central's word counts: our own copy of the rate may be older.
    offers: tuple[TariffQuote, ...] = ()
    local: TariffQuote | None = None
    try:
        offers = choices(tariff, now_utc)
        local = quote(tariff, now_utc, wish.minutes)
    except UserError as error:
        if wish.quote is None:
            problem = problem or sentence(error)
    shown = None if problem else _shown(wish, local)
    if shown is None:
        return _nothing(tariff, wish, problem, now_utc)
    agreed = wish.quote is None or _agrees(wish.quote, local, tariff)
    return TimeState(
        title=title_of(wish.errand),
        car=_plate(wish),
        car_name=_car_name(wish),
        price=_price(tariff, shown, now_utc),
        times=tuple(_time(offer, shown, priced=agreed) for offer in offers),
        span=_span(shown),
        less=_step_button(tariff, less=True, enabled=shown.minutes > tariff.increment_minutes),
        more=_step_button(tariff, less=False, enabled=_longer(tariff, shown, local, now_utc)),
        rate=_rate(tariff, wish, shown, now_utc),
        go_on=_go_on(wish, shown),
    )


def _nothing(tariff: Tariff, wish: Wish, problem: str, now_utc: datetime) -> TimeState:
    """Nothing can be bought now: say why and what the rate is."""
    free = _free(tariff, now_utc)
    off = {"less": True, "enabled": False}
    return TimeState(
        title=_("Nothing to pay now") if free is not None else _("No time to buy now"),
        car=_plate(wish),
        car_name=_car_name(wish),
        price=free,
        times=(),
        span="",
        less=_step_button(tariff, **off),
        more=_step_button(tariff, **off),
        rate=NoticeView(
            title=problem, text=rate_words(tariff), tone=Tone.CAUTION, mark=Mark.CAUTION
        ),
        go_on=None,
    )


def _shown(wish: Wish, local: TariffQuote | None) -> _Shown | None:
    if wish.quote is not None:
        told = wish.quote
        return _Shown(
            start_utc=told.start_utc,
            paid_from_utc=told.paid_from_utc,
            end_utc=told.end_utc,
            minutes=told.billed_minutes,
            price_cents=told.price_cents,
            reasons=told.reasons,
        )
    if local is None:
        return None
    return _Shown(
        start_utc=local.start_utc,
        paid_from_utc=local.paid_from_utc,
        end_utc=local.end_utc,
        minutes=local.billed_minutes,
        price_cents=local.price_cents,
        reasons=tuple(reason.value for reason in local.reasons),
    )


def _agrees(told: Quote, local: TariffQuote | None, tariff: Tariff) -> bool:
    """Tell whether central prices as we do: the same rate, and no stay that already runs."""
    return (
        local is not None
        and told.tariff_version == tariff_label(tariff)
        and told.price_cents == local.price_cents
        and told.billed_minutes == local.billed_minutes
    )


def _plate(wish: Wish) -> PlateView:
    return PlateView(
        number=spaced(wish.plate, wish.plate_state), state=state_name(wish.plate_state)
    )


def _car_name(wish: Wish) -> str:
    view = _plate(wish)
    return f"{view.state} {view.number}"


def _price(tariff: Tariff, shown: _Shown, now_utc: datetime) -> PriceView:
    line = time_line(
        tariff,
        now_utc=now_utc,
        start_utc=shown.paid_from_utc,
        end_utc=shown.end_utc,
        words=(_("your {span}").format(span=_span(shown)), _span(shown)),
    )
    return PriceView(
        price=usd(shown.price_cents),
        until=_("until"),
        end=day_time(shown.end_utc, tariff.time_zone, now_utc=now_utc),
        spans=line.spans,
        ticks=line.ticks,
    )


def _free(tariff: Tariff, now_utc: datetime) -> PriceView | None:
    opens_utc = free_until(tariff, now_utc)
    if opens_utc is None:
        return None
    opens = day_time(opens_utc, tariff.time_zone, now_utc=now_utc)
    return PriceView(price=_("Free"), until=_("until"), end=opens)


def _span(shown: _Shown) -> str:
    if OfferReason.CLOSING in shown.reasons:
        return _("time to closing")
    return span_words(shown.minutes)


def _time(offer: TariffQuote, shown: _Shown, *, priced: bool) -> TimeView:
    closing = OfferReason.CLOSING in offer.reasons
    return TimeView(
        minutes=offer.billed_minutes,
        tile=TileChoiceView(
            words=_("To closing") if closing else span_words(offer.granted_minutes),
            sub=usd(offer.price_cents) if priced else " ",
            chosen=offer.billed_minutes == shown.minutes,
        ),
    )


def _step_button(tariff: Tariff, *, less: bool, enabled: bool) -> ButtonView:
    words = _("{n} min less") if less else _("{n} min more")
    return ButtonView(
        label=words.format(n=tariff.increment_minutes),
        icon=Icon.MINUS if less else Icon.PLUS,
        enabled=enabled,
    )


def _longer(tariff: Tariff, shown: _Shown, local: TariffQuote | None, now_utc: datetime) -> bool:
    if LIMITS & set(shown.reasons):
        return False
    return local is not None and next_step(tariff, now_utc, local) is not None


def title_of(errand: Errand) -> str:
    """Return the question about the time."""
    if errand is Errand.EXTEND:
        return _("How much time do you add?")
    return _("How long will you stay?")


def _rate(tariff: Tariff, wish: Wish, shown: _Shown, now_utc: datetime) -> NoticeView:
    sentences = reason_words(
        tariff,
        start_utc=shown.start_utc,
        paid_from_utc=shown.paid_from_utc,
        reasons=shown.reasons,
        now_utc=now_utc,
    )
    known = wish.quote is not None
    if wish.errand is Errand.EXTEND and known and not runs_on(shown.start_utc, now_utc):
        # Central looked for a right of this car and went on with none.
        sentences.insert(0, _("This car has no paid time that runs now. You start anew."))
    reasons = " ".join(sentences)
    if not reasons:
        return NoticeView(title=_("The rate in words"), text=rate_words(tariff), tone=Tone.PLAIN)
    return NoticeView(title=reasons, text=rate_words(tariff), tone=Tone.CAUTION, mark=Mark.CAUTION)


def _go_on(wish: Wish, shown: _Shown) -> ButtonView:
    known = wish.quote is not None
    label = _("Continue with {price}") if known else _("Asking for the price")
    return ButtonView(
        label=label.format(price=usd(shown.price_cents)),
        icon=Icon.RIGHT if known else Icon.CLOCK,
        role=ButtonRole.MAIN,
        enabled=known and shown.price_cents > 0,
    )
