from dataclasses import replace

import pytest

from parking.check import Answer
from parking.reason import Mark as ReasonMark
from parking.reason import Reason, ReasonKind
from parking.zone import Source
from tests.unit.ui_officer.checked import FRESH, age_of, decision, reason, result
from ui.officer.check_state import MOST_REASONS, check_state
from ui.widgets.answer import AnswerKind
from ui.widgets.shapes import Mark


@pytest.mark.parametrize(
    ("answer", "kind", "may_issue", "may_warn"),
    [
        (Answer.PAID, AnswerKind.PAID, False, False),
        (Answer.PERMIT, AnswerKind.PERMIT, False, False),
        (Answer.FREE, AnswerKind.PAID, False, False),
        (Answer.HOTLIST, AnswerKind.HOT_LIST, False, False),
        (Answer.GRACE, AnswerKind.GRACE, False, True),
        (Answer.CANNOT_KNOW, AnswerKind.CANNOT_KNOW, False, True),
        (Answer.EXPIRED, AnswerKind.EXPIRED, True, True),
        (Answer.NOT_PAID, AnswerKind.NOT_PAID, True, True),
    ],
)
def test_the_answer_decides_the_picture_and_what_may_be_written(
    answer: Answer, kind: AnswerKind, may_issue: bool, may_warn: bool
) -> None:
    state = check_state(result(decision(answer), hint="BK4729I"))
    assert state.answer.kind is kind
    assert state.answer.plate.number == "BK-47291"
    assert (state.may_issue, state.may_warn) == (may_issue, may_warn)
    assert state.hint == "BK4729I"


def _of(*kinds: ReasonKind) -> tuple[Reason, ...]:
    return tuple(reason(kind) for kind in kinds)


_FOUR = (
    ReasonKind.SOURCE_TOO_OLD,
    ReasonKind.NO_PAYMENT,
    ReasonKind.NO_PERMIT,
    ReasonKind.NOT_ON_HOTLIST,
)


@pytest.mark.parametrize(
    ("kinds", "last"),
    [
        (_FOUR, "Not on the hot list"),
        ((*_FOUR, ReasonKind.PAYMENT_STATION_OK), "Payment was possible here"),
        (
            (*_FOUR, ReasonKind.PAYMENT_STATION_OK, ReasonKind.SAFETY_NOT_AFFECTED),
            "Safety rules are not affected",
        ),
        (
            (
                *_FOUR,
                ReasonKind.PAYMENT_STATION_OK,
                ReasonKind.EARLIER_CITATIONS,
                ReasonKind.SAFETY_NOT_AFFECTED,
            ),
            "0 earlier citations",
        ),
        ((*_FOUR, *_FOUR), "Source never heard here"),
    ],
)
def test_what_is_least_needed_gives_way_to_five_reasons(
    kinds: tuple[ReasonKind, ...], last: str
) -> None:
    reasons = tuple(
        replace(one, source=Source.PAY_STATION) if one.kind is ReasonKind.SOURCE_TOO_OLD else one
        for one in _of(*kinds)
    )
    rows = check_state(result(decision(reasons=reasons))).reasons.reasons
    assert len(rows) == min(len(kinds), MOST_REASONS)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1].fact == last.replace("Source", "Pay stations")


@pytest.mark.parametrize(
    ("mark", "shape"),
    [
        (ReasonMark.OK, Mark.OK),
        (ReasonMark.BAD, Mark.BAD),
        (ReasonMark.INFO, Mark.INFO),
        (ReasonMark.CAUTION, Mark.CAUTION),
    ],
)
def test_a_reason_keeps_its_shape(mark: ReasonMark, shape: Mark) -> None:
    reasons = (reason(ReasonKind.NO_PERMIT, mark=mark, source=Source.PERMIT, age_s=8),)
    (row,) = check_state(result(decision(reasons=reasons))).reasons.reasons
    assert (row.mark, row.age) == (shape, "8 s old")


def test_every_source_shows_its_age_and_its_share_of_the_oldest_allowed() -> None:
    ages = (
        age_of(Source.PAY_STATION, 30, 120),
        age_of(Source.APP, None),
        age_of(Source.PERMIT, 240, 120),
        FRESH[3],
    )
    shown = check_state(result(decision(ages=ages))).ages.ages
    assert [(one.name, one.age, one.share > 1) for one in shown] == [
        ("Pay stations", "30 s", False),
        ("App payments", "never", True),
        ("Permits", "4 min", True),
        ("Hot list", "8 s", False),
    ]
    assert shown[0].share == pytest.approx(0.25)
