"""Ask that a citation be voided: an event with a reason; a supervisor decides. Store lane."""

from uuid import UUID

from app.post import Duty, Post
from app.words import _
from parking.citation import Citation, CitationEvent, EventKind
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import Act


def request_void(
    post: Post, duty: Duty, *, citation_id: UUID, reason_code: str, text: str
) -> CitationEvent:
    """Record the wish and why; durable on return.

    Raises:
        UserError: ``reason.needed``, ``citation.unknown``, ``duty.forbidden``.
    """
    duty.allowed(Act.REQUEST_VOID)
    return add_event(
        post,
        duty,
        citation_id=citation_id,
        kind=EventKind.VOID_REQUESTED,
        reason_code=reason_code,
        text=text,
    )


def add_event(
    post: Post,
    duty: Duty,
    *,
    citation_id: UUID,
    kind: EventKind,
    reason_code: str,
    text: str,
    right_id: UUID | None = None,
) -> CitationEvent:
    """Add a person's event to a citation; durable on return.

    Raises:
        UserError: ``reason.needed``, ``citation.unknown``.
    """
    citation = known_citation(post, citation_id)
    if not reason_code.strip():
        raise UserError("reason.needed", _("Choose a reason first."))
    now = post.clock.now().utc
    event = CitationEvent(
        citation_event_id=uuid7(now),
        citation_id=citation.citation_id,
        kind=kind,
        at_utc=now,
        actor_id=duty.sign_in.officer.officer_id,
        terminal_id=post.terminal.terminal_id,
        reason_code=reason_code.strip(),
        text=text.strip(),
        right_id=right_id,
    )
    with post.store.saving() as work:
        work.add(event)
        work.commit()
    return event


def known_citation(post: Post, citation_id: UUID) -> Citation:
    """Return a citation known here.

    Raises:
        UserError: ``citation.unknown``.
    """
    found = post.store.citation(citation_id)
    if found is None:
        raise UserError("citation.unknown", _("This citation is not known on this device."))
    return found[0]
