"""A supervisor writes about a citation. Owner thread: the GUI thread."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ports import TerminalNews
from app.words import _
from parking.citation import Citation
from ui.note.asks import WritesNotes
from ui.note.form import NoteForm
from ui.note.work import NoteWork
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.rail_state import HELD, data_age
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView


class DeskNoteScreen(DeskScreen):
    """What should the city know about this citation that is not on it?

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        edits: The use cases.
    """

    name = "note"

    def __init__(self, tasks: Tasks, office: Office, edits: WritesNotes) -> None:
        super().__init__(tasks, office)
        self._citation: Citation | None = None
        self._from = HELD
        self._form = NoteForm()
        self._work = NoteWork(self, edits, self._form, self._leave)
        self._back = ActionButton(ButtonView(label=_("Back"), key="Esc"), ButtonSize.DESK)
        self._back.setObjectName("note_back_button")
        self._back.clicked.connect(self._leave)
        save = ButtonView(label=_("Save note"), icon=Icon.CHECK, key="F9", role=ButtonRole.MAIN)
        self._save = ActionButton(save, ButtonSize.DESK)
        self._save.setObjectName("save_note")
        self._save.clicked.connect(self._work.save)
        acts = QHBoxLayout()
        acts.setSpacing(GUTTER)
        acts.addStretch(1)
        acts.addWidget(self._back)
        acts.addWidget(self._save)
        self.body.addWidget(self._form, 1)
        self.body.addLayout(acts)

    def entered(self, *, citation: Citation, back: str = HELD) -> None:
        """Begin with what is noted; ``back`` is the page it was opened from."""
        self._citation, self._from = citation, back
        self._allow(enabled=False)
        self.draw_rail()
        self.redraw()
        self._work.begin(citation.citation_id, lambda: self._allow(enabled=True))

    def default_focus(self) -> QWidget:
        """The note."""
        return self._form.note

    def heard(self, news: TerminalNews) -> None:
        """Somebody else may have written."""
        super().heard(news)
        self._work.heard(news)

    def refresh(self) -> None:
        """Nothing here rests on figures; what somebody else writes is heard."""

    def redraw(self) -> None:
        """Draw title and age."""
        number = "" if self._citation is None else self._citation.number
        scope = data_age(self.office.reached_utc, self.office.now().utc)
        self.head.set_words(_("Note · {number}").format(number=number), scope)

    def _allow(self, *, enabled: bool) -> None:
        self._save.set_view(replace(self._save.view, enabled=enabled))

    def _leave(self) -> None:
        self.go(self._from)
