"""Conflicts: values of which a supervisor keeps one, side by side. Owner thread: the GUI thread."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.city import DEFAULT_TIME_ZONE
from app.lanes import Task
from app.ports import TerminalNews
from app.usecases.conflict_rows import ConflictRow
from app.words import _
from parking.clock import Reading
from parking.edit import ChoiceReason, Conflict
from parking.errors import ParkingError
from ui.screen import NoticeKind
from ui.supervisor.conflict_parts import ValueCard, WhyCard
from ui.supervisor.conflict_state import (
    MOST_NOTE,
    Choosing,
    ConflictView,
    conflict_view,
    in_sight,
    kept_words,
    next_first,
    ready,
)
from ui.supervisor.evidence_card import EvidenceCard, EvidenceLook, FetchesPhotos
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.rail_state import CONFLICTS, REPORT, data_age
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.shapes import Mark

_NOTE_PX = 440


class DecidesConflicts(FetchesPhotos, Protocol):
    """What this screen asks of the terminal (``app.acts.desk.DeskActs``)."""

    def conflicts(self) -> Task[tuple[ConflictRow, ...]]:
        """List the conflicts that wait, the oldest first."""
        ...

    def decide_conflict(
        self, conflict: Conflict, side: int, reason: ChoiceReason, note: str
    ) -> Task[None]:
        """Keep one value of a conflict as it was seen; durable on return."""
        ...


class ConflictScreen(DeskScreen):
    """One conflict at a time, oldest first.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        desk: The use cases.
    """

    name = CONFLICTS
    rests_on = frozenset({"conflict", "citation", "photo", "officer", "terminal", "zone"})
    asks = ("conflicts", "decide_conflict")

    def __init__(self, tasks: Tasks, office: Office, desk: DecidesConflicts) -> None:
        super().__init__(tasks, office)
        self._desk = desk
        self._rows: tuple[ConflictRow, ...] = ()
        self._at = 0
        self._choosing = Choosing()
        self._mine: ConflictRow | None = None
        self._outdated = False
        self._nothing = Nothing(_nothing_waits())
        self._nothing.setObjectName("no_conflict")
        self._make_buttons()
        self._banner = NoticeBar(NoticeView(text=""))
        self._banner.setObjectName("conflict")
        self._banner.action_pressed.connect(self._on_more)
        self._cards = (ValueCard("value_left"), ValueCard("value_right"))
        self._cards[0].value_chosen.connect(lambda: self._choose(self._choosing.first))
        self._cards[1].value_chosen.connect(lambda: self._choose(self._choosing.first + 1))
        self._evidence = EvidenceCard()
        self._photos = EvidenceLook(self, desk, self._evidence)
        self._why = WhyCard()
        self._why.reason_chosen.connect(self._on_reason_chosen)
        self._note = TextField(FieldView(label="", most=MOST_NOTE), FieldSize.DESK_TEXT)
        self._note.setObjectName("choice_note")
        self._note.text_changed.connect(self._on_note_changed)
        self._note.entered.connect(self._on_enter)
        self._decision = QWidget()
        self._lay_out()
        for key, answer in (("Left", self._on_left), ("Right", self._on_right)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(answer)

    def _make_buttons(self) -> None:
        self._before = _button("conflict_before", _("Previous"), Icon.LEFT, "PgUp")
        self._after = _button("conflict_after", _("Next"), Icon.RIGHT, "PgDown")
        self._before.clicked.connect(lambda: self._show_at(self._at - 1))
        self._after.clicked.connect(lambda: self._show_at(self._at + 1))
        for button in (self._before, self._after):
            self.head.buttons.addWidget(button)
        self._later = _button("decide_later", _("Decide later"), None, "Esc")
        self._later.clicked.connect(self._on_later)
        self._keep = ActionButton(ButtonView(label=_("Keep and close")), ButtonSize.DESK)
        self._keep.setObjectName("keep_button")
        self._keep.clicked.connect(self._decide)

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(GUTTER)
        for card in self._cards:
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            sides.addWidget(card, 1)
        sides.addWidget(self._evidence)
        self._note.setFixedWidth(_NOTE_PX)
        acts = QHBoxLayout()
        acts.setSpacing(GUTTER)
        acts.addWidget(self._note)
        acts.addStretch(1)
        acts.addWidget(self._later, 0, Qt.AlignmentFlag.AlignTop)
        acts.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self._decision)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._banner)
        whole.addLayout(sides, 1)
        whole.addWidget(self._why)
        whole.addLayout(acts)
        self.body.addWidget(self._decision, 1)
        self.body.addWidget(self._nothing, 1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show the oldest conflict."""
        self._outdated = False
        self._show_at(0)
        self.refresh()

    def default_focus(self) -> QWidget:
        """Looking at the first value changes nothing."""
        return self._cards[0].button if self._rows else self.rail_button(CONFLICTS)

    def keys(self) -> dict[str, Callable[[], None]]:
        """1 to 4 choose the reason, Enter keeps the value once both are chosen."""
        if not self._rows:
            return {"Esc": self._on_later}
        reasons = {
            str(number): partial(self._on_reason_key, reason)
            for number, reason in enumerate(ChoiceReason, start=1)
        }
        return {**reasons, "Enter": self._on_enter}

    def notice_room(self) -> QRect:
        """Over the line that says what the conflict is: values and reasons stay in sight."""
        part = self._banner if self._rows else self.head
        return QRect(part.mapTo(self, QPoint(0, 0)), part.size())

    def heard(self, news: TerminalNews) -> None:
        """The photos hear it too: city hall may give now what it could not give before."""
        super().heard(news)
        self._photos.heard(news)

    def ticked(self, now: Reading) -> None:
        """A second has passed, for the photos too."""
        super().ticked(now)
        self._photos.ticked()

    # --- figures ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the conflicts."""
        self.ask(self._desk.conflicts(), self._on_found, words=_("Looking for conflicts"))

    def _on_found(self, found: tuple[ConflictRow, ...]) -> None:
        if self._outdated:
            self._outdated = False
            self.refresh()
            return
        self._take(found)

    def _take(self, rows: tuple[ConflictRow, ...]) -> None:
        """Show other conflicts; the one on show stays, with what was chosen of it."""
        before, mine = self._row, self._mine
        self._rows, self._mine = rows, None
        self.office.conflicts = len(rows)
        self.draw_rail()
        same = next((at for at, row in enumerate(rows) if _is(row, before)), None)
        if before is None or same is None:
            self._show_at(self._at)
            if before is not None and not _is(before, mine):
                self.tell(_("This conflict was decided elsewhere. Nothing was changed here."))
            return
        self._at = same
        if rows[same].conflict.sides != before.conflict.sides:
            self._choosing = Choosing()
            words = _("Something about this conflict has changed. Please look and choose again.")
            self.tell(words, kind=NoticeKind.CAUTION)
        self._draw()

    def _show_at(self, at: int) -> None:
        """Show the conflict of a place, the nearest there is; a choice begins anew."""
        self._at = max(0, min(at, len(self._rows) - 1))
        self._choosing = Choosing()
        self._note.set_text("")
        self._photos.forget()
        self._draw()
        if self._row is not None:
            self._cards[0].button.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _row(self) -> ConflictRow | None:
        return self._rows[self._at] if self._at < len(self._rows) else None

    # --- choosing ---------------------------------------------------------------------------

    def _choose(self, side: int) -> None:
        row = self._row
        if row is None:
            return
        side = max(0, min(side, len(row.sides) - 1))
        first = in_sight(row, side, self._choosing.first)
        self._choosing = replace(self._choosing, side=side, first=first)
        self._draw()

    def _on_left(self) -> None:
        chosen = self._choosing.side
        self._choose(self._choosing.first if chosen is None else chosen - 1)

    def _on_right(self) -> None:
        chosen = self._choosing.side
        self._choose(self._choosing.first + 1 if chosen is None else chosen + 1)

    def _on_more(self) -> None:
        if self._row is not None:
            first = next_first(self._row, self._choosing.first)
            self._choosing = replace(self._choosing, first=first)
            self._draw()

    def _on_reason_chosen(self, reason: str) -> None:
        chosen = ChoiceReason(reason) if reason else None
        self._choosing = replace(self._choosing, reason=chosen)
        self._draw()
        if chosen is ChoiceReason.OTHER:
            self._note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_reason_key(self, reason: ChoiceReason) -> None:
        """Choose a reason by its key; Enter is then enough."""
        self._on_reason_chosen(reason)
        if ready(self._choosing):
            self._keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_note_changed(self, note: str) -> None:
        self._choosing = replace(self._choosing, note=note)
        self._draw()

    # --- deciding ---------------------------------------------------------------------------

    def _on_enter(self) -> None:
        if self._keep.isEnabled():
            self._keep.click()

    def _decide(self) -> None:
        row, choosing = self._row, self._choosing
        if row is None or choosing.side is None or choosing.reason is None:
            return
        if self.asking("decide_conflict"):
            return
        task = self._desk.decide_conflict(
            row.conflict, choosing.side, choosing.reason, choosing.note.strip()
        )
        side = choosing.side

        def decided(_nothing: object) -> None:
            self._mine = row
            # A look that began before the decision knows nothing of it.
            self._outdated = self.asking("conflicts")
            self._take(tuple(each for each in self._rows if not _is(each, row)))
            self.tell(kept_words(row, side), kind=NoticeKind.DONE)
            self.refresh()

        self.ask(task, decided, failed=self._on_not_decided, words=_("Saving the choice"))

    def _on_not_decided(self, error: ParkingError) -> None:
        self.show_error(error)
        self.refresh()

    def _on_later(self) -> None:
        """Leave it as it is: the next one, and after the last one the report."""
        if self._at + 1 < len(self._rows):
            self._show_at(self._at + 1)
        else:
            self.go(REPORT)

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw how long it waits."""
        row = self._row
        if row is None:
            scope = data_age(self.office.reached_utc, self.office.now().utc)
            self.head.set_words(_("Conflicts"), scope)
            return
        view = self._view(row)
        self.head.set_words(view.title, view.scope)

    def _view(self, row: ConflictRow) -> ConflictView:
        now = self.office.now().utc
        return conflict_view(row, self._at, len(self._rows), self._choosing, now)

    def _draw(self) -> None:
        row = self._row
        self._decision.setVisible(row is not None)
        for button in (self._before, self._after):
            button.setVisible(len(self._rows) > 1)
        self._nothing.setVisible(row is None)
        if row is None:
            self.redraw()
            return
        view = self._view(row)
        self.head.set_words(view.title, view.scope)
        self._banner.set_view(view.banner)
        for card, side in zip(self._cards, view.sides, strict=True):
            card.set_view(side)
        self._why.set_reason(self._choosing.reason or "")
        self._why.set_effect(view.effect)
        self._note.set_view(view.note)
        self._note.setVisible(self._choosing.reason is ChoiceReason.OTHER)
        self._keep.set_view(view.keep)
        self._before.set_view(replace(self._before.view, enabled=self._at > 0))
        self._after.set_view(replace(self._after.view, enabled=self._at + 1 < len(self._rows)))
        zone = DEFAULT_TIME_ZONE if row.zone is None else row.zone.time_zone
        self._photos.show(row.photos, zone)


def _is(one: ConflictRow, other: ConflictRow | None) -> bool:
    return other is not None and one.conflict.conflict_id == other.conflict.conflict_id


def _button(name: str, label: str, icon: Icon | None, key: str) -> ActionButton:
    button = ActionButton(ButtonView(label=label, icon=icon, key=key), ButtonSize.DESK)
    button.setObjectName(name)
    return button


def _nothing_waits() -> NothingView:
    return NothingView(
        mark=Mark.OK,
        title=_("No conflict waits"),
        text=_(
            "When people change the same thing without seeing each other's change, every value "
            "is kept and comes here by itself. Then you choose the right one."
        ),
    )
