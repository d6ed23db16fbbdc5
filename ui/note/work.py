"""Reads, saves and takes back a note, for whichever page shows the form.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from uuid import UUID

from app.city import DEFAULT_TIME_ZONE
from app.ports import Shown, TerminalNews
from app.usecases.note_citation import Noted, checked_note
from app.words import _
from parking.edit import CitationNote
from parking.errors import ParkingError, UserError
from ui.note.asks import WritesNotes
from ui.note.form import NoteForm
from ui.note.state import changed_meanwhile_words, saved_words, who_words, written
from ui.screen import NoticeKind, Screen


class NoteWork:
    """What a page does with a note.

    What is written over is what the person saw: a note that somebody else changes meanwhile is
    never taken over a half-written one, and the saved edit names the one that was seen.

    Args:
        screen: Whose visit it is.
        edits: The use cases.
        form: Shows it.
        leave: Goes back to where the note was opened.
    """

    def __init__(
        self, screen: Screen, edits: WritesNotes, form: NoteForm, leave: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._edits = edits
        self._form = form
        self._leave = leave
        self._citation_id = UUID(int=0)
        self._seen: Shown[CitationNote] | None = None

    @property
    def ready(self) -> bool:
        """Whether there is something to save: the note was read."""
        return self._seen is not None

    def begin(self, citation_id: UUID, then: Callable[[], None]) -> None:
        """Read a note and show it; ``then`` follows."""
        self._citation_id, self._seen = citation_id, None
        self._form.show_page(written(None), "")

        def found(noted: Noted) -> None:
            self._show(noted)
            then()

        self._screen.ask(self._edits.note(citation_id), found)

    def heard(self, news: TerminalNews) -> None:
        """Look again when notes came in."""
        if "citation_note" in news.sync.changed and self._seen is not None:
            self._screen.ask(self._edits.note(self._citation_id), self._on_news, renew=True)

    def save(self) -> None:
        """Save what stands on the form, then leave; nothing changed saves nothing."""
        seen, form = self._seen, self._form
        if seen is None or not form.take_tag():
            return
        page = form.page
        if page.kept == written(seen.value).kept:
            self._leave()
            return
        try:
            checked_note(page.note)
        except UserError as error:
            form.refuse(error)
            return
        self._screen.ask(
            self._edits.write_note(seen, page.note, page.tags),
            lambda noted: self._on_saved(noted, seen.value),
            failed=self._refuse,
            words=_("Saving the note"),
        )

    def _show(self, noted: Noted) -> None:
        self._seen = noted.shown
        page = written(noted.shown.value)
        self._form.show_page(page, who_words(noted, DEFAULT_TIME_ZONE))

    def _on_news(self, noted: Noted) -> None:
        seen = self._seen
        if seen is None or written(noted.shown.value).kept == written(seen.value).kept:
            return
        if self._form.page.kept == written(seen.value).kept:
            self._show(noted)
        else:
            self._screen.tell(changed_meanwhile_words(), kind=NoticeKind.CAUTION)

    def _on_saved(self, noted: Noted, before: CitationNote | None) -> None:
        self._leave()
        self._screen.tell(
            saved_words(),
            kind=NoticeKind.DONE,
            undo_text=_("Undo"),
            undo=lambda: self._undo(noted.shown, before),
        )

    def _undo(self, seen: Shown[CitationNote], before: CitationNote | None) -> None:
        note, tags = ("", ()) if before is None else (before.note, before.tags)
        self._screen.ask(self._edits.write_note(seen, note, tags), lambda _noted: self._on_undone())

    def _on_undone(self) -> None:
        self._leave()
        self._screen.tell(_("The note is as it was before."), kind=NoticeKind.DONE)

    def _refuse(self, error: ParkingError) -> None:
        if not self._form.refuse(error):
            self._screen.show_error(error)
