"""What the pages of the desk share: rail, head, figures that renew themselves.

Owner thread: the GUI thread.
"""

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ports import TerminalNews
from app.usecases.sync_issues import Waiting
from parking.clock import Reading
from ui.screen import Screen
from ui.supervisor.office import Office
from ui.supervisor.rail_state import SIGN_OUT, RailFacts, rail
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.nav import NavRail, NavView, PageHead

GUTTER, TOP, FOOT = 12, 8, 24
_COUNTED = frozenset(
    {"conflict", "conflict_choice", "parked_operation", "parked_closing", "payment_summary"}
)


class DeskScreen(Screen):
    """A page of the desk.

    Attributes:
        rests_on: Names of the records whose change makes the figures of this page old.
        asks: Names of the tasks that bring its figures.
        office: What the desk's screens share.
        figures_are_old: The next second renews them.
        head: Title, scope and the page's actions.
        body: Takes the page's parts, from the top.
    """

    rests_on: ClassVar[frozenset[str]] = frozenset()
    asks: ClassVar[tuple[str, ...]] = ()

    def __init__(self, tasks: Tasks, office: Office) -> None:
        super().__init__(tasks)
        self.office = office
        self.figures_are_old = False
        self._rail = NavRail(self._rail_view(), self)
        self._rail.setObjectName("nav")
        self._rail.page_chosen.connect(self._on_page_chosen)
        self.head = PageHead("", "", self)
        self.body = QVBoxLayout()
        self.body.setSpacing(GUTTER)
        margin = look().tokens.margin["desk"]
        content = QVBoxLayout()
        content.setContentsMargins(margin, TOP, margin, FOOT)
        content.setSpacing(GUTTER)
        content.addWidget(self.head)
        content.addLayout(self.body, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._rail)
        whole.addLayout(content, 1)

    # --- what a page gives ------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the figures of the page."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw the page from what is known, with the ages of this moment."""
        raise NotImplementedError

    # --- what the shell calls ---------------------------------------------------------------

    def begin_visit(self) -> None:
        """Count what waits on the other pages."""
        super().begin_visit()
        self._count()

    def heard(self, news: TerminalNews) -> None:
        """Sync brought something; figures that rest on it are renewed with the next second."""
        self.office.hear(news)
        self.figures_are_old = self.figures_are_old or bool(news.sync.changed & self.rests_on)
        self.draw_rail()
        if news.sync.changed & _COUNTED:
            self._count()

    def ticked(self, now: Reading) -> None:
        """A second has passed: count the ages on, renew what became old.

        Once a second is often enough for a person, and a day's figures are never folded faster
        than that while thousands of records come in.
        """
        del now
        self.draw_rail()
        self.redraw()
        if self.figures_are_old and not any(map(self.asking, self.asks)):
            self.figures_are_old = False
            self.refresh()

    def rail_button(self, key: str) -> QWidget:
        """Return the rail's button of a page; where the focus goes when a page has no control."""
        return next(button for button in self._rail.buttons() if button.tag == key)

    # --- inside -----------------------------------------------------------------------------

    def draw_rail(self) -> None:
        """Draw counts, state and person."""
        self._rail.set_view(self._rail_view())

    def _count(self) -> None:
        if self.office.waiting is not None:
            self.ask(self.office.waiting(), self._on_counted, renew=True)

    def _on_counted(self, found: Waiting) -> None:
        self.office.count(found)
        self.draw_rail()

    def _rail_view(self) -> NavView:
        office = self.office
        facts = RailFacts(
            held=office.held,
            conflicts=office.conflicts,
            issues=office.issues,
            payments=office.payments,
            news=office.news,
            reached_utc=office.reached_utc,
            person=office.person,
        )
        return rail(facts, self.name, office.now().utc)

    def _on_page_chosen(self, key: str) -> None:
        if key == SIGN_OUT:
            self.sign_out_chosen.emit()
        elif key != self.name:
            self.go(key)


def head_button(name: str, label: str, icon: Icon, key: str) -> ActionButton:
    """Make a button of a page's head."""
    made = ActionButton(ButtonView(label=label, icon=icon, key=key), ButtonSize.DESK)
    made.setObjectName(name)
    return made
