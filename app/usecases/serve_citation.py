"""Say how a citation reached the driver: an event; late fees run from it. Store lane.

Source: FIELD.md C4 (served: posted, handed, mailed, drove off), RULES.md 13.
"""

from enum import StrEnum
from uuid import UUID

from app.post import Duty, Post
from app.usecases.request_void import add_event
from parking.citation import CitationEvent, EventKind
from parking.officer import Act


class Service(StrEnum):
    """How the paper reached the driver."""

    POSTED = "posted"
    HANDED = "handed"
    DROVE_OFF = "drove_off"


def serve_citation(post: Post, duty: Duty, *, citation_id: UUID, service: Service) -> CitationEvent:
    """Record it; durable on return.

    Raises:
        UserError: ``citation.unknown``, ``duty.forbidden``.
    """
    duty.allowed(Act.ISSUE_CITATION)
    return add_event(
        post,
        duty,
        citation_id=citation_id,
        kind=EventKind.SERVED,
        reason_code=service,
        text="",
    )
