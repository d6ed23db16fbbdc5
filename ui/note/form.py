"""Note, tags and who wrote last, laid out for the officer or the desk. Owner thread: the GUI's."""

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.usecases.note_citation import MOST_NOTE
from app.words import _
from parking.errors import ParkingError, UserError
from ui.note.state import Written, chips, with_tag
from ui.sentences import said
from ui.theme.look import look
from ui.widgets.buttons import ButtonSize
from ui.widgets.cards import Card, Label
from ui.widgets.choosing import NoteChips
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.notefield import NoteField

_MOST_TYPED, _TAGS_PX = 60, 480


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How the form looks at one kind of terminal."""

    text: str
    label: str
    heading: str
    chip: ButtonSize
    field: FieldSize


_PLACES = {
    "officer": _Place(
        text="officer.second",
        label="officer.label",
        heading="officer.heading",
        chip=ButtonSize.OFFICER_CHIP,
        field=FieldSize.OFFICER_TEXT,
    ),
    "desk": _Place(
        text="desk.table",
        label="desk.least",
        heading="desk.heading",
        chip=ButtonSize.DESK_CHIP,
        field=FieldSize.DESK_TEXT,
    ),
}


class NoteForm(QWidget):
    """The note at the left, its tags at the right.

    Signals:
        changed: The person changed the note or a tag.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        place = _PLACES[look().profile.place]
        self._page = Written()
        self._showing = False
        self.note = NoteField(FieldView(label=_("Note"), most=MOST_NOTE), place.text, place.label)
        self.note.setObjectName("note_words")
        self.note.words_edited.connect(self._on_note_changed)
        self._who = Label("", place.text, wrap=True)
        self._who.setObjectName("note_who")
        self._chips = NoteChips(chips(self._page), place.chip)
        self._chips.setObjectName("note_tags")
        self._chips.setMinimumWidth(80)  # A long tag takes the width there is.
        self._chips.chips_changed.connect(self._on_chips_changed)
        self._tag = TextField(
            FieldView(label=_("Another tag, then Enter"), most=_MOST_TYPED), place.field
        )
        self._tag.setObjectName("note_tag")
        self._tag.text_changed.connect(lambda _text: self._say_of_tag(""))
        self._tag.entered.connect(self.take_tag)
        self._lay_out(place)

    def _lay_out(self, place: _Place) -> None:
        words = Card()
        words.body.setSpacing(12)
        words.body.addWidget(self._who)
        words.body.addWidget(self.note, 1)
        room = QScrollArea()
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidgetResizable(True)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._chips)
        column.addStretch(1)
        room.setWidget(inside)
        tags = Card(title=_("Tags"), title_use=place.heading)
        tags.body.setSpacing(12)
        tags.body.addWidget(room, 1)
        tags.body.addWidget(self._tag)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(words, 1)
        tags.setFixedWidth(_TAGS_PX)
        row.addWidget(tags)

    @property
    def page(self) -> Written:
        """What stands on the form now."""
        return self._page

    def show_page(self, page: Written, who: str) -> None:
        """Show a note; ``changed`` stays silent."""
        self._showing = True
        self._page = page
        self.note.set_text(page.note)
        self._tag.set_text("")
        self._chips.set_view(chips(page))
        self._who.setText(who)
        self.refuse(None)
        self._showing = False

    def take_tag(self) -> bool:
        """Put the tag that was typed on; False when it cannot be one."""
        try:
            self._change(with_tag(self._page, self._tag.text()))
        except UserError as error:
            self._say_of_tag(said(error))
            return False
        self._tag.set_text("")
        return True

    def refuse(self, error: ParkingError | None) -> bool:
        """Say in the field it is about what is wrong; False when it is about no field."""
        key = error.key if isinstance(error, UserError) else ""
        words = "" if error is None else said(error)
        self._say(self.note, words if key.startswith("note.") else "")
        self._say_of_tag(words if key.startswith("tags.") else "")
        return key.startswith(("note.", "tags."))

    def _say_of_tag(self, problem: str) -> None:
        self._say(self._tag, problem)

    @staticmethod
    def _say(field: NoteField | TextField, problem: str) -> None:
        field.set_view(replace(field.view, problem=problem))

    def _on_note_changed(self) -> None:
        if not self._showing:
            self._say(self.note, "")
            self._change(replace(self._page, note=self.note.text()))

    def _on_chips_changed(self, chosen: tuple[str, ...]) -> None:
        self._change(replace(self._page, tags=chosen))

    def _change(self, page: Written) -> None:
        self._page = page
        self._chips.set_view(chips(page))
        self.changed.emit()
