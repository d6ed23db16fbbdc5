"""An officer corrects the plate of a saved citation. Owner thread: the GUI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ports import Shown
from app.words import _
from parking.citation import Citation
from parking.edit import PlateCorrection
from parking.errors import ParkingError, UserError
from ui.correct.asks import CorrectsPlates
from ui.correct.state import (
    Rests,
    checked_plate,
    explained,
    needed,
    rests_words,
    saved_words,
    stands,
)
from ui.officer.frame import ActionRow, button, page
from ui.officer.ready_state import MOST_TYPED, state_select
from ui.officer.spoken import plate_view
from ui.screen import NoticeKind, Screen
from ui.sentences import said
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole
from ui.widgets.cards import Card, Label
from ui.widgets.choosing import SelectField
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_CHOICES = (
    (Rests.PHOTO, Icon.CAMERA, "F5"),
    (Rests.LOOK_ALIKE, Icon.SEARCH, "F6"),
    (Rests.DRIVER, Icon.PERSON, "F7"),
)
_STATE_PX = 132


class OfficerCorrectScreen(Screen):
    """Which plate does the car really have, and how do we know?"""

    name = "correct"

    def __init__(self, tasks: Tasks, edits: CorrectsPlates) -> None:
        super().__init__(tasks)
        self._edits = edits
        self._citation: Citation | None = None
        self._seen: Shown[PlateCorrection] | None = None
        self._state = ""
        self._rests: Rests | None = None
        self._title = Label("", "officer.amount")
        self._title.setObjectName("correct_title")
        self._issued = PlateWidget(PlateView(number=""), PlateSize.ANSWER)
        self._state_field = SelectField(state_select(""), drawn_px=84)
        self._state_field.setObjectName("right_state")
        self._state_field.choice_made.connect(self._on_state_chosen)
        self._plate = TextField(
            FieldView(label=_("Right plate"), most=MOST_TYPED), FieldSize.OFFICER_PLATE
        )
        self._plate.setObjectName("right_plate")
        self._plate.text_changed.connect(lambda _text: self._say(""))
        self._plate.entered.connect(self._on_save_pressed)
        self._why = {
            rests: button(f"rests_{rests}", rests_words(rests), icon, key)
            for rests, icon, key in _CHOICES
        }
        for rests, one in self._why.items():
            one.clicked.connect(partial(self._choose, rests))
        self._back = button("correct_back_button", _("Back"), Icon.LEFT, "Esc")
        self._back.clicked.connect(self._leave)
        self._save = button("save_correction", _("Save correction"), Icon.CHECK, "F9", main=True)
        self._save.clicked.connect(self._on_save_pressed)
        self._lay_out()

    def _lay_out(self) -> None:
        entry = QHBoxLayout()
        entry.setSpacing(12)
        self._state_field.setFixedWidth(_STATE_PX)
        entry.addWidget(self._state_field)
        entry.addWidget(self._plate, 1)
        card = Card(padding=20)
        card.body.setSpacing(16)
        card.body.addLayout(entry)
        card.body.addSpacing(16)
        card.body.addWidget(Label(_("What does this rest on?"), "officer.heading"))
        card.body.addWidget(ActionRow(*self._why.values()))
        card.body.addStretch(1)
        whole = page(self)
        whole.addWidget(self._head())
        whole.addWidget(card, 1)
        whole.addWidget(ActionRow(self._back, heavy=self._save))

    def _head(self) -> Card:
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._title)
        words.addWidget(Label(explained(), "officer.second", wrap=True))
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(words, 1)
        row.addWidget(self._issued)
        card = Card(padding=24)
        card.body.addLayout(row)
        return card

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self, *, citation: Citation) -> None:
        """Begin with the plate that stands now, marked, so that typing replaces it."""
        self._citation, self._seen = citation, None
        self._title.setText(_("Correct plate · {number}").format(number=citation.number))
        self._issued.set_view(plate_view(citation.plate, citation.plate_state))
        self._say("")
        self._choose(None)
        self._draw(stands(citation, None))
        self._save.set_view(replace(self._save.view, enabled=False))
        self.ask(self._edits.correction(citation.citation_id), self._on_seen)

    def default_focus(self) -> QWidget:
        """The plate field."""
        return self._plate

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """Enter saves, as on the button; the other keys are drawn on their controls."""
        return {"Enter": self._on_save_pressed}

    # --- inside -----------------------------------------------------------------------------

    def _on_seen(self, seen: Shown[PlateCorrection]) -> None:
        self._seen = seen
        if self._citation is not None and seen.value is not None:
            self._draw(stands(self._citation, seen.value))
        self._save.set_view(replace(self._save.view, enabled=True))

    def _draw(self, car: tuple[str, str]) -> None:
        plate, state = car
        self._plate.set_text(plate)
        self._plate.select_all()
        self._on_state_chosen(state)

    def _on_state_chosen(self, state: str) -> None:
        self._state = state
        self._state_field.set_view(state_select(state))

    def _choose(self, rests: Rests | None) -> None:
        self._rests = rests
        for each, one in self._why.items():
            role = ButtonRole.CHOSEN if each is rests else ButtonRole.PLAIN
            one.set_view(replace(one.view, role=role))

    def _say(self, problem: str) -> None:
        """Put what is wrong with the plate where the label stands."""
        self._plate.set_view(FieldView(label=_("Right plate"), problem=problem, most=MOST_TYPED))

    def _on_save_pressed(self) -> None:
        citation, seen = self._citation, self._seen
        if citation is None or seen is None:
            return
        try:
            standing = stands(citation, seen.value)
            plate = checked_plate(self._plate.text(), self._state, standing)
            reason = rests_words(needed(self._rests))
        except UserError as error:
            self._refuse(error)
            return
        self.ask(
            self._edits.correct_plate(seen, plate, self._state, reason),
            lambda _shown: self._on_saved(),
            failed=self._refuse,
            words=_("Saving the correction"),
        )

    def _refuse(self, error: ParkingError) -> None:
        if isinstance(error, UserError) and error.key.startswith("plate."):
            self._say(said(error))
            return
        self.show_error(error)

    def _on_saved(self) -> None:
        self._leave()
        self.tell(saved_words(), kind=NoticeKind.DONE)

    def _leave(self) -> None:
        if self._citation is not None:
            self.go("saved", citation_id=self._citation.citation_id, printing=False)
