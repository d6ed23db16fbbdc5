"""A supervisor keeps one value of a conflict: a choice with a reason, a fact. Store lane."""

from app.post import Duty, Post
from app.words import _
from parking.edit import ChoiceReason, Conflict, ConflictChoice
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import Act
from sync.records import BY_NAME, check


def decide_conflict(
    post: Post, duty: Duty, *, conflict: Conflict, side: int, reason: ChoiceReason, note: str = ""
) -> ConflictChoice:
    """Record the choice; durable on return.

    It settles the values that were on the screen and no others: one that central hears later opens
    the conflict again.

    Args:
        post: This desk.
        duty: Who decides; the role is checked.
        conflict: As it was on the screen.
        side: Place of the chosen value in ``conflict.sides``, from 0.
        reason: Why.
        note: Why, in the supervisor's words; needed with ``OTHER``.

    Raises:
        UserError: ``duty.forbidden``, ``choice.side``, ``choice.note``, ``conflict.settled``.
    """
    duty.allowed(Act.DECIDE_CONFLICT)
    if not 0 <= side < len(conflict.sides):
        raise UserError("choice.side", _("Choose one of the values first."))
    if reason is ChoiceReason.OTHER and not note.strip():
        raise UserError("choice.note", _("Say in a note why; it is needed with this reason."))
    if all(one.conflict_id != conflict.conflict_id for one in post.store.open_conflicts()):
        raise UserError(
            "conflict.settled", _("This conflict is settled already. Nothing was changed.")
        )
    now = post.clock.now()
    row = post.store.shown(BY_NAME[conflict.record].of, conflict.record_key)
    choice = ConflictChoice(
        choice_id=uuid7(now.utc),
        conflict_id=conflict.conflict_id,
        side=side,
        content=conflict.sides[side].content,
        seen=tuple(one.side_id for one in conflict.sides),
        base_revision=row.base_revision,
        reason=reason,
        note=note.strip(),
        officer_id=duty.sign_in.officer.officer_id,
        terminal_id=post.terminal.terminal_id,
        decided_utc=now.utc,
        clock_uncertainty_ms=min(now.uncertainty_ms, 600_000),
    )
    check(choice)
    with post.store.saving() as work:
        work.add(choice)
        work.commit()
    return choice
