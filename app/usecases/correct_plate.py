"""Propose which plate a citation's car really had; the sealed citation never changes. Store lane.

Central judges the corrected plate against all payments (late truth). Two proposals that did not
know of each other hold the citation until a supervisor chooses.
"""

from uuid import UUID

from app.ports import Shown
from app.post import Duty, Post
from app.usecases.edit_record import edit_record
from app.usecases.request_void import known_citation
from app.words import _
from parking.edit import PlateCorrection
from parking.errors import UserError
from parking.officer import Act
from parking.plate import plate_key


def plate_correction(post: Post, citation_id: UUID) -> Shown[PlateCorrection]:
    """Return the correction that stands; ``value`` is None while there is none. Reads only."""
    return post.store.shown(PlateCorrection, str(citation_id))


def correct_plate(
    post: Post,
    duty: Duty,
    *,
    seen: Shown[PlateCorrection],
    plate: str,
    plate_state: str,
    reason: str,
) -> Shown[PlateCorrection]:
    """Save the proposal; durable on return.

    Args:
        post: This terminal.
        duty: Who proposes.
        seen: From ``plate_correction``, as the screen had it.
        plate: As it is said to be on the car.
        plate_state: Two letters.
        reason: What it rests on, 1 to 200 characters.

    Raises:
        UserError: ``plate.empty``, ``reason.needed``, ``citation.unknown``, ``duty.forbidden``,
            ``record.field``.
    """
    duty.allowed(Act.CORRECT_PLATE)
    citation = known_citation(post, UUID(seen.key))
    if not plate_key(plate):
        raise UserError("plate.empty", _("Type the plate: letters or digits."))
    if not reason.strip():
        raise UserError("reason.needed", _("Say first what the correction rests on."))
    wanted = PlateCorrection(
        citation_id=citation.citation_id,
        plate=plate.strip(),
        plate_state=plate_state.strip().upper(),
    )
    return edit_record(post, duty, seen=seen, wanted=wanted, reason=reason)
