"""An enrolled terminal with a real encrypted store, and facts that it could have made."""

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from local_db.store import LocalStore
from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.clock import Clock
from parking.numbers import NumberLease
from parking.outage import OutageEvent, OutageEventKind
from parking.photo import Photo
from parking.shift import ShiftEvent, ShiftEventKind
from parking.terminal import Terminal, TerminalKind
from sync.wire import EnrolAnswer
from tests.fakes.clock import NOON, StillClock

KEY = "0123456789abcdef" * 4
TERMINAL_ID = UUID(int=0x7E)
OFFICER_ID = UUID(int=0x0F)
SHIFT_ID = UUID(int=0x5F)
TERMINAL = Terminal(
    terminal_id=TERMINAL_ID,
    name="T-004",
    kind=TerminalKind.OFFICER,
    series=4,
    public_key=bytes(32),
    epoch=1,
)


def sign(data: bytes) -> bytes:
    """Stand in for the device key: 64 bytes that only these data give."""
    return sha256(data).digest() + sha256(b"again" + data).digest()


def enrolment(**changes: Any) -> EnrolAnswer:
    """Return central's answer to an enrolment; changes are of the terminal."""
    return EnrolAnswer(
        terminal=replace(TERMINAL, **changes),
        city_root_key=bytes(32),
        city_online_key=bytes(32),
        online_key_signature=bytes(64),
        server_utc=NOON,
    )


def enrolled(folder: Path, clock: Clock | None = None) -> LocalStore:
    """Make an enrolled store in a folder that is new or empty."""
    store = LocalStore.create(folder, KEY, clock or StillClock())
    store.keep_identity(enrolment())
    return store


def quickly_enrolled(template: Path, folder: Path, clock: Clock | None = None) -> LocalStore:
    """Open a copy of the enrolled store in ``template``, which is made at its first use."""
    if not template.exists():
        enrolled(template).close()
    shutil.copytree(template, folder)
    return LocalStore.open(folder, KEY, clock or StillClock())


def citation(**changes: Any) -> Citation:
    """Return a citation that was just made here."""
    made = Citation(
        citation_id=uuid4(),
        number="SC-4-0012873",
        terminal_id=TERMINAL_ID,
        officer_id=OFFICER_ID,
        shift_id=SHIFT_ID,
        zone_id="112",
        plate="AB 12345",
        plate_state="CT",
        violation_code="101",
        fine_cents=2500,
        observed_utc=NOON,
        issued_utc=NOON,
        check_id=uuid4(),
        seal=bytes(64),
    )
    return replace(made, **changes)


def citation_event(of: Citation, kind: EventKind, **changes: Any) -> CitationEvent:
    """Return an event of a citation."""
    made = CitationEvent(
        citation_event_id=uuid4(), citation_id=of.citation_id, kind=kind, at_utc=NOON
    )
    return replace(made, **changes)


def plate_check(**changes: Any) -> PlateCheck:
    """Return a check that was just made here."""
    made = PlateCheck(
        check_id=uuid4(),
        terminal_id=TERMINAL_ID,
        officer_id=OFFICER_ID,
        shift_id=SHIFT_ID,
        zone_id="112",
        plate="AB12345",
        plate_state="CT",
        observed_utc=NOON,
        clock_uncertainty_ms=20,
        answer=Answer.NOT_PAID,
    )
    return replace(made, **changes)


def shift_event(kind: ShiftEventKind = ShiftEventKind.STARTED, **changes: Any) -> ShiftEvent:
    """Return the start of the sample shift."""
    made = ShiftEvent(
        shift_event_id=uuid4(),
        shift_id=SHIFT_ID,
        officer_id=OFFICER_ID,
        terminal_id=TERMINAL_ID,
        beat_id="B1",
        kind=kind,
        at_utc=NOON,
    )
    return replace(made, **changes)


def outage_event(**changes: Any) -> OutageEvent:
    """Return the start of an outage of the kiosk's reader."""
    made = OutageEvent(
        outage_event_id=uuid4(),
        outage_id=uuid4(),
        terminal_id=TERMINAL_ID,
        zone_id="112",
        kind=OutageEventKind.STARTED,
        cause="reader",
        at_utc=NOON,
        clock_uncertainty_ms=20,
    )
    return replace(made, **changes)


def photo(of: Citation, digest: bytes, byte_length: int) -> Photo:
    """Return the record of a photo."""
    return Photo(
        photo_id=uuid4(),
        citation_id=of.citation_id,
        sha256=digest,
        byte_length=byte_length,
        taken_utc=NOON,
    )


def lease(first: int, last: int, **changes: Any) -> NumberLease:
    """Return a lease of serials for the terminal."""
    made = NumberLease(
        lease_id=uuid4(), terminal_id=TERMINAL_ID, series=4, first_serial=first, last_serial=last
    )
    return replace(made, **changes)


def save(store: LocalStore, *facts: Any) -> None:
    """Save facts in one transaction."""
    with store.saving() as work:
        for fact in facts:
            work.add(fact)
        work.commit()
