"""What an operation was that central refused, why, and what to do. Pure, any thread."""

from typing import Any

from app.words import _
from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.clockface import day_date, hh_mm, local_day
from parking.edit import ConflictChoice, Edit
from parking.outage import OutageEvent
from parking.parked import ParkedClosing
from parking.photo import Photo
from parking.plate import plate_key, spaced
from parking.refund import RefundApproval, RefundRequest
from parking.shift import ShiftEvent, ShiftEventKind
from parking.slip import CouldNotPay

MONEY_LANE = 1


def what_it_was(record: Any) -> str:
    """Say what an operation carried: ``Check of plate ABC-123``."""
    match record:
        case Citation():
            return _("Citation {number}, plate {plate}").format(
                number=record.number, plate=_plate(record.plate, record.plate_state)
            )
        case CitationEvent():
            return _event(record.kind)
        case PlateCheck():
            plate = _plate(record.plate, record.plate_state)
            return _("Check of plate {plate}").format(plate=plate)
        case ShiftEvent():
            started = record.kind is ShiftEventKind.STARTED
            return _("Start of a shift") if started else _("End of a shift")
        case Edit():
            return name_words(record.record, changed=True)
    return name_words(_NAMES.get(type(record), ""))


def name_words(name: str, *, changed: bool = False) -> str:
    """Say what a record of this name is; ``changed`` when it is an edit of one."""
    if changed:
        return {
            "citation_note": _("Change of a citation's note"),
            "plate_correction": _("Correction of a citation's plate"),
            "shift_header": _("Change of a shift's header"),
            "zone": _("Change of a zone"),
        }.get(name, _("Change of a record"))
    return {
        "citation": _("Citation"),
        "citation_event": _("Event of a citation"),
        "photo": _("Photo of a citation"),
        "plate_check": _("Check of a plate"),
        "shift_event": _("Start or end of a shift"),
        "outage_event": _("Pay outage"),
        "could_not_pay": _("Slip: could not pay here"),
        "refund_request": _("Request for a refund"),
        "refund_approval": _("Second word on a refund"),
        "edit": _("Change of a record"),
        "conflict_choice": _("Choice between values"),
        "parked_closing": _("Closing of a sync issue"),
    }.get(name, _("Record of a kind this version does not know"))


def made_words(record_utc: Any, today: Any, time_zone: str) -> str:
    """Write when it was made: the time, with its day when that was another than today."""
    day = local_day(record_utc, time_zone)
    at = hh_mm(record_utc, time_zone)
    return at if day == today else f"{day_date(day)} {at}"


def what_to_do(record: Any, *, at_desk: bool) -> str:
    """Say what a person does about it."""
    if at_desk:
        return _("It is under Sync issues too: close it there once nobody needs it.")
    match record:
        case Citation():
            return _("The paper stays valid. Tell your supervisor the number.")
        case Photo():
            return _("It is kept here. Tell your supervisor which citation it belongs to.")
        case PlateCheck():
            return _("Nothing to do in the street. It is kept here.")
    return _("It is kept here. Tell your supervisor.")


def _event(kind: EventKind) -> str:
    return {
        EventKind.PRINTED: _("A citation was printed"),
        EventKind.SERVED: _("A citation was served"),
        EventKind.VOID_REQUESTED: _("A void was asked for"),
        EventKind.VOIDED: _("A citation was voided"),
        EventKind.RELEASED: _("A hold was released"),
        EventKind.DISMISSED: _("A citation was dismissed"),
    }.get(kind, _("Event of a citation"))


def _plate(plate: str, state: str) -> str:
    return spaced(plate_key(plate), state) or plate


_NAMES: dict[type, str] = {
    Photo: "photo",
    OutageEvent: "outage_event",
    CouldNotPay: "could_not_pay",
    RefundRequest: "refund_request",
    RefundApproval: "refund_approval",
    ConflictChoice: "conflict_choice",
    ParkedClosing: "parked_closing",
}
