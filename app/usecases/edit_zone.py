"""Change a zone at the desk: name, rate, grace, budgets. Store lane."""

from app.ports import Shown
from app.post import Duty, Post
from app.usecases.edit_record import edit_record
from app.words import _
from parking.errors import UserError
from parking.officer import Act
from parking.zone import Zone


def shown_zone(post: Post, zone_id: str) -> Shown[Zone]:
    """Return a zone with this desk's own edits on top; ``value`` None if unknown. Reads only."""
    return post.store.shown(Zone, zone_id)


def edit_zone(
    post: Post, duty: Duty, *, seen: Shown[Zone], wanted: Zone, reason: str
) -> Shown[Zone]:
    """Save what was changed; durable on return. Terminals follow once central merged it.

    Args:
        post: This desk.
        duty: Who edits.
        seen: From ``shown_zone``, as the screen had it.
        wanted: The whole zone as it is to be.
        reason: What it rests on, 1 to 200 characters.

    Raises:
        UserError: ``zone.unknown``, ``reason.needed``, ``duty.forbidden``, ``record.field``.
    """
    duty.allowed(Act.EDIT_ZONE)
    if seen.value is None:
        raise UserError("zone.unknown", _("This zone is not known on this device."))
    if not reason.strip():
        raise UserError("reason.needed", _("Say first what the change rests on."))
    return edit_record(post, duty, seen=seen, wanted=wanted, reason=reason)
