"""A saved citation: number, paper, where it is now. Owner thread: the GUI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.ports import PrintOutcome, Shown, TerminalNews
from app.usecases.note_citation import Noted
from app.usecases.serve_citation import Service
from app.usecases.shift_citations import CitationRow
from app.words import _
from parking.edit import CitationNote, PlateCorrection
from parking.errors import ParkingError
from parking.zone import Zone
from ui.note.asks import EditsCitations
from ui.officer.frame import ActionRow, button, page
from ui.officer.issued_state import issued_state
from ui.screen import NoticeKind, Screen
from ui.sentences import said
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.cards import Card, Label
from ui.widgets.marks import MarkView, StateMark
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.rows import FactLines, FactsView
from ui.widgets.shapes import Mark

_VOID_REASON = "officer_mistake"


class PrintsCitations(Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    @property
    def zone(self) -> Zone | None:
        """The zone the officer stands in."""
        ...

    def citation(self, citation_id: UUID) -> Task[CitationRow]:
        """Return one citation."""
        ...

    def print_citation(self, citation_id: UUID) -> Task[PrintOutcome]:
        """Print it."""
        ...

    def serve(self, citation_id: UUID, service: Service) -> Task[None]:
        """Record how it reached the driver."""
        ...

    def request_void(self, citation_id: UUID, reason_code: str, text: str) -> Task[None]:
        """Ask a supervisor to void it."""
        ...


class IssuedScreen(Screen):
    """Saved, printed, sent: what is true of the citation just issued."""

    name = "saved"

    def __init__(self, tasks: Tasks, officer: PrintsCitations, edits: EditsCitations) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._edits = edits
        self._correction: PlateCorrection | None = None
        self._note: CitationNote | None = None
        self._citation_id = UUID(int=0)
        self._row: CitationRow | None = None
        self._printed: PrintOutcome | None = None
        self._trouble = ""
        self._mark = StateMark(MarkView(mark=Mark.OK, words=""), 72)
        self._title = Label("", "officer.amount")
        self._title.setObjectName("issued")
        self._line = Label("", "officer.second")
        self._line.setObjectName("issued_line")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.ANSWER)
        self._facts = FactLines(FactsView(facts=()))
        self._facts.setObjectName("issued_facts")
        self._next = button("issued_next_button", _("On the car"), Icon.RIGHT, "F2", main=True)
        self._left = button("drove_off_button", _("Drove off"), Icon.CAR, "F7")
        self._again = button("print_button", _("Print again"), Icon.PRINTER, "F3")
        self._correct = button("correct_button", _("Correct plate"), Icon.PENCIL, "F8")
        self._write = button("note_button", _("Note"), Icon.NOTE, "F11")
        self._void = button("void_button", _("Ask to void"), Icon.CROSS, "F12")
        self._lay_out()

    def _lay_out(self) -> None:
        whole = page(self)
        whole.addWidget(self._head())
        card = Card(padding=20)
        beside = QVBoxLayout()
        beside.addWidget(self._write)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._facts, 1)
        row.addLayout(beside)
        card.body.addLayout(row)
        card.body.addStretch(1)
        whole.addWidget(card, 1)
        whole.addWidget(ActionRow(self._void, self._correct, self._again, self._left, self._next))
        self._next.clicked.connect(lambda: self._on_served(Service.POSTED))
        self._left.clicked.connect(lambda: self._on_served(Service.DROVE_OFF))
        self._again.clicked.connect(self._print)
        self._void.clicked.connect(self._on_void_pressed)
        self._correct.clicked.connect(self._on_correct_pressed)
        self._write.clicked.connect(self._on_note_pressed)

    def _head(self) -> Card:
        card = Card(padding=24)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._line)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self._plate)
        card.body.addLayout(row)
        return card

    def entered(self, *, citation_id: UUID, printing: bool = True) -> None:
        """Show a citation; a fresh one is printed at once, it is saved already."""
        self._citation_id = citation_id
        self._row, self._printed, self._trouble = None, None, ""
        self._correction = self._note = None
        # Nothing of the citation before may stand here while this one is read.
        self._title.setText("")
        self._line.setText("")
        self._facts.set_view(FactsView(facts=()))
        self._read()
        if printing:
            self._print()

    def default_focus(self) -> QWidget:
        """Putting the ticket on the car, which leads to the next plate."""
        return self._next

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """Enter says that the ticket is on the car; Esc leaves that open."""
        return {"Enter": self._next.click, "Esc": lambda: self.go("check")}

    def heard(self, _news: TerminalNews) -> None:
        """It may have reached central."""
        self._read()

    def _read(self) -> None:
        self.ask(self._officer.citation(self._citation_id), self._on_row, renew=True)
        self.ask(self._edits.correction(self._citation_id), self._on_correction, renew=True)
        self.ask(self._edits.note(self._citation_id), self._on_noted, renew=True)

    def _on_row(self, row: CitationRow) -> None:
        self._row = row
        self._draw()

    def _on_correction(self, shown: Shown[PlateCorrection]) -> None:
        self._correction = shown.value
        self._draw()

    def _on_noted(self, noted: Noted) -> None:
        self._note = noted.shown.value
        self._draw()

    def _on_note_pressed(self) -> None:
        if self._row is not None:
            self.go("note", citation=self._row.citation)

    def _on_correct_pressed(self) -> None:
        if self._row is not None:
            self.go("correct", citation=self._row.citation)

    def _print(self) -> None:
        self._trouble = ""
        self.ask(
            self._officer.print_citation(self._citation_id),
            self._on_printed,
            failed=self._on_not_printed,
            words=_("Printing"),
        )

    def _on_printed(self, outcome: PrintOutcome) -> None:
        self._printed = outcome
        self._read()

    def _on_not_printed(self, error: ParkingError) -> None:
        """The citation is saved whatever the printer does."""
        self._trouble = said(error)
        self.tell(
            _("{why} The citation is saved; print it again later.").format(why=error),
            kind=NoticeKind.CAUTION,
        )
        self._draw()

    def _on_served(self, service: Service) -> None:
        """Service is a fact of its own: late fees run from it, not from the paper."""
        self.ask(self._officer.serve(self._citation_id, service), lambda _none: self.go("check"))

    def _on_void_pressed(self) -> None:
        self.ask(
            self._officer.request_void(self._citation_id, _VOID_REASON, ""), self._on_void_asked
        )

    def _on_void_asked(self, _none: None) -> None:
        self._void.set_view(replace(self._void.view, enabled=False))
        self._read()
        self.tell(
            _("A supervisor was asked to void this citation. It stands until then."),
            kind=NoticeKind.DONE,
        )

    def _draw(self) -> None:
        zone = self._officer.zone
        if self._row is None or zone is None:
            return
        state = issued_state(
            self._row,
            printed=self._printed,
            trouble=self._trouble,
            time_zone=zone.time_zone,
            correction=self._correction,
            note=self._note,
        )
        self._mark.set_view(MarkView(mark=state.mark, words=state.title))
        self._title.setText(state.title)
        self._line.setText(state.line)
        self._plate.set_view(state.plate)
        self._facts.set_view(state.facts)
        self._void.set_view(replace(self._void.view, enabled=state.may_void))
