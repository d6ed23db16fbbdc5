"""The shift report, folded from the facts of one local day."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind, FineRules
from parking.shift import (
    HourRow,
    ShiftEvent,
    ShiftEventKind,
    ShiftReport,
    ShiftState,
    ZoneRow,
    report,
)
from tests.unit.parking.samples import citation, event, local, plate_check, uid

DAY = date(2027, 3, 1)
RULES = FineRules(
    version="2027-01",
    double_after_days=15,
    triple_after_days=30,
    cap_total_cents=25_000,
    time_zone="America/New_York",
)
SHIFT, OTHER_SHIFT = uid(0x5F), uid(0x60)
STARTED, ENDED = ShiftEventKind.STARTED, ShiftEventKind.ENDED


@dataclass(frozen=True)
class Facts:
    checks: tuple[PlateCheck, ...] = ()
    citations: tuple[Citation, ...] = ()
    events: tuple[CitationEvent, ...] = ()
    shift_events: tuple[ShiftEvent, ...] = field(default=())


def reported(facts: Facts) -> ShiftReport:
    return report(facts, DAY, as_of_utc=local("2027-03-01 19:06"), rules=RULES)


def cited(number: int, at: str = "12:30", **changes: Any) -> Citation:
    return citation(citation_id=uid(number), observed_utc=local(f"2027-03-01 {at}"), **changes)


def happened(number: int, kind: EventKind, **changes: Any) -> CitationEvent:
    return event(kind, number, citation_id=uid(number), **changes)


def shift(kind: ShiftEventKind, at: str, shift_id: UUID = SHIFT, **changes: Any) -> ShiftEvent:
    return ShiftEvent(
        shift_event_id=uid(0x700 + shift_id.int * 2 + (kind is ENDED)),
        shift_id=shift_id,
        officer_id=uid(0x0F),
        terminal_id=uid(0x7E),
        beat_id="4",
        kind=kind,
        at_utc=local(f"2027-03-01 {at}"),
        **changes,
    )


def test_a_day_without_facts() -> None:
    found = reported(Facts())

    assert (found.checks, found.issued, found.cannot_know_share) == (0, 0, 0.0)
    assert (found.hours, found.zones, found.shifts) == ((), (), ())


def test_totals() -> None:
    unsure = plate_check(2, Answer.CANNOT_KNOW)
    found = reported(
        Facts(
            checks=(plate_check(1, Answer.PAID), unsure, *(plate_check(n, Answer.EXPIRED)
                                                           for n in (3, 4))),
            citations=(
                cited(1),
                cited(2, fine_cents=5000, zone_id="114"),
                cited(3),
                cited(4),
                cited(5, is_warning=True, fine_cents=0, check_id=unsure.check_id),
                cited(6, is_warning=True, fine_cents=0),
                cited(7, is_warning=True, fine_cents=0),
            ),
            events=(
                happened(2, EventKind.HELD, right_id=uid(0x51)),
                happened(3, EventKind.DISMISSED),
                happened(4, EventKind.VOIDED),
                happened(99, EventKind.VOIDED),
            ),
        )
    )  # fmt: skip

    assert (found.checks, found.cannot_know, found.cannot_know_share) == (4, 1, 0.25)
    assert (found.issued, found.received, found.fines_cents) == (4, 4, 12_500)
    assert (found.warnings, found.stale_warnings) == (3, 1)
    assert (found.held, found.at_risk_cents) == (1, 5000)
    assert (found.dismissed, found.voided, found.wrongful_share) == (1, 1, 0.25)
    assert found.zones == (
        ZoneRow(zone_id="112", citations=3, held=0),
        ZoneRow(zone_id="114", citations=1, held=1),
    )


def test_hours_are_of_the_wall_and_without_gaps() -> None:
    at = [local(f"2027-03-01 {text}") for text in ("08:00", "08:59", "10:00")]
    found = reported(
        Facts(
            checks=tuple(
                plate_check(n, Answer.PAID, observed_utc=each) for n, each in enumerate(at)
            ),
            citations=(cited(1, "10:30"), cited(2, "10:40", is_warning=True)),
        )
    )

    assert found.hours == (
        HourRow(hour=8, checks=2, citations=0),
        HourRow(hour=9, checks=0, citations=0),
        HourRow(hour=10, checks=1, citations=1),
    )


def test_other_days_are_passed_over() -> None:
    late, early = local("2027-03-02 00:00"), local("2027-02-28 23:59")
    found = reported(
        Facts(
            checks=(plate_check(1, Answer.PAID, observed_utc=late),),
            citations=(citation(observed_utc=early),),
        )
    )

    assert (found.checks, found.received) == (0, 0)


def test_an_open_shift_counts_what_was_received() -> None:
    (row,) = reported(
        Facts(
            checks=(plate_check(1, Answer.PAID),),
            citations=(cited(1), cited(2, is_warning=True)),
            shift_events=(shift(STARTED, "08:00"),),
        )
    ).shifts

    assert (row.state, row.started_utc, row.ended_utc) == (
        ShiftState.OPEN,
        local("2027-03-01 08:00"),
        None,
    )
    assert (row.checks, row.citations, row.warnings, row.issued) == (1, 1, 1, 1)
    assert (row.officer_id, row.terminal_id, row.beat_id) == (uid(0x0F), uid(0x7E), "4")


def test_a_closed_shift_whose_numbers_add_up() -> None:
    (row,) = reported(
        Facts(
            citations=(cited(1),),
            shift_events=(shift(ENDED, "16:00", issued_count=1), shift(STARTED, "08:00")),
        )
    ).shifts

    assert (row.state, row.ended_utc) == (ShiftState.CLOSED, local("2027-03-01 16:00"))


def test_a_closed_shift_that_issued_more_than_was_received() -> None:
    found = reported(
        Facts(
            citations=(cited(1), cited(2, shift_id=OTHER_SHIFT)),
            shift_events=(
                shift(STARTED, "08:00"),
                shift(ENDED, "16:00", issued_count=3),
                shift(STARTED, "11:00", OTHER_SHIFT),
            ),
        )
    )

    assert [row.state for row in found.shifts] == [ShiftState.COUNTS_DIFFER, ShiftState.OPEN]
    assert (found.issued, found.received) == (4, 2)


def test_a_shift_from_the_day_before_cannot_be_compared() -> None:
    (row,) = reported(
        Facts(citations=(cited(1, "00:30"),), shift_events=(shift(ENDED, "02:00", issued_count=9),))
    ).shifts

    assert (row.state, row.started_utc, row.issued) == (ShiftState.CLOSED, None, 1)


HOURS = st.sampled_from(("00:00", "08:10", "12:30", "23:59"))
FACTS = st.builds(
    lambda places, warnings, kinds: Facts(
        checks=tuple(
            plate_check(number, Answer.PAID, observed_utc=local(f"2027-03-01 {at}"))
            for number, at in enumerate(places)
        ),
        citations=tuple(
            cited(number, at, is_warning=number in warnings) for number, at in enumerate(places)
        ),
        events=tuple(
            happened(number, kind, right_id=uid(0x51)) for number, kind in enumerate(kinds)
        ),
    ),
    st.lists(HOURS, max_size=6),
    st.sets(st.integers(0, 6)),
    st.lists(st.sampled_from(EventKind), max_size=6),
)


@given(facts=FACTS, seed=st.randoms(use_true_random=False))
def test_the_parts_add_up_in_any_order(facts: Facts, seed: Any) -> None:
    found = reported(facts)
    shuffled = {}
    for name in ("checks", "citations", "events"):
        items = list(getattr(facts, name))
        seed.shuffle(items)
        shuffled[name] = tuple(items)

    assert reported(replace(facts, **shuffled)) == found
    assert sum(row.checks for row in found.hours) == found.checks
    assert sum(row.citations for row in found.hours) == found.received
    assert sum(row.citations for row in found.zones) == found.received
    assert sum(row.held for row in found.zones) == found.held
    assert found.received + found.warnings == len(facts.citations)
