"""Write about a citation, for the city's eyes only: words and tags. Store lane."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.ports import Shown
from app.post import Duty, Post
from app.usecases.edit_record import edit_record
from app.usecases.request_void import known_citation
from app.words import _
from parking.edit import CitationNote
from parking.errors import UserError
from parking.officer import Act, Officer

MOST_NOTE, MOST_TAGS, MOST_TAG = 2000, 20, 20
"""Characters of a note, tags of a citation, characters of a tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is noted about a citation, and whose the last change known here is.

    Attributes:
        shown: Its ``value`` is None while nobody wrote anything.
        by: None while nobody wrote, or when who did is not known here: a laptop hears what
            others wrote, not who.
        at_utc: Of that change.
    """

    shown: Shown[CitationNote]
    by: Officer | None = None
    at_utc: datetime | None = None


def citation_note(post: Post, citation_id: UUID) -> Noted:
    """Return what is noted. Reads only."""
    return _noted(post, post.store.shown(CitationNote, str(citation_id)))


def _noted(post: Post, shown: Shown[CitationNote]) -> Noted:
    edit = post.store.last_edit(CitationNote, shown.key)
    if edit is None:
        return Noted(shown=shown)
    officers = {each.officer_id: each for each in post.store.officers()}
    return Noted(shown=shown, by=officers.get(edit.officer_id), at_utc=edit.made_utc)


def checked_note(note: str) -> str:
    """Return a note as it is kept.

    Raises:
        UserError: ``note.long``.
    """
    note = note.strip()
    if len(note) > MOST_NOTE:
        words = _("A note has at most {most} characters; this has {count}.")
        raise UserError("note.long", words, most=f"{MOST_NOTE:,}", count=f"{len(note):,}")
    return note


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept: without blanks around them, empty ones and repeats.

    Raises:
        UserError: ``tags.long``, ``tags.many``.
    """
    kept = tuple(dict.fromkeys(word for tag in tags if (word := " ".join(tag.split()))))
    if any(len(word) > MOST_TAG for word in kept):
        raise UserError("tags.long", _("A tag has at most {most} characters."), most=MOST_TAG)
    if len(kept) > MOST_TAGS:
        raise UserError("tags.many", _("A citation has at most {most} tags."), most=MOST_TAGS)
    return kept


def note_citation(
    post: Post, duty: Duty, *, seen: Shown[CitationNote], note: str, tags: tuple[str, ...]
) -> Noted:
    """Save note and tags as the person wants them; durable on return.

    Tags are a set: what two people add stays. Notes that did not know of each other are both kept,
    a supervisor chooses.

    Args:
        post: This terminal.
        duty: Who writes.
        seen: From ``citation_note``, as the screen had it.
        note: At most ``MOST_NOTE`` characters.
        tags: At most ``MOST_TAGS`` of ``MOST_TAG`` characters; repeats are dropped.

    Raises:
        UserError: ``note.long``, ``tags.long``, ``tags.many``, ``citation.unknown``,
            ``duty.forbidden``, ``record.field``.
    """
    duty.allowed(Act.WRITE_NOTES)
    citation = known_citation(post, UUID(seen.key))
    wanted = CitationNote(
        citation_id=citation.citation_id, note=checked_note(note), tags=checked_tags(tags)
    )
    return _noted(post, edit_record(post, duty, seen=seen, wanted=wanted))
