"""An officer writes about a saved citation. Owner thread: the GUI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.ports import TerminalNews
from app.words import _
from parking.citation import Citation
from ui.note.asks import WritesNotes
from ui.note.form import NoteForm
from ui.note.work import NoteWork
from ui.officer.frame import ActionRow, button, page
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.cards import Label


class OfficerNoteScreen(Screen):
    """What should the city know about this citation that is not on it?"""

    name = "note"

    def __init__(self, tasks: Tasks, edits: WritesNotes) -> None:
        super().__init__(tasks)
        self._citation: Citation | None = None
        self._title = Label("", "officer.amount")
        self._title.setObjectName("note_title")
        self._form = NoteForm()
        self._work = NoteWork(self, edits, self._form, self._leave)
        self._back = button("note_back_button", _("Back"), Icon.LEFT, "Esc")
        self._back.clicked.connect(self._leave)
        self._save = button("save_note", _("Save note"), Icon.CHECK, "F9", main=True)
        self._save.clicked.connect(self._work.save)
        whole = page(self)
        whole.addWidget(self._title)
        whole.addWidget(self._form, 1)
        whole.addWidget(ActionRow(self._back, heavy=self._save))

    def entered(self, *, citation: Citation) -> None:
        """Begin with what is noted."""
        self._citation = citation
        self._title.setText(_("Note · {number}").format(number=citation.number))
        self._allow(enabled=False)
        self._work.begin(citation.citation_id, lambda: self._allow(enabled=True))

    def default_focus(self) -> QWidget:
        """The note."""
        return self._form.note

    def heard(self, news: TerminalNews) -> None:
        """Somebody else may have written."""
        self._work.heard(news)

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """All keys are drawn on their controls; Enter begins a line."""
        return {}

    def _allow(self, *, enabled: bool) -> None:
        self._save.set_view(replace(self._save.view, enabled=enabled))

    def _leave(self) -> None:
        if self._citation is not None:
            self.go("saved", citation_id=self._citation.citation_id, printing=False)
