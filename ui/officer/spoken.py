"""What the officer's screens say of a check: answers and reasons in words. Pure, no Qt.

Source: VISUAL.md 2 and 5 (the words; what happened, what it means, what to do).
"""

from collections.abc import Callable
from datetime import datetime

from app.words import _, ngettext
from parking.check import Answer
from parking.clockface import hh_mm, us_date
from parking.coverage import Cover
from parking.decision import Decision
from parking.hotlist import HotlistEntry, HotlistKind
from parking.money import usd
from parking.plate import OTHER_STATE, spaced
from parking.reason import Mark as ReasonMark
from parking.reason import Reason, ReasonKind
from parking.right import ParkingSession, Permit, Right, RightSource
from parking.zone import Source, Zone
from ui.state_names import state_name
from ui.top_bar_state import age
from ui.widgets.answer import AnswerKind
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark

MARKS = {
    ReasonMark.OK: Mark.OK,
    ReasonMark.BAD: Mark.BAD,
    ReasonMark.INFO: Mark.INFO,
    ReasonMark.CAUTION: Mark.CAUTION,
}
ANSWER_MARKS = {
    Answer.PAID: Mark.OK,
    Answer.PERMIT: Mark.OK,
    Answer.FREE: Mark.OK,
    Answer.GRACE: Mark.CAUTION,
    Answer.EXPIRED: Mark.BAD,
    Answer.NOT_PAID: Mark.BAD,
    Answer.CANNOT_KNOW: Mark.UNKNOWN,
    Answer.HOTLIST: Mark.HOT,
}
KINDS = {
    Answer.PAID: AnswerKind.PAID,
    Answer.PERMIT: AnswerKind.PERMIT,
    Answer.FREE: AnswerKind.PAID,
    Answer.GRACE: AnswerKind.GRACE,
    Answer.EXPIRED: AnswerKind.EXPIRED,
    Answer.NOT_PAID: AnswerKind.NOT_PAID,
    Answer.CANNOT_KNOW: AnswerKind.CANNOT_KNOW,
    Answer.HOTLIST: AnswerKind.HOT_LIST,
}


def plate_view(key: str, state: str) -> PlateView:
    """Return a plate as it stands on the car."""
    name = "" if state in {"", OTHER_STATE} else state_name(state)
    return PlateView(number=spaced(key, state), state=name.upper())


def answer_word(answer: Answer) -> str:
    """Return the one word in capitals."""
    return {
        Answer.PAID: _("PAID"),
        Answer.PERMIT: _("PERMIT"),
        Answer.FREE: _("FREE NOW"),
        Answer.GRACE: _("IN GRACE"),
        Answer.EXPIRED: _("EXPIRED"),
        Answer.NOT_PAID: _("NOT PAID"),
        Answer.CANNOT_KNOW: _("CANNOT KNOW"),
        Answer.HOTLIST: _("HOT LIST"),
    }[answer]


def short_word(answer: Answer) -> str:
    """Return the answer in sentence case, for lists."""
    return answer_word(answer).capitalize()


def minutes(count: int) -> str:
    """Write a length of time: ``18 min``, ``2 h 08 min``."""
    hours, rest = divmod(max(0, count), 60)
    if not hours:
        return _("{count} min").format(count=rest)
    return _("{hours} h {minutes:02d} min").format(hours=hours, minutes=rest)


def answer_line(decision: Decision, zone: Zone) -> str:
    """Return what the answer means."""
    until = decision.until_utc
    match decision.answer:
        case Answer.PAID | Answer.PERMIT if until is not None:
            left = int((until - decision.at_utc).total_seconds()) // 60
            if left > 2 * 24 * 60:
                return _("until {date}").format(date=us_date(until.date()))
            return _("until {time} · {left} left").format(
                time=hh_mm(until, zone.time_zone), left=minutes(left)
            )
        case Answer.EXPIRED if until is not None:
            return _("{ago} ago · paid until {time}").format(
                ago=minutes(decision.minutes_ago), time=hh_mm(until, zone.time_zone)
            )
        case Answer.GRACE:
            return _grace_line(decision, zone)
        case Answer.HOTLIST if decision.entry is not None:
            return decision.entry.reason
        case Answer.CANNOT_KNOW:
            return _cannot_know_line(decision)
        case Answer.FREE:
            return _("Nobody has to pay here at this hour")
    return _("No right found")


def _grace_line(decision: Decision, zone: Zone) -> str:
    citable = decision.citable_from_utc
    if citable is None:
        return _("Within the grace time")
    return _("Wait until {time} before anything is issued").format(
        time=hh_mm(citable, zone.time_zone)
    )


def _cannot_know_line(decision: Decision) -> str:
    for reason in decision.reasons:
        if reason.kind is ReasonKind.CLOCK_UNSURE:
            return _("The clock of this laptop is too unsure")
    old = next((one for one in decision.ages if one.too_old), None)
    if old is None:
        return _("No payment found")
    if old.age_s is None:
        return _("{source} never heard on this laptop").format(source=source_words(old.source))
    source = {
        Source.PAY_STATION: _("pay station"),
        Source.APP: _("app"),
        Source.PERMIT: _("permit"),
        Source.HOTLIST: _("hot list"),
    }[old.source]
    return _("No payment found, but {source} data is {age} old").format(
        source=source, age=age(old.age_s)
    )


def answer_detail(decision: Decision, zone: Zone) -> str:
    """Return where, and by what."""
    place = _("Zone {zone} {name}").format(zone=zone.zone_id, name=zone.name)
    match decision.answer:
        case Answer.EXPIRED if decision.citable_from_utc is not None:
            return _("{place} · grace of {grace} ended {time}").format(
                place=place,
                grace=minutes(zone.exit_grace_s // 60),
                time=hh_mm(decision.citable_from_utc, zone.time_zone),
            )
        case Answer.CANNOT_KNOW:
            return _("Do not issue a citation for non-payment.")
        case Answer.HOTLIST if decision.entry is not None:
            return _("{list} {case} · exact plate and state · call dispatch").format(
                list=decision.entry.list_name, case=decision.entry.case_number
            )
        case Answer.GRACE if decision.cover is Cover.COULD_NOT_PAY:
            return _("{place} · the pay station could not take it").format(place=place)
        case Answer.PAID | Answer.PERMIT | Answer.GRACE if decision.right is not None:
            return f"{place} · {right_words(decision.right)}"
    return place


def right_words(right: Right) -> str:
    """Return where a right comes from."""
    if isinstance(right, Permit):
        return _("{kind} permit").format(kind=right.kind)
    return (
        {
            RightSource.PAY_STATION: _("paid at pay station {ref}"),
            RightSource.APP: _("paid by app {ref}"),
            RightSource.MANUAL: _("entered by hand {ref}"),
        }[right.source]
        .format(ref=right.source_ref)
        .strip()
    )


def _slip_code(reason: Reason) -> str:
    return reason.right.source_ref if isinstance(reason.right, ParkingSession) else ""


def source_words(source: Source) -> str:
    """Return the words for a source in a sentence."""
    return {
        Source.PAY_STATION: _("Pay stations"),
        Source.APP: _("App payments"),
        Source.PERMIT: _("Permits"),
        Source.HOTLIST: _("Hot list"),
    }[source]


def reason_age(reason: Reason) -> str:
    """Return how old the knowledge behind a reason is."""
    if reason.age_s is not None:
        return _("{age} old").format(age=age(reason.age_s))
    if reason.source is not None:
        return _("never heard")
    if reason.kind in {ReasonKind.NO_PAYMENT, ReasonKind.NO_LATER_PAYMENT}:
        return _("one source never heard")
    return _("this laptop") if reason.kind is ReasonKind.EARLIER_CITATIONS else ""


def reason_words(reason: Reason, zone: Zone) -> tuple[str, str]:
    """Return the fact and the detail of one reason."""
    return _REASONS[reason.kind](reason, zone)


def _time(reason: Reason, zone: Zone) -> str:
    return "-" if reason.at_utc is None else hh_mm(reason.at_utc, zone.time_zone)


def _too_old(reason: Reason, zone: Zone) -> str:
    source = source_words(reason.source) if reason.source else ""
    if reason.at_utc is None:
        return _("{source} never heard here").format(source=source)
    return _("{source} not heard since {time}").format(source=source, time=_time(reason, zone))


def _bought(right: Right | None, zone: Zone) -> str:
    if right is None:
        return ""
    if isinstance(right, Permit):
        return _("{kind} permit, zone {zone}").format(kind=right.kind, zone=right.zone_id)
    span = _("{start} to {end}").format(
        start=_hours(right.start_utc, zone), end=_hours(right.end_utc, zone)
    )
    where = right.source_ref or right_words(right)
    return f"{where} · {span} · {usd(right.price_cents)}"


def _hours(utc: datetime, zone: Zone) -> str:
    return hh_mm(utc, zone.time_zone)


def _thing(reason: Reason) -> str:
    """The plate and state of the right or entry a reason is about."""
    thing: ParkingSession | Permit | HotlistEntry | None = reason.right or reason.entry
    return "" if thing is None else f"{thing.plate_state or '--'} {thing.plate}"


def _entry(reason: Reason) -> tuple[str, str]:
    entry = reason.entry
    if entry is None:
        return "", ""
    kind = {
        HotlistKind.STOLEN: _("Stolen vehicle"),
        HotlistKind.WANTED: _("Wanted vehicle"),
        HotlistKind.SCOFFLAW: _("Scofflaw"),
        HotlistKind.ALLOW: _("Do not ticket"),
    }[entry.kind]
    return f"{kind}: {entry.reason}", f"{entry.list_name} {entry.case_number}".strip()


_Wording = Callable[[Reason, Zone], tuple[str, str]]
_REASONS: dict[ReasonKind, _Wording] = {
    ReasonKind.HOTLIST_HIT: lambda r, _z: _entry(r),
    ReasonKind.CLOCK_UNSURE: lambda r, _z: (
        _("Clock too unsure"),
        _("± {seconds} s; ask for the network").format(seconds=r.uncertainty_ms // 1000),
    ),
    ReasonKind.NOT_ENFORCED_NOW: lambda _r, z: (
        _("Parking is free now"),
        _("Outside the paid hours of zone {zone}").format(zone=z.zone_id),
    ),
    ReasonKind.PERMIT_COVERS: lambda r, z: (_("Permit covers this zone"), _bought(r.right, z)),
    ReasonKind.PAYMENT_COVERS: lambda r, z: (
        _("Payment found, covers this zone"),
        _bought(r.right, z),
    ),
    ReasonKind.IN_GRACE: lambda r, z: (
        _("Within grace until {time}").format(time=_time(r, z)),
        _bought(r.right, z),
    ),
    ReasonKind.COULD_NOT_PAY: lambda r, z: (
        _("The driver could not pay here"),
        _("Slip {code}, protected until {time}").format(code=_slip_code(r), time=_time(r, z)),
    ),
    ReasonKind.STATION_OUT: lambda r, z: (
        _("Pay station {name} was out").format(name=", ".join(r.refs)),
        _("Since {time}; the driver may have tried to pay").format(time=_time(r, z)),
    ),
    ReasonKind.SOURCE_TOO_OLD: lambda r, z: (_too_old(r, z), _("A driver may have paid there")),
    ReasonKind.PAYMENT_ENDED: lambda r, z: (
        _("Payment ended at {time}").format(time=_time(r, z)),
        _bought(r.right, z),
    ),
    ReasonKind.PERMIT_ENDED: lambda r, z: (
        _("Permit ended at {time}").format(time=_time(r, z)),
        _bought(r.right, z),
    ),
    ReasonKind.RIGHT_REVOKED: lambda r, z: (
        _("Right taken back at {time}").format(time=_time(r, z)),
        _bought(r.right, z),
    ),
    ReasonKind.NO_LATER_PAYMENT: lambda _r, _z: (
        _("No later payment in any source"),
        _("Pay stations and app"),
    ),
    ReasonKind.NO_PAYMENT: lambda _r, z: (
        _("No payment found"),
        _("Pay stations and app, zone {zone}").format(zone=z.zone_id),
    ),
    ReasonKind.NO_PERMIT: lambda _r, z: (
        _("No permit for zone {zone}").format(zone=z.zone_id),
        _("Exact plate and state"),
    ),
    ReasonKind.OTHER_STATE: lambda r, _z: (
        _("Same plate, other state"),
        _("{plate}: compare with the car").format(plate=_thing(r)),
    ),
    ReasonKind.IN_OTHER_ZONE: lambda r, z: (
        _("Paid in zone {zone}").format(zone=r.right.zone_id if r.right else "-"),
        _bought(r.right, z),
    ),
    ReasonKind.LOOK_ALIKE: lambda r, _z: (
        _("Look-alike plate found"),
        _("{plate}: compare with the car").format(plate=_thing(r)),
    ),
    ReasonKind.ALLOW_LISTED: lambda r, _z: _entry(r),
    ReasonKind.NOT_ON_HOTLIST: lambda _r, _z: (
        _("Not on the hot list"),
        _("Exact plate and state"),
    ),
    ReasonKind.PAYMENT_STATION_OK: lambda r, _z: (
        _("Payment was possible here"),
        ", ".join(r.refs),
    ),
    ReasonKind.EARLIER_CITATIONS: lambda r, _z: (
        ngettext("{count} earlier citation", "{count} earlier citations", r.count).format(
            count=r.count
        ),
        _("{amount} open").format(amount=usd(r.amount_cents)),
    ),
    ReasonKind.SAFETY_NOT_AFFECTED: lambda _r, _z: (
        _("Safety rules are not affected"),
        _("Fire lane, hydrant, disabled space"),
    ),
}
