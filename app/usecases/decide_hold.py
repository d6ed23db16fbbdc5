"""A supervisor decides a held citation: it stands again, or it is dismissed. Store lane.

Source: RULES.md 21: only a person releases a hold.
"""

from uuid import UUID

from app.post import Duty, Post
from app.usecases.held_citations import held_citations
from app.usecases.request_void import add_event
from app.words import _
from parking.citation import CitationEvent, EventKind
from parking.errors import UserError
from parking.officer import Act


def decide_hold(
    post: Post, duty: Duty, *, citation_id: UUID, release: bool, reason_code: str, text: str
) -> CitationEvent:
    """Record the decision; durable on return.

    Args:
        post: This terminal.
        duty: Who decides; the role is checked.
        citation_id: Which citation.
        release: True when the citation stands, False when it is dismissed.
        reason_code: Why, a stable word.
        text: Why, in the supervisor's words.

    Raises:
        UserError: ``duty.forbidden``, ``citation.not_held``, ``reason.needed``.
    """
    duty.allowed(Act.DECIDE_HOLD)
    held = {row.held.citation.citation_id: row for row in held_citations(post)}
    if citation_id not in held:
        raise UserError(
            "citation.not_held", _("This citation is not held any more. Nothing was changed.")
        )
    return add_event(
        post,
        duty,
        citation_id=citation_id,
        kind=EventKind.RELEASED if release else EventKind.DISMISSED,
        reason_code=reason_code,
        text=text,
        right_id=held[citation_id].state.held_right_id,
    )
