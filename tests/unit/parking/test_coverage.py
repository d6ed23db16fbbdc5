"""Which rights cover which sightings (FIELD.md C2, RULES.md 17-19)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.coverage import (
    Cover,
    Miss,
    Sighting,
    citable_from_utc,
    cover_rules,
    covers,
    why_covers,
)
from parking.right import ParkingSession, right_end_utc, right_id
from parking.zone import GraceMode
from tests.unit.parking.samples import NOON, minutes, permit, session, uid, zone

SECOND = timedelta(seconds=1)
START, END = NOON, NOON + minutes(60)
WHOLE = {"grace_mode": GraceMode.WHOLE_MINUTE}


def sighting(at_utc: datetime, **changes: Any) -> Sighting:
    given_ = {"plate": "AB-12345", "plate_state": "CT", "zone_id": "112", **changes}
    return Sighting(observed_utc=at_utc, **given_)


@dataclass(frozen=True)
class Case:
    name: str
    at_utc: datetime
    result: Cover | Miss
    right: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    zone: dict[str, Any] = field(default_factory=dict)


CASES = (
    Case("first instant", START, Cover.EXACT),
    Case("last microsecond", END - timedelta(microseconds=1), Cover.EXACT),
    Case("end is half-open", END, Cover.EXIT_GRACE),
    Case("last second of grace", END + minutes(5) - SECOND, Cover.EXIT_GRACE),
    Case("grace is over", END + minutes(5), Miss.ENDED),
    Case("no grace", END, Miss.ENDED, zone={"exit_grace_s": 0}),
    Case("whole minute: 3:00 is not citable before 3:06", END + minutes(6) - SECOND,
         Cover.EXIT_GRACE, zone=WHOLE),
    Case("whole minute: 3:06 is", END + minutes(6), Miss.ENDED, zone=WHOLE),
    Case("whole minute floors the end", END + minutes(6), Miss.ENDED,
         right={"end_utc": END + timedelta(seconds=59)}, zone=WHOLE),
    Case("whole minute with clocks", END + minutes(6) + SECOND, Cover.EXIT_GRACE,
         seen={"uncertainty_ms": 1001}, zone=WHOLE),
    Case("whole minute, grace 0 is half-open", END + 30 * SECOND, Miss.ENDED,
         right={"end_utc": END + 30 * SECOND}, zone={**WHOLE, "exit_grace_s": 0}),
    Case("clocks add after the end", END + minutes(5) + 2 * SECOND, Cover.EXIT_GRACE,
         right={"clock_uncertainty_ms": 1000}, seen={"uncertainty_ms": 1001}),
    Case("and not more", END + minutes(5) + 2 * SECOND, Miss.ENDED,
         right={"clock_uncertainty_ms": 1000}, seen={"uncertainty_ms": 1000}),
    Case("clocks alone are no exact cover", END, Cover.EXIT_GRACE,
         seen={"uncertainty_ms": 1}, zone={"exit_grace_s": 0}),
    Case("walking to the pay station", START - minutes(5), Cover.ENTRY_GRACE),
    Case("too long a walk", START - minutes(5) - SECOND, Miss.NOT_YET),
    Case("clocks add before the start", START - minutes(5) - 2 * SECOND, Cover.ENTRY_GRACE,
         right={"clock_uncertainty_ms": 1000}, seen={"uncertainty_ms": 1000}),
    Case("and not more before", START - minutes(5) - 2 * SECOND, Miss.NOT_YET,
         right={"clock_uncertainty_ms": 999}, seen={"uncertainty_ms": 1000}),
    Case("seen before, within the walk", START - minutes(1), Cover.ENTRY_GRACE,
         seen={"first_seen_utc": START - minutes(6)}),
    Case("seen before, longer than the walk", START - minutes(1), Miss.SEEN_EARLIER,
         seen={"first_seen_utc": START - minutes(6) - SECOND}),
    Case("seen before does not touch what clocks leave open", START - SECOND, Cover.ENTRY_GRACE,
         seen={"first_seen_utc": START - minutes(30), "uncertainty_ms": 1000}),
    Case("seen before does not touch an exact cover", START + minutes(1), Cover.EXACT,
         seen={"first_seen_utc": START - minutes(30)}),
    Case("another plate", START, Miss.PLATE, right={"plate": "AB12346"}),
    Case("a look-alike plate", START, Miss.PLATE, right={"plate": "A812345"}),
    Case("an empty plate equals nothing", START, Miss.PLATE, right={"plate": "-"},
         seen={"plate": "-"}),
    Case("the same plate written differently", START, Cover.EXACT, right={"plate": "ab 12345"}),
    Case("another state", START, Miss.STATE, right={"plate_state": "NY"}),
    Case("a feed without state", START, Cover.EXACT, right={"plate_state": ""}),
    Case("a sighting without state", START, Cover.EXACT, seen={"plate_state": ""}),
    Case("another zone", START, Miss.ZONE, right={"zone_id": "114"}),
    Case("a zone that covers this one", START, Cover.EXACT, right={"zone_id": "114"},
         zone={"covered_by": ("114",)}),
    Case("before a revocation", START + minutes(29), Cover.EXACT,
         right={"revoked_utc": START + minutes(30)}),
    Case("from the revocation on, without grace", START + minutes(30), Miss.REVOKED,
         right={"revoked_utc": START + minutes(30)}),
    Case("what clocks leave open after it", START + minutes(30), Cover.EXIT_GRACE,
         right={"revoked_utc": START + minutes(30)}, seen={"uncertainty_ms": 1}),
    Case("revoked after its end keeps its grace", END + minutes(1), Cover.EXIT_GRACE,
         right={"revoked_utc": END + minutes(30)}),
    Case("revoked before it began, walk included", START - minutes(1), Miss.REVOKED,
         right={"revoked_utc": START}),
    Case("walk to a right that was revoked later", START - minutes(1), Cover.ENTRY_GRACE,
         right={"revoked_utc": START + minutes(1)}),
    Case("an empty right covers nothing", START, Miss.ENDED, right={"end_utc": START}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_payment(case: Case) -> None:
    seen, rules = sighting(case.at_utc, **case.seen), cover_rules(zone(**case.zone))
    right = session(**case.right)

    assert why_covers(right, seen, rules) == case.result
    assert covers(right, seen, rules) == (case.result if isinstance(case.result, Cover) else None)


def test_permit_covers_and_has_no_clock_of_its_own() -> None:
    rules, right = cover_rules(zone()), permit(end_utc=END)

    assert covers(right, sighting(START), rules) is Cover.EXACT
    assert citable_from_utc(right, rules, uncertainty_ms=500) == END + timedelta(minutes=5.0) + (
        timedelta(milliseconds=500)
    )


def test_session_that_began_and_ended_inside_the_grace_covers() -> None:
    """Parkkihubi asks only "valid 15 minutes ago" and answers null here."""
    rules = cover_rules(zone(exit_grace_s=900))
    short = session(start_utc=NOON + minutes(2), end_utc=NOON + minutes(8))

    assert covers(short, sighting(NOON + minutes(12)), rules) is Cover.EXIT_GRACE


def test_identity_of_either_kind() -> None:
    assert right_id(session()) == uid(0x51)
    assert right_id(permit()) == uid(0x9E)


SECONDS = st.integers(-7200, 7200).map(lambda count: NOON + timedelta(seconds=count))
SESSIONS = st.builds(
    lambda start, length, clock, revoked: session(
        start_utc=start,
        end_utc=start + timedelta(seconds=length),
        clock_uncertainty_ms=clock,
        revoked_utc=revoked,
    ),
    SECONDS,
    st.integers(0, 7200),
    st.sampled_from((0, 400, 30_000)),
    st.one_of(st.none(), SECONDS),
)
ZONES = st.builds(
    lambda leave, walk, mode: zone(exit_grace_s=leave, entry_grace_s=walk, grace_mode=mode),
    st.sampled_from((0, 60, 300)),
    st.sampled_from((0, 60, 300)),
    st.sampled_from(GraceMode),
)


@given(right=SESSIONS, at=SECONDS, ours=ZONES, clock=st.sampled_from((0, 400, 30_000)))
def test_exact_is_the_half_open_interval_and_more_doubt_never_uncovers(
    right: ParkingSession, at: datetime, ours: Any, clock: int
) -> None:
    rules = cover_rules(ours)
    sure = covers(right, sighting(at), rules)
    unsure = covers(right, sighting(at, uncertainty_ms=clock), rules)

    assert (sure is Cover.EXACT) == (right.start_utc <= at < right_end_utc(right))
    assert sure is None or unsure is sure


@given(right=SESSIONS, at=SECONDS, ours=ZONES, later=st.integers(0, 3600))
def test_covered_moments_are_one_stretch_without_holes(
    right: ParkingSession, at: datetime, ours: Any, later: int
) -> None:
    rules = cover_rules(ours)
    end = at + timedelta(seconds=later)
    middle = at + timedelta(seconds=later // 2)
    if covers(right, sighting(at), rules) and covers(right, sighting(end), rules):
        assert covers(right, sighting(middle), rules)


@given(right=SESSIONS, at=SECONDS, ours=ZONES)
def test_nobody_is_citable_before_the_end_and_its_grace(
    right: ParkingSession, at: datetime, ours: Any
) -> None:
    rules = cover_rules(ours)
    citable = citable_from_utc(right, rules, uncertainty_ms=0)

    assert citable >= right_end_utc(right)
    if right.start_utc <= at and right_end_utc(right) > right.start_utc:
        assert (covers(right, sighting(at), rules) is not None) == (at < citable)
