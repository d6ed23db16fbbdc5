"""What the screen of one ticket shows. Pure, any thread; no widgets.

Source: RULES.md 12-16: the amount is central's and of today; a person can still appeal.
"""

from dataclasses import dataclass

from app.words import _
from parking.bill import Bill
from parking.clockface import am_pm, day_date, local_day, us_date
from parking.money import usd
from parking.plate import spaced
from ui.kiosk.foot import FootButton
from ui.kiosk.parts import FactView
from ui.state_names import state_name
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_pay import PriceView
from ui.widgets.panels import LineView, ResultView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """The screen of one ticket.

    Attributes:
        lines: What the ticket is for.
        amount: What is to pay today; None when nothing can be paid.
        refused: Why nothing can be paid here now; None when it can.
        facts: Until when one can appeal, and what paying changes.
        main: Pay; the way out when nothing can be paid.
    """

    title: str
    car: PlateView
    lines: tuple[LineView, ...]
    amount: PriceView | None
    refused: ResultView | None
    facts: tuple[FactView, ...]
    main: FootButton


def ticket_state(bill: Bill, *, time_zone: str) -> TicketState:
    """Show a ticket before its card.

    Args:
        bill: As central told it.
        time_zone: IANA name.
    """
    car = PlateView(number=spaced(bill.plate, bill.plate_state), state=state_name(bill.plate_state))
    lines = _lines(bill, time_zone)
    if bill.refused:
        return TicketState(
            title=_("This cannot be paid here"),
            car=car,
            lines=lines,
            amount=None,
            refused=_refused(bill),
            facts=(),
            main=_finish(),
        )
    price = usd(bill.amount_cents)
    return TicketState(
        title=_("Pay this ticket?"),
        car=car,
        lines=lines,
        amount=PriceView(price=price, until=_("to pay"), end=_("today")),
        refused=None,
        facts=_facts(bill),
        main=_pay(price),
    )


def _lines(bill: Bill, time_zone: str) -> tuple[LineView, ...]:
    day = us_date(local_day(bill.issued_utc, time_zone), _=_)
    when = _("{date} at {time}").format(date=day, time=am_pm(bill.issued_utc, time_zone))
    return (
        LineView(text=_("Ticket {number}").format(number=bill.number), use="kiosk.strong"),
        LineView(text=bill.violation),
        *((LineView(text=bill.place),) if bill.place else ()),
        LineView(text=when),
    )


def _refused(bill: Bill) -> ResultView:
    return ResultView(
        kind=AnswerKind.GRACE,
        lines=(
            LineView(text=_("Do not pay"), use="kiosk.panel"),
            LineView(text=_(bill.refused)),
            LineView(text=_("You have not been charged.")),
        ),
    )


def _facts(bill: Bill) -> tuple[FactView, ...]:
    grows = FactView(
        mark=Mark.INFO,
        heading=_("This is the amount of today"),
        text=_("It can grow by late fees on another day."),
    )
    if bill.appeal_until is None:
        over = FactView(
            mark=Mark.OFF,
            heading=_("The time to appeal is over"),
            text=_("Call the city if you think that this ticket is wrong."),
        )
        return (over, grows)
    words = _("You can appeal until {date}")
    appeal = FactView(
        mark=Mark.CAUTION,
        heading=words.format(date=day_date(bill.appeal_until, _=_)),
        text=_("Paying may end your right to appeal. If you want to appeal, do not pay now."),
    )
    return (appeal, grows)


def _pay(price: str) -> FootButton:
    view = ButtonView(
        label=_("Pay {price} by card").format(price=price),
        icon=Icon.CARD,
        role=ButtonRole.MAIN,
        heavy=True,
    )
    return FootButton(name="pay_button", view=view)


def _finish() -> FootButton:
    view = ButtonView(label=_("Finish"), icon=Icon.CHECK, role=ButtonRole.MAIN)
    return FootButton(name="finish_button", view=view)
