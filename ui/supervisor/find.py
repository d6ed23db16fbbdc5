"""Any citation by its number or plate: how it stands, then its plate or note is corrected.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.lanes import Task
from app.ports import Shown
from app.usecases.note_citation import Noted
from app.usecases.shift_citations import CitationRow
from app.words import _
from parking.edit import CitationNote, PlateCorrection
from parking.errors import ParkingError, UserError
from parking.plate import plate_key, spaced
from ui.note.asks import EditsCitations
from ui.sentences import said
from ui.state_names import state_name
from ui.supervisor.find_state import found_facts, found_table
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen, head_button
from ui.supervisor.rail_state import FIND, data_age
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Card, Label
from ui.widgets.facts import LongFacts, LongFactsView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.shapes import Mark
from ui.widgets.table import DataTable

_STORY_PX, _MOST_TYPED = 388, 40


class FindsCitations(Protocol):
    """What this screen asks of the terminal (``app.acts.desk.DeskActs``)."""

    def find(self, text: str) -> Task[tuple[CitationRow, ...]]:
        """Find citations by number or plate."""
        ...


class FindScreen(DeskScreen):
    """A field at the top, what was found under it, the chosen citation at the right.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        desk: Finds citations.
        edits: What people say about them.
    """

    name = FIND
    rests_on = frozenset({"citation", "citation_event", "citation_note", "plate_correction"})
    asks = ("find",)

    def __init__(
        self, tasks: Tasks, office: Office, desk: FindsCitations, edits: EditsCitations
    ) -> None:
        super().__init__(tasks, office)
        self._desk = desk
        self._edits = edits
        self._wanted = ""
        self._rows: tuple[CitationRow, ...] = ()
        self._chosen: CitationRow | None = None
        self._correction: PlateCorrection | None = None
        self._noted: CitationNote | None = None
        label = FieldView(label=_("Citation number, or plate as issued"), most=_MOST_TYPED)
        self._text = TextField(label, FieldSize.DESK_TEXT)
        self._text.setObjectName("find_text")
        self._text.text_changed.connect(lambda _text: self._say(""))
        self._text.entered.connect(self._on_find_pressed)
        find = ButtonView(label=_("Find"), icon=Icon.SEARCH, key="F2", role=ButtonRole.MAIN)
        self._find = ActionButton(find, ButtonSize.DESK)
        self._find.setObjectName("find_button")
        self._find.clicked.connect(self._on_find_pressed)
        self._table = DataTable(found_table((), None))
        self._table.setObjectName("found_rows")
        self._table.row_chosen.connect(self._on_row_chosen)
        self._nothing = Nothing(_ask_first())
        self._nothing.setObjectName("nothing_found")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.HEAD)
        self._number = Label("", "desk.heading")
        self._number.setObjectName("found_citation")
        self._facts = LongFacts(LongFactsView(facts=()))
        self._facts.setObjectName("found_facts")
        self._correct = head_button("correct_button", _("Correct plate"), Icon.PENCIL, "F8")
        self._correct.clicked.connect(lambda: self._edit("correct"))
        self._note = head_button("note_button", _("Note"), Icon.NOTE, "F11")
        self._note.clicked.connect(lambda: self._edit("note"))
        self.head.buttons.addWidget(self._correct)
        self.head.buttons.addWidget(self._note)
        self._lay_out()

    def _lay_out(self) -> None:
        entry = QHBoxLayout()
        entry.setSpacing(GUTTER)
        entry.addWidget(self._text, 1)
        entry.addWidget(self._find, 0, Qt.AlignmentFlag.AlignTop)
        found = Card()
        found.body.setSpacing(GUTTER)
        found.body.addLayout(entry)
        found.body.addWidget(self._table, 1)
        found.body.addWidget(self._nothing, 1)
        self._story = Card()
        self._story.setFixedWidth(_STORY_PX)
        for part in (self._number, self._plate, self._facts):
            self._story.body.addWidget(part)
        self._story.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GUTTER)
        row.addWidget(found, 1)
        row.addWidget(self._story)
        self.body.addLayout(row, 1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show what was found last, as it stands now."""
        self.draw_rail()
        self._draw()
        self.refresh()

    def default_focus(self) -> QWidget:
        """The field."""
        return self._text

    def keys(self) -> dict[str, Callable[[], None]]:
        """Esc goes back to the report; Enter in the field finds."""
        return {"Esc": lambda: self.go("report")}

    # --- finding ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again for what was asked last."""
        if self._wanted:
            self.ask(self._desk.find(self._wanted), self._on_found, failed=self._refuse)

    def _on_find_pressed(self) -> None:
        wanted = self._text.text()
        self.ask(
            self._desk.find(wanted),
            lambda rows: self._on_asked(wanted, rows),
            failed=self._refuse,
            words=_("Looking for citations"),
        )

    def _on_asked(self, wanted: str, rows: tuple[CitationRow, ...]) -> None:
        self._wanted, self._chosen = wanted, None
        self._on_found(rows)
        if rows:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_found(self, rows: tuple[CitationRow, ...]) -> None:
        self._rows = rows
        same = (row for row in rows if self._chosen is not None and _is(row, self._chosen))
        self._choose(next(same, rows[0] if rows else None))

    def _refuse(self, error: ParkingError) -> None:
        if isinstance(error, UserError):
            self._say(said(error))
        else:
            self.show_error(error)

    def _say(self, problem: str) -> None:
        self._text.set_view(replace(self._text.view, problem=problem))

    # --- choosing ---------------------------------------------------------------------------

    def _on_row_chosen(self, key: str) -> None:
        self._choose(next(row for row in self._rows if str(row.citation.citation_id) == key))

    def _choose(self, row: CitationRow | None) -> None:
        if row is None or self._chosen is None or not _is(row, self._chosen):
            self._correction = self._noted = None
        self._chosen = row
        self._draw()
        if row is not None:
            of = row.citation.citation_id
            self.ask(self._edits.correction(of), self._on_correction, renew=True)
            self.ask(self._edits.note(of), self._on_note, renew=True)

    def _on_correction(self, shown: Shown[PlateCorrection]) -> None:
        if self._is_chosen(shown.key):
            self._correction = shown.value
            self._draw()

    def _on_note(self, noted: Noted) -> None:
        if self._is_chosen(noted.shown.key):
            self._noted = noted.shown.value
            self._draw()

    def _is_chosen(self, key: str) -> bool:
        return self._chosen is not None and str(self._chosen.citation.citation_id) == key

    def _edit(self, page: str) -> None:
        if self._chosen is not None:
            self.go(page, citation=self._chosen.citation, back=FIND)

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the title and how old the knowledge is."""
        old = data_age(self.office.reached_utc, self.office.now().utc)
        scope = _("Citations known at this desk")
        self.head.set_words(_("Find citation"), f"{scope} · {old}")

    def _draw(self) -> None:
        row = self._chosen
        for part in (self._table, self._story, self._correct, self._note):
            part.setVisible(row is not None)
        self._nothing.setVisible(row is None)
        self._nothing.set_view(_none_found(self._wanted) if self._wanted else _ask_first())
        self.redraw()
        if row is None:
            return
        citation = row.citation
        self._table.set_view(found_table(self._rows, row))
        self._number.setText(citation.number)
        plate = spaced(plate_key(citation.plate), citation.plate_state)
        self._plate.set_view(PlateView(number=plate, state=state_name(citation.plate_state)))
        self._facts.set_view(found_facts(row, self._correction, self._noted))


def _is(one: CitationRow, other: CitationRow) -> bool:
    return one.citation.citation_id == other.citation.citation_id


def _ask_first() -> NothingView:
    return NothingView(
        mark=Mark.INFO,
        title=_("Which citation?"),
        text=_("Enter its number, or the plate that stands on it. Then correct plate or note."),
    )


def _none_found(wanted: str) -> NothingView:
    words = _(
        "No citation here has {wanted} as number or plate. One that was issued a moment ago "
        "comes with the next exchange."
    )
    title = _("Nothing found")
    return NothingView(mark=Mark.OFF, title=title, text=words.format(wanted=wanted.strip()))
