"""Late truth over real connections: whichever of right and citation comes last finds the other."""

import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Connection

from central.database import Database
from central.late_truth import judge as late_truth
from central.late_truth.second_line import judge_again
from central.metrics import Metrics
from central.rights.take import store_rights
from central.store import Row, store_many
from parking.citation import Citation, CitationEvent, EventKind
from parking.ids import uuid7
from parking.plate import plate_key
from parking.slip import CouldNotPay
from parking.terminal import TerminalKind
from sync.records import BY_CLASS, encode
from tests.unit.central.pushes import sealed
from tests.unit.central.samples import EXPIRED, SAFETY, ZONE, citation, permit, right
from tests.unit.central.service import Service, TestClock
from tests.waiting import wait_until

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
PAIRS, CONTROL_PAIRS = 1000, 60
_ALARMS = """
    select count(*) from alarms
    join violations on subject = 'citation:' || citation_id and plate_key like 'U%%'
"""
WORKERS = 4
_PLATES = itertools.count()


@pytest.fixture(scope="module")
def city(store: Database) -> Database:
    with store.unit_of_work("test") as connection:
        for value in (ZONE, EXPIRED, SAFETY):
            rows = [Row(value=value)]
            store_many(connection, BY_CLASS[type(value)], rows, received_utc=NOW)
    return store


@pytest.fixture
def plate() -> str:
    return f"T{next(_PLATES):05d}"


def store_citation(connection: Connection, issued: Citation) -> list[CitationEvent]:
    """Store a citation as a push does: lock, store, judge."""
    plates = [plate_key(issued.plate)]
    late_truth.lock_plates(connection, plates)
    row = Row(value=issued, payload_sha256=sha256(encode(issued)).digest())
    store_many(connection, BY_CLASS[Citation], [row], received_utc=NOW)
    return late_truth.judge(connection, plates, now_utc=NOW)


def store_facts(database: Database, *facts: CitationEvent) -> None:
    with database.unit_of_work("test") as connection:
        late_truth.store_events(connection, facts, NOW)


def holds(database: Database, plates: str) -> list[tuple[str, str]]:
    """Return kind and reason of the events of citations whose plates are like a pattern."""
    statement = """
        select kind, reason_code from citation_event join violations using (citation_id)
        where plate_key like %(plates)s
    """
    with database.reading() as connection:
        found = connection.exec_driver_sql(statement, {"plates": plates})
        return [(kind, reason) for kind, reason in found]


def missed_pairs(database: Database, letter: str, pairs: int) -> int:
    """Store pairs of right and citation at the same time; return how many stay unheld."""

    def at_once(works: Iterable[Callable[[Connection], object]]) -> None:
        both = threading.Barrier(2)

        def run(work: Callable[[Connection], object]) -> None:
            with database.unit_of_work("test") as connection:
                both.wait(timeout=20)
                work(connection)

        with ThreadPoolExecutor(2) as pair:
            list(pair.map(run, works))

    def one_pair(number: int) -> None:
        plate = f"{letter}{number:05d}"
        paid, issued = right(NOW, plate), citation(NOW, plate)
        at_once(
            [
                lambda connection: store_rights(connection, [paid], now_utc=NOW),
                lambda connection: store_citation(connection, issued),
            ]
        )

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(one_pair, range(pairs)))
    return pairs - len(holds(database, f"{letter}%"))


def test_no_simultaneous_pair_is_missed(city: Database) -> None:
    assert missed_pairs(city, "L", PAIRS) == 0


def test_without_the_lock_pairs_are_missed_and_the_second_line_finds_them(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unlocked:
        unlocked.setattr(late_truth, "lock_plates", lambda *_: None)
        unlocked.setattr("central.rights.take.lock_plates", lambda *_: None)
        missed = missed_pairs(city, "U", CONTROL_PAIRS)
    assert missed > 0
    metrics = Metrics()

    def all_found() -> bool:
        judge_again(city, TestClock(), metrics)
        return len(holds(city, "U%")) == CONTROL_PAIRS

    # Transactions of other tests may hold the feed's horizon back for a moment.
    wait_until(all_found, what="the second line")
    with city.reading() as connection:
        alarms = connection.exec_driver_sql(_ALARMS).scalar_one()
    assert alarms == missed


@dataclass(frozen=True)
class Case:
    """What is changed about a right that covers, and how the citation is held."""

    changed: dict[str, object]
    held: str = ""


CASES = [
    Case({}, "exact"),
    Case({"plate_state": ""}, "exact"),
    Case({"plate_state": "NY"}),
    Case({"zone_id": "Z99"}),
    Case({"start_utc": NOW + timedelta(minutes=2)}, "entry_grace"),
    Case({"end_utc": NOW - timedelta(minutes=5)}, "exit_grace"),
    Case({"end_utc": NOW - timedelta(minutes=8)}),
    Case({"revoked_utc": NOW - timedelta(minutes=10)}),
]


@pytest.mark.parametrize("right_first", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_a_right_holds_what_it_covers(
    city: Database, plate: str, case: Case, right_first: bool
) -> None:
    paid = right(NOW, f"{plate[0]}-{plate[1:]}".lower(), **case.changed)
    issued = citation(NOW, plate)
    works: list[Callable[[Connection], object]] = [
        lambda connection: store_rights(connection, [paid], now_utc=NOW),
        lambda connection: store_citation(connection, issued),
    ]
    for work in works if right_first else reversed(works):
        with city.unit_of_work("test") as connection:
            work(connection)
    assert holds(city, plate) == ([("held", case.held)] if case.held else [])


def test_a_plate_without_a_key_is_never_held(city: Database) -> None:
    with city.unit_of_work("test") as connection:
        store_rights(connection, [right(NOW, "--")], now_utc=NOW)
        assert store_citation(connection, citation(NOW, " ")) == []


def test_a_safety_violation_is_never_held_by_a_payment(city: Database, plate: str) -> None:
    with city.unit_of_work("test") as connection:
        store_citation(connection, citation(NOW, plate, violation_code="201"))
        assert store_rights(connection, [right(NOW, plate)], now_utc=NOW) == (1, 0)


def test_a_permit_holds_too(city: Database, plate: str) -> None:
    with city.unit_of_work("test") as connection:
        store_citation(connection, citation(NOW, plate))
        listed = permit(NOW, plate)
        store_many(connection, BY_CLASS[type(listed)], [Row(value=listed)], received_utc=NOW)
        [event] = late_truth.judge(connection, [plate], now_utc=NOW)
    assert (event.kind, event.right_id) == (EventKind.HELD, listed.permit_id)


def test_what_a_person_released_is_not_held_by_the_same_right_again(
    city: Database, plate: str
) -> None:
    paid, issued = right(NOW, plate), citation(NOW, plate)
    with city.unit_of_work("test") as connection:
        store_citation(connection, issued)
        assert store_rights(connection, [paid], now_utc=NOW) == (1, 1)
    released = CitationEvent(
        citation_event_id=uuid7(NOW),
        citation_id=issued.citation_id,
        kind=EventKind.RELEASED,
        at_utc=NOW,
        right_id=paid.parking_session_id,
    )
    store_facts(city, released)
    with city.unit_of_work("test") as connection:
        longer = replace(paid, end_utc=paid.end_utc + timedelta(hours=1))
        assert store_rights(connection, [longer], now_utc=NOW) == (1, 0)
        assert store_rights(connection, [right(NOW, plate)], now_utc=NOW) == (1, 1)


def test_storing_the_same_right_again_does_nothing(city: Database, plate: str) -> None:
    paid = right(NOW, plate)
    for expected in ((1, 0), (0, 0)):
        with city.unit_of_work("test") as connection:
            assert store_rights(connection, [paid], now_utc=NOW) == expected


def test_locks_are_taken_in_ascending_order_of_their_buckets(city: Database) -> None:
    plates = [f"P{number:05d}" for number in range(300)]
    with city.unit_of_work("test") as connection:
        late_truth.lock_plates(connection, plates)
        statement = "select objid from pg_locks where locktype = 'advisory' and classid = 7305"
        held = set(connection.exec_driver_sql(statement).scalars())
    assert held >= {late_truth.bucket(plate) for plate in plates}
    assert all(0 <= late_truth.bucket(plate) < late_truth.BUCKETS for plate in plates)


@pytest.mark.parametrize("slip_first", [True, False], ids=["slip first", "citation first"])
def test_a_citation_of_a_driver_who_could_not_pay_waits_for_a_person(
    service: Service, slip_first: bool
) -> None:
    service.store(ZONE)
    plate = f"SLIP{next(_PLATES)}"
    officer, kiosk = service.enrol_new(), service.enrol_new(TerminalKind.KIOSK)
    issued = sealed(officer, plate=plate)
    tried_utc = issued.observed_utc - timedelta(minutes=10)
    slip = CouldNotPay(
        slip_id=uuid7(tried_utc),
        code="S-7K2M-4Q",
        terminal_id=kiosk.terminal.terminal_id,
        zone_id=issued.zone_id,
        plate=plate,
        plate_state=issued.plate_state,
        at_utc=tried_utc,
        until_utc=tried_utc + timedelta(hours=1),
        cause="network",
        clock_uncertainty_ms=20,
    )
    both = [(kiosk, slip), (officer, issued)]
    for device, fact in both if slip_first else reversed(both):
        answer = device.push(service.client, fact)
        assert answer.results[0].outcome in {"applied", "flagged"}
    assert holds(service.central.database, plate) == [("held", "could_not_pay")]
