"""The page of the citation form: its parts, where they stand, what they show. GUI thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from app.words import _
from parking.clockface import hh_mm_ss
from parking.violation import ViolationCode
from ui.officer import citation_state as shown
from ui.officer.citation_state import Form
from ui.officer.frame import ActionRow, button, page
from ui.officer.spoken import plate_view
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.cards import Card, Label
from ui.widgets.choosing import ChipsView, NoteChips, SelectField, SelectView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.marks import Pill, PillView
from ui.widgets.photos import PhotoTile, PhotoView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.rows import FactLines, FactsView

_SIDE_PX, _LEFT_PX = 424, 392
_TWO_LINES_PX = 48
_MOST_NOTE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """What the page shows beside the form.

    Attributes:
        codes: What can be cited.
        numbers_left: Citation numbers left on this terminal.
        images: Of the photos, by their hash; those not read yet are missing.
        waits: A photo is on its way; it belongs to the citation and is waited for.
    """

    codes: Sequence[ViolationCode]
    numbers_left: int
    images: Mapping[bytes, QImage]
    waits: bool


class CitationPage(Screen):
    """The parts of the form; ``ui.officer.citation`` says what they do."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._parts()
        self._lay_out()

    def _parts(self) -> None:
        blank = SelectView(label="", value="")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.HEAD)
        self._title = Label("", "officer.heading")
        self._line = Label("", "officer.detail")
        self._pill = Pill(PillView(text=""), "officer.age")
        self._pill.setProperty("off_grid", True)  # as wide as its words, at the right edge
        self._code = self._field("code_field", SelectField(blank, drawn_px=104))
        self._place = self._field("place_field", SelectField(blank))
        self._observed = self._field("observed_field", SelectField(blank))
        self._make = self._field("make_field", SelectField(blank))
        self._colour = self._field("colour_field", SelectField(blank))
        self._note = TextField(
            FieldView(label=_("Notes for the record; the driver can read them"), most=_MOST_NOTE),
            FieldSize.OFFICER_TEXT,
        )
        self._note.setObjectName("note_entry")
        self._chips = NoteChips(ChipsView(chips=()))
        self._chips.setObjectName("note_chips")
        self._have = Pill(PillView(text=""), "officer.age")
        self._have.setObjectName("photos_pill")
        self._have.setProperty("off_grid", True)
        self._tiles = [self._tile(at) for at in range(shown.MOST_PHOTOS)]
        self._checked = Label("", "officer.heading")
        self._sealed = Label("", "officer.detail", wrap=True)
        self._sealed.setFixedWidth(_SIDE_PX - 32)
        self._sealed.setMinimumHeight(_TWO_LINES_PX)
        self._proof = FactLines(FactsView(facts=()))
        self._back = button("back_button", _("Back, keep draft"), Icon.LEFT, "Esc")
        self._photo = button("photo_button", _("Photo"), Icon.CAMERA, "F5")
        self._softer = button("softer_button", _("Warning instead"), Icon.NOTE, "F7")
        self._issue = button("issue_citation_button", _("Issue"), Icon.PRINTER, "F9", issue=True)

    def _field(self, name: str, field: SelectField) -> SelectField:
        field.setObjectName(name)
        return field

    def _tile(self, at: int) -> PhotoTile:
        tile = PhotoTile(PhotoView(caption=_("Add photo")))
        tile.setObjectName(f"photo_{at + 1}")
        return tile

    def _lay_out(self) -> None:
        whole = page(self)
        whole.addWidget(self._head())
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(self._entries(), 1)
        body.addLayout(self._side())
        whole.addLayout(body, 1)
        whole.addWidget(ActionRow(self._back, self._photo, self._softer, heavy=self._issue))

    def _head(self) -> Card:
        card = Card(padding=8)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._plate)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._line)
        row.addLayout(words, 1)
        row.addWidget(self._pill)
        card.body.addLayout(row)
        return card

    def _entries(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(self._code)
        facts = QGridLayout()
        facts.setSpacing(12)
        self._place.setFixedWidth(_LEFT_PX)
        self._make.setFixedWidth(_LEFT_PX)
        facts.addWidget(self._place, 0, 0)
        facts.addWidget(self._observed, 0, 1)
        facts.addWidget(self._make, 1, 0)
        facts.addWidget(self._colour, 1, 1)
        column.addLayout(facts)
        card = Card(padding=12)
        card.body.setSpacing(12)
        card.body.addWidget(self._note)
        card.body.addWidget(self._chips)
        card.body.addStretch(1)
        column.addWidget(card, 1)
        return column

    def _side(self) -> QVBoxLayout:
        photos = Card(padding=16)
        photos.setFixedWidth(_SIDE_PX)
        head = QHBoxLayout()
        head.addWidget(Label(_("Photos"), "officer.heading"), 1)
        head.addWidget(self._have)
        photos.body.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(12)
        for tile in self._tiles:
            row.addWidget(tile)
        row.addStretch(1)
        photos.body.addLayout(row)
        proof = Card(padding=16)
        proof.setFixedWidth(_SIDE_PX)
        proof.body.addWidget(self._checked)
        proof.body.addWidget(self._sealed)
        proof.body.addWidget(self._proof)
        proof.body.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(photos)
        column.addWidget(proof, 1)
        return column

    # --- drawing ----------------------------------------------------------------------------

    def show_form(self, form: Form, view: PageView) -> None:
        """Draw everything."""
        check = form.result.check
        self._plate.set_view(plate_view(check.plate, check.plate_state))
        title, line = shown.head_words(form, numbers_left=view.numbers_left)
        self._title.setText(title)
        self._line.setText(line)
        self._pill.set_view(shown.state_pill(form))
        self._code.set_view(shown.code_view(form, view.codes))
        self._place.set_view(shown.place_view(form))
        self._observed.set_view(shown.observed_view(form))
        self._make.set_view(shown.pick_view(_("Make"), form.make, shown.MAKES))
        self._colour.set_view(shown.pick_view(_("Color"), form.colour, shown.COLOURS))
        self._chips.set_view(shown.chips_view(form))
        self._have.set_view(shown.photos_pill(form))
        self._draw_photos(form, view.images)
        checked, sealed = shown.checked_words(form)
        self._checked.setText(checked)
        self._sealed.setText(sealed)
        self._proof.set_view(shown.proof_view(form))
        words = _("Citation instead") if form.warning else _("Warning instead")
        self._softer.set_view(replace(self._softer.view, label=words))
        may_issue = shown.may_issue(form) and not view.waits
        self._issue.set_view(
            replace(self._issue.view, label=shown.issue_label(form), enabled=may_issue)
        )

    def _draw_photos(self, form: Form, images: Mapping[bytes, QImage]) -> None:
        zone = form.result.zone
        for at, tile in enumerate(self._tiles):
            photo = PhotoView(caption=_("Add photo"))
            if at < len(form.photos):
                taken = form.photos[at]
                caption = hh_mm_ss(taken.taken_utc, zone.time_zone)
                photo = PhotoView(caption=caption, image=images.get(taken.sha256))
            tile.set_view(photo)
        may_take = shown.may_take_photo(form)
        self._photo.set_view(replace(self._photo.view, enabled=may_take))
