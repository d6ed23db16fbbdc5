"""Write about a citation, for the city's eyes only: words and tags. Store lane."""

from uuid import UUID

from app.ports import Shown
from app.post import Duty, Post
from app.usecases.edit_record import edit_record
from app.usecases.request_void import known_citation
from parking.edit import CitationNote
from parking.officer import Act


def citation_note(post: Post, citation_id: UUID) -> Shown[CitationNote]:
    """Return what is noted; ``value`` is None while nobody wrote anything. Reads only."""
    return post.store.shown(CitationNote, str(citation_id))


def note_citation(
    post: Post, duty: Duty, *, seen: Shown[CitationNote], note: str, tags: tuple[str, ...]
) -> Shown[CitationNote]:
    """Save note and tags as the person wants them; durable on return.

    Tags are a set: what two people add stays. Notes that did not know of each other are both kept,
    a supervisor chooses.

    Args:
        post: This terminal.
        duty: Who writes.
        seen: From ``citation_note``, as the screen had it.
        note: At most 2,000 characters.
        tags: At most 20 words; blanks around them and repeats are dropped.

    Raises:
        UserError: ``citation.unknown``, ``duty.forbidden``, ``record.field``.
    """
    duty.allowed(Act.WRITE_NOTES)
    citation = known_citation(post, UUID(seen.key))
    words = dict.fromkeys(tag.strip() for tag in tags)
    wanted = CitationNote(
        citation_id=citation.citation_id,
        note=note.strip(),
        tags=tuple(word for word in words if word),
    )
    return edit_record(post, duty, seen=seen, wanted=wanted)
