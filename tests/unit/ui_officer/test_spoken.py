"""Every answer and every reason in words: what happened, what it means, what to do."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from parking.check import Answer
from parking.decision import Decision
from parking.hotlist import HotlistKind
from parking.reason import Reason, ReasonKind
from parking.right import RightSource
from parking.zone import Source
from tests.unit.parking.samples import NOON, hotlist_entry, minutes, permit, session, zone
from tests.unit.ui_officer.checked import FRESH, age_of, decision, reason
from ui.officer.spoken import (
    ANSWER_MARKS,
    KINDS,
    answer_detail,
    answer_line,
    answer_word,
    plate_view,
    reason_age,
    reason_words,
    right_words,
    short_word,
    source_words,
)
from ui.officer.spoken import minutes as length

PLACE = "Zone 112 Summer St"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with its word, line and detail."""

    decision: Decision
    word: str
    line: str
    detail: str


def _old(age_s: int | None) -> Decision:
    ages = (FRESH[0], age_of(Source.APP, age_s), *FRESH[2:])
    return decision(Answer.CANNOT_KNOW, ages=ages)


def _unsure() -> Decision:
    unsure = reason(ReasonKind.CLOCK_UNSURE, uncertainty_ms=45_000)
    return decision(Answer.CANNOT_KNOW, reasons=(unsure,))


ANSWERS = {
    "paid": Said(
        decision(Answer.PAID, right=session(), until_utc=NOON + minutes(128)),
        "PAID",
        "until 14:08 · 2 h 08 min left",
        f"{PLACE} · paid at pay station K-07",
    ),
    "paid by app for the last minute": Said(
        decision(
            Answer.PAID,
            right=session(source=RightSource.APP, source_ref=""),
            until_utc=NOON + timedelta(seconds=40),
        ),
        "PAID",
        "until 12:00 · 0 min left",
        f"{PLACE} · paid by app",
    ),
    "permit for months": Said(
        decision(Answer.PERMIT, right=permit(), until_utc=NOON + timedelta(days=180)),
        "PERMIT",
        "until Aug 28, 2027",
        f"{PLACE} · resident permit",
    ),
    "permit that ends today": Said(
        decision(Answer.PERMIT, right=permit(), until_utc=NOON + minutes(30)),
        "PERMIT",
        "until 12:30 · 30 min left",
        f"{PLACE} · resident permit",
    ),
    "free": Said(decision(Answer.FREE), "FREE NOW", "Nobody has to pay here at this hour", PLACE),
    "grace": Said(
        decision(Answer.GRACE, right=session(), citable_from_utc=NOON + minutes(3)),
        "IN GRACE",
        "Wait until 12:03 before anything is issued",
        f"{PLACE} · paid at pay station K-07",
    ),
    "grace without an end": Said(
        decision(Answer.GRACE), "IN GRACE", "Within the grace time", PLACE
    ),
    "expired": Said(
        decision(
            Answer.EXPIRED,
            right=session(),
            until_utc=NOON - minutes(78),
            minutes_ago=78,
            citable_from_utc=NOON - minutes(73),
        ),
        "EXPIRED",
        "1 h 18 min ago · paid until 10:42",
        f"{PLACE} · grace of 5 min ended 10:47",
    ),
    "not paid": Said(decision(Answer.NOT_PAID), "NOT PAID", "No right found", PLACE),
    "cannot know, a source is old": Said(
        _old(52 * 60),
        "CANNOT KNOW",
        "No payment found, but app data is 52 min old",
        "Do not issue a citation for non-payment.",
    ),
    "cannot know, a source was never heard": Said(
        _old(None),
        "CANNOT KNOW",
        "App payments never heard on this laptop",
        "Do not issue a citation for non-payment.",
    ),
    "cannot know, the clock": Said(
        _unsure(),
        "CANNOT KNOW",
        "The clock of this laptop is too unsure",
        "Do not issue a citation for non-payment.",
    ),
    "cannot know, nothing old": Said(
        decision(Answer.CANNOT_KNOW),
        "CANNOT KNOW",
        "No payment found",
        "Do not issue a citation for non-payment.",
    ),
    "hot list": Said(
        decision(Answer.HOTLIST, entry=hotlist_entry(case_number="26-81104")),
        "HOT LIST",
        "Reported stolen",
        "Stamford Police 26-81104 · exact plate and state · call dispatch",
    ),
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_says_what_it_is_means_and_where(said: Said) -> None:
    made = said.decision
    assert answer_word(made.answer) == said.word
    assert answer_line(made, zone()) == said.line
    assert answer_detail(made, zone()) == said.detail


def test_no_answer_is_without_word_picture_and_shape() -> None:
    assert {said.decision.answer for said in ANSWERS.values()} == set(Answer)
    assert set(KINDS) == set(ANSWER_MARKS) == set(Answer)
    words = [answer_word(answer) for answer in Answer]
    assert len(set(words)) == len(words)
    assert all(word.isupper() for word in words)
    assert [short_word(answer) for answer in (Answer.HOTLIST, Answer.PAID)] == ["Hot list", "Paid"]


@dataclass(frozen=True, slots=True)
class Worded:
    """A reason with its fact and detail."""

    reason: Reason
    fact: str
    detail: str


REASONS = {
    "stolen": Worded(
        reason(ReasonKind.HOTLIST_HIT, entry=hotlist_entry(case_number="26-81104")),
        "Stolen vehicle: Reported stolen",
        "Stamford Police 26-81104",
    ),
    "wanted": Worded(
        reason(ReasonKind.HOTLIST_HIT, entry=hotlist_entry(kind=HotlistKind.WANTED)),
        "Wanted vehicle: Reported stolen",
        "Stamford Police",
    ),
    "scofflaw": Worded(
        reason(
            ReasonKind.HOTLIST_HIT,
            entry=hotlist_entry(kind=HotlistKind.SCOFFLAW, reason="4 unpaid citations"),
        ),
        "Scofflaw: 4 unpaid citations",
        "Stamford Police",
    ),
    "clock": Worded(
        reason(ReasonKind.CLOCK_UNSURE, uncertainty_ms=45_000),
        "Clock too unsure",
        "± 45 s; ask for the network",
    ),
    "free hours": Worded(
        reason(ReasonKind.NOT_ENFORCED_NOW),
        "Parking is free now",
        "Outside the paid hours of zone 112",
    ),
    "permit": Worded(
        reason(ReasonKind.PERMIT_COVERS, right=permit()),
        "Permit covers this zone",
        "resident permit, zone 112",
    ),
    "payment": Worded(
        reason(ReasonKind.PAYMENT_COVERS, right=session()),
        "Payment found, covers this zone",
        "K-07 · 12:00 to 13:00 · $1.25",
    ),
    "payment by hand": Worded(
        reason(ReasonKind.PAYMENT_COVERS, right=session(source=RightSource.MANUAL, source_ref="")),
        "Payment found, covers this zone",
        "entered by hand · 12:00 to 13:00 · $1.25",
    ),
    "grace": Worded(
        reason(ReasonKind.IN_GRACE, right=session(), at_utc=NOON + minutes(65)),
        "Within grace until 13:05",
        "K-07 · 12:00 to 13:00 · $1.25",
    ),
    "grace without a right": Worded(reason(ReasonKind.IN_GRACE), "Within grace until -", ""),
    "could not pay": Worded(
        reason(
            ReasonKind.COULD_NOT_PAY,
            right=session(source=RightSource.MANUAL, source_ref="S-7K2M-4Q"),
            at_utc=NOON + minutes(65),
        ),
        "The driver could not pay here",
        "Slip S-7K2M-4Q, protected until 13:05",
    ),
    "station out": Worded(
        reason(ReasonKind.STATION_OUT, refs=("K-07",), at_utc=NOON),
        "Pay station K-07 was out",
        "Since 12:00; the driver may have tried to pay",
    ),
    "old source": Worded(
        reason(ReasonKind.SOURCE_TOO_OLD, source=Source.APP, at_utc=NOON - minutes(52), age_s=3120),
        "App payments not heard since 11:08",
        "A driver may have paid there",
    ),
    "source never heard": Worded(
        reason(ReasonKind.SOURCE_TOO_OLD, source=Source.PAY_STATION),
        "Pay stations never heard here",
        "A driver may have paid there",
    ),
    "payment ended": Worded(
        reason(ReasonKind.PAYMENT_ENDED, right=session(), at_utc=NOON + minutes(60)),
        "Payment ended at 13:00",
        "K-07 · 12:00 to 13:00 · $1.25",
    ),
    "permit ended": Worded(
        reason(ReasonKind.PERMIT_ENDED, right=permit(), at_utc=NOON),
        "Permit ended at 12:00",
        "resident permit, zone 112",
    ),
    "revoked": Worded(
        reason(ReasonKind.RIGHT_REVOKED, right=session(), at_utc=NOON),
        "Right taken back at 12:00",
        "K-07 · 12:00 to 13:00 · $1.25",
    ),
    "no later payment": Worded(
        reason(ReasonKind.NO_LATER_PAYMENT),
        "No later payment in any source",
        "Pay stations and app",
    ),
    "no payment": Worded(
        reason(ReasonKind.NO_PAYMENT), "No payment found", "Pay stations and app, zone 112"
    ),
    "no permit": Worded(
        reason(ReasonKind.NO_PERMIT), "No permit for zone 112", "Exact plate and state"
    ),
    "other state": Worded(
        reason(ReasonKind.OTHER_STATE, right=session(plate_state="NY")),
        "Same plate, other state",
        "NY AB12345: compare with the car",
    ),
    "state not known": Worded(
        reason(ReasonKind.OTHER_STATE, entry=hotlist_entry(plate_state="")),
        "Same plate, other state",
        "-- AB12345: compare with the car",
    ),
    "other zone": Worded(
        reason(ReasonKind.IN_OTHER_ZONE, right=session(zone_id="114")),
        "Paid in zone 114",
        "K-07 · 12:00 to 13:00 · $1.25",
    ),
    "look-alike": Worded(
        reason(ReasonKind.LOOK_ALIKE, right=session(plate="A812345")),
        "Look-alike plate found",
        "CT A812345: compare with the car",
    ),
    "allowed": Worded(
        reason(
            ReasonKind.ALLOW_LISTED,
            entry=hotlist_entry(
                kind=HotlistKind.ALLOW, reason="City fleet", list_name="City fleet"
            ),
        ),
        "Do not ticket: City fleet",
        "City fleet",
    ),
    "not on the hot list": Worded(
        reason(ReasonKind.NOT_ON_HOTLIST), "Not on the hot list", "Exact plate and state"
    ),
    "stations": Worded(
        reason(ReasonKind.PAYMENT_STATION_OK, refs=("K-07", "K-08")),
        "Payment was possible here",
        "K-07, K-08",
    ),
    "one citation": Worded(
        reason(ReasonKind.EARLIER_CITATIONS, count=1, amount_cents=2500),
        "1 earlier citation",
        "$25.00 open",
    ),
    "citations": Worded(
        reason(ReasonKind.EARLIER_CITATIONS, count=4, amount_cents=0),
        "4 earlier citations",
        "$0.00 open",
    ),
    "safety": Worded(
        reason(ReasonKind.SAFETY_NOT_AFFECTED),
        "Safety rules are not affected",
        "Fire lane, hydrant, disabled space",
    ),
}


@pytest.mark.parametrize("worded", REASONS.values(), ids=REASONS)
def test_every_reason_says_a_fact_and_its_detail(worded: Worded) -> None:
    assert reason_words(worded.reason, zone()) == (worded.fact, worded.detail)


def test_no_kind_of_reason_is_without_words() -> None:
    assert {worded.reason.kind for worded in REASONS.values()} == set(ReasonKind)


@pytest.mark.parametrize("kind", ReasonKind)
def test_a_reason_without_its_data_still_has_words(kind: ReasonKind) -> None:
    fact, detail = reason_words(reason(kind), zone())
    assert "None" not in fact + detail


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (reason(ReasonKind.NO_PERMIT, source=Source.PERMIT, age_s=8), "8 s old"),
        (reason(ReasonKind.NO_PERMIT, source=Source.PERMIT), "never heard"),
        (reason(ReasonKind.NO_PAYMENT, age_s=3120), "52 min old"),
        (reason(ReasonKind.NO_PAYMENT), "one source never heard"),
        (reason(ReasonKind.NO_LATER_PAYMENT), "one source never heard"),
        (reason(ReasonKind.EARLIER_CITATIONS, count=1), "this laptop"),
        (reason(ReasonKind.NOT_ENFORCED_NOW), ""),
    ],
)
def test_a_reason_tells_how_old_its_knowledge_is(given: Reason, words: str) -> None:
    assert reason_age(given) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(-3, "0 min"), (0, "0 min"), (59, "59 min"), (60, "1 h 00 min"), (128, "2 h 08 min")],
)
def test_a_length_of_time_is_read_at_once(count: int, words: str) -> None:
    assert length(count) == words


@pytest.mark.parametrize(
    ("key", "state", "number", "name"),
    [
        ("AB12345", "CT", "AB-12345", "CONNECTICUT"),
        ("ABC1234", "NY", "ABC-1234", "NEW YORK"),
        ("SF1", "CT", "SF1", "CONNECTICUT"),
        ("D123", "XX", "D123", ""),
        ("D123", "", "D123", ""),
    ],
)
def test_a_plate_is_shown_as_it_stands_on_the_car(
    key: str, state: str, number: str, name: str
) -> None:
    view = plate_view(key, state)
    assert (view.number, view.state) == (number, name)


def test_every_source_and_every_seller_has_a_name() -> None:
    assert len({source_words(source) for source in Source}) == len(Source)
    sold = {right_words(replace(session(), source=source)) for source in RightSource}
    assert len(sold) == len(RightSource)
