"""A supervisor gives money back: asks for it, or decides what another one asked for. Store lane.

Both are facts that reach central by sync; central alone judges and carries out. Above its limit
two people are needed, and which limit that is central alone knows. Source: PAYMENTS.md 4.
"""

from uuid import UUID

from app.post import Duty, Post
from app.usecases.payments import one_payment
from app.words import _
from parking.errors import UserError
from parking.ids import uuid7
from parking.money import usd
from parking.officer import Act
from parking.payment import PaymentPurpose
from parking.refund import RefundApproval, RefundRequest
from sync.records import check

OTHER = "other"
REASONS = ("overlap", "pay_station_fault", "dismissed", "goodwill", "double", OTHER)
MOST_WORDS = 500


def ask_refund(
    post: Post,
    duty: Duty,
    *,
    payment_id: UUID,
    amount_cents: int,
    reason_code: str,
    text: str,
    ends_right: bool,
) -> RefundRequest:
    """Ask central to give money back; durable on return. It cannot be taken back.

    Args:
        post: This desk.
        duty: Who asks; the role is checked.
        payment_id: Of which payment.
        amount_cents: At most what is left of it.
        reason_code: One of ``REASONS``.
        text: Why in words, needed for ``OTHER``.
        ends_right: Whether the parking ends; without effect for a ticket.

    Raises:
        UserError: ``duty.forbidden``, ``payment.unknown``, ``refund.amount``, ``refund.reason``.
    """
    duty.allowed(Act.REFUND)
    row = one_payment(post, payment_id)
    if not 1 <= amount_cents <= row.left_cents:
        raise UserError(
            "refund.amount",
            _("The amount: more than nothing and at most {money} is allowed."),
            money=usd(row.left_cents),
        )
    if reason_code not in REASONS or (reason_code == OTHER and not text.strip()):
        raise UserError("refund.reason", _("Say why the money goes back."))
    now = post.clock.now().utc
    request = RefundRequest(
        refund_id=uuid7(now),
        payment_id=payment_id,
        amount_cents=amount_cents,
        reason_code=reason_code,
        text=text.strip(),
        ends_right=ends_right and row.summary.purpose is PaymentPurpose.PARKING,
        officer_id=duty.sign_in.officer.officer_id,
        terminal_id=post.terminal.terminal_id,
        requested_utc=now,
    )
    _keep(post, request)
    return request


def decide_refund(
    post: Post, duty: Duty, *, refund_id: UUID, approved: bool, text: str
) -> RefundApproval:
    """Confirm or refuse what another supervisor asked for; durable on return.

    Args:
        post: This desk.
        duty: Who decides; the role is checked.
        refund_id: Which request.
        approved: True to confirm.
        text: Why, in words; may be empty.

    Raises:
        UserError: ``duty.forbidden``, ``refund.unknown``, ``refund.same_person``,
            ``refund.decided``.
    """
    duty.allowed(Act.REFUND)
    asked = post.store.asked_refund(refund_id)
    if asked is None:
        raise UserError("refund.unknown", _("This refund is not known here."))
    me = duty.sign_in.officer.officer_id
    if asked.request.officer_id == me:
        raise UserError(
            "refund.same_person", _("You asked for it yourself: another supervisor decides.")
        )
    if any(each.officer_id != asked.request.officer_id for each in asked.approvals):
        raise UserError("refund.decided", _("It is decided already. Nothing was changed."))
    now = post.clock.now().utc
    approval = RefundApproval(
        refund_approval_id=uuid7(now),
        refund_id=refund_id,
        approved=approved,
        text=text.strip(),
        officer_id=me,
        terminal_id=post.terminal.terminal_id,
        decided_utc=now,
    )
    _keep(post, approval)
    return approval


def _keep(post: Post, fact: RefundRequest | RefundApproval) -> None:
    check(fact)
    with post.store.saving() as work:
        work.add(fact)
        work.commit()
