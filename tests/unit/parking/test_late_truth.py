"""Which citations a right that was heard late proves wrong (RULES.md 17-19 and 21)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.citation import Citation, CitationEvent, Display, EventKind, FineRules, fold
from parking.coverage import Cover
from parking.edit import PlateCorrection
from parking.late_truth import Hold, corrected, hold_event, judge
from parking.plate import look_alikes
from parking.right import ParkingSession, Permit
from parking.slip import CouldNotPay
from parking.violation import ViolationCode
from tests.unit.parking.samples import NOON, citation, event, minutes, permit, session, uid, zone

SESSION, PERMIT, SLIP = uid(0x51), uid(0x9E), uid(0x517)
K = EventKind


def code(number: str, **changes: Any) -> ViolationCode:
    return ViolationCode(
        code=number, title="Sample", ordinance="", fine_class="I", fine_cents=2500, **changes
    )


CODES = {
    "101": code("101"),
    "104": code("104", is_time_limit=True),
    "301": code("301", is_safety=True),
}
ZONES = {"112": zone(covered_by=("114",))}


def judged(
    found: Sequence[tuple[Citation, Sequence[CitationEvent]]],
    *,
    rights: Sequence[ParkingSession] = (),
    permits: Sequence[Permit] = (),
    slips: Sequence[CouldNotPay] = (),
) -> tuple[Hold, ...]:
    return judge(found, rights, permits, ZONES, codes=CODES, slips=slips)


def hold(right: Any = SESSION, cover: Cover = Cover.EXACT, **changes: Any) -> Hold:
    return Hold(citation_id=uid(0xC1), right_id=right, cover=cover, **changes)


@dataclass(frozen=True)
class Case:
    name: str
    holds: tuple[Hold, ...]
    citation: dict[str, Any] = field(default_factory=dict)
    events: tuple[CitationEvent, ...] = ()
    rights: tuple[ParkingSession, ...] = (session(),)
    permits: tuple[Permit, ...] = ()


CASES = (
    Case("a payment covers", (hold(),)),
    Case("a permit covers", (hold(PERMIT),), rights=(), permits=(permit(),)),
    Case("both are on record", (hold(PERMIT), hold()), permits=(permit(),)),
    Case("nothing covers", (), rights=()),
    Case("within the exit grace", (hold(cover=Cover.EXIT_GRACE),),
         citation={"observed_utc": NOON + minutes(64)}),
    Case("within the entry grace", (hold(cover=Cover.ENTRY_GRACE),),
         citation={"observed_utc": NOON - minutes(4)}),
    Case("the terminal's clock was unsure", (hold(cover=Cover.EXIT_GRACE),),
         citation={"observed_utc": NOON + minutes(65), "clock_uncertainty_ms": 1}),
    Case("after the grace", (), citation={"observed_utc": NOON + minutes(65)}),
    Case("another plate", (), rights=(session(plate="AB12346"),)),
    Case("another state", (), rights=(session(plate_state="NY"),)),
    Case("a feed without state", (hold(),), rights=(session(plate_state=""),)),
    Case("a zone that covers this one", (hold(),), rights=(session(zone_id="114"),)),
    Case("another zone", (), rights=(session(zone_id="207"),)),
    Case("an unknown zone has no grace", (), citation={
        "zone_id": "999", "observed_utc": NOON + minutes(64)}, rights=(session(zone_id="999"),)),
    Case("but the interval covers", (hold(),), citation={"zone_id": "999"},
         rights=(session(zone_id="999"),)),
    Case("refunded before", (), rights=(session(revoked_utc=NOON + minutes(10)),)),
    Case("stopped early, but later", (hold(),), rights=(session(revoked_utc=NOON + minutes(40)),)),
    Case("voided", (), events=(event(K.VOIDED),)),
    Case("dismissed", (), events=(event(K.DISMISSED),)),
    Case("appeal won", (), events=(event(K.DECIDED, reason_code="dismissed"),)),
    Case("appeal lost", (hold(),), events=(event(K.DECIDED, reason_code="upheld"),)),
    Case("void only asked for", (hold(),), events=(event(K.VOID_REQUESTED),)),
    Case("paid: for the refund review", (hold(),), events=(event(K.PAID, amount_cents=2500),)),
    Case("held already", (), events=(event(K.HELD, right_id=SESSION),)),
    Case("held by another right", (hold(),), events=(event(K.HELD, right_id=PERMIT),)),
    Case("released by a person for this right", (), events=(
        event(K.HELD, 1, right_id=SESSION),
        event(K.RELEASED, 2, right_id=SESSION, actor_id=uid(0xA1)))),
    Case("a warning is noted", (hold(is_note=True),), citation={"is_warning": True}),
    Case("and only once", (), citation={"is_warning": True},
         events=(event(K.NOTED, right_id=SESSION),)),
    Case("safety is never held", (), citation={"violation_code": "301"}, permits=(permit(),)),
    Case("a long payment does not disprove a stay over the limit", (),
         citation={"violation_code": "104"}),
    Case("a permit may", (hold(PERMIT),), citation={"violation_code": "104"}, permits=(permit(),)),
    Case("a code not known here", (hold(),), citation={"violation_code": "999"}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_judge(case: Case) -> None:
    found = [(citation(**case.citation), case.events)]

    assert judged(found, rights=case.rights, permits=case.permits) == case.holds


def test_the_event_names_right_and_cover() -> None:
    made = hold_event(hold(cover=Cover.EXIT_GRACE), at_utc=NOON, event_id=uid(1))

    assert made == CitationEvent(
        citation_event_id=uid(1),
        citation_id=uid(0xC1),
        kind=K.HELD,
        at_utc=NOON,
        reason_code="exit_grace",
        right_id=SESSION,
    )


def test_a_note_leaves_the_warning_a_warning() -> None:
    warning = citation(is_warning=True, fine_cents=0)
    (found,) = judged([(warning, ())], rights=[session()])
    note = hold_event(found, at_utc=NOON, event_id=uid(1))
    rules = FineRules(
        version="",
        double_after_days=15,
        triple_after_days=30,
        cap_total_cents=None,
        time_zone="UTC",
    )
    state = fold(warning, [note], as_of_utc=NOON, rules=rules)

    assert note.kind is K.NOTED
    assert (state.display, state.held) == (Display.WARNING, False)


CITATIONS = st.lists(
    st.integers(-90, 150).map(lambda at: citation(observed_utc=NOON + minutes(at))), max_size=4
)
RIGHTS = st.lists(
    st.builds(
        lambda number, start, length: session(
            parking_session_id=uid(number),
            start_utc=NOON + minutes(start),
            end_utc=NOON + minutes(start + length),
        ),
        st.integers(1, 10_000),
        st.integers(-90, 120),
        st.integers(1, 90),
    ),
    max_size=4,
    unique_by=lambda right: right.parking_session_id,
)


@given(found=CITATIONS, rights=RIGHTS)
def test_nothing_is_left_to_judge_after_acting(
    found: list[Citation], rights: list[ParkingSession]
) -> None:
    for one in found:
        holds = judged([(one, ())], rights=rights)
        events = [
            hold_event(each, at_utc=NOON, event_id=uid(number)) for number, each in enumerate(holds)
        ]
        assert judged([(one, events)], rights=rights) == ()


@given(found=CITATIONS, rights=RIGHTS)
def test_rights_heard_one_by_one_hold_the_same(
    found: list[Citation], rights: list[ParkingSession]
) -> None:
    pairs = [(one, ()) for one in found]
    at_once = judged(pairs, rights=rights)
    one_by_one = [hold for right in rights for hold in judged(pairs, rights=[right])]

    assert sorted(map(repr, at_once)) == sorted(map(repr, one_by_one))


@given(alike=st.sampled_from(sorted(look_alikes("AB12345", most_changes=2))))
def test_a_look_alike_never_holds(alike: str) -> None:
    assert judged([(citation(), ())], rights=[session(plate=alike)]) == ()


def test_every_instant_of_the_right_holds() -> None:
    seen = [NOON + timedelta(seconds=seconds) for seconds in range(-300, 3900, 60)]
    found = judged([(citation(observed_utc=at), ()) for at in seen], rights=[session()])

    assert len(found) == len(seen)


def test_a_corrected_citation_is_judged_by_the_plate_that_people_say_it_had() -> None:
    one, other = citation(plate="ZZ 999"), citation(citation_id=uid(0xC2))
    said = PlateCorrection(citation_id=one.citation_id, plate="AB 12345", plate_state="CT")
    assert judged([(one, ())], rights=[session()]) == ()
    (as_said,) = corrected([one, other], [said])
    assert (as_said.citation_id, as_said.plate) == (one.citation_id, "AB 12345")
    (hold,) = judged([(one, ()), (as_said, ())], rights=[session()])
    assert (hold.citation_id, hold.cover) == (one.citation_id, Cover.EXACT)


def slip(**changes: Any) -> CouldNotPay:
    made = CouldNotPay(
        slip_id=SLIP,
        code="S-7K2M-4Q",
        terminal_id=uid(0x7E),
        zone_id="112",
        plate="AB 12345",
        plate_state="CT",
        at_utc=NOON - minutes(20),
        until_utc=NOON + minutes(40),
        cause="network",
        clock_uncertainty_ms=0,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("changed", "code_number", "held"),
    [
        ({}, "101", True),
        ({"until_utc": NOON - minutes(20)}, "101", False),
        ({"at_utc": NOON + minutes(36)}, "101", False),
        ({"at_utc": NOON + minutes(34)}, "101", True),
        ({"zone_id": "999"}, "101", False),
        ({"plate": "AB 12346"}, "101", False),
        ({"plate_state": "NY"}, "101", False),
        ({}, "104", False),
        ({}, "301", False),
    ],
)
def test_who_could_not_pay_is_held_for_a_person_never_dismissed_by_policy(
    changed: dict[str, Any], code_number: str, held: bool
) -> None:
    seen = replace(citation(), violation_code=code_number)
    found = judged([(seen, ())], slips=[slip(**changed)])
    assert found == ((hold(SLIP, Cover.COULD_NOT_PAY),) if held else ())
