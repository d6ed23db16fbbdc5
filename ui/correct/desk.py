"""A supervisor corrects the plate of a citation. Owner thread: the GUI thread."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ports import Shown
from app.words import _
from parking.citation import Citation
from parking.edit import PlateCorrection
from parking.errors import ParkingError, UserError
from parking.plate import plate_key, spaced
from ui.correct.asks import CorrectsPlates
from ui.correct.state import (
    Rests,
    checked_plate,
    checked_state,
    needed,
    rests_words,
    stands,
)
from ui.screen import NoticeKind
from ui.state_names import state_name
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.rail_state import HELD, data_age
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Card, Label
from ui.widgets.choosing import ChipsView, Choice, NoteChips
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_MOST_TYPED = 60
_PLATE_PX, _STATE_PX = 480, 360
_CHIPS = tuple(Choice(key=each, words=rests_words(each)) for each in Rests)


class DeskCorrectScreen(DeskScreen):
    """Which plate does the car really have, and how do we know?

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        edits: The use cases.
    """

    name = "correct"

    def __init__(self, tasks: Tasks, office: Office, edits: CorrectsPlates) -> None:
        super().__init__(tasks, office)
        self._edits = edits
        self._citation: Citation | None = None
        self._from = HELD
        self._seen: Shown[PlateCorrection] | None = None
        self._issued = PlateWidget(PlateView(number=""), PlateSize.HEAD)
        self._plate = self._field("right_plate", _("Right plate"), _PLATE_PX)
        self._state = self._field("right_state", _("State"), _STATE_PX)
        self._chips = NoteChips(ChipsView(chips=_CHIPS, several=False), ButtonSize.DESK_CHIP)
        for button, chip in zip(self._chips.buttons(), _CHIPS, strict=True):
            button.setObjectName(f"rests_{chip.key}")
        self._back = _button("correct_back_button", ButtonView(label=_("Back"), key="Esc"))
        self._back.clicked.connect(lambda: self.go(self._from))
        self._save = _button(
            "save_correction",
            ButtonView(label=_("Save correction"), icon=Icon.CHECK, key="F9", role=ButtonRole.MAIN),
        )
        self._save.clicked.connect(self._on_save_pressed)
        self._lay_out()

    def _field(self, name: str, label: str, wide: int) -> TextField:
        field = TextField(FieldView(label=label, most=_MOST_TYPED), FieldSize.DESK_TEXT)
        field.setObjectName(name)
        field.setFixedWidth(wide)
        field.text_changed.connect(lambda _text: self._say("", ""))
        field.entered.connect(self._on_save_pressed)
        return field

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setSpacing(0)
        top.addWidget(Label(_("As it was issued"), "desk.heading"))
        top.addWidget(Label(_explained(), "desk.table", wrap=True))
        top.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._issued, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(top, 1)
        entry = QHBoxLayout()
        entry.setSpacing(GUTTER)
        entry.addWidget(self._plate)
        entry.addWidget(self._state)
        entry.addStretch(1)
        why = Card(title=_("What does this rest on?"), title_use="desk.heading")
        why.body.addWidget(self._chips)
        acts = QHBoxLayout()
        acts.setSpacing(GUTTER)
        acts.addStretch(1)
        acts.addWidget(self._back)
        acts.addWidget(self._save)
        card = Card()
        card.body.setSpacing(GUTTER)
        card.body.addLayout(head)
        card.body.addLayout(entry)
        self.body.addWidget(card)
        self.body.addWidget(why)
        self.body.addLayout(acts)
        self.body.addStretch(1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self, *, citation: Citation, back: str = HELD) -> None:
        """Begin with the plate that stands now, marked, so that typing replaces it.

        ``back`` is the page it was opened from.
        """
        self._citation, self._seen, self._from = citation, None, back
        number = spaced(plate_key(citation.plate), citation.plate_state)
        self._issued.set_view(PlateView(number=number, state=state_name(citation.plate_state)))
        self._say("", "")
        self._chips.set_view(ChipsView(chips=_CHIPS, several=False))
        self._draw(stands(citation, None))
        self._save.set_view(replace(self._save.view, enabled=False))
        self.draw_rail()
        self.redraw()
        self.refresh()

    def default_focus(self) -> QWidget:
        """The plate field."""
        return self._plate

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter saves, as on the button; the other keys are drawn on their controls."""
        return {"Enter": self._on_save_pressed}

    # --- inside -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask which plate stands: what the supervisor sees is what is written over."""
        if self._citation is not None:
            self.ask(self._edits.correction(self._citation.citation_id), self._on_seen)

    def redraw(self) -> None:
        """Draw title and age."""
        number = "" if self._citation is None else self._citation.number
        scope = data_age(self.office.reached_utc, self.office.now().utc)
        self.head.set_words(_("Correct plate · {number}").format(number=number), scope)

    def _on_seen(self, seen: Shown[PlateCorrection]) -> None:
        self._seen = seen
        if self._citation is not None and seen.value is not None:
            self._draw(stands(self._citation, seen.value))
        self._save.set_view(replace(self._save.view, enabled=True))

    def _draw(self, car: tuple[str, str]) -> None:
        plate, state = car
        self._plate.set_text(plate)
        self._plate.select_all()
        self._state.set_text(state)

    def _say(self, plate: str, state: str) -> None:
        """Put what is wrong where the label of the field stands."""
        self._plate.set_view(replace(self._plate.view, problem=plate))
        self._state.set_view(replace(self._state.view, problem=state))

    def _on_save_pressed(self) -> None:
        citation, seen = self._citation, self._seen
        if citation is None or seen is None:
            return
        chosen = next(iter(self._chips.view.chosen), "")
        try:
            state = checked_state(self._state.text())
            plate = checked_plate(self._plate.text(), state, stands(citation, seen.value))
            reason = rests_words(needed(Rests(chosen) if chosen else None))
        except UserError as error:
            self._refuse(error)
            return
        self.ask(
            self._edits.correct_plate(seen, plate, state, reason),
            lambda _shown: self._on_saved(),
            failed=self._refuse,
            words=_("Saving the correction"),
        )

    def _refuse(self, error: ParkingError) -> None:
        if isinstance(error, UserError) and error.key.startswith("plate."):
            self._say(error.sentence, "")
        elif isinstance(error, UserError) and error.key.startswith("state."):
            self._say("", error.sentence)
        else:
            self.show_error(error)

    def _on_saved(self) -> None:
        self.go(self._from)
        words = _("Correction saved. The citation itself does not change.")
        self.tell(words, kind=NoticeKind.DONE)


def _explained() -> str:
    return _("The citation stays as it was printed; the correction is shown beside it.")


def _button(name: str, view: ButtonView) -> ActionButton:
    made = ActionButton(view, ButtonSize.DESK)
    made.setObjectName(name)
    return made
