"""The state of a citation, folded from its events (RULES.md 12-16 and 21, FIELD.md C4 and C5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.citation import (
    Attention,
    CitationEvent,
    CitationState,
    Display,
    EventKind,
    FineRules,
    fold,
    open_hold,
)
from tests.unit.parking.samples import citation, event, local, minutes, uid

K, D, A = EventKind, Display, Attention
RULES = FineRules(
    version="2027-01",
    double_after_days=15,
    triple_after_days=30,
    cap_total_cents=25_000,
    time_zone="America/New_York",
)
ISSUED = local("2027-03-01 12:31")
RIGHT, OTHER_RIGHT, PERSON = uid(0x51), uid(0x52), uid(0xA1)


def day(text: str) -> datetime:
    """Return noon of a day in March (``16``) or another month (``04-10``)."""
    return local(f"2027-{text if '-' in text else '03-' + text} 12:00")


def served() -> CitationEvent:
    return event(K.SERVED, 1, at_utc=ISSUED + minutes(1))


def held(when: str = "02", number: int = 10, **changes: Any) -> CitationEvent:
    given_ = {"right_id": RIGHT, "reason_code": "exact", **changes}
    return event(K.HELD, number, at_utc=day(when), **given_)


def released(when: str, number: int = 11, **changes: Any) -> CitationEvent:
    given_ = {"right_id": RIGHT, "actor_id": PERSON, **changes}
    return event(K.RELEASED, number, at_utc=day(when), **given_)


def paid(when: str, cents: int = 2500, number: int = 20) -> CitationEvent:
    return event(K.PAID, number, at_utc=day(when), amount_cents=cents)


def refunded(when: str, cents: int = 2500, number: int = 30, **changes: Any) -> CitationEvent:
    return event(K.REFUNDED, number, at_utc=day(when), amount_cents=cents, **changes)


def appealed(when: str, number: int = 40) -> CitationEvent:
    return event(K.APPEALED, number, at_utc=day(when))


def decided(when: str, reason: str = "upheld", number: int = 50) -> CitationEvent:
    return event(K.DECIDED, number, at_utc=day(when), reason_code=reason)


def state(events: Sequence[CitationEvent], as_of: str, **issued: Any) -> CitationState:
    return fold(citation(issued_utc=ISSUED, **issued), events, as_of_utc=day(as_of), rules=RULES)


@dataclass(frozen=True)
class Case:
    name: str
    events: tuple[CitationEvent, ...]
    as_of: str
    display: Display
    due_cents: int
    needs: str = ""
    refund_cents: int = 0
    issued: dict[str, Any] = field(default_factory=dict)


CASES = (
    Case("issued", (), "01", D.ISSUED, 2500),
    Case("printed is not served", (event(K.PRINTED),), "01", D.ISSUED, 2500),
    Case("served", (served(),), "01", D.SERVED, 2500),
    Case("last day", (served(),), "16", D.SERVED, 2500),
    Case("doubled", (served(),), "17", D.OVERDUE, 5000),
    Case("still doubled", (served(),), "31", D.OVERDUE, 5000),
    Case("tripled", (served(),), "04-01", D.OVERDUE, 7500),
    Case("class IV is capped on the total", (served(),), "04-01", D.OVERDUE, 25_000,
         issued={"fine_cents": 12_000}),
    Case("never below the fine", (served(),), "04-01", D.OVERDUE, 30_000,
         issued={"fine_cents": 30_000}),
    Case("no late fee before service", (), "04-01", D.ISSUED, 2500),
    Case("days run from service when that is later", (event(K.SERVED, at_utc=day("05")),), "20",
         D.SERVED, 2500),
    Case("and double after it", (event(K.SERVED, at_utc=day("05")),), "21", D.OVERDUE, 5000),
    Case("served twice: the first counts",
         (event(K.SERVED, 2, at_utc=day("09")), served()), "17", D.OVERDUE, 5000),
    Case("days are local", (event(K.SERVED, at_utc=local("2027-03-01 23:59")),), "16", D.SERVED,
         2500),
    Case("warning", (), "04-10", D.WARNING, 0, issued={"is_warning": True, "fine_cents": 0}),
    Case("warning beats void", (event(K.VOIDED),), "02", D.WARNING, 0,
         issued={"is_warning": True, "fine_cents": 0}),
    Case("a warning is never held", (held(),), "02", D.WARNING, 0,
         issued={"is_warning": True, "fine_cents": 0}),
    Case("void requested", (event(K.VOID_REQUESTED),), "02", D.ISSUED, 2500,
         needs=A.VOID_REQUESTED),
    Case("voided", (event(K.VOID_REQUESTED, 1), event(K.VOIDED, 2)), "04-10", D.VOIDED, 0),
    Case("voided and dismissed", (event(K.DISMISSED, 1), event(K.VOIDED, 2)), "02", D.VOIDED, 0),
    Case("dismissed", (served(), event(K.DISMISSED, 2)), "04-10", D.DISMISSED, 0),
    Case("paid", (served(), paid("05")), "04-10", D.PAID, 0),
    Case("part paid", (served(), paid("05", 1000)), "10", D.PART_PAID, 1500),
    Case("half paid in time doubles the whole fine", (served(), paid("05", 1000)), "17", D.OVERDUE,
         4000),
    Case("paid on the last day", (served(), paid("16")), "04-10", D.PAID, 0),
    Case("paid a day late", (served(), paid("17")), "18", D.OVERDUE, 2500),
    Case("doubled fine paid before it triples", (served(), paid("20", 5000)), "04-10", D.PAID, 0),
    Case("paid twice", (served(), paid("05"), paid("06", number=21)), "07", D.PAID, 0,
         needs=A.REFUND_DUE, refund_cents=2500),
    Case("and one refunded", (served(), paid("05"), paid("20", number=21), refunded("21")),
         "04-10", D.PAID, 0),
    Case("paid and voided", (paid("05"), event(K.VOIDED, 2)), "06", D.VOIDED, 0,
         needs=A.PAID_AND_VOIDED, refund_cents=2500),
    Case("voided, then refunded", (paid("05"), event(K.VOIDED, 2), refunded("06")), "07", D.VOIDED,
         0),
    Case("paid and dismissed", (paid("05"), event(K.DISMISSED, 2)), "06", D.DISMISSED, 0,
         needs=A.PAID_AND_DISMISSED, refund_cents=2500),
    Case("a paid warning", (paid("05"),), "06", D.WARNING, 0, needs=A.REFUND_DUE,
         refund_cents=2500, issued={"is_warning": True, "fine_cents": 0}),
    Case("charged back: the days run again from the notice",
         (served(), paid("05"), refunded("04-20", reason_code="chargeback")), "05-05", D.SERVED,
         2500),
    Case("and double after them",
         (served(), paid("05"), refunded("04-20", reason_code="bounced")), "05-06", D.OVERDUE,
         5000),
    Case("more refunded than paid is no debt", (refunded("05"),), "06", D.ISSUED, 2500),
    Case("held", (served(), held()), "03", D.HELD, 2500),
    Case("held: no late fee", (served(), held("20")), "04-10", D.HELD, 2500),
    Case("held before it was due", (served(), held("10")), "04-10", D.HELD, 2500),
    Case("released: fees are back", (served(), held("20"), released("22")), "23", D.OVERDUE, 5000),
    Case("released: the clock goes on where it stopped",
         (served(), held("06"), released("15")), "26", D.SERVED, 2500),
    Case("and then doubles", (served(), held("06"), released("15")), "27", D.OVERDUE, 5000),
    Case("released late: ten days to pay", (served(), held("16"), released("04-05")), "04-15",
         D.SERVED, 2500),
    Case("then doubled, not tripled", (served(), held("16"), released("04-05")), "04-16",
         D.OVERDUE, 5000),
    Case("released twice: the first ends it",
         (served(), held("06"), released("15"), released("25", 12)), "27", D.OVERDUE, 5000),
    Case("only a person releases", (served(), held(), released("05", actor_id=None)), "06", D.HELD,
         2500),
    Case("a release is for one right", (served(), held(), released("05", right_id=OTHER_RIGHT)),
         "06", D.HELD, 2500),
    Case("held by another right too",
         (served(), held(), held("03", 12, right_id=OTHER_RIGHT), released("05")), "06", D.HELD,
         2500),
    Case("a release stands although the desk's clock is behind",
         (served(), held("05"), released("04")), "06", D.SERVED, 2500),
    Case("held by hand", (held(right_id=None, reason_code="registry"),), "03", D.HELD, 2500),
    Case("held by hand and released",
         (held(right_id=None), released("03", right_id=None)), "04", D.ISSUED, 2500),
    Case("held by hand and released in one instant",
         (held(right_id=None), released("02", right_id=None)), "04", D.ISSUED, 2500),
    Case("held by hand again",
         (held(right_id=None), released("03", right_id=None), held("04", 12, right_id=None)), "05",
         D.HELD, 2500),
    Case("held and dismissed", (served(), held(), event(K.DISMISSED, 3)), "04-10", D.DISMISSED, 0),
    Case("held and voided", (served(), held(), event(K.VOIDED, 3)), "04-10", D.VOIDED, 0),
    Case("held after it was paid", (served(), paid("05"), held("06")), "07", D.PAID, 0,
         needs=A.REFUND_REVIEW),
    Case("held after half of it was paid", (served(), paid("05", 1000), held("06")), "07", D.HELD,
         1500, needs=A.REFUND_REVIEW),
    Case("appealed", (served(), appealed("10")), "04-10", D.APPEALED, 2500),
    Case("appealed too late for the first fee", (served(), appealed("20")), "04-10", D.APPEALED,
         5000),
    Case("appeal upheld: ten days to pay", (served(), appealed("14"), decided("04-20")), "04-30",
         D.SERVED, 2500),
    Case("and then doubled", (served(), appealed("14"), decided("04-20")), "05-01", D.OVERDUE,
         5000),
    Case("appealed and decided in one instant", (served(), appealed("05"), decided("05")), "06",
         D.SERVED, 2500),
    Case("appeal won", (served(), appealed("14"), decided("04-20", "dismissed")), "05-10",
         D.DISMISSED, 0),
    Case("appealed again while open", (served(), appealed("10"), appealed("12", 41),
                                       decided("20")), "21", D.SERVED, 2500),
    Case("appealed again after a decision", (served(), appealed("05"), decided("06"),
                                             appealed("08", 41)), "04-10", D.APPEALED, 2500),
    Case("paid while appealing", (served(), appealed("05"), paid("06")), "07", D.PAID, 0,
         needs=A.PAID_WHILE_APPEALING),
    Case("paid while appealing and won",
         (served(), appealed("05"), paid("06"), decided("10", "dismissed")), "11", D.DISMISSED, 0,
         needs=A.PAID_AND_DISMISSED, refund_cents=2500),
    Case("written off", (served(), event(K.WRITTEN_OFF, 2, at_utc=day("04-05"))), "04-10",
         D.OVERDUE, 0),
    Case("paid after the write-off",
         (served(), event(K.WRITTEN_OFF, 2, at_utc=day("04-05")), paid("04-06", 7500)), "04-10",
         D.PAID, 0, needs=A.PAID_AFTER_WRITE_OFF),
    Case("paid in part before the write-off",
         (served(), paid("05", 100), event(K.WRITTEN_OFF, 2, at_utc=day("04-05"))), "04-10",
         D.OVERDUE, 0),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_state(case: Case) -> None:
    found = state(case.events, case.as_of, **case.issued)

    assert (found.display, found.amount_due_cents) == (case.display, case.due_cents)
    assert (found.needs_person, found.refund_due_cents) == (case.needs, case.refund_cents)


@pytest.mark.parametrize(
    ("fine", "doubled", "tripled"),
    [(2500, 5000, 7500), (5000, 10_000, 15_000), (8000, 16_000, 24_000), (12_000, 24_000, 25_000)],
    ids=["I", "II", "III", "IV"],
)
def test_classes_of_stamford(fine: int, doubled: int, tripled: int) -> None:
    totals = [state((served(),), on, fine_cents=fine).total_cents for on in ("16", "31", "04-01")]

    assert totals == [fine, doubled, tripled]


def test_without_a_cap_the_fine_triples() -> None:
    rules = replace(RULES, cap_total_cents=None)
    found = fold(
        citation(issued_utc=ISSUED, fine_cents=12_000),
        (served(),),
        as_of_utc=day("04-01"),
        rules=rules,
    )

    assert found.total_cents == 36_000


def test_a_long_time_to_pay_never_lets_two_fees_come_at_once() -> None:
    rules = replace(RULES, days_after_decision=40)
    events = (served(), appealed("10"), decided("12"))
    totals = [
        fold(citation(issued_utc=ISSUED), events, as_of_utc=day(on), rules=rules).total_cents
        for on in ("04-21", "04-22", "05-06", "05-07")
    ]

    assert totals == [2500, 5000, 5000, 7500]


def test_facets_stand_beside_the_display() -> None:
    found = state((served(), event(K.PRINTED, 2), held(), appealed("03"), paid("04", 1000)), "05")

    assert (found.held, found.held_right_id, found.hold_reason) == (True, RIGHT, "exact")
    assert (found.printed, found.appeal_open, found.written_off) == (True, True, False)
    assert (found.paid_cents, found.total_cents) == (1000, 2500)


def test_an_exact_cover_is_told_first_then_the_first_hold() -> None:
    grace = held("02", 12, right_id=OTHER_RIGHT, reason_code="exit_grace")
    later = held("04", 13, right_id=uid(0x53), reason_code="exit_grace")

    assert state((grace, held("03")), "05").held_right_id == RIGHT
    assert state((later, grace), "05").held_right_id == OTHER_RIGHT


def test_the_hold_that_decides_is_the_one_the_state_tells() -> None:
    exact, grace = held("03"), held("02", 12, right_id=OTHER_RIGHT, reason_code="exit_grace")

    assert open_hold((grace, exact)) == exact
    assert open_hold((grace, exact, released("04"))) == grace
    assert open_hold((exact, released("04"))) is None


MOMENTS = st.integers(0, 60 * 24).map(lambda hours: ISSUED + timedelta(hours=hours))
EVENTS = st.lists(
    st.builds(
        lambda number, kind, at_utc, cents, right_id, actor, reason: event(
            kind,
            number,
            at_utc=at_utc,
            amount_cents=cents,
            right_id=right_id,
            actor_id=actor,
            reason_code=reason,
        ),
        st.integers(0, 10_000),
        st.sampled_from(EventKind),
        MOMENTS,
        st.sampled_from((0, 1000, 2500, 5000)),
        st.sampled_from((None, RIGHT, OTHER_RIGHT)),
        st.sampled_from((None, PERSON)),
        st.sampled_from(("", "exact", "upheld", "dismissed", "chargeback")),
    ),
    max_size=10,
    unique_by=lambda each: each.citation_event_id,
)


@given(events=EVENTS, as_of=MOMENTS, seed=st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_state(
    events: list[CitationEvent], as_of: datetime, seed: Any
) -> None:
    shuffled = [*events, *events[:3]]
    seed.shuffle(shuffled)

    assert fold(citation(), events, as_of_utc=as_of, rules=RULES) == fold(
        citation(), shuffled, as_of_utc=as_of, rules=RULES
    )


@given(events=EVENTS, as_of=MOMENTS, later=st.integers(0, 90))
def test_time_alone_never_makes_a_citation_cheaper_nor_dearer_than_its_cap(
    events: list[CitationEvent], as_of: datetime, later: int
) -> None:
    now = fold(citation(), events, as_of_utc=as_of, rules=RULES)
    then = fold(citation(), events, as_of_utc=as_of + timedelta(days=later), rules=RULES)

    assert 2500 <= now.total_cents <= then.total_cents <= 7500
    assert now.amount_due_cents <= then.amount_due_cents


@given(events=EVENTS, as_of=MOMENTS)
def test_nobody_pays_for_a_citation_that_is_held_or_over(
    events: list[CitationEvent], as_of: datetime
) -> None:
    found = fold(citation(), events, as_of_utc=as_of, rules=RULES)

    if found.held:
        assert found.amount_due_cents <= 2500
        assert found.display in {Display.HELD, Display.PAID}
    if found.display in {Display.VOIDED, Display.DISMISSED, Display.PAID}:
        assert found.amount_due_cents == 0
    if found.display in {Display.VOIDED, Display.DISMISSED} and found.paid_cents:
        assert found.needs_person
        assert found.refund_due_cents == found.paid_cents
