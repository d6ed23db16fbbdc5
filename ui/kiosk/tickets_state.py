"""What the list of tickets shows. Pure, any thread; no widgets."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.words import _, ngettext
from parking.bill import Bill
from parking.clockface import local_day, us_date
from parking.money import usd
from parking.plate import spaced
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.kiosk_frame import TileView
from ui.widgets.panels import LineView, ResultView

PAGE = 4
"""Tickets that are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a driver looks for: a ticket by its number, or those of a plate with its state."""

    number: str = ""
    plate: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsState:
    """The list of tickets.

    Attributes:
        tiles: A ticket each, with its place among all.
        panel: What was not found, or why; None while there is something else to see.
        waiting: What is waited for; empty when nothing is.
        more: Whether there are tickets on another page.
    """

    title: str
    sub: str
    tiles: tuple[tuple[int, TileView], ...] = ()
    panel: ResultView | None = None
    waiting: tuple[LineView, ...] = ()
    more: bool = False


def tickets_state(
    search: Search,
    bills: Sequence[Bill] | None,
    *,
    time_zone: str,
    page: int = 0,
    problem: str = "",
) -> TicketsState:
    """Show what was found.

    Args:
        search: What was looked for.
        bills: What was found, the oldest first; None while it is looked for.
        time_zone: IANA name.
        page: Which four of them, from 0.
        problem: Why nothing can be said, in a sentence.
    """
    if problem:
        return TicketsState(
            title=_("No ticket to show"),
            sub=what_words(search),
            panel=_panel(_("Not found"), problem),
        )
    if bills is None:
        return TicketsState(
            title=_("Looking for your ticket"),
            sub=what_words(search),
            waiting=(LineView(text=_("One moment"), use="kiosk.strong"),),
        )
    if not bills:
        return TicketsState(
            title=_("No ticket to show"),
            sub=what_words(search),
            panel=_nothing(search),
        )
    first = page * PAGE
    shown = list(enumerate(bills))[first : first + PAGE]
    return TicketsState(
        title=_("Which ticket?"),
        sub=_found_words(search, len(bills)),
        tiles=tuple((place, _tile(bill, time_zone)) for place, bill in shown),
        more=len(bills) > PAGE,
    )


def what_words(search: Search) -> str:
    """Say what is looked for: the number, or the plate with its state."""
    if search.number:
        return _("Ticket {number}").format(number=search.number)
    plate = spaced(search.plate, search.state)
    return _("Plate {plate}").format(plate=f"{search.state} {plate}")


def _found_words(search: Search, count: int) -> str:
    plate = f"{search.state} {spaced(search.plate, search.state)}"
    words = ngettext(
        "{n} ticket for {plate}, the oldest first",
        "{n} tickets for {plate}, the oldest first",
        count,
    )
    return words.format(n=count, plate=plate)


def _tile(bill: Bill, time_zone: str) -> TileView:
    day = us_date(local_day(bill.issued_utc, time_zone), _=_)
    words = _("Cannot be paid here now · {date}") if bill.refused else _("{price} to pay · {date}")
    return TileView(
        title=bill.number,
        sub=words.format(price=usd(bill.amount_cents), date=day),
        icon=Icon.TICKET,
    )


def _nothing(search: Search) -> ResultView:
    if search.number:
        words = _("The city has no ticket with this number. It may not have come in yet.")
        return _panel(_("Not known here"), words)
    return _panel(_("Nothing to pay"), _("The city knows no open ticket for this plate and state."))


def _panel(heading: str, words: str) -> ResultView:
    return ResultView(
        kind=AnswerKind.GRACE,
        lines=(
            LineView(text=heading, use="kiosk.panel"),
            LineView(text=words),
            LineView(text=_("You have not been charged.")),
        ),
    )
