"""What central refused of any terminal, until a supervisor closes it with a reason.

Reads on any worker; closing on the store lane. Source: SYNC.md 5 (poison operations): discarding
needs a reason, and a second person where money depends on it.
"""

from dataclasses import dataclass

from app.ports import PaymentSearch
from app.post import Duty, Post
from app.words import _
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import Act, Officer, may
from parking.parked import ParkedClosing, ParkedOperation
from parking.terminal import Terminal
from sync.records import Lane, check

MOST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """A refused operation with the terminal it came from, when that is known here."""

    parked: ParkedOperation
    terminal: Terminal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits for a supervisor."""

    conflicts: int
    issues: int
    payments: int = 0


def waiting(post: Post) -> Waiting:
    """Count what waits."""
    return Waiting(
        conflicts=len(post.store.open_conflicts()),
        issues=len(post.store.open_parked()),
        payments=len(post.store.payments(PaymentSearch(only_tasks=True))),
    )


def sync_issues(post: Post) -> tuple[IssueRow, ...]:
    """Return what waits, oldest first."""
    terminals = {each.terminal_id: each for each in post.store.terminals()}
    return tuple(
        IssueRow(parked=each, terminal=terminals.get(each.terminal_id))
        for each in post.store.open_parked()
    )


def needs_second(parked: ParkedOperation) -> bool:
    """Tell whether money depends on it, so that two people close it."""
    return parked.lane == Lane.ORDERS


def may_agree(duty: Duty, second: Officer) -> None:
    """Refuse a second person who may not agree.

    Raises:
        UserError: ``issue.second``.
    """
    if second.officer_id == duty.sign_in.officer.officer_id:
        raise UserError("issue.second", _("The second person must be somebody else."))
    if not may(second.role, Act.CLOSE_PARKED):
        raise UserError("issue.second", _("Only another supervisor may agree."))


def close_issue(
    post: Post, duty: Duty, *, parked: ParkedOperation, reason: str, second: Officer | None
) -> ParkedClosing:
    """Record that it needs nobody any more; durable on return. The operation itself is kept.

    Args:
        post: This desk.
        duty: Who closes; the role is checked.
        parked: The operation.
        reason: Why, in the supervisor's words.
        second: Who agreed, with their PIN; needed where money depends on it.

    Raises:
        UserError: ``duty.forbidden``, ``issue.reason``, ``issue.second``, ``issue.closed``.
    """
    duty.allowed(Act.CLOSE_PARKED)
    if not reason.strip():
        raise UserError("issue.reason", _("Say why it can be closed."))
    if needs_second(parked) and second is None:
        raise UserError("issue.second", _("Money depends on it: a second supervisor must agree."))
    if second is not None:
        may_agree(duty, second)
    if all(
        each.parked_operation_id != parked.parked_operation_id for each in post.store.open_parked()
    ):
        raise UserError("issue.closed", _("It is closed already. Nothing was changed."))
    now = post.clock.now()
    closing = ParkedClosing(
        parked_closing_id=uuid7(now.utc),
        parked_operation_id=parked.parked_operation_id,
        reason=reason.strip(),
        officer_id=duty.sign_in.officer.officer_id,
        second_officer_id=None if second is None else second.officer_id,
        terminal_id=post.terminal.terminal_id,
        closed_utc=now.utc,
    )
    check(closing)
    with post.store.saving() as work:
        work.add(closing)
        work.commit()
    return closing
