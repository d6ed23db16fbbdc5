"""What use cases ask: reference data, the shift, citations from here and from elsewhere."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from local_db.store import LocalStore
from local_db.values import HeldCitation, ShiftCounts
from parking.citation import EventKind
from parking.officer import Officer, Role
from parking.outage import Outage, OutageEventKind
from parking.shift import ShiftEventKind
from parking.slip import CouldNotPay
from parking.tariff import Tariff
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Beat
from tests.fakes.clock import NOON
from tests.fakes.terminal import (
    SHIFT_ID,
    TERMINAL,
    citation,
    citation_event,
    outage_event,
    plate_check,
    save,
    shift_event,
)
from tests.unit.local_db.test_feed import page, row
from tests.unit.parking import samples


def bring(store: LocalStore, *values: Any) -> None:
    store.outbox.apply_page(page(*(row(value) for value in values)))


def officer(badge: str, **changes: Any) -> Officer:
    made = Officer(officer_id=uuid4(), badge=badge, display_name="M. Ortiz", role=Role.OFFICER)
    return replace(made, **changes)


def code(number: str) -> ViolationCode:
    return ViolationCode(
        code=number, title="Expired", ordinance="231-4", fine_class="II", fine_cents=2500
    )


def test_reference_data_is_told_in_its_order(store: LocalStore) -> None:
    zones = [samples.zone(zone_id=zone_id) for zone_id in ("112", "9", "12")]
    beats = [Beat(beat_id=beat_id, name="Beat", zone_ids=("9",)) for beat_id in ("B2", "B1")]
    people = [officer("0417"), officer("0102", active=False)]
    tablets = [
        Terminal(
            terminal_id=uuid4(),
            name=name,
            kind=TERMINAL.kind,
            series=1,
            public_key=bytes(32),
            epoch=1,
        )
        for name in ("T-2", "T-1")
    ]
    bring(store, *zones, *beats, *people, *tablets, code("102"), code("101"))
    assert [zone.zone_id for zone in store.zones()] == ["9", "12", "112"]
    assert store.zone("12") == zones[2]
    assert store.zone("13") is None
    assert store.beats() == (beats[1], beats[0])
    assert store.officers() == (people[1], people[0])
    assert store.officer_by_badge("0417") == people[0]
    assert store.officer_by_badge("0102") is None
    assert store.terminals() == (tablets[1], tablets[0])
    assert [each.code for each in store.violation_codes()] == ["101", "102"]
    assert store.tariff("street") is None


def test_a_tariff_reads_back_with_its_hours_and_holidays(store: LocalStore) -> None:
    made = Tariff(
        tariff_id="street",
        version="2027-1",
        time_zone="America/New_York",
        spans=(samples.span("08:00", "19:00"),),
        holidays=(NOON.date(),),
        increment_minutes=15,
    )
    bring(store, made)
    assert store.tariff("street") == made


def test_the_last_checks_of_a_shift_come_newest_first(store: LocalStore) -> None:
    checks = [plate_check(observed_utc=NOON + timedelta(minutes=at)) for at in range(4)]
    save(store, *checks, plate_check(shift_id=uuid4()))
    assert store.last_checks(SHIFT_ID, most=3) == tuple(reversed(checks[1:]))


def test_a_check_is_found_wherever_it_was_made(store: LocalStore) -> None:
    mine, theirs = plate_check(), plate_check()
    save(store, mine)
    bring(store, theirs, mine)
    assert store.plate_check(mine.check_id) == mine
    assert store.plate_check(theirs.check_id) == theirs
    assert store.plate_check(UUID(int=9)) is None


def test_a_citation_is_one_wherever_it_was_made(store: LocalStore) -> None:
    mine, theirs = (
        citation(),
        citation(number="SC-4-0012881", observed_utc=NOON + timedelta(minutes=1)),
    )
    printed = citation_event(mine, EventKind.PRINTED)
    paid = citation_event(mine, EventKind.PAID, at_utc=NOON + timedelta(days=1))
    save(store, mine, printed)
    bring(store, paid, theirs, mine, printed)
    assert store.citation(mine.citation_id) == (mine, (printed, paid))
    assert store.citation(theirs.citation_id) == (theirs, ())
    assert store.citation(UUID(int=9)) is None
    assert store.plate_citations("AB12345") == ((mine, (printed, paid)), (theirs, ()))
    assert store.shift_citations(SHIFT_ID) == ((mine, (printed, paid)),)
    assert store.plate_citations("ZZ99999") == ()
    assert store.numbered_citations(mine.number) == ((mine, (printed, paid)),)
    assert store.numbered_citations("SC-4-0012881") == ((theirs, ()),)
    assert store.numbered_citations("SC-4-0012890") == ()


def test_a_shift_is_open_until_it_ends_here(store: LocalStore) -> None:
    assert store.open_shift() is None
    started = shift_event()
    save(store, started)
    assert store.open_shift() == started
    save(store, shift_event(ShiftEventKind.ENDED, at_utc=NOON + timedelta(hours=8)))
    assert store.open_shift() is None


def test_a_shift_is_counted(store: LocalStore) -> None:
    assert store.shift_counts(SHIFT_ID) == ShiftCounts()
    fined, warned = citation(), citation(is_warning=True, fine_cents=0)
    save(
        store,
        plate_check(),
        plate_check(),
        plate_check(shift_id=uuid4()),
        fined,
        warned,
        citation(shift_id=uuid4()),
        citation_event(fined, EventKind.PRINTED),
        citation_event(fined, EventKind.PRINTED),
    )
    bring(store, citation_event(warned, EventKind.VOIDED))
    assert store.shift_counts(SHIFT_ID) == ShiftCounts(
        checks=2, issued=1, warnings=1, printed=1, voided=1
    )


def test_held_citations_stand_in_line_with_what_holds_them(store: LocalStore) -> None:
    first, second, free = citation(), citation(), citation()
    session, permit = samples.session(), samples.permit()
    later = NOON + timedelta(hours=1)
    by_session = citation_event(
        second, EventKind.HELD, at_utc=later, right_id=session.parking_session_id
    )
    by_permit = citation_event(first, EventKind.HELD, right_id=permit.permit_id)
    by_person = citation_event(free, EventKind.HELD, at_utc=later + timedelta(hours=1))
    bring(store, first, second, free, session, permit, by_session, by_permit, by_person)
    assert store.held_citations() == (
        HeldCitation(citation=first, events=(by_permit,), right=permit, held_event=by_permit),
        HeldCitation(citation=second, events=(by_session,), right=session, held_event=by_session),
        HeldCitation(citation=free, events=(by_person,), right=None, held_event=by_person),
    )


def test_a_day_is_half_open_and_has_own_and_fed_facts(store: LocalStore) -> None:
    start, end = NOON, NOON + timedelta(days=1)
    mine, theirs = citation(), citation(observed_utc=start + timedelta(hours=1))
    outside = citation(observed_utc=end)
    paid_later = citation_event(mine, EventKind.PAID, at_utc=end + timedelta(days=3))
    voided_today = citation_event(outside, EventKind.VOIDED, at_utc=start)
    check, shift = plate_check(), shift_event()
    save(store, mine, check, shift, plate_check(observed_utc=end))
    bring(store, theirs, outside, paid_later, voided_today, check)
    facts = store.day_facts(start, end)
    assert facts.citations == (mine, theirs)
    assert facts.events == (voided_today, paid_later)
    assert (facts.checks, facts.shift_events) == ((check,), (shift,))


def test_slips_and_outages_come_from_pay_stations_elsewhere(store: LocalStore) -> None:
    slip = CouldNotPay(
        slip_id=uuid4(),
        code="S-7K2M-4Q",
        terminal_id=uuid4(),
        zone_id="112",
        plate="AB 12345",
        plate_state="CT",
        at_utc=NOON,
        until_utc=NOON + timedelta(hours=1),
        cause="network",
        clock_uncertainty_ms=20,
    )
    station = replace(TERMINAL, terminal_id=slip.terminal_id, name="K-07")
    begun = outage_event(terminal_id=slip.terminal_id, at_utc=NOON)
    over = replace(
        begun, outage_event_id=uuid4(), kind=OutageEventKind.ENDED, at_utc=NOON + timedelta(hours=2)
    )
    elsewhere = outage_event(zone_id="999")
    bring(store, slip, station, over, begun, elsewhere)
    assert store.slips_of("AB12345") == (slip,)
    assert store.slips_of("AB12346") == ()
    assert store.outages_in("112") == (
        Outage(station="K-07", cause="reader", from_utc=NOON, until_utc=over.at_utc),
    )
