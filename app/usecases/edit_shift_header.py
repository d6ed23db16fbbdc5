"""Write about a shift besides its facts: car, odometer, spoiled forms, a remark. Store lane."""

from uuid import UUID

from app.ports import Shown
from app.post import Duty, Post
from app.usecases.edit_record import edit_record
from parking.edit import ShiftHeader
from parking.officer import Act


def shift_header(post: Post, shift_id: UUID) -> Shown[ShiftHeader]:
    """Return the header; ``value`` is None while nobody wrote anything. Reads only."""
    return post.store.shown(ShiftHeader, str(shift_id))


def edit_shift_header(
    post: Post, duty: Duty, *, seen: Shown[ShiftHeader], wanted: ShiftHeader
) -> Shown[ShiftHeader]:
    """Save what was changed; durable on return.

    Of two odometer readings the largest stands, spoiled forms of two terminals add up, the car
    written last stands; two remarks are both kept, a supervisor chooses.

    Args:
        post: This terminal.
        duty: Who writes.
        seen: From ``shift_header``, as the screen had it.
        wanted: The whole header as it is to be.

    Raises:
        UserError: ``duty.forbidden``, ``record.field``.
    """
    duty.allowed(Act.WRITE_NOTES)
    return edit_record(post, duty, seen=seen, wanted=wanted)
