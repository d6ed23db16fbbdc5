"""Held citations: the queue, why each is held, and the decision with its reason.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.city import DEFAULT_TIME_ZONE
from app.lanes import Task
from app.ports import TerminalNews
from app.usecases.held_citations import HeldRow
from app.words import _
from parking.clock import Reading
from parking.errors import ParkingError
from parking.photo import Photo
from ui.placing import Columns
from ui.screen import NoticeKind
from ui.supervisor.decision_state import decided_words, decision_state
from ui.supervisor.evidence_card import EvidenceLook, FetchesPhotos
from ui.supervisor.evidence_strip import EvidenceStrip
from ui.supervisor.held_parts import StoryPanel, WhyCard
from ui.supervisor.held_state import held_state, in_order
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen, head_button
from ui.supervisor.rail_state import HELD, data_age
from ui.supervisor.story_state import story_state
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.cards import Card, Label
from ui.widgets.desk import NumberCard
from ui.widgets.shapes import Mark
from ui.widgets.table import DataTable, TableView

_STORY_PX = 388
_MOST_ROWS = 3


class DecidesHolds(FetchesPhotos, Protocol):
    """What this screen asks of the terminal (``app.acts.desk.DeskActs``)."""

    def held(self) -> Task[tuple[HeldRow, ...]]:
        """List the citations on hold."""
        ...

    def photos(self, citation_id: UUID) -> Task[tuple[Photo, ...]]:
        """List the photos of a citation."""
        ...

    def decide_hold(
        self, citation_id: UUID, release: bool, reason_code: str, text: str
    ) -> Task[None]:
        """Decide a hold: release lets the citation stand, else it is dismissed."""
        ...


class HeldScreen(DeskScreen):
    """The queue at the left, the chosen citation at the right.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        desk: The use cases.
    """

    name = HELD
    rests_on = frozenset(
        {
            *("citation", "citation_event", "parking_session", "permit"),
            *("zone", "officer", "violation_code", "photo"),
        }
    )
    asks = ("held", "decide_hold")

    def __init__(self, tasks: Tasks, office: Office, desk: DecidesHolds) -> None:
        super().__init__(tasks, office)
        self._desk = desk
        self._rows: tuple[HeldRow, ...] = ()
        self._chosen: HeldRow | None = None
        self._decided: HeldRow | None = None
        self._outdated = False
        self._reason = self._words = ""
        decision = decision_state(None, "", "")
        self._numbers: dict[str, NumberCard] = {}
        for name, view in held_state((), None, office.now().utc).numbers:
            self._numbers[name] = NumberCard(view)
            self._numbers[name].setObjectName(name)
        self._table = DataTable(TableView(columns=(), rows=()))
        self._table.setObjectName("held_rows")
        self._table.row_chosen.connect(self._on_row_chosen)
        self._queue = Card()
        self._queue_title = Label(_("Most money at risk first"), "desk.heading")
        self._nothing = Nothing(_nothing_held())
        self._nothing.setObjectName("nothing_held")
        self._nothing.hide()
        self._evidence = EvidenceStrip()
        self._photos = EvidenceLook(self, desk, self._evidence)
        self._story = StoryPanel(decision)
        self._story.dismiss_pressed.connect(lambda: self._decide(release=False))
        self._story.release_pressed.connect(lambda: self._decide(release=True))
        self._why = WhyCard(decision)
        self._why.reason_chosen.connect(self._on_reason_chosen)
        self._why.words_changed.connect(self._on_words_changed)
        self._correct = head_button("correct_button", _("Correct plate"), Icon.PENCIL, "F8")
        self._correct.clicked.connect(lambda: self._edit("correct"))
        self._note = head_button("note_button", _("Note"), Icon.NOTE, "F11")
        self._note.clicked.connect(lambda: self._edit("note"))
        self.head.buttons.addWidget(self._correct)
        self.head.buttons.addWidget(self._note)
        self._lay_out()

    def _lay_out(self) -> None:
        self._queue.body.addWidget(self._queue_title)
        self._queue.body.addWidget(self._table)
        self._queue.body.addWidget(self._nothing, 1)
        self._queue.body.addStretch(0)
        left = QVBoxLayout()
        left.setSpacing(GUTTER)
        left.addWidget(Columns(tuple(self._numbers.values())))
        left.addWidget(self._queue, 1)
        left.addWidget(self._evidence)
        left.addWidget(self._why)
        row = QHBoxLayout()
        row.setSpacing(GUTTER)
        row.addLayout(left, 1)
        self._story.setFixedWidth(_STORY_PX)
        row.addWidget(self._story)
        self.body.addLayout(row, 1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show the queue."""
        self._decided, self._outdated = None, False
        self.draw_rail()
        self._draw()
        self.refresh()

    def default_focus(self) -> QWidget:
        """Choosing a citation changes nothing."""
        return self._table

    def keys(self) -> dict[str, Callable[[], None]]:
        """Esc goes back to the report; the decision keeps until the next citation is chosen."""
        return {"Esc": lambda: self.go("report")}

    def notice_room(self) -> QRect:
        """Over the queue: what is decided next stays in sight."""
        return QRect(self._queue.mapTo(self, QPoint(0, 0)), self._queue.size())

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
        """Ask for the queue."""
        self.ask(self._desk.held(), self._on_held, words=_("Looking for held citations"))

    def redraw(self) -> None:
        """Draw how long they wait, and how old the knowledge is."""
        office = self.office
        now = office.now().utc
        scope = _("No citation waits for a decision")
        if self._rows:
            scope = _("A payment or permit covers them. Each one waits until you decide")
        self.head.set_words(_("Held citations"), f"{scope} · {data_age(office.reached_utc, now)}")
        chosen = None if self._chosen is None else self._chosen.held.citation.citation_id
        state = held_state(self._rows, chosen, now)
        for name, number in state.numbers:
            self._numbers[name].set_view(number)
        if state.table != self._table.view:
            self._table.set_view(state.table)
            rows = max(1, min(len(state.table.rows), _MOST_ROWS))
            self._table.setFixedHeight(self._table.height_of(rows))

    def _on_held(self, found: tuple[HeldRow, ...]) -> None:
        if self._outdated:
            self._outdated = False
            self.refresh()
            return
        before = self._chosen
        self._take(in_order(found))
        self._tell_what_became(before)

    def _take(self, rows: tuple[HeldRow, ...]) -> None:
        """Show another queue; the choice stays, or goes to the one that moved into its place."""
        before, old = self._chosen, self._rows
        self._rows = rows
        self.office.held = len(rows)
        self._chosen = _same(rows, before)
        if self._chosen is None:
            self._forget_reason()
            at = next((n for n, each in enumerate(old) if before and _is(each, before)), 0)
            self._chosen = rows[min(at, len(rows) - 1)] if rows else None
        self.draw_rail()
        self._draw()

    def _tell_what_became(self, before: HeldRow | None) -> None:
        """Say when a decision of ours did not end the hold, or somebody else's did."""
        decided, self._decided = self._decided, None
        if decided is not None and _same(self._rows, decided) is not None:
            words = _("{number} is still held: something else covers it too. Decide that as well.")
            self.tell(words.format(number=decided.held.citation.number), kind=NoticeKind.CAUTION)
        elif before is not None and decided is None and _same(self._rows, before) is None:
            words = _("{number} is not held any more: somebody decided it elsewhere.")
            self.tell(words.format(number=before.held.citation.number))

    # --- choosing ---------------------------------------------------------------------------

    def _on_row_chosen(self, key: str) -> None:
        self._chosen = next(
            (row for row in self._rows if str(row.held.citation.citation_id) == key), None
        )
        self._forget_reason()
        self._draw()

    def _on_reason_chosen(self, reason: str) -> None:
        self._reason = reason
        self._draw_decision()

    def _on_words_changed(self, words: str) -> None:
        self._words = words
        self._draw_decision()

    def _forget_reason(self) -> None:
        """Another citation is looked at."""
        self._reason = self._words = ""
        self._why.clear()
        self._photos.forget()

    def _edit(self, page: str) -> None:
        if self._chosen is not None:
            self.go(page, citation=self._chosen.held.citation, back=HELD)

    # --- deciding ---------------------------------------------------------------------------

    def _decide(self, *, release: bool) -> None:
        row = self._chosen
        if row is None or self.asking("decide_hold"):
            return

        def decided(_nothing: None) -> None:
            self._decided = row
            # A look that began before the decision knows nothing of it.
            self._outdated = self.asking("held")
            self._take(tuple(each for each in self._rows if not _is(each, row)))
            self.tell(decided_words(row, release=release), kind=NoticeKind.DONE)
            self.refresh()

        task = self._desk.decide_hold(
            row.held.citation.citation_id, release, self._reason, self._words.strip()
        )
        self.ask(task, decided, failed=self._on_not_decided, words=_("Saving the decision"))

    def _on_not_decided(self, error: ParkingError) -> None:
        self.show_error(error)
        self.refresh()

    # --- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        row = self._chosen
        self._table.setVisible(row is not None)
        self._queue_title.setVisible(row is not None)
        self._nothing.setVisible(row is None)
        self._story.setVisible(row is not None)
        self._why.setVisible(row is not None)
        self._evidence.setVisible(row is not None)
        self._correct.setVisible(row is not None)
        self._note.setVisible(row is not None)
        if row is not None:
            self._story.set_story(story_state(row))
            self._look_for_photos(row)
        self._draw_decision()
        self.redraw()

    def _look_for_photos(self, row: HeldRow) -> None:
        zone = DEFAULT_TIME_ZONE if row.zone is None else row.zone.time_zone

        def found(photos: tuple[Photo, ...]) -> None:
            if self._chosen is not None and _is(self._chosen, row):
                self._photos.show(photos, zone)

        self.ask(self._desk.photos(row.held.citation.citation_id), found, renew=True)

    def _draw_decision(self) -> None:
        decision = decision_state(self._chosen, self._reason, self._words)
        self._story.set_decision(decision)
        self._why.set_decision(decision)


def _is(one: HeldRow, other: HeldRow) -> bool:
    return one.held.citation.citation_id == other.held.citation.citation_id


def _same(rows: tuple[HeldRow, ...], wanted: HeldRow | None) -> HeldRow | None:
    """Return the row of the same citation, as it stands now."""
    return next((row for row in rows if wanted is not None and _is(row, wanted)), None)


def _nothing_held() -> NothingView:
    return NothingView(
        mark=Mark.OK,
        title=_("No citation is held"),
        text=_(
            "When a payment or permit is heard that covers a citation, the citation is held at "
            "once and appears here by itself."
        ),
    )
