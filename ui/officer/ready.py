"""The ready screen: type or scan a plate, choose a candidate, check. Owner thread: the GUI's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.ports import PlateRead, ShiftCounts, TerminalNews
from app.usecases.check_plate import CheckResult
from app.usecases.keep_draft import CitationDraft
from app.words import _
from parking.check import PlateCheck
from parking.errors import ParkingError, UserError
from parking.plate import US_STATES, check_plate_text, plate_key
from parking.zone import Zone
from ui.devices.camera import Camera, Shot
from ui.officer.check_state import ISSUABLE, WARNABLE
from ui.officer.draft_offer import DraftOffer, KeepsDrafts
from ui.officer.frame import ActionRow, button, page
from ui.officer.ready_state import (
    MOST_TYPED,
    candidate_views,
    counts_view,
    last_check_views,
    state_select,
)
from ui.screen import NoticeKind, Screen
from ui.sentences import said
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.cards import Card, Label
from ui.widgets.choosing import SelectField
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.marks import KeyCap
from ui.widgets.photos import CameraPane, CameraView
from ui.widgets.plate import PlateView
from ui.widgets.rows import CandidateTile, CandidateView, CheckRow, CountStrip, CountsView

_NO_CANDIDATE = CandidateView(plate=PlateView(number=""), score="", detail="", key="")
_RIGHT_PX = 388


class ChecksPlates(KeepsDrafts, Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    @property
    def zone(self) -> Zone | None:
        """The zone the officer stands in."""
        ...

    def choose_zone(self, zone_id: str) -> Task[Zone]:
        """Stand in another zone."""
        ...

    def check_plate(self, plate: str, state: str) -> Task[CheckResult]:
        """Check a plate."""
        ...

    def scan(self, photo: bytes) -> Task[tuple[PlateRead, ...]]:
        """Read plates from a photo."""
        ...

    def last_checks(self) -> Task[tuple[PlateCheck, ...]]:
        """List the last checks."""
        ...

    def counts(self) -> Task[ShiftCounts]:
        """Count the shift."""
        ...


class ReadyScreen(Screen):
    """Home of the officer: what is the plate?"""

    name = "check"

    def __init__(self, tasks: Tasks, officer: ChecksPlates, camera: Camera) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._camera = camera
        self._state = US_STATES[0]
        self._reads: tuple[PlateRead, ...] = ()
        self._chosen = 0
        self._last: tuple[PlateCheck, ...] = ()
        self._shot: Shot | None = None
        self._now_words = ""
        self._state_field = SelectField(state_select(self._state), drawn_px=84)
        self._state_field.setObjectName("state_field")
        self._state_field.choice_made.connect(self._on_state_chosen)
        self._plate = TextField(
            FieldView(label=_("Plate"), most=MOST_TYPED), FieldSize.OFFICER_PLATE
        )
        self._plate.setObjectName("plate_entry")
        self._plate.text_changed.connect(self._on_typed)
        self._check = button("check_button", _("Check"), Icon.CHECK, "Enter", main=True)
        self._check.clicked.connect(self._on_check_pressed)
        self._offer = DraftOffer(self, officer, self._on_go_on)
        self._pane = CameraPane(CameraView(frame=None, left_words=_("Camera is ready · F2 scans")))
        self._pane.setObjectName("camera")
        self._tiles = [self._tile(at) for at in range(3)]
        self._rows: list[CheckRow] = []
        self._counts = CountStrip(CountsView(counts=()))
        self._counts.setObjectName("counts")
        self._lay_out()

    # --- layout -----------------------------------------------------------------------------

    def _tile(self, at: int) -> CandidateTile:
        tile = CandidateTile(_NO_CANDIDATE)
        tile.setObjectName(f"candidate_{at + 1}")
        tile.tag = str(at)
        tile.tag_pressed.connect(self._on_candidate_chosen)
        policy = tile.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        tile.setSizePolicy(policy)
        tile.hide()
        return tile

    def _lay_out(self) -> None:
        whole = page(self)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(self._left(), 1)
        body.addLayout(self._right())
        whole.addLayout(body, 1)
        scan = button("scan_button", _("Scan"), Icon.CAMERA, "F2")
        scan.clicked.connect(self._on_scan_pressed)
        clear = button("clear_button", _("Clear"), Icon.DELETE, "Esc")
        clear.clicked.connect(self._on_clear_pressed)
        menu = button("menu_button", _("Menu"), Icon.LIST, "F10")
        menu.clicked.connect(lambda: self.go("menu"))
        whole.addWidget(ActionRow(scan, clear, menu))

    def _left(self) -> QVBoxLayout:
        entry = QHBoxLayout()
        entry.setSpacing(12)
        self._state_field.setFixedWidth(132)
        self._check.setFixedWidth(208)
        self._check.setFixedHeight(84)
        entry.addWidget(self._state_field)
        entry.addWidget(self._plate, 1)
        entry.addWidget(self._check)
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for tile in self._tiles:
            tiles.addWidget(tile, 1)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addLayout(entry)
        column.addWidget(self._offer)
        column.addWidget(self._pane, 1)
        column.addLayout(tiles)
        return column

    def _right(self) -> QVBoxLayout:
        card = Card(padding=16)
        card.setFixedWidth(_RIGHT_PX)
        head = QHBoxLayout()
        heading = Label(_("Last checks"), "officer.heading")
        heading.setProperty("off_grid", True)  # centred beside the key cap
        head.addWidget(heading, 1)
        head.addWidget(KeyCap("Down"))
        card.body.addLayout(head)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._empty = Label(
            _("Nothing checked in this shift yet. Type a plate, or press F2 to scan one."),
            "officer.detail",
            wrap=True,
        )
        self._empty.setFixedWidth(_RIGHT_PX - 32)
        self._empty.setMinimumHeight(48)
        self._empty.setProperty("off_grid", True)
        card.body.addWidget(self._empty)
        card.body.addLayout(self._list)
        card.body.addStretch(1)
        self._counts.setFixedWidth(_RIGHT_PX)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addWidget(self._counts)
        return column

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self, *, plate: str = "", state: str = "", keep: bool = False) -> None:
        """Begin with an empty field, a given plate, or what stood here (``keep``)."""
        if not keep:
            self._plate.set_text(plate)
            self._on_state_chosen(state or US_STATES[0])
            self._show_reads((), None)
        self._say("")
        self._read_lists()
        self._offer.look()

    def default_focus(self) -> QWidget:
        """The plate field."""
        return self._plate

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """Down goes to the last checks; the other keys are drawn on their controls."""
        return {"Down": self._on_last_pressed}

    def heard(self, news: TerminalNews) -> None:
        """Counts may have moved."""
        if news.sync.changed & {"citation_event"}:
            self._read_lists()

    # --- lists ------------------------------------------------------------------------------

    def _read_lists(self) -> None:
        self.ask(self._officer.last_checks(), self._show_last)
        self.ask(self._officer.counts(), lambda counts: self._counts.set_view(counts_view(counts)))

    def _show_last(self, checks: tuple[PlateCheck, ...]) -> None:
        self._last = checks
        zone = self._officer.zone
        views = last_check_views(checks, zone.time_zone) if zone is not None else ()
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._rows = [CheckRow(view) for view in views]
        for at, row in enumerate(self._rows):
            row.setObjectName(f"last_check_{at + 1}")
            row.tag = str(at)
            row.tag_pressed.connect(self._on_last_chosen)
            self._list.addWidget(row)
        self._empty.setVisible(not views)

    def _on_last_pressed(self) -> None:
        if self._rows:
            self._rows[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_last_chosen(self, tag: str) -> None:
        check = self._last[int(tag)]
        self._plate.set_text(check.plate)
        self._show_reads((), None)
        self._on_state_chosen(check.plate_state)
        self._on_check_pressed()

    # --- entry ------------------------------------------------------------------------------

    def _on_state_chosen(self, state: str) -> None:
        self._state = state
        self._state_field.set_view(state_select(state))
        self._draw_tiles()

    def _on_typed(self, text: str) -> None:
        self._say("")
        if text and self._reads and plate_key(text) != plate_key(self._reads[self._chosen].text):
            self._show_reads((), self._shot)

    def _say(self, problem: str) -> None:
        """Put what is wrong with the plate where the label stands."""
        self._plate.set_view(FieldView(label=_("Plate"), problem=problem, most=MOST_TYPED))

    def _on_clear_pressed(self) -> None:
        """Clear what was typed or scanned; when there is nothing, drop what is offered."""
        if self._offer.stands and not self._plate.text() and self._shot is None:
            self._offer.drop()
        self._plate.set_text("")
        self._show_reads((), None)
        self._say("")
        self._plate.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_check_pressed(self) -> None:
        try:
            check_plate_text(self._plate.text())
        except UserError as error:
            self._refuse(error)
            return
        self.ask(
            self._officer.check_plate(self._plate.text(), self._state),
            lambda result: self.go("checked", result=result, shot=self._shot),
            failed=self._refuse,
            words=_("Checking"),
        )

    def _on_go_on(self, draft: CitationDraft) -> None:
        """Go on with a citation: in its zone, on a fresh check of its car."""
        here = self._officer.zone
        if here is not None and here.zone_id == draft.zone_id:
            self._check_again(draft)
        else:
            zone = self._officer.choose_zone(draft.zone_id)
            self.ask(zone, lambda _zone: self._check_again(draft))

    def _check_again(self, draft: CitationDraft) -> None:
        self.ask(
            self._officer.check_plate(draft.plate, draft.plate_state),
            lambda result: self._on_checked_again(draft, result),
            words=_("Checking"),
        )

    def _on_checked_again(self, draft: CitationDraft, result: CheckResult) -> None:
        answer = result.decision.answer
        if answer in WARNABLE:
            self.go("citation", result=result, draft=draft, warning=answer not in ISSUABLE)
        else:
            self.go("checked", result=result)

    def _refuse(self, error: ParkingError) -> None:
        if isinstance(error, UserError) and error.key.startswith("plate."):
            self._say(said(error))
            self._plate.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.show_error(error)

    # --- scan -------------------------------------------------------------------------------

    def _on_scan_pressed(self) -> None:
        self.ask(self._camera.shoot(), self._on_shot, words=_("Taking the picture"))

    def _on_shot(self, shot: Shot) -> None:
        if shot.image.isNull():
            self.tell(_("The camera gave no picture. Scan again, or type the plate."))
            return
        self._show_reads((), shot)
        self._draw_pane(_("Reading the plate · hold still"))
        self.ask(
            self._officer.scan(shot.photo),
            lambda reads: self._on_read(reads, shot),
            failed=self._on_unread,
            words=_("Reading the plate"),
        )

    def _on_read(self, reads: tuple[PlateRead, ...], shot: Shot) -> None:
        self._show_reads(reads, shot)
        if not reads:
            self.tell(_("No plate found in the picture. Scan again, or type it."))
            return
        self._on_candidate(0)

    def _on_unread(self, error: ParkingError) -> None:
        self._shot = None
        self._draw_pane(_("Camera is ready · F2 scans"))
        self.tell(_("{why} Or type the plate.").format(why=error), kind=NoticeKind.CAUTION)

    def _on_candidate_chosen(self, tag: str) -> None:
        self._on_candidate(int(tag))

    def _on_candidate(self, at: int) -> None:
        """Take a candidate into the field; only Enter checks it: the officer confirms."""
        if at >= len(self._reads):
            return
        self._chosen = at
        self._plate.set_text(plate_key(self._reads[at].text))
        self._draw_tiles()
        self._check.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_reads(self, reads: Sequence[PlateRead], shot: Shot | None) -> None:
        self._reads = tuple(reads)
        self._chosen = 0
        self._shot = shot
        self._draw_tiles()
        self._draw_pane(
            _("Compare with the car, then Enter") if reads else _("Camera is ready · F2 scans")
        )

    def _draw_tiles(self) -> None:
        views = candidate_views(self._reads, self._state, chosen=self._chosen)
        for at, tile in enumerate(self._tiles):
            tile.setVisible(at < len(views))
            if at < len(views):
                tile.set_view(views[at])

    def _draw_pane(self, words: str) -> None:
        shot = self._shot
        self._pane.set_view(
            CameraView(
                frame=None if shot is None else shot.image,
                left_words=words,
                right_words="" if shot is None else shot.name,
                plate_box=None if shot is None else self._box(shot),
            )
        )

    def _box(self, shot: Shot) -> tuple[float, float, float, float] | None:
        if not self._reads:
            return None
        x, y, width, height = self._reads[self._chosen].crop
        wide, high = shot.size.width(), shot.size.height()
        return x / wide, y / high, width / wide, height / high
