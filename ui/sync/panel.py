"""How it stands with city hall: what waits, how old everything is, what was refused.

Owner thread: the GUI thread. The same panel stands in the street and at a desk, in the type of its
place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.ports import TerminalNews
from app.usecases.sync_status import SyncStatus
from app.words import _
from parking.errors import ParkingError
from parking.zone import Zone
from ui.placing import Columns
from ui.screen import Screen
from ui.sync.parked_card import ParkedCard
from ui.sync.sync_state import Asked, SyncView, sync_view
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize
from ui.widgets.cards import Card, Label
from ui.widgets.desk import MarkLine
from ui.widgets.facts import LongFacts, LongFactsView
from ui.widgets.marks import MarkView, StateMark
from ui.widgets.motion import ProgressLine, ProgressView
from ui.widgets.rows import FactLines, FactsView


class AsksSync(Protocol):
    """What the panel asks of the terminal (``app.acts.sync.SyncActs``)."""

    def status(self) -> Task[SyncStatus]:
        """Return how it stands now."""
        ...

    def sync_now(self) -> Task[SyncStatus]:
        """Run a round now and return how it stands then."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dress:
    """Type styles and sizes of a place."""

    title: str
    line: str
    heading: str
    name: str
    value: str
    row_px: int
    name_px: int
    mark_px: int
    button: ButtonSize
    most_parked: int


_DRESS = {
    "officer": _Dress(
        title="officer.amount",
        line="officer.second",
        heading="officer.heading",
        name="officer.detail",
        value="officer.age",
        row_px=32,
        name_px=132,
        mark_px=72,
        button=ButtonSize.OFFICER,
        most_parked=2,
    ),
    "desk": _Dress(
        title="desk.title",
        line="desk.table",
        heading="desk.heading",
        name="desk.second",
        value="desk.head",
        row_px=32,
        name_px=120,
        mark_px=56,
        button=ButtonSize.DESK,
        most_parked=4,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the panel must know of its screen.

    Attributes:
        now: The terminal's time.
        zone: Where the officer stands; None at a desk.
    """

    now: Callable[[], datetime]
    zone: Callable[[], Zone | None]


class SyncPanel(QWidget):
    """Reads how it stands when it is entered, when sync brought something, and when asked to.

    Args:
        screen: Where it stands; asks and tells for it.
        sync: The use cases.
        around: Time and zone of the screen.

    Attributes:
        sync_button: Runs a round; the screen places it among its actions.
    """

    def __init__(self, screen: Screen, sync: AsksSync, around: Surroundings) -> None:
        super().__init__()
        self._screen = screen
        self._sync = sync
        self._around = around
        self._dress = _DRESS[look().profile.place]
        self._status: SyncStatus | None = None
        self._asked = Asked()
        view = self._view()
        self.sync_button = ActionButton(view.sync, self._dress.button)
        self.sync_button.setObjectName("sync_button")
        self.sync_button.clicked.connect(self.sync_now)
        self._mark = StateMark(MarkView(mark=view.mark, words=""), self._dress.mark_px)
        self._mark.setProperty("off_grid", True)  # In the middle beside the words.
        self._title = Label(view.title, self._dress.title)
        self._title.setObjectName("sync_title")
        self._line = Label("", self._dress.line, wrap=True)
        self._line.setObjectName("sync_line")
        self._progress = ProgressLine(ProgressView(words=""))
        self._progress.setObjectName("sync_progress")
        self._progress.hide()
        self._waiting = FactLines(self._facts_view(()))
        self._waiting.setObjectName("sync_waiting")
        self._sources: list[MarkLine] = []
        self._source_room = QVBoxLayout()
        self._source_room.setSpacing(0)
        self._exchange = LongFacts(self._long_facts(()))
        self._exchange.setObjectName("sync_exchange")
        self._parked = ParkedCard(self._dress.heading)
        self._parked.setObjectName("sync_parked")
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self._head())
        waiting = Card(title=_("Waits here"), title_use=self._dress.heading)
        waiting.body.addWidget(self._waiting)
        waiting.body.addStretch(1)
        sources = Card(title=_("Known here from city hall"), title_use=self._dress.heading)
        sources.body.addLayout(self._source_room)
        sources.body.addStretch(1)
        exchange = Card(title=_("Last exchange"), title_use=self._dress.heading)
        exchange.body.addWidget(self._exchange)
        exchange.body.addStretch(1)
        self._cards = (waiting, sources, exchange)
        whole.addWidget(Columns(self._cards))
        whole.addWidget(self._parked)
        whole.addStretch(1)

    def _head(self) -> Card:
        card = Card()
        words = QVBoxLayout()
        words.setSpacing(4)
        for part in (self._title, self._line, self._progress):
            words.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        card.body.addLayout(row)
        return card

    # --- what the screen calls --------------------------------------------------------------

    def entered(self) -> None:
        """Begin: read how it stands."""
        self._asked = Asked()
        self._draw()
        self._read()

    def heard(self, news: TerminalNews) -> None:
        """Sync said something: read again, and note how many rows were to come."""
        remaining, first = news.sync.remaining, self._asked.first_remaining
        first = max(first, remaining) if remaining else 0
        self._asked = replace(self._asked, first_remaining=first)
        self._read()

    def ticked(self) -> None:
        """A second has passed: ages go on."""
        self._draw()

    def sync_now(self) -> None:
        """Run a round; what becomes of it is shown as it goes."""
        if self._asked.running:
            return
        self._asked = replace(self._asked, running=True)
        self._draw()
        self._screen.ask(self._sync.sync_now(), self._on_synced, failed=self._on_not_synced)

    # --- inside -----------------------------------------------------------------------------

    def _read(self) -> None:
        self._screen.ask(self._sync.status(), self._on_status, renew=True)

    def _on_status(self, status: SyncStatus) -> None:
        self._status = status
        self._draw()

    def _on_synced(self, status: SyncStatus) -> None:
        self._asked = replace(self._asked, running=False)
        self._on_status(status)

    def _on_not_synced(self, error: ParkingError) -> None:
        self._asked = replace(self._asked, running=False)
        self._draw()
        self._screen.show_error(error)

    def _view(self) -> SyncView:
        return sync_view(
            self._status,
            self._asked,
            self._around.now(),
            zone=self._around.zone(),
            at_desk=look().profile.place == "desk",
            most_parked=self._dress.most_parked,
        )

    def _draw(self) -> None:
        view = self._view()
        self._mark.set_view(MarkView(mark=view.mark, words=""))
        self._title.setText(view.title)
        self._line.setText(view.line)
        self._line.setVisible(view.progress is None)
        self._progress.setVisible(view.progress is not None)
        if view.progress is not None:
            self._progress.set_view(view.progress)
        self._waiting.set_view(self._facts_view(view.waiting))
        self._draw_sources(view)
        self._exchange.set_view(self._long_facts(view.exchange))
        self._parked.set_rows(view.parked, view.parked_more)
        self._parked.setVisible(bool(view.parked))
        self.sync_button.set_view(view.sync)
        for card in self._cards:
            card.setVisible(self._status is not None)
        self.setAccessibleName(f"{view.title}. {view.line}")

    def _draw_sources(self, view: SyncView) -> None:
        while len(self._sources) < len(view.sources):
            line = MarkLine(view.sources[len(self._sources)])
            self._sources.append(line)
            self._source_room.addWidget(line)
            line.show()
        for line, source in zip(self._sources, view.sources, strict=False):
            line.set_view(replace(source, use=self._dress.name))

    def _facts_view(self, facts: tuple[tuple[str, str], ...]) -> FactsView:
        return FactsView(
            facts=facts,
            name_use=self._dress.name,
            value_use=self._dress.value,
            row_px=self._dress.row_px,
        )

    def _long_facts(self, facts: tuple[tuple[str, str], ...]) -> LongFactsView:
        return LongFactsView(
            facts=facts,
            name_use=self._dress.name,
            value_use=self._dress.value,
            name_px=self._dress.name_px,
            row_px=self._dress.row_px,
        )
