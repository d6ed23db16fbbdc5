"""What people make at terminals and at city hall, drawn from a step's own seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.clock import Reading
from parking.edit import (
    ChoiceReason,
    CitationNote,
    Conflict,
    ConflictChoice,
    Edit,
    PlateCorrection,
    ShiftHeader,
)
from parking.outage import OutageEvent, OutageEventKind
from parking.photo import Photo
from parking.right import ParkingSession, RightSource
from parking.shift import ShiftEvent, ShiftEventKind
from parking.terminal import Terminal, TerminalKind
from sync.merge import changes_between
from sync.records import BY_NAME

ZONES = ("101", "102", "103")
_PLATES = ("AB12345", "CD678", "EF90", "GH1")
_STREET = (EventKind.SERVED, EventKind.VOID_REQUESTED, EventKind.VOIDED)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a terminal who saves something now."""

    terminal: Terminal
    now: Reading
    draw: Random

    def new_id(self) -> UUID:
        return UUID(int=self.draw.getrandbits(128))


def photos_of(draw: Random) -> list[bytes]:
    """Return the plain bytes of no photo, one or two."""
    return [draw.randbytes(24) for _ in range(draw.choice((0, 0, 1, 2)))]


def citation_save(
    person: Person, number: Callable[[], str], photos: Sequence[bytes]
) -> Sequence[Any]:
    """Return what issuing a citation saves: fact, print, photos and, mostly, the check."""
    draw, terminal = person.draw, person.terminal
    check_id, shift_id, officer_id = person.new_id(), person.new_id(), person.new_id()
    plate, zone_id = draw.choice(_PLATES), draw.choice(ZONES)
    citation = Citation(
        citation_id=person.new_id(),
        number=number(),
        terminal_id=terminal.terminal_id,
        officer_id=officer_id,
        shift_id=shift_id,
        zone_id=zone_id,
        plate=plate,
        plate_state="CT",
        violation_code="101",
        fine_cents=draw.randrange(100, 10_000),
        observed_utc=person.now.utc,
        issued_utc=person.now.utc,
        clock_uncertainty_ms=person.now.uncertainty_ms,
        photo_hashes=tuple(sha256(plain).digest() for plain in photos),
        check_id=check_id,
    )
    check = PlateCheck(
        check_id=check_id,
        terminal_id=terminal.terminal_id,
        officer_id=officer_id,
        shift_id=shift_id,
        zone_id=zone_id,
        plate=plate,
        plate_state="CT",
        observed_utc=person.now.utc,
        clock_uncertainty_ms=person.now.uncertainty_ms,
        answer=Answer.NOT_PAID,
        sealed=True,
    )
    pictures = [_photo(person, citation, plain) for plain in photos]
    printed = citation_event(person, citation.citation_id, EventKind.PRINTED)
    return [citation, printed, *pictures, *([check] if draw.random() < 0.7 else [])]


def _photo(person: Person, citation: Citation, plain: bytes) -> Photo:
    return Photo(
        photo_id=person.new_id(),
        citation_id=citation.citation_id,
        sha256=sha256(plain).digest(),
        byte_length=len(plain),
        taken_utc=person.now.utc,
    )


def citation_event(person: Person, citation_id: UUID, kind: EventKind) -> CitationEvent:
    """Return something that happened to a citation, with money where money moves."""
    moved = kind in {EventKind.PAID, EventKind.REFUNDED}
    return CitationEvent(
        citation_event_id=person.new_id(),
        citation_id=citation_id,
        kind=kind,
        at_utc=person.now.utc,
        terminal_id=person.terminal.terminal_id,
        amount_cents=person.draw.randrange(1, 1000) if moved else 0,
    )


def street_event(person: Person, citation_id: UUID) -> CitationEvent:
    """Return an event that an officer may record."""
    return citation_event(person, citation_id, person.draw.choice(_STREET))


def refused_event(person: Person) -> CitationEvent:
    """Return an event that only central may record."""
    return citation_event(person, person.new_id(), EventKind.PAID)


def outage(person: Person) -> OutageEvent:
    """Return the start of an outage."""
    return OutageEvent(
        outage_event_id=person.new_id(),
        outage_id=person.new_id(),
        terminal_id=person.terminal.terminal_id,
        zone_id=person.draw.choice(ZONES),
        kind=OutageEventKind.STARTED,
        cause="network",
        at_utc=person.now.utc,
        clock_uncertainty_ms=person.now.uncertainty_ms,
    )


def shift_event(person: Person) -> ShiftEvent:
    """Return the start of a shift."""
    return ShiftEvent(
        shift_event_id=person.new_id(),
        shift_id=person.new_id(),
        officer_id=person.new_id(),
        terminal_id=person.terminal.terminal_id,
        beat_id="B1",
        kind=ShiftEventKind.STARTED,
        at_utc=person.now.utc,
    )


def right(person_id: UUID, draw: Random, now: Reading, *, revision: int) -> ParkingSession:
    """Return a right as city hall sells or changes it."""
    return ParkingSession(
        parking_session_id=person_id,
        plate=draw.choice(_PLATES),
        plate_state="CT",
        zone_id=draw.choice(ZONES),
        start_utc=now.utc,
        end_utc=now.utc + timedelta(hours=draw.randrange(1, 9)),
        source=RightSource.APP,
        price_cents=draw.randrange(100, 2000),
        made_utc=now.utc,
        revision=revision,
    )


def terminals(count: int, draw: Random) -> list[Terminal]:
    """Return the terminals of a history; the first is always an officer's."""
    kinds = (TerminalKind.OFFICER, TerminalKind.OFFICER, TerminalKind.SUPERVISOR)
    return [
        Terminal(
            terminal_id=UUID(int=0xE0 + at),
            name=f"T-{at}",
            kind=draw.choice((*kinds, TerminalKind.KIOSK)) if at else TerminalKind.OFFICER,
            series=at + 1,
            public_key=bytes(32),
            epoch=1,
        )
        for at in range(count)
    ]


def changed(person: Person, name: str, key: str, shown: Any | None) -> Any:
    """Return a record as a person wants it, made of what the screen shows."""
    draw = person.draw
    word = f"{draw.getrandbits(40):x}"
    if name == "citation_note":
        note = shown or CitationNote(citation_id=UUID(key))
        if draw.random() < 0.5:
            return replace(note, note=word)
        return replace(note, tags=tuple(sorted({*note.tags, word})[-3:]))
    if name == "plate_correction":
        return PlateCorrection(
            citation_id=UUID(key),
            plate=word,
            plate_state=draw.choice(("CT", "NY")),
            revision=shown.revision if shown else 0,
        )
    header = shown or ShiftHeader(shift_id=UUID(key))
    return draw.choice(
        (
            replace(header, vehicle=word),
            replace(header, odometer_miles=draw.randrange(1, 90_000)),
            replace(header, forms_spoiled=header.forms_spoiled + draw.randrange(1, 5)),
            replace(header, remark=word),
        )
    )


def edit(
    person: Person,
    place: tuple[str, str],
    shown_and_wanted: tuple[Any | None, Any],
    *,
    base_revision: int,
    hlc: int,
) -> Edit:
    """Return what was changed as the fact that travels."""
    return Edit(
        edit_id=person.new_id(),
        record=place[0],
        record_key=place[1],
        base_revision=base_revision,
        changes=changes_between(BY_NAME[place[0]], *shown_and_wanted),
        officer_id=person.new_id(),
        terminal_id=person.terminal.terminal_id,
        made_utc=person.now.utc,
        clock_uncertainty_ms=person.now.uncertainty_ms,
        hlc=hlc,
    )


def choice(person: Person, conflict: Conflict, revision: int) -> ConflictChoice:
    """Return a supervisor's choice of one side of a conflict that the screen shows."""
    side = person.draw.randrange(len(conflict.sides))
    return ConflictChoice(
        choice_id=person.new_id(),
        conflict_id=conflict.conflict_id,
        side=side,
        content=conflict.sides[side].content,
        seen=tuple(each.side_id for each in conflict.sides),
        base_revision=revision,
        reason=ChoiceReason.TYPING_ERROR,
        officer_id=person.new_id(),
        terminal_id=person.terminal.terminal_id,
        decided_utc=person.now.utc,
        clock_uncertainty_ms=person.now.uncertainty_ms,
    )
