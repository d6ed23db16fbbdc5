"""Checks as the officer's screens get them, around a car at noon in zone 112."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.usecases.check_plate import CheckResult
from app.usecases.keep_draft import CitationDraft
from app.usecases.photos import TakenPhoto
from app.usecases.shift_citations import CitationRow
from parking.check import Answer, PlateCheck
from parking.citation import CitationEvent, FineRules, fold
from parking.decision import Decision
from parking.reason import Mark, Reason, ReasonKind, SourceAge
from parking.violation import ViolationCode
from parking.zone import Source
from tests.fakes.memory_store import sample
from tests.unit.parking.samples import NOON, citation, zone

CODES = tuple(sample(ViolationCode, "violation_codes"))
RULES = FineRules(
    version="1",
    double_after_days=15,
    triple_after_days=30,
    cap_total_cents=None,
    time_zone="America/New_York",
)


def age_of(source: Source, age_s: int | None = 8, budget_s: int = 120) -> SourceAge:
    as_of_utc = None if age_s is None else NOON - timedelta(seconds=age_s)
    return SourceAge(
        source=source,
        as_of_utc=as_of_utc,
        age_s=age_s,
        budget_s=budget_s,
        too_old=age_s is None or age_s > budget_s,
    )


FRESH = tuple(age_of(source) for source in Source)


def decision(answer: Answer = Answer.NOT_PAID, **changes: Any) -> Decision:
    return replace(
        Decision(
            answer=answer,
            at_utc=NOON,
            right=None,
            cover=None,
            until_utc=None,
            minutes_ago=0,
            citable_from_utc=None,
            entry=None,
            reasons=(),
            ages=FRESH,
        ),
        **changes,
    )


def reason(kind: ReasonKind, **changes: Any) -> Reason:
    return replace(Reason(kind=kind, mark=Mark.INFO), **changes)


def check(answer: Answer = Answer.NOT_PAID, **changes: Any) -> PlateCheck:
    return replace(
        PlateCheck(
            check_id=UUID(int=0xC4),
            terminal_id=UUID(int=0x7E),
            officer_id=UUID(int=0x0F),
            shift_id=UUID(int=0x5F),
            zone_id="112",
            plate="BK47291",
            plate_state="CT",
            observed_utc=NOON,
            clock_uncertainty_ms=400,
            answer=answer,
        ),
        **changes,
    )


def result(made: Decision | None = None, *, hint: str = "", **changes: Any) -> CheckResult:
    """Return a check; ``changes`` are of the stored record."""
    made = made or decision()
    return CheckResult(check=check(made.answer, **changes), decision=made, zone=zone(), hint=hint)


def photo(seed: int = 1, view: str = "car", taken_utc: datetime = NOON) -> TakenPhoto:
    return TakenPhoto(sha256=bytes([seed]) * 32, byte_length=1000, taken_utc=taken_utc, view=view)


def draft(**changes: Any) -> CitationDraft:
    return replace(
        CitationDraft(plate="BK47291", plate_state="CT", zone_id="112", code="101"), **changes
    )


def row(*events: CitationEvent, sending: str = "to_send", **changes: Any) -> CitationRow:
    """Return a saved citation with what happened to it."""
    saved = citation(**changes)
    state = fold(saved, events, as_of_utc=NOON + timedelta(hours=1), rules=RULES)
    return CitationRow(citation=saved, events=events, state=state, sending=sending)
