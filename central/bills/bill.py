"""Finding tickets and folding what is to pay for them now.

Runs inside the caller's unit of work; blocking. Source: RULES.md 12-16.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.late_truth.judge import events_of
from central.problems import RefusedError
from central.store import load_many, value_of
from parking.bill import Bill, BillRequest, Bills, check_bill_request
from parking.citation import Citation, CitationEvent, CitationState, Display, EventKind, fold
from parking.clockface import day_bounds, local_day
from parking.fines import appeal_until, fine_rules
from parking.ids import uuid7
from parking.numbers import read_citation_number
from parking.plate import check_plate_text
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Zone
from sync.records import BY_CLASS

STANDS_FOR = timedelta(minutes=10)
"""How long a shown amount stands; it never outlives the local day for which it was folded."""
MOST_SHOWN = 20
_TIME_ZONE = "America/New_York"
_BY_NUMBER = "select citation_id from violations where number = %(number)s"
_BY_PLATE = """
select citation_id from violations
where plate_key = %(plate)s and plate_state = %(state)s
union
select citation_id from plate_correction
where plate_key = %(plate)s and plate_state = %(state)s
"""
_SHOWN = """
select citation_id from bills
where bill_id = %(bill_id)s and terminal_id = %(terminal_id)s and expires_utc > %(now)s
"""
_STORE = """
insert into bills (bill_id, citation_id, terminal_id, number, amount_cents, refused, expires_utc,
    made_utc)
values (%(bill_id)s, %(citation_id)s, %(terminal_id)s, %(number)s, %(amount_cents)s, %(refused)s,
    %(expires_utc)s, %(made_utc)s)
"""


def _(form: str) -> str:
    """Mark a sentence that the terminal says in the driver's language."""
    return form


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A citation, what happened to it and what that comes to now."""

    citation: Citation
    events: Sequence[CitationEvent]
    state: CitationState
    time_zone: str


def make_bills(
    connection: Connection, terminal: Terminal, *, asked: BillRequest, now_utc: datetime
) -> Bills:
    """Find tickets, fold what is to pay for each, and keep the bills for a payment that follows.

    A number finds its ticket whatever its state; a plate finds those with something to pay.

    Raises:
        UserError: ``bill.what``, ``number.*``, ``plate.*``.
    """
    check_bill_request(asked)
    bills = []
    for owed in _found(connection, asked, now_utc):
        if asked.number or owed.state.amount_due_cents:
            bills.append(_bill(connection, owed, now_utc))
    for bill in bills[:MOST_SHOWN]:
        connection.exec_driver_sql(_STORE, _row(bill, terminal, now_utc))
    return Bills(bills=tuple(bills[:MOST_SHOWN]))


def photo_of_bill(
    connection: Connection, bill_id: UUID, *, terminal: Terminal, now_utc: datetime
) -> bytes:
    """Return the hash of the first photo of what a bill is about; empty when there is none.

    Raises:
        RefusedError: 404 ``bill.unknown``: not shown to this terminal, or it stands no longer.
    """
    where = {"bill_id": bill_id, "terminal_id": terminal.terminal_id, "now": now_utc}
    citation_id = connection.exec_driver_sql(_SHOWN, where).scalar()
    if citation_id is None:
        raise RefusedError(
            404, "bill.unknown", "This ticket is not shown here now. Look it up again."
        )
    (citation,) = _load(connection, Citation, [str(citation_id)])
    return citation.photo_hashes[0] if citation.photo_hashes else b""


def owed_for(connection: Connection, citation_id: UUID, now_utc: datetime) -> Owed | None:
    """Return a citation with what is to pay for it now, None when it is not known."""
    found = _owed(connection, [str(citation_id)], now_utc)
    return found[0] if found else None


def _found(connection: Connection, asked: BillRequest, now_utc: datetime) -> list[Owed]:
    if asked.number:
        read_citation_number(asked.number)
        parameters = {"number": asked.number.strip().upper()}
        ids = connection.exec_driver_sql(_BY_NUMBER, parameters).scalars()
    else:
        key = check_plate_text(asked.plate)
        parameters = {"plate": key, "state": asked.plate_state}
        ids = connection.exec_driver_sql(_BY_PLATE, parameters).scalars()
    found = _owed(connection, [str(one) for one in ids], now_utc)
    return sorted(found, key=lambda owed: (owed.citation.issued_utc, owed.citation.number))


def _owed(connection: Connection, citation_ids: Sequence[str], now_utc: datetime) -> list[Owed]:
    citations = _load(connection, Citation, citation_ids)
    events = events_of(connection, citation_ids)
    zones = {
        zone.zone_id: zone.time_zone
        for zone in _load(connection, Zone, sorted({each.zone_id for each in citations}))
    }
    found = []
    for citation in citations:
        time_zone = zones.get(citation.zone_id, _TIME_ZONE)
        happened = events.get(citation.citation_id, [])
        rules = fine_rules(_rules(), time_zone)
        state = fold(citation, happened, as_of_utc=now_utc, rules=rules)
        found.append(Owed(citation=citation, events=happened, state=state, time_zone=time_zone))
    return found


def _bill(connection: Connection, owed: Owed, now_utc: datetime) -> Bill:
    citation = owed.citation
    today = local_day(now_utc, owed.time_zone)
    last = appeal_until(local_day(_served_utc(owed), owed.time_zone))
    return Bill(
        bill_id=uuid7(now_utc),
        citation_id=citation.citation_id,
        number=citation.number,
        plate=citation.plate,
        plate_state=citation.plate_state,
        violation=_violation(connection, citation),
        place=citation.place,
        issued_utc=citation.issued_utc,
        amount_cents=owed.state.amount_due_cents,
        status=owed.state.display.value,
        as_of=today,
        appeal_until=last if last >= today else None,
        photo_sha256=citation.photo_hashes[0] if citation.photo_hashes else b"",
        refused=refusal(owed.state),
        expires_utc=min(now_utc + STANDS_FOR, day_bounds(today, owed.time_zone)[1]),
    )


def refusal(state: CitationState) -> str:
    """Return why nothing is taken for a citation in this state; empty when it can be paid."""
    if state.display in _NOTHING:
        return _NOTHING[state.display]
    if state.written_off:
        return _("The city has closed this ticket. Call the city.")
    return "" if state.amount_due_cents else _("There is nothing to pay for this ticket.")


_NOTHING = {
    Display.WARNING: _("This is a warning. There is nothing to pay."),
    Display.VOIDED: _("This ticket was taken back. There is nothing to pay."),
    Display.DISMISSED: _("This ticket was dismissed. There is nothing to pay."),
    Display.PAID: _("This ticket is paid."),
    Display.HELD: _(
        "A person is looking at this ticket. Do not pay now; no late fee runs meanwhile."
    ),
}


def _served_utc(owed: Owed) -> datetime:
    served = (event.at_utc for event in owed.events if event.kind is EventKind.SERVED)
    return max([owed.citation.issued_utc, *served])


def _violation(connection: Connection, citation: Citation) -> str:
    codes = _load(connection, ViolationCode, [citation.violation_code])
    return f"{citation.violation_code} {codes[0].title}" if codes else citation.violation_code


def _row(bill: Bill, terminal: Terminal, now_utc: datetime) -> dict[str, object]:
    return {
        "bill_id": bill.bill_id,
        "citation_id": bill.citation_id,
        "terminal_id": terminal.terminal_id,
        "number": bill.number,
        "amount_cents": bill.amount_cents,
        "refused": bill.refused,
        "expires_utc": bill.expires_utc,
        "made_utc": now_utc,
    }


def _load(connection: Connection, of: type[Any], keys: Sequence[str]) -> list[Any]:
    record = BY_CLASS[of]
    return [value_of(record, row) for row in load_many(connection, record, keys).values()]


@cache
def _rules() -> dict[str, Any]:
    file = Path(__file__).resolve().parents[2] / "resources" / "rules" / "fines.json"
    raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return raw
