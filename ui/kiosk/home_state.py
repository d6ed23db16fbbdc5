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
from ui.kiosk.phrases import away_words, day_time, hours_words, short
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole
from ui.widgets.kiosk_frame import TileView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """The first screen.

    Attributes:
        sub: What an hour costs now, or until when nothing.
        tiles: What can be done here, by name, the most usual first.
        notice: Whether this pay station works.
        can_park: Whether a purchase can begin.
    """

    title: str
    sub: str
    tiles: tuple[tuple[str, TileView], ...]
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
        title=_("What would you like to do?"),
        sub=_price(lot.tariff, now_utc) if lot is not None else "",
        tiles=_tiles(away=net in {NetState.OFFLINE, NetState.REFUSED}),
        notice=_notice(lot, net, net_since_utc, problem),
        hint=hours_words(lot.tariff) if lot is not None else "",
        can_park=lot is not None,
    )


def _price(tariff: Tariff, now_utc: datetime) -> str:
    opens_utc = free_until(tariff, now_utc)
    if opens_utc is not None:
        opens = day_time(opens_utc, tariff.time_zone, now_utc=now_utc)
        return _("Parking is free until {time}.").format(time=opens)
    window = next(windows(tariff, now_utc))
    if window.span.is_sold_whole:
        end = day_time(window.closes_utc, tariff.time_zone, now_utc=now_utc)
        words = _("Parking costs {price} until {time}.")
        return words.format(price=usd(window.span.flat_cents), time=end)
    price = usd(window.span.rate_cents_per_hour)
    closes = in_words(tariff).free_after_minute
    if closes is None:
        return _("Parking costs {price} an hour.").format(price=price)
    words = _("Parking costs {price} an hour, free after {time}.")
    return words.format(price=price, time=short(minute_am_pm(closes)))


def _tiles(*, away: bool) -> tuple[tuple[str, TileView], ...]:
    now = _("See what works right now")
    return (
        (
            "park_button",
            TileView(
                title=_("Pay for parking"),
                sub=now if away else _("Choose your time, pay by card"),
                icon=Icon.CAR,
                role=ButtonRole.MAIN,
            ),
        ),
        (
            "extend_button",
            TileView(
                title=_("Add time"),
                sub=now if away else _("For a car whose paid time still runs"),
                icon=Icon.CLOCK,
            ),
        ),
        (
            "ticket_button",
            TileView(
                title=_("Pay a ticket"),
                sub=now if away else _("By its number or the plate"),
                icon=Icon.TICKET,
            ),
        ),
        (
            "receipt_button",
            TileView(
                title=_("Find my receipt"),
                sub=now if away else _("By the code of the receipt"),
                icon=Icon.RECEIPT,
            ),
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
