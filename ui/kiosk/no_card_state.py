"""What is said where no card can be taken now. Pure, any thread; no widgets.

It promises only what this pay station knows (VISUAL 5).
"""

from dataclasses import dataclass
from datetime import datetime

from app.ports import NetState
from app.usecases.write_slip import WrittenSlip
from app.words import _
from parking.clockface import am_pm
from ui.kiosk.parts import FactView
from ui.kiosk.phrases import away_words
from ui.widgets.answer import AnswerKind
from ui.widgets.panels import LineView, ResultView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCardState:
    """The screen without cards.

    Attributes:
        panel: Why, and that nothing was charged.
        ways: What a driver can do now.
        again: When it is looked again.
    """

    panel: ResultView
    ways: tuple[FactView, ...]
    again: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is known of the note that a driver tried to pay.

    Attributes:
        offered: The zone's rule gives such notes.
        now_utc: What stands on a note that is asked for now.
        written: The note of this visit.
        trouble: Why none could be written, in a sentence.
    """

    offered: bool
    now_utc: datetime
    written: WrittenSlip | None = None
    trouble: str = ""


def no_card_state(
    *,
    zone_id: str,
    time_zone: str,
    net: NetState | None,
    since_utc: datetime | None,
    checking: bool,
    left_s: float,
    notes: Notes,
) -> NoCardState:
    """Say why no card can be taken and what works.

    Args:
        zone_id: Number to enter in the app; empty while not known.
        time_zone: IANA name.
        net: What sync last said of the network.
        since_utc: Since when.
        checking: The payment of a driver before is still being checked.
        left_s: Seconds until the next try.
        notes: What is known of a note that the driver tried.
    """
    seconds = max(1, round(left_s))
    offered = notes.offered and not checking
    return NoCardState(
        panel=ResultView(
            kind=AnswerKind.CANNOT_KNOW,
            mark=Mark.CAUTION,
            block_px=236,
            lines=(
                LineView(text=_("No cards here right now"), use="kiosk.panel"),
                LineView(
                    text=_("The payment of the driver before you is still being checked.")
                    if checking
                    else away_words(net, since_utc, time_zone)
                ),
                LineView(text=_money(checking=checking)),
            ),
        ),
        ways=(*_ways(zone_id), *(_note_way(notes, time_zone) if offered else ())),
        again=(
            LineView(
                text=_("We are asking the bank")
                if checking
                else _("We try again in {n} seconds").format(n=seconds),
                use="kiosk.strong",
            ),
            LineView(text=_("This screen changes by itself when cards work again.")),
        ),
    )


def _money(*, checking: bool) -> str:
    if checking:
        return _("If that is your payment: do not pay again, we are checking.")
    return _("You have not been charged.")


def _ways(zone_id: str) -> tuple[FactView, ...]:
    phone = _("Open the parking app. It uses your own network.")
    if zone_id:
        words = _("Open the parking app and enter zone {zone}. It uses your own network.")
        phone = words.format(zone=zone_id)
    return (
        FactView(heading=_("Pay with your phone"), text=phone, number=1),
        FactView(
            heading=_("Use another pay station"),
            text=_("It may still have network. Your parking is stored by plate."),
            number=2,
        ),
    )


def _note_way(notes: Notes, time_zone: str) -> tuple[FactView, ...]:
    if notes.written is None:
        words = _("It shows plate, place and {time}. Officers see it by your plate.")
        text = notes.trouble or words.format(time=am_pm(notes.now_utc, time_zone))
        return (FactView(heading=_("Print a note that you tried"), text=text, number=3),)
    slip, trouble = notes.written.slip, notes.written.trouble
    until = am_pm(slip.until_utc, time_zone)
    text = _("Your car is protected until {time}. Take your note.").format(time=until)
    if trouble:
        words = _("Your car is protected until {time}. There is no paper: write this code down.")
        text = words.format(time=until)
    heading = _("Your note: {code}").format(code=slip.code)
    return (FactView(heading=heading, text=text, mark=Mark.OK),)
