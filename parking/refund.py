"""Money given back: asked for by a supervisor, confirmed by a second one above a limit. Pure.

Both are facts made at the desk; central alone carries them out, once. Source: PAYMENTS.md 4.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text
from parking.money import usd
from parking.payment import PaymentPurpose
from parking.right import PlateText, StateCode


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """A supervisor wants money given back; before the capture that is a void.

    Attributes:
        amount_cents: At most what was captured and not given back yet.
        reason_code: Stable word: ``overlap``, ``pay_station_fault``, ``dismissed``, ``goodwill``,
            ``double``, ``other``.
        text: The supervisor's reason in words.
        ends_right: Whether the bought right ends with it.
    """

    refund_id: UUID
    payment_id: UUID
    amount_cents: Annotated[int, Span(1, 1_000_000)]
    reason_code: Annotated[str, Text(40, 1)]
    text: Annotated[str, Text(500)] = ""
    ends_right: bool = True
    officer_id: UUID
    terminal_id: UUID
    requested_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundApproval:
    """A second supervisor confirms or refuses a refund above the limit."""

    refund_approval_id: UUID
    refund_id: UUID
    approved: bool
    text: Annotated[str, Text(500)] = ""
    officer_id: UUID
    terminal_id: UUID
    decided_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSummary:
    """A payment as supervisors see it; central's, pull-only.

    Attributes:
        reference: The code on the driver's receipt.
        amount_cents: What was ordered.
        captured_cents: What the card paid.
        refunded_cents: What was given back, pending ones included.
        waiting_cents: Refunds that wait for a second person.
        due_back_cents: What should still go back by the rules: time that was paid twice.
        state: ``PaymentState`` as central knows it.
        task: Why a person must look, in a sentence; empty when nobody must.
    """

    payment_id: UUID
    reference: Annotated[str, Text(20)]
    purpose: PaymentPurpose
    plate: PlateText = ""
    plate_state: StateCode = ""
    zone_id: Annotated[str, Text(16)] = ""
    citation_id: UUID | None = None
    terminal_id: UUID
    amount_cents: Annotated[int, Span(0, 1_000_000)]
    captured_cents: Annotated[int, Span(0, 1_000_000)] = 0
    refunded_cents: Annotated[int, Span(0, 1_000_000)] = 0
    waiting_cents: Annotated[int, Span(0, 1_000_000)] = 0
    card: Annotated[str, Text(40)] = ""
    due_back_cents: Annotated[int, Span(0, 1_000_000)] = 0
    state: Annotated[str, Text(20)]
    task: Annotated[str, Text(300)] = ""
    made_utc: datetime
    revision: Annotated[int, Span(0, 2**62)] = 0


class RefundState(StrEnum):
    """Where a refund stands at central; forward only, but a bank may send money back."""

    WAITING = "waiting"
    """For a second person."""
    REFUSED = "refused"
    SENDING = "sending"
    PENDING = "pending"
    """Stripe has it; the card's bank has not answered."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundVerdict:
    """What becomes of a request, and why it is refused, in a sentence."""

    state: RefundState
    why: str = ""


def judge_refund(
    request: RefundRequest,
    approvals: Sequence[RefundApproval],
    *,
    left_cents: int,
    limit_cents: int,
    supervisors: Collection[UUID],
) -> RefundVerdict:
    """Decide whether money may be given back now.

    Args:
        request: What a supervisor asked for.
        approvals: What was said of it, in any order; a refusal ends it.
        left_cents: Captured, and neither given back nor on its way.
        limit_cents: Up to here one person decides.
        supervisors: Who may give money back.
    """
    if request.officer_id not in supervisors:
        return RefundVerdict(state=RefundState.REFUSED, why="Only a supervisor gives money back.")
    if request.amount_cents > left_cents:
        why = f"Only {usd(left_cents)} is left to give back."
        return RefundVerdict(state=RefundState.REFUSED, why=why)
    others = [each for each in approvals if each.officer_id in supervisors]
    if any(not each.approved for each in others):
        return RefundVerdict(state=RefundState.REFUSED, why="A second supervisor refused it.")
    second = any(each.officer_id != request.officer_id for each in others)
    if request.amount_cents > limit_cents and not second:
        return RefundVerdict(state=RefundState.WAITING)
    return RefundVerdict(state=RefundState.SENDING)
