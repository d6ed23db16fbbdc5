"""Why a pay station sells nothing at all, and what a driver does instead. Pure; no widgets."""

from dataclasses import dataclass
from enum import StrEnum

from app.city import help_phone, other_pay_station
from app.ports import NetState
from app.words import _
from parking.zone import Zone
from ui.kiosk.parts import FactView
from ui.widgets.answer import AnswerKind
from ui.widgets.panels import LineView, ResultView
from ui.widgets.shapes import Mark


class Closed(StrEnum):
    """What keeps a pay station from selling until somebody, or time, mends it."""

    SWITCHED_OFF = "switched_off"
    CLOCK = "clock"
    NO_READER = "no_reader"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedState:
    """The screen of a pay station that sells nothing.

    Attributes:
        panel: Why, and that nothing was charged.
        ways: Where else to pay, and whom to call.
        hint: That it opens by itself; empty where a person must come.
    """

    panel: ResultView
    ways: tuple[FactView, ...]
    hint: str


def closed_by(
    *, net: NetState | None, zone: Zone | None, uncertainty_ms: int, reader_id: str
) -> Closed | None:
    """Judge whether a pay station sells.

    Args:
        net: What sync last said; None before it said anything.
        zone: Where it stands, None while not known: it is then starting, not closed.
        uncertainty_ms: Of its clock. Above the zone's limit nothing is sold (RULES 18).
        reader_id: Its card reader; empty for none.
    """
    if net is NetState.REFUSED:
        return Closed.SWITCHED_OFF
    if zone is None:
        return None
    if uncertainty_ms > zone.uncertainty_limit_ms:
        return Closed.CLOCK
    return None if reader_id else Closed.NO_READER


def closed_state(why: Closed, *, zone_id: str) -> ClosedState:
    """Say why nothing is sold here and what to do instead.

    Args:
        why: The reason.
        zone_id: Number to enter in the app; empty while not known.
    """
    return ClosedState(
        panel=ResultView(
            kind=AnswerKind.CANNOT_KNOW,
            mark=Mark.CAUTION,
            block_px=236,
            lines=(
                LineView(text=_("Out of service"), use="kiosk.panel"),
                LineView(text=_reason(why)),
                LineView(text=_("You have not been charged.")),
            ),
        ),
        ways=_ways(zone_id),
        hint=_("This screen changes by itself when it can sell again.")
        if why is Closed.CLOCK
        else "",
    )


def _reason(why: Closed) -> str:
    match why:
        case Closed.SWITCHED_OFF:
            return _("The city has switched this pay station off.")
        case Closed.CLOCK:
            return _("Its clock may be wrong, so it cannot say until when you have paid.")
        case Closed.NO_READER:
            return _("It has no card reader right now.")


def _ways(zone_id: str) -> tuple[FactView, ...]:
    app = _("Open the parking app. It uses your own network.")
    if zone_id:
        words = _("Open the parking app and enter zone {zone}. It uses your own network.")
        app = words.format(zone=zone_id)
    where = other_pay_station(zone_id) or _("Your parking is stored by plate, wherever you pay.")
    call = _("Call {phone}. Say the name of this pay station: it stands at the top.")
    return (
        FactView(heading=_("Pay with your phone"), text=app, number=1),
        FactView(heading=_("Use another pay station"), text=where, number=2),
        FactView(heading=_("Need help?"), text=call.format(phone=help_phone()), number=3),
    )
