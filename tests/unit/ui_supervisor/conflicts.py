"""Conflicts of a small city: two plates for one citation, two notes, a number with many values."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from parking.edit import Conflict, ConflictSide, ConflictState
from parking.photo import Photo
from parking.terminal import Terminal, TerminalKind
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor.samples import citation, hold, laptop, name

NOTE = (
    "Driver came back while I wrote. Says the pay station on Summer St ate the card twice. "
    "Blue tarp over the meter. Wheels on the curb."
)
OTHER_NOTE = (
    "Driver came back while I wrote. Says the pay station on Bedford St ate the card twice. "
    "Blue tarp over the meter. Two wheels on the curb, hydrant 12 ft away."
)


def desk_terminal() -> Terminal:
    return replace(laptop(2, "C-02"), kind=TerminalKind.SUPERVISOR)


def side(number: int, utc: datetime, content: dict[str, Any], **changes: Any) -> ConflictSide:
    values: dict[str, Any] = {
        "edit_id": name("edit", number),
        "content": json.dumps(content),
        "officer_id": name("officer"),
        "terminal_id": name("laptop", 14),
        "made_utc": utc,
        "clock_uncertainty_ms": 400,
        "received_utc": utc + timedelta(minutes=34, seconds=4),
        "data_as_of_utc": utc - timedelta(seconds=8),
        "reason": "camera read 98%, confirmed",
        "kept": False,
    }
    return ConflictSide(**(values | changes))


def conflict(number: int, utc: datetime, *sides: ConflictSide, **changes: Any) -> Conflict:
    values: dict[str, Any] = {
        "conflict_id": name("conflict", number),
        "record": "citation_note",
        "record_key": str(UUID(int=number)),
        "fields": ("note",),
        "base": "{}",
        "rule": "ask",
        "sides": sides,
        "state": ConflictState.OPEN,
        "found_utc": utc,
    }
    return Conflict(**(values | changes))


def two_plates(store: MemoryStore, utc: datetime, *, number: int = 1) -> Conflict:
    """Put a held citation for which an officer and a supervisor have two plates into the store."""
    made = utc - timedelta(minutes=75)
    of = citation(12_873 + number, made)
    officer, supervisor = store.fed_officers[0], store.officer_by_badge("0102")
    assert supervisor is not None
    photos = [
        Photo(
            photo_id=name("photo", number, at),
            citation_id=of.citation_id,
            sha256=sha256(f"photo {number} {at}".encode()).digest(),
            byte_length=60_000,
            taken_utc=made - timedelta(seconds=4 + 5 * at),
        )
        for at in range(2)
    ]
    store.fed_facts += [of, *photos, hold(of, None, made + timedelta(minutes=21), "plate_disputed")]
    store.fed_terminals = [laptop(14), desk_terminal()]
    found = conflict(
        number,
        utc - timedelta(minutes=41),
        side(
            10 * number + 1,
            made,
            {"plate": "BK47291", "plate_state": "CT"},
            officer_id=officer.officer_id,
            kept=True,
        ),
        side(
            10 * number + 2,
            made + timedelta(minutes=20),
            {"plate": "BK47Z91", "plate_state": "CT"},
            officer_id=supervisor.officer_id,
            terminal_id=desk_terminal().terminal_id,
            clock_uncertainty_ms=100,
            received_utc=made + timedelta(minutes=20),
            data_as_of_utc=made + timedelta(minutes=1),
            reason="typed from a phone call",
        ),
        record="plate_correction",
        record_key=str(of.citation_id),
        fields=("plate", "plate_state"),
    )
    store.fed_conflicts.append(found)
    return found


def two_notes(store: MemoryStore, utc: datetime, *, number: int = 2, times: int = 1) -> Conflict:
    """Put a citation with two notes into the store; ``times`` makes them longer."""
    store.fed_terminals = [laptop(14), desk_terminal()]
    made = utc - timedelta(minutes=30)
    of = citation(12_900 + number, made)
    store.fed_facts.append(of)
    officer = store.fed_officers[0].officer_id
    found = conflict(
        number,
        utc - timedelta(minutes=12),
        side(10 * number + 1, made, {"note": NOTE * times}, officer_id=officer, reason=""),
        side(10 * number + 2, made, {"note": OTHER_NOTE * times}, officer_id=officer, kept=True),
        record_key=str(of.citation_id),
    )
    store.fed_conflicts.append(found)
    return found


def many_values(store: MemoryStore, utc: datetime, count: int = 4, *, number: int = 3) -> Conflict:
    """Put a zone into the store whose grace was changed by several people at once."""
    store.fed_terminals = [laptop(14), desk_terminal()]
    made = utc - timedelta(days=3)
    sides = [
        side(
            10 * number + at,
            made + timedelta(minutes=at),
            {"exit_grace_s": 300 + 60 * at},
            officer_id=store.fed_officers[at % len(store.fed_officers)].officer_id,
            kept=at == count - 1,
        )
        for at in range(1, count)
    ]
    started = side(0, made, {"exit_grace_s": 300})
    started = replace(
        started,
        edit_id=None,
        officer_id=None,
        terminal_id=None,
        made_utc=None,
        received_utc=None,
        data_as_of_utc=None,
        reason="",
    )
    found = conflict(
        number,
        made + timedelta(minutes=9),
        started,
        *sides,
        record="zone",
        record_key="112",
        fields=("exit_grace_s",),
    )
    store.fed_conflicts.append(found)
    return found
