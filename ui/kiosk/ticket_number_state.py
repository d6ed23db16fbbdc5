"""What the screen for a ticket's number shows. Pure, any thread; no widgets.

The check digit finds every single wrong digit and every swap of neighbours (``parking.numbers``),
so a driver hears of it with the last digit, before anything is asked.
"""

from dataclasses import dataclass

from app.words import _
from parking.errors import UserError
from parking.numbers import read_citation_number
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.shapes import Mark

_SERIAL = 7
"""Digits behind the second dash."""
_SERIES = 4
"""Digits between the dashes, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNumberState:
    """The screen for a ticket's number.

    Attributes:
        shown: The number as it stands on the ticket, as far as it is typed.
        number: The whole number; empty until it is whole and right.
        confirm: The main button, off until then.
    """

    title: str
    sub: str
    shown: str
    number: str
    notice: NoticeView
    confirm: ButtonView


def number_typed(text: str, key: str) -> str:
    """Add a key to what is typed behind ``SC-``; what no number can have changes nothing.

    Args:
        text: Digits, and one dash where the driver typed it.
        key: A digit or ``-``.
    """
    series, dash, serial = text.partition("-")
    if key == "-":
        return text if dash or not 1 <= len(series) <= _SERIES else f"{text}-"
    full = len(serial) >= _SERIAL if dash else len(series) >= _SERIES + _SERIAL
    return text if full else text + key


def ticket_number_state(text: str, *, problem: str = "") -> TicketNumberState:
    """Show a number as typed so far.

    Args:
        text: Digits, and one dash where the driver typed it.
        problem: Why the number was refused, in a sentence.
    """
    series, serial = _parts(text)
    whole = f"SC-{series}-{serial}" if len(serial) == _SERIAL else ""
    wrong = _is_wrong(whole)
    # Without the dash one more digit may follow, which makes the series longer.
    open_ended = "-" not in text and len(series) < _SERIES
    number = "" if wrong else whole
    return TicketNumberState(
        title=_("Type the number of your ticket"),
        sub=_("It stands at the top of the ticket."),
        shown=f"SC-{series}-{serial}" if serial or "-" in text else f"SC-{series}",
        number=number,
        notice=_notice(problem, wrong=wrong, open_ended=open_ended),
        confirm=ButtonView(
            label=_("Show this ticket"),
            sub=number or _("Type it with the keys above"),
            icon=Icon.SEARCH,
            role=ButtonRole.MAIN,
            enabled=bool(number),
        ),
    )


def _parts(text: str) -> tuple[str, str]:
    """Return series and serial; digits typed without the dash are parted from the right."""
    series, dash, serial = text.partition("-")
    if dash or len(series) <= _SERIAL:
        return series, serial
    return series[:-_SERIAL], series[-_SERIAL:]


def _is_wrong(whole: str) -> bool:
    if not whole:
        return False
    try:
        read_citation_number(whole)
    except UserError:
        return True
    return False


def _notice(problem: str, *, wrong: bool, open_ended: bool) -> NoticeView:
    if problem:
        return NoticeView(text=problem, tone=Tone.CAUTION, mark=Mark.CAUTION)
    if wrong:
        words = _("This number has a wrong digit. Compare it with your ticket.")
        if open_ended:
            words = _("A digit is missing or wrong. Compare it with your ticket.")
        return NoticeView(text=words, tone=Tone.CAUTION, mark=Mark.CAUTION)
    return NoticeView(text=_("You can also find a ticket by the plate of the car."))
