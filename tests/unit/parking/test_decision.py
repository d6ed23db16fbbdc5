"""What the officer is told: the answer, in order of decision, with reasons as data."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.check import Answer, Candidates, EarlierCitations
from parking.clock import Reading
from parking.coverage import Cover
from parking.decision import Decision, decide
from parking.hotlist import HotlistKind
from parking.outage import Outage
from parking.plate import look_alikes
from parking.reason import Mark, Reason, ReasonKind
from parking.right import RightSource
from parking.slip import CouldNotPay
from parking.zone import Source
from tests.unit.parking.samples import NOON, hotlist_entry, minutes, permit, session, uid, zone

AT = NOON + minutes(30)
FRESH: dict[Source, datetime | None] = {
    Source.PAY_STATION: AT - timedelta(seconds=8),
    Source.APP: AT - timedelta(seconds=21),
    Source.PERMIT: AT - minutes(4),
    Source.HOTLIST: AT - minutes(12),
}
STALE_APP = {**FRESH, Source.APP: AT - minutes(52)}
NOTHING_BAD = (
    (ReasonKind.NO_PAYMENT, Mark.BAD),
    (ReasonKind.NO_PERMIT, Mark.BAD),
    (ReasonKind.NOT_ON_HOTLIST, Mark.OK),
)


def check(
    found: Candidates, *, unsure_ms: int = 400, enforced: bool = True, **ours: Any
) -> Decision:
    return decide(
        found,
        plate="AB-12345",
        state=ours.pop("state", "CT"),
        zone=zone(**ours),
        at=Reading(AT, unsure_ms),
        enforced=enforced,
    )


def found(**changes: Any) -> Candidates:
    return replace(Candidates(as_of=FRESH), **changes)


def ended(ago: float, **changes: Any) -> Any:
    return session(start_utc=AT - minutes(ago + 60), end_utc=AT - minutes(ago), **changes)


@dataclass(frozen=True)
class Case:
    name: str
    found: Candidates
    answer: Answer
    reasons: tuple[tuple[ReasonKind, Mark], ...]
    check: dict[str, Any] = field(default_factory=dict)


K, M = ReasonKind, Mark
CASES = (
    Case("paid", found(rights=(session(),)), Answer.PAID,
         ((K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK))),
    Case("paid from a feed without state", found(rights=(session(plate_state=""),)), Answer.PAID,
         ((K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK))),
    Case("paid although another source is stale", found(rights=(session(),), as_of=STALE_APP),
         Answer.PAID,
         ((K.PAYMENT_COVERS, M.OK), (K.SOURCE_TOO_OLD, M.CAUTION), (K.NOT_ON_HOTLIST, M.OK))),
    Case("permit goes before a payment", found(rights=(session(),), permits=(permit(),)),
         Answer.PERMIT, ((K.PERMIT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK))),
    Case("within grace", found(rights=(ended(4),)), Answer.GRACE,
         ((K.IN_GRACE, M.CAUTION), (K.NOT_ON_HOTLIST, M.OK))),
    Case("about to begin", found(rights=(session(start_utc=AT + minutes(2)),)), Answer.GRACE,
         ((K.IN_GRACE, M.CAUTION), (K.NOT_ON_HOTLIST, M.OK))),
    Case("about to begin but seen long ago",
         found(rights=(session(start_utc=AT + minutes(2)),), first_seen_utc=NOON),
         Answer.NOT_PAID, NOTHING_BAD),
    Case("expired", found(rights=(ended(18),), working_stations=("K-07", "K-08"),
                          earlier=EarlierCitations(count=2, open_count=2, open_cents=5000)),
         Answer.EXPIRED,
         ((K.PAYMENT_ENDED, M.BAD), (K.NO_LATER_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD),
          (K.NOT_ON_HOTLIST, M.OK), (K.PAYMENT_STATION_OK, M.OK), (K.EARLIER_CITATIONS, M.INFO))),
    Case("expired permit", found(permits=(permit(end_utc=AT - minutes(30)),)), Answer.EXPIRED,
         ((K.PERMIT_ENDED, M.BAD), (K.NO_LATER_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("refunded", found(rights=(session(revoked_utc=AT - minutes(1)),)), Answer.EXPIRED,
         ((K.RIGHT_REVOKED, M.BAD), (K.NO_LATER_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("ended this instant, no grace", found(rights=(ended(0),)), Answer.EXPIRED,
         ((K.PAYMENT_ENDED, M.BAD), (K.NO_LATER_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD),
          (K.NOT_ON_HOTLIST, M.OK)), check={"exit_grace_s": 0, "unsure_ms": 0}),
    Case("refunded before it began", found(rights=(session(revoked_utc=NOON),)), Answer.NOT_PAID,
         NOTHING_BAD),
    Case("ended a day ago", found(rights=(ended(24 * 60),)), Answer.NOT_PAID, NOTHING_BAD),
    Case("nothing found", found(), Answer.NOT_PAID, NOTHING_BAD),
    Case("nothing found, app stale", found(as_of=STALE_APP), Answer.CANNOT_KNOW,
         ((K.SOURCE_TOO_OLD, M.CAUTION), (K.NO_PAYMENT, M.INFO), (K.NO_PERMIT, M.INFO),
          (K.NOT_ON_HOTLIST, M.OK), (K.SAFETY_NOT_AFFECTED, M.INFO))),
    Case("expired, app stale", found(rights=(ended(18),), as_of=STALE_APP), Answer.CANNOT_KNOW,
         ((K.SOURCE_TOO_OLD, M.CAUTION), (K.PAYMENT_ENDED, M.INFO), (K.NO_LATER_PAYMENT, M.INFO),
          (K.NO_PERMIT, M.INFO), (K.NOT_ON_HOTLIST, M.OK), (K.SAFETY_NOT_AFFECTED, M.INFO))),
    Case("never heard of anything", Candidates(), Answer.CANNOT_KNOW,
         (*((K.SOURCE_TOO_OLD, M.CAUTION),) * 4, (K.NO_PAYMENT, M.INFO), (K.NO_PERMIT, M.INFO),
          (K.NOT_ON_HOTLIST, M.INFO), (K.SAFETY_NOT_AFFECTED, M.INFO))),
    Case("clock too unsure even for a payment", found(rights=(session(),)), Answer.CANNOT_KNOW,
         ((K.CLOCK_UNSURE, M.CAUTION), (K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK),
          (K.SAFETY_NOT_AFFECTED, M.INFO)), check={"unsure_ms": 30_001}),
    Case("clock at its limit", found(rights=(session(),)), Answer.PAID,
         ((K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK)), check={"unsure_ms": 30_000}),
    Case("free hours", found(), Answer.FREE,
         ((K.NOT_ENFORCED_NOW, M.OK), (K.NO_PAYMENT, M.INFO), (K.NO_PERMIT, M.INFO),
          (K.NOT_ON_HOTLIST, M.OK)), check={"enforced": False}),
    Case("free hours with a payment", found(rights=(session(),)), Answer.FREE,
         ((K.NOT_ENFORCED_NOW, M.OK), (K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK)),
         check={"enforced": False}),
    Case("hot list goes first and keeps the payment",
         found(hotlist=(hotlist_entry(),), rights=(session(),)), Answer.HOTLIST,
         ((K.HOTLIST_HIT, M.BAD), (K.PAYMENT_COVERS, M.OK))),
    Case("hot list with a bad clock", found(hotlist=(hotlist_entry(),), rights=(session(),)),
         Answer.HOTLIST, ((K.HOTLIST_HIT, M.BAD), (K.CLOCK_UNSURE, M.CAUTION),
                          (K.PAYMENT_COVERS, M.OK)), check={"unsure_ms": 60_000}),
    Case("allow list only informs", found(hotlist=(hotlist_entry(kind=HotlistKind.ALLOW),)),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.ALLOW_LISTED, M.INFO),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("allow list of another state only hints",
         found(hotlist=(hotlist_entry(kind=HotlistKind.ALLOW, plate_state="NY"),)),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.OTHER_STATE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("listed by a clock that is a little ahead",
         found(hotlist=(hotlist_entry(listed_utc=AT + timedelta(milliseconds=400)),)),
         Answer.HOTLIST, ((K.HOTLIST_HIT, M.BAD), (K.NO_PAYMENT, M.INFO), (K.NO_PERMIT, M.INFO))),
    Case("a payment elsewhere from this instant",
         found(rights=(session(zone_id="114", start_utc=AT),)), Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.IN_OTHER_ZONE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("a payment elsewhere until this instant",
         found(rights=(session(zone_id="114", end_utc=AT),)), Answer.NOT_PAID, NOTHING_BAD),
    Case("hot list of another state", found(hotlist=(hotlist_entry(plate_state="NY"),)),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.OTHER_STATE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("hot list without a state", found(hotlist=(hotlist_entry(plate_state=""),)),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.OTHER_STATE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("car without a known state", found(hotlist=(hotlist_entry(plate_state=""),)),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.OTHER_STATE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK)), check={"state": ""}),
    Case("taken off the hot list", found(hotlist=(hotlist_entry(removed_utc=AT),)),
         Answer.NOT_PAID, NOTHING_BAD),
    Case("listed later", found(hotlist=(hotlist_entry(listed_utc=AT + minutes(1)),)),
         Answer.NOT_PAID, NOTHING_BAD),
    Case("payment of another state", found(rights=(session(plate_state="NY"),)), Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.OTHER_STATE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("payment in another zone", found(rights=(session(zone_id="114"),)), Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.IN_OTHER_ZONE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK))),
    Case("payment in a zone that covers this one", found(rights=(session(zone_id="114"),)),
         Answer.PAID, ((K.PAYMENT_COVERS, M.OK), (K.NOT_ON_HOTLIST, M.OK)),
         check={"covered_by": ("114",)}),
    Case("old payment in another zone", found(rights=(ended(18, zone_id="114"),)),
         Answer.NOT_PAID, NOTHING_BAD),
    Case("look-alikes never decide",
         found(look_alikes=(session(plate="A812345"), permit(plate="A812345", zone_id="114"),
                            ended(18, plate="A812345"),
                            hotlist_entry(plate="A812345"),
                            hotlist_entry(plate="A812345", removed_utc=AT))),
         Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.LOOK_ALIKE, M.CAUTION),
          (K.LOOK_ALIKE, M.CAUTION), (K.NOT_ON_HOTLIST, M.OK))),
    Case("look-alike in a zone that covers this one",
         found(look_alikes=(session(plate="A812345", zone_id="114"),)), Answer.NOT_PAID,
         ((K.NO_PAYMENT, M.BAD), (K.NO_PERMIT, M.BAD), (K.LOOK_ALIKE, M.CAUTION),
          (K.NOT_ON_HOTLIST, M.OK)), check={"covered_by": ("114",)}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answer_and_reasons(case: Case) -> None:
    decision = check(case.found, **case.check)

    assert decision.answer is case.answer
    assert tuple((each.kind, each.mark) for each in decision.reasons) == case.reasons


def test_facts_of_a_payment() -> None:
    decision = check(found(rights=(session(),)))

    assert decision.right == session()
    assert decision.decided_by == uid(0x51)
    assert (decision.cover, decision.until_utc) == (Cover.EXACT, NOON + minutes(60))
    assert (decision.minutes_ago, decision.citable_from_utc) == (0, None)
    assert decision.reasons[0] == Reason(
        kind=K.PAYMENT_COVERS,
        mark=M.OK,
        source=Source.PAY_STATION,
        age_s=8,
        right=session(),
        at_utc=NOON + minutes(60),
    )


def test_joined_payments_tell_the_last_end() -> None:
    later = session(start_utc=NOON + minutes(60), end_utc=NOON + minutes(120))
    apart = session(start_utc=NOON + minutes(121), end_utc=NOON + minutes(180))
    inner = session(start_utc=NOON + minutes(10), end_utc=NOON + minutes(40))

    decision = check(found(rights=(apart, later, inner, session())))

    assert decision.until_utc == NOON + minutes(120)


def test_facts_of_an_ended_payment() -> None:
    decision = check(found(rights=(ended(18.5), ended(90))))

    assert (decision.minutes_ago, decision.until_utc) == (18, AT - minutes(18.5))
    assert decision.citable_from_utc == AT - minutes(13.5) + timedelta(milliseconds=400)
    assert decision.cover is None
    assert decision.reasons[1].age_s == 21


def test_facts_of_a_grace() -> None:
    decision = check(found(rights=(ended(4),)))

    citable = AT + minutes(1) + timedelta(milliseconds=400)
    assert (decision.until_utc, decision.citable_from_utc) == (AT - minutes(4), citable)
    assert (decision.minutes_ago, decision.reasons[0].at_utc) == (4, citable)


def test_facts_of_a_right_about_to_begin() -> None:
    decision = check(found(rights=(session(start_utc=AT + minutes(2)), ended(4))))

    assert (decision.cover, decision.minutes_ago) == (Cover.ENTRY_GRACE, 0)
    assert decision.reasons[0].at_utc == NOON + minutes(60)


def test_look_alikes_are_told_for_this_zone() -> None:
    here, elsewhere = session(plate="A812345"), session(plate="A812345", zone_id="114")
    reasons = check(found(look_alikes=(elsewhere, here))).reasons

    assert [each.right for each in reasons if each.kind is K.LOOK_ALIKE] == [here]


def test_gravest_hit_decides() -> None:
    wanted = hotlist_entry(hotlist_entry_id=uid(2), kind=HotlistKind.WANTED)
    decision = check(found(hotlist=(wanted, hotlist_entry())))

    assert decision.entry == hotlist_entry()
    assert decision.decided_by == uid(0x407)
    assert decision.reasons[0].age_s == 720


def test_nothing_decided() -> None:
    assert check(found()).decided_by is None


def test_a_right_typed_in_by_hand_has_no_age() -> None:
    reason = check(found(rights=(session(source=RightSource.MANUAL),))).reasons[0]

    assert (reason.source, reason.age_s) == (None, None)


def test_ages_name_every_source_with_its_budget() -> None:
    ages = check(found(as_of={**FRESH, Source.APP: AT + minutes(1), Source.PERMIT: None})).ages

    assert [(a.source, a.age_s, a.budget_s, a.too_old) for a in ages] == [
        (Source.PAY_STATION, 8, 120, False),
        (Source.APP, 0, 300, False),
        (Source.PERMIT, None, 86400, True),
        (Source.HOTLIST, 720, 86400, False),
    ]


def test_payments_are_as_old_as_the_source_never_heard() -> None:
    reasons = check(found(as_of={**FRESH, Source.APP: None})).reasons

    assert [each.age_s for each in reasons if each.kind is K.NO_PAYMENT] == [None]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1)], ids=["at", "past"])
def test_budget_is_the_oldest_age_still_allowed(late: timedelta) -> None:
    as_of = {**FRESH, Source.APP: AT - minutes(5) - late}

    assert check(found(as_of=as_of)).answer is (Answer.CANNOT_KNOW if late else Answer.NOT_PAID)


@given(alike=st.sampled_from(sorted(look_alikes("AB12345", most_changes=2))))
def test_a_look_alike_never_pays_nor_accuses_wherever_it_is_found(alike: str) -> None:
    decision = check(
        Candidates(
            as_of=FRESH,
            rights=(session(plate=alike),),
            permits=(permit(plate=alike),),
            hotlist=(hotlist_entry(plate=alike),),
            look_alikes=(session(plate=alike),),
        )
    )

    assert decision.answer is Answer.NOT_PAID


RIGHTS = st.lists(
    st.builds(
        lambda start, length, state, place: session(
            start_utc=AT + minutes(start),
            end_utc=AT + minutes(start + length),
            plate_state=state,
            zone_id=place,
        ),
        st.integers(-200, 60),
        st.integers(1, 120),
        st.sampled_from(("CT", "NY", "")),
        st.sampled_from(("112", "114")),
    ),
    max_size=5,
).map(tuple)


@given(rights=RIGHTS, stale=st.booleans())
def test_not_paid_is_only_said_when_every_source_is_fresh(rights: Any, stale: bool) -> None:
    decision = check(found(rights=rights, as_of=STALE_APP if stale else FRESH))

    if stale:
        assert decision.answer not in {Answer.NOT_PAID, Answer.EXPIRED}
    assert (decision.cover is None) == (
        decision.answer in {Answer.NOT_PAID, Answer.EXPIRED, Answer.CANNOT_KNOW}
    )


@given(rights=RIGHTS, seed=st.randoms(use_true_random=False))
def test_the_order_in_which_rights_are_found_does_not_matter(rights: Any, seed: Any) -> None:
    shuffled = list(rights)
    seed.shuffle(shuffled)
    one, other = check(found(rights=rights)), check(found(rights=tuple(shuffled)))

    assert (one.answer, one.until_utc, one.minutes_ago) == (
        other.answer,
        other.until_utc,
        other.minutes_ago,
    )


def slip(**changes: Any) -> CouldNotPay:
    made = CouldNotPay(
        slip_id=uid(0x517),
        code="S-7K2M-4Q",
        terminal_id=uid(0x7E),
        zone_id="112",
        plate="AB 12345",
        plate_state="CT",
        at_utc=AT - minutes(20),
        until_utc=AT + minutes(40),
        cause="network",
        clock_uncertainty_ms=0,
    )
    return replace(made, **changes)


def test_who_could_not_pay_is_told_to_wait_for_never_paid() -> None:
    decision = check(found(slips=(slip(),), rights=(ended(60),)))
    assert (decision.answer, decision.cover) == (Answer.GRACE, Cover.COULD_NOT_PAY)
    assert decision.reasons[0].kind is K.COULD_NOT_PAY
    assert decision.citable_from_utc is not None
    assert decision.citable_from_utc >= slip().until_utc
    assert decision.decided_by == slip().slip_id


@pytest.mark.parametrize(
    "changes",
    [
        {"plate": "AB 12346"},
        {"zone_id": "113"},
        {"until_utc": AT - minutes(10)},
        {"at_utc": AT + minutes(30)},
    ],
)
def test_a_slip_for_something_else_protects_nobody(changes: dict[str, Any]) -> None:
    assert check(found(slips=(slip(**changes),))).answer is Answer.NOT_PAID


def test_a_payment_goes_before_a_slip() -> None:
    decision = check(found(slips=(slip(),), rights=(session(),)))
    assert (decision.answer, decision.cover) == (Answer.PAID, Cover.EXACT)


@pytest.mark.parametrize(
    ("from_min", "until_min", "told"),
    [(-60, None, True), (-60, -10, True), (-60, -31, False), (5, None, False)],
)
def test_a_pay_station_that_was_out_is_a_reason_to_look_twice(
    from_min: int, until_min: int | None, told: bool
) -> None:
    until_utc = None if until_min is None else AT + minutes(until_min)
    out = Outage(
        station="K-07", cause="network", from_utc=AT + minutes(from_min), until_utc=until_utc
    )
    decision = check(found(outages=(out,)))
    assert decision.answer is Answer.NOT_PAID
    assert [reason.refs for reason in decision.reasons if reason.kind is K.STATION_OUT] == (
        [("K-07",)] if told else []
    )
