"""What the answer screen shows of a check. Pure, no Qt."""

from dataclasses import dataclass

from app.usecases.check_plate import CheckResult
from app.words import _
from parking.check import Answer
from parking.decision import Decision
from parking.reason import ReasonKind
from parking.zone import Zone
from ui.officer.spoken import (
    KINDS,
    MARKS,
    answer_detail,
    answer_line,
    answer_word,
    plate_view,
    reason_age,
    reason_words,
    source_words,
)
from ui.top_bar_state import age
from ui.widgets.answer import AnswerView
from ui.widgets.reasons import AgesView, AgeView, ReasonsView, ReasonView

MOST_REASONS = 5
ISSUABLE = frozenset({Answer.EXPIRED, Answer.NOT_PAID})
WARNABLE = ISSUABLE | {Answer.CANNOT_KNOW, Answer.GRACE}
_LESS_NEEDED = (ReasonKind.PAYMENT_STATION_OK, ReasonKind.SAFETY_NOT_AFFECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """The answer screen.

    Attributes:
        may_issue: The answer allows a citation for non-payment.
        may_warn: The answer allows a warning.
    """

    answer: AnswerView
    reasons: ReasonsView
    ages: AgesView
    hint: str
    may_issue: bool
    may_warn: bool


def check_state(result: CheckResult) -> CheckState:
    """Return what to show for a result."""
    check, decision, zone = result.check, result.decision, result.zone
    return CheckState(
        answer=AnswerView(
            kind=KINDS[decision.answer],
            word=answer_word(decision.answer),
            line=answer_line(decision, zone),
            detail=answer_detail(decision, zone),
            plate=plate_view(check.plate, check.plate_state),
        ),
        reasons=ReasonsView(title=_("What we looked at, in order"), reasons=_rows(decision, zone)),
        ages=AgesView(
            title=_("How old is what we know"),
            ages=_ages(decision),
            note=_("Mark = oldest allowed in this zone"),
        ),
        hint=result.hint,
        may_issue=decision.answer in ISSUABLE,
        may_warn=decision.answer in WARNABLE,
    )


def _rows(decision: Decision, zone: Zone) -> tuple[ReasonView, ...]:
    """The first five in order of decision; what is least needed gives way first."""
    kept = list(decision.reasons)
    for kind in _LESS_NEEDED:
        if len(kept) > MOST_REASONS:
            kept = [reason for reason in kept if reason.kind is not kind]
    rows = []
    for number, reason in enumerate(kept[:MOST_REASONS], start=1):
        fact, detail = reason_words(reason, zone)
        rows.append(
            ReasonView(
                number=number,
                mark=MARKS[reason.mark],
                fact=fact,
                detail=detail,
                age=reason_age(reason),
            )
        )
    return tuple(rows)


def _ages(decision: Decision) -> tuple[AgeView, ...]:
    return tuple(
        AgeView(
            name=source_words(one.source),
            age=_("never") if one.age_s is None else age(one.age_s),
            share=2.0 if one.age_s is None else one.age_s / one.budget_s,
        )
        for one in decision.ages
    )
