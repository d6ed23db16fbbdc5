"""What the first screen of a pay station shows. Pure, any thread; no widgets."""

from dataclasses import dataclass
from datetime import datetime

from app.acts.kiosk import Lot
from app.ports import NetState
from app.words import _
from parking.clockface import minute_am_pm
from parking.hours import free_until, windows
from parking.money import usd
from parking.tariff import Tariff, in_words
from ui.kiosk.parts import FactView
from ui.kiosk.phrases import away_words, day_time, hours_words, short
from ui.widgets.kiosk_pay import PriceView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """The first screen.

    Attributes:
        price: What an hour costs now; None before the rate is known.
        steps: How paying goes.
        notice: Whether this pay station works.
        can_park: Whether a purchase can begin.
    """

    title: str
    sub: str
    price: PriceView | None
    steps: tuple[FactView, ...]
    notice: NoticeView
    hint: str
    can_park: bool


def home_state(
    lot: Lot | None,
    *,
    net: NetState | None,
    net_since_utc: datetime | None,
    now_utc: datetime,
    problem: str = "",
) -> HomeState:
    """Say what parking costs here now and whether it can be paid here.

    Args:
        lot: Zone and rate, None until known.
        net: What sync last said of the network.
        net_since_utc: Since when.
        now_utc: Now.
        problem: Why the lot is not known, in a sentence.
    """
    return HomeState(
        title=_("Parked here? Pay here."),
        sub=_("You will see the price before you pay."),
        price=_price(lot.tariff, now_utc) if lot is not None else None,
        steps=_steps(),
        notice=_notice(lot, net, net_since_utc, problem),
        hint=hours_words(lot.tariff) if lot is not None else "",
        can_park=lot is not None,
    )


def _price(tariff: Tariff, now_utc: datetime) -> PriceView:
    opens_utc = free_until(tariff, now_utc)
    if opens_utc is not None:
        opens = day_time(opens_utc, tariff.time_zone, now_utc=now_utc)
        return PriceView(price=_("Free"), until=_("until"), end=opens)
    window = next(windows(tariff, now_utc))
    if window.span.is_sold_whole:
        end = day_time(window.closes_utc, tariff.time_zone, now_utc=now_utc)
        return PriceView(price=usd(window.span.flat_cents), until=_("until"), end=end)
    closes = in_words(tariff).free_after_minute
    free = "" if closes is None else _("free after {time}")
    words = free.format(time=short(minute_am_pm(closes or 0)))
    hour = _("an hour,") if words else ""
    return PriceView(
        price=usd(window.span.rate_cents_per_hour), until=hour, end=words or _("an hour")
    )


def _steps() -> tuple[FactView, ...]:
    return (
        FactView(
            heading=_("Type your plate"),
            text=_("Officers see your plate. Nothing to put on the dashboard."),
            number=1,
        ),
        FactView(
            heading=_("Choose your time"),
            text=_("You see the price and the end time at once."),
            number=2,
        ),
        FactView(
            heading=_("Hold your card on the reader"),
            text=_("Tap, insert or swipe. This pay station takes no cash."),
            number=3,
        ),
        FactView(
            heading=_("Keep your reference"),
            text=_("It finds your payment. You need no paper."),
            number=4,
        ),
    )


def _notice(
    lot: Lot | None, net: NetState | None, net_since_utc: datetime | None, problem: str
) -> NoticeView:
    if lot is None:
        words = problem or _("This pay station is starting. Wait a moment.")
        return NoticeView(text=words, tone=Tone.CAUTION, mark=Mark.CAUTION)
    if net is NetState.ONLINE:
        return NoticeView(text=_("This pay station is connected."), tone=Tone.OK, mark=Mark.OK)
    if net is None:
        return NoticeView(text=_("You pay by card. This pay station takes no cash."))
    return NoticeView(
        title=_("No cards here right now"),
        text=away_words(net, net_since_utc, lot.zone.time_zone),
        tone=Tone.CAUTION,
        mark=Mark.CAUTION,
    )
