"""What the pages of a note ask of the terminal."""

from typing import Protocol
from uuid import UUID

from app.lanes import Task
from app.ports import Shown
from app.usecases.note_citation import Noted
from parking.edit import CitationNote
from ui.correct.asks import CorrectsPlates


class WritesNotes(Protocol):
    """Notes and tags (``app.acts.edits.EditActs``)."""

    def note(self, citation_id: UUID) -> Task[Noted]:
        """Return note and tags of a citation, and who wrote last."""
        ...

    def write_note(
        self, seen: Shown[CitationNote], note: str, tags: tuple[str, ...]
    ) -> Task[Noted]:
        """Save note and tags; durable on return."""
        ...


class EditsCitations(CorrectsPlates, WritesNotes, Protocol):
    """What people say about a citation besides its facts (``app.acts.edits.EditActs``)."""
