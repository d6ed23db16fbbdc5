"""End a shift with what this terminal counted, under the signed chain. Store lane."""

from app.post import Duty, Post
from parking.ids import uuid7
from parking.shift import ShiftEvent, ShiftEventKind


def end_shift(post: Post, duty: Duty) -> ShiftEvent:
    """End the running shift; durable on return.

    Raises:
        UserError: ``duty.no_shift``.
    """
    shift = duty.on_shift()
    counts = post.store.shift_counts(shift.shift_id)
    now = post.clock.now().utc
    event = ShiftEvent(
        shift_event_id=uuid7(now),
        shift_id=shift.shift_id,
        officer_id=duty.sign_in.officer.officer_id,
        terminal_id=post.terminal.terminal_id,
        beat_id=shift.beat.beat_id,
        kind=ShiftEventKind.ENDED,
        at_utc=now,
        checks_count=counts.checks,
        issued_count=counts.issued,
        printed_count=counts.printed,
        voided_count=counts.voided,
    )
    with post.store.saving() as work:
        work.add(event)
        work.commit()
    return event
