"""A day of a small city for the desk: shifts, checks, citations, and holds with their rights."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from PIL import Image

from app.city import fine_rules
from app.ports import HeldCitation, ReportDay
from app.post import Post
from app.usecases.held_citations import HeldRow
from app.usecases.shift_report import DayReport, shift_report
from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind, fold
from parking.numbers import citation_number
from parking.officer import Role
from parking.photo import Photo
from parking.right import ParkingSession, Permit, Right, RightSource, right_id
from parking.shift import ShiftEvent, ShiftEventKind
from parking.terminal import Terminal, TerminalKind
from tests.fakes.central_desk import FakeDesk
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore

_NAMES = UUID(int=0x5A)
EIGHT = NOON - timedelta(hours=4)
"""08:00 in Stamford on the day of the fake clock."""


def name(*parts: object) -> UUID:
    """Return the same identifier for the same words."""
    return uuid5(_NAMES, " ".join(map(str, parts)))


def laptop(number: int, label: str = "") -> Terminal:
    return Terminal(
        terminal_id=name("laptop", number),
        name=label or f"T-{number:03}",
        kind=TerminalKind.OFFICER,
        series=number,
        public_key=bytes(32),
        epoch=1,
    )


def check(number: int, utc: datetime, *, shift: UUID, officer: UUID, **changes: Any) -> PlateCheck:
    values: dict[str, Any] = {
        "check_id": name("check", shift, number, utc),
        "terminal_id": name("laptop", 14),
        "officer_id": officer,
        "shift_id": shift,
        "zone_id": "112",
        "plate": "AB12345",
        "plate_state": "CT",
        "observed_utc": utc,
        "clock_uncertainty_ms": 20,
        "answer": Answer.PAID,
    }
    return PlateCheck(**(values | changes))


def citation(serial: int, utc: datetime, **changes: Any) -> Citation:
    values: dict[str, Any] = {
        "citation_id": name("citation", serial),
        "number": citation_number(4, serial),
        "terminal_id": name("laptop", 14),
        "officer_id": name("officer"),
        "shift_id": name("shift"),
        "zone_id": "112",
        "plate": "BK47291",
        "plate_state": "CT",
        "violation_code": "101",
        "fine_cents": 2500,
        "observed_utc": utc,
        "issued_utc": utc + timedelta(seconds=40),
        "check_id": name("check", serial),
        "seal": bytes(64),
    }
    return Citation(**(values | changes))


def payment(serial: int, start: datetime, end: datetime, **changes: Any) -> ParkingSession:
    values: dict[str, Any] = {
        "parking_session_id": name("right", serial),
        "plate": "BK47291",
        "plate_state": "CT",
        "zone_id": "112",
        "start_utc": start,
        "end_utc": end,
        "source": RightSource.APP,
        "price_cents": 200,
        "made_utc": start,
    }
    return ParkingSession(**(values | changes))


def permit(serial: int, start: datetime, end: datetime, **changes: Any) -> Permit:
    values: dict[str, Any] = {
        "permit_id": name("permit", serial),
        "plate": "BK47291",
        "plate_state": "CT",
        "zone_id": "112",
        "kind": "Resident",
        "start_utc": start,
        "end_utc": end,
    }
    return Permit(**(values | changes))


def hold(of: Citation, right: Right | None, utc: datetime, cover: str = "exact") -> CitationEvent:
    return CitationEvent(
        citation_event_id=name("hold", of.number),
        citation_id=of.citation_id,
        kind=EventKind.HELD,
        at_utc=utc,
        reason_code=cover,
        right_id=None if right is None else right_id(right),
    )


def held_row(
    of: Citation, right: Right | None, held: CitationEvent, *more: CitationEvent
) -> HeldRow:
    """Return a row as the use case would, in the sample city."""
    store = MemoryStore()
    zone = store.zone(of.zone_id)
    events = (held, *more)
    return HeldRow(
        held=HeldCitation(citation=of, events=events, right=right, held_event=held),
        state=fold(of, events, as_of_utc=held.at_utc, rules=fine_rules(zone)),
        zone=zone,
        officer=store.fed_officers[0],
        code=next((one for one in store.fed_codes if one.code == of.violation_code), None),
    )


def shift(
    number: int, *, officer: UUID, hours: tuple[int, int | None]
) -> tuple[UUID, tuple[ShiftEvent, ...]]:
    """Return a shift from the first hour to the second; None while it is open."""
    started = ShiftEvent(
        shift_event_id=name("start", number),
        shift_id=name("shift", number),
        officer_id=officer,
        terminal_id=name("laptop", number),
        beat_id="4",
        kind=ShiftEventKind.STARTED,
        at_utc=EIGHT + timedelta(hours=hours[0] - 8),
    )
    if hours[1] is None:
        return started.shift_id, (started,)
    ended = replace(
        started,
        shift_event_id=name("end", number),
        kind=ShiftEventKind.ENDED,
        at_utc=EIGHT + timedelta(hours=hours[1] - 8),
    )
    return started.shift_id, (started, ended)


_ZONES = ("112", "112", "114", "118", "112", "204", "114", "207", "118", "114")
_CHECKS = (62, 118, 141, 150, 133, 96, 148, 162, 139, 98, 37)
_CITED = (2, 4, 6, 5, 3, 2, 7, 8, 5, 3, 1)


@dataclass(frozen=True, slots=True)
class _Worker:
    officer_id: UUID
    shift_id: UUID
    events: tuple[ShiftEvent, ...]


def fill(
    store: MemoryStore, clock: StillClock, *, shifts: int = 4, until: int = 19, share: float = 1.0
) -> None:
    """Put a day into the store, and the checks of the same day a week before.

    Args:
        store: Gets the facts as the feed would bring them.
        clock: Is set to six minutes past ``until``.
        shifts: How many officers work; the last is still out.
        until: Local hour, at most 19.
        share: Of the checks and citations of a full day.
    """
    clock.utc = EIGHT + timedelta(hours=until - 8, minutes=6)
    store.fed_terminals = [laptop(number + 9) for number in range(shifts)]
    workers = _workers(store, shifts, until)
    issued = Counter[UUID]()
    for hour in range(8, until):
        start = EIGHT + timedelta(hours=hour - 8)
        count = int(_CHECKS[hour - 8] * share)
        store.fed_facts += _checks(start, count, workers)
        store.fed_facts += _checks(start - timedelta(days=7), int(count * 0.94), workers)
        for number in range(int(_CITED[hour - 8] * share)):
            worker = workers[sum(issued.values()) % shifts]
            issued[worker.shift_id] += 1
            store.fed_facts.append(_cited(sum(issued.values()), start, number, worker))
    for worker in workers:
        store.fed_facts += [
            replace(event, issued_count=issued[worker.shift_id])
            if event.kind is ShiftEventKind.ENDED
            else event
            for event in worker.events
        ]


def _workers(store: MemoryStore, shifts: int, until: int) -> list[_Worker]:
    people = [one for one in store.fed_officers if one.role is Role.OFFICER]
    workers = []
    for number in range(shifts):
        person = people[number % len(people)].officer_id
        ended = None if number == shifts - 1 else min(16 + number % 4, until)
        shift_id, events = shift(number + 9, officer=person, hours=(8 + number % 4, ended))
        workers.append(_Worker(person, shift_id, events))
    return workers


def _checks(start: datetime, count: int, workers: Sequence[_Worker]) -> Iterator[PlateCheck]:
    for number in range(count):
        worker = workers[number % len(workers)]
        yield check(
            number,
            start + timedelta(seconds=number * 3600 // count),
            shift=worker.shift_id,
            officer=worker.officer_id,
            answer=Answer.CANNOT_KNOW if number % 41 == 40 else Answer.PAID,
        )


def _cited(serial: int, start: datetime, number: int, worker: _Worker) -> Citation:
    return citation(
        serial,
        start + timedelta(minutes=5 + number * 6),
        shift_id=worker.shift_id,
        officer_id=worker.officer_id,
        zone_id=_ZONES[serial % len(_ZONES)],
        plate=f"AD{61000 + serial}",
    )


def day_report(store: MemoryStore, clock: StillClock, day: ReportDay | None = None) -> DayReport:
    """Return the report a desk would fold."""
    return shift_report(Post(store=store, clock=clock, terminal=laptop(1)), day)


def queue(store: MemoryStore, clock: StillClock) -> None:
    """Put a queue of seven held citations into the store, each of another kind."""
    at = EIGHT + timedelta(hours=6, minutes=32)

    def moment(**span: float) -> datetime:
        return at + timedelta(**span)

    def put(of: Citation, right: Right | None, minutes: float, cover: str = "exact") -> None:
        if isinstance(right, Permit):
            store.permits.append(right)
        elif right is not None:
            store.rights.append(right)
        store.fed_facts += [of, hold(of, right, moment(minutes=minutes), cover)]

    station = {"source": RightSource.PAY_STATION, "source_ref": "K-11"}
    early, late = moment(minutes=-62), moment(minutes=28)
    put(
        citation(12850, at, fine_cents=12_000, plate="AC20884", violation_code="402"),
        permit(1, moment(days=-90), moment(days=100), plate="AC20884"),
        20,
    )
    put(
        citation(8119, at, fine_cents=8000, plate="HGT7712", plate_state="NY"),
        payment(2, early, late, plate="HGT7712", plate_state="NY", zone_id="204", **station),
        40,
    )
    put(
        citation(12861, at, fine_cents=5000, plate="BF20467", violation_code="205"),
        payment(3, early, moment(minutes=-3), plate="BF20467", plate_state=""),
        50,
        "exit_grace",
    )
    put(citation(12873, at), payment(4, early, late), 59)
    put(
        citation(3302, at, plate="AD61007"),
        payment(5, moment(minutes=3), late, plate="AD61007", **station),
        61,
        "entry_grace",
    )
    put(
        citation(3305, at, plate="DK33028"),
        payment(6, early, late, plate="DK33028", made_utc=moment(minutes=9)),
        2880,
    )
    put(citation(20114, at, plate="AX55910"), None, 70, "supervisor")
    clock.utc = moment(days=2, minutes=90)


def jpeg(color: str) -> bytes:
    """Return a picture of one colour, 4:3."""
    file = BytesIO()
    Image.new("RGB", (320, 240), color).save(file, "JPEG")
    return file.getvalue()


def photographed(store: MemoryStore, central: FakeDesk) -> Citation:
    """Give the first citation of ``queue`` three photos: one kept here, the others at city hall.

    Of the second only the small picture is there, of the third nothing is asked for.
    """
    of = next(one for one in store.all_of(Citation) if one.plate == "AC20884")
    here, small = jpeg("#27496B"), jpeg("#6B4927")
    for at, plain in enumerate((here, b"not at city hall yet", b"third")):
        store.fed_facts.append(
            Photo(
                photo_id=name("photo", of.number, at),
                citation_id=of.citation_id,
                sha256=sha256(plain).digest(),
                byte_length=len(plain),
                taken_utc=of.observed_utc - timedelta(seconds=15 - 5 * at),
            )
        )
    store.photos[sha256(here).digest()] = here
    central.thumbnails[sha256(b"not at city hall yet").digest()] = small
    return of
