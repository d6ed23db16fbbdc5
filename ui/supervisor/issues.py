"""Sync issues: what central refused, and closing it with a reason. Owner thread: the GUI thread."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.lanes import Task
from app.usecases.sync_issues import IssueRow
from app.words import _
from parking.errors import ParkingError
from parking.parked import ParkedOperation
from ui.screen import NoticeKind
from ui.supervisor.held_parts import Rule
from ui.supervisor.issues_state import Closing, IssuesView, closed_words, issues_view
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.rail_state import ISSUES, data_age
from ui.tasks import Tasks
from ui.widgets.buttons import ActionButton, ButtonSize
from ui.widgets.cards import Card, Label
from ui.widgets.facts import LongFacts
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.shapes import Mark
from ui.widgets.table import DataTable

_PANEL_PX = 388


class ClosesIssues(Protocol):
    """What this screen asks of the terminal (``app.acts.issues.IssueActs``)."""

    def issues(self) -> Task[tuple[IssueRow, ...]]:
        """List what waits, oldest first."""
        ...

    def close_issue(self, parked: ParkedOperation, reason: str, badge: str, pin: str) -> Task[None]:
        """Close one, with a second supervisor where money depends on it."""
        ...


class IssuesScreen(DeskScreen):
    """The list at the left, the chosen one and its closing at the right.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        desk: The use cases.
    """

    name = ISSUES
    rests_on = frozenset({"parked_operation", "parked_closing", "terminal"})
    asks = ("issues", "close_issue")

    def __init__(self, tasks: Tasks, office: Office, desk: ClosesIssues) -> None:
        super().__init__(tasks, office)
        self._desk = desk
        self._rows: tuple[IssueRow, ...] = ()
        self._chosen: IssueRow | None = None
        self._closing = Closing()
        view = self._view()
        self._table = DataTable(view.table)
        self._table.setObjectName("issue_rows")
        self._table.row_chosen.connect(self._on_row_chosen)
        self._nothing = Nothing(_nothing_refused())
        self._nothing.setObjectName("no_issue")
        self._heading = Label("", "desk.heading", wrap=True)
        self._heading.setObjectName("issue_what")
        self._facts = LongFacts(replace(view.facts, name_px=88))
        self._facts.setObjectName("issue_facts")
        self._reason = self._field("issue_reason", view.reason, FieldSize.DESK_TEXT, "reason")
        badge = FieldView(label=_("Badge of the second supervisor"), most=12)
        self._badge = self._field("issue_badge", badge, FieldSize.DESK_TEXT, "badge")
        pin = FieldView(label=_("Their PIN"), most=12)
        self._pin = self._field("issue_pin", pin, FieldSize.DESK_PIN, "pin")
        self._effect = Label("", "desk.table", wrap=True)
        self._effect.setObjectName("issue_effect")
        self._close = ActionButton(view.close, ButtonSize.DESK)
        self._close.setObjectName("close_issue_button")
        self._close.clicked.connect(self._on_close)
        self._lay_out()

    def _field(self, name: str, view: FieldView, size: FieldSize, part: str) -> TextField:
        field = TextField(view, size)
        field.setObjectName(name)
        field.text_changed.connect(lambda text: self._on_typed(part, text))
        return field

    def _lay_out(self) -> None:
        self._list = Card(title=_("Refused by city hall"), title_use="desk.heading")
        self._list.body.addWidget(self._table)
        self._list.body.addWidget(self._nothing, 1)
        self._list.body.addStretch(0)
        self._panel = Card()
        self._panel.setFixedWidth(_PANEL_PX)
        for part in (self._heading, self._facts, Rule()):
            self._panel.body.addWidget(part)
        self._panel.body.addWidget(Label(_("Close it with a reason"), "desk.card"))
        for field in (self._reason, self._badge, self._pin):
            self._panel.body.addWidget(field)
        self._panel.body.addWidget(self._effect)
        self._panel.body.addStretch(1)
        self._panel.body.addWidget(self._close)
        row = QHBoxLayout()
        row.setSpacing(GUTTER)
        row.addWidget(self._list, 1)
        row.addWidget(self._panel)
        self.body.addLayout(row, 1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show the list."""
        self.draw_rail()
        self._draw()
        self.refresh()

    def default_focus(self) -> QWidget:
        """Choosing changes nothing."""
        return self._table if self._rows else self.rail_button(ISSUES)

    def keys(self) -> dict[str, Callable[[], None]]:
        """Esc goes back to the report."""
        return {"Esc": lambda: self.go("report")}

    def notice_room(self) -> QRect:
        """Over the list: what is closed next stays in sight."""
        return QRect(self._list.mapTo(self, QPoint(0, 0)), self._list.size())

    # --- figures ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the list."""
        self.ask(self._desk.issues(), self._on_found, words=_("Looking for sync issues"))

    def _on_found(self, rows: tuple[IssueRow, ...]) -> None:
        before, self._rows = self._chosen, rows
        self.office.issues = len(rows)
        self._chosen = next((row for row in rows if _is(row, before)), None)
        if self._chosen is None:
            self._begin()
            self._chosen = rows[0] if rows else None
        self.draw_rail()
        self._draw()
        if rows and self.rail_button(ISSUES).hasFocus():
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self) -> None:
        self._closing = Closing()
        for field in (self._reason, self._badge, self._pin):
            field.set_text("")

    # --- choosing and closing ---------------------------------------------------------------

    def _on_row_chosen(self, key: str) -> None:
        self._chosen = next(
            (row for row in self._rows if str(row.parked.parked_operation_id) == key), None
        )
        self._begin()
        self._draw()

    def _on_typed(self, part: str, text: str) -> None:
        self._closing = replace(self._closing, **{part: text})
        self._draw()

    def _on_close(self) -> None:
        row, closing = self._chosen, self._closing
        if row is None or self.asking("close_issue"):
            return
        second = closing if self._view().second else Closing()

        def closed(_nothing: object) -> None:
            self._begin()
            self.tell(closed_words(row), kind=NoticeKind.DONE)
            self.ask(self._desk.issues(), self._on_found, renew=True)

        task = self._desk.close_issue(row.parked, closing.reason, second.badge, second.pin)
        self.ask(task, closed, failed=self._on_not_closed, words=_("Saving the closing"))

    def _on_not_closed(self, error: ParkingError) -> None:
        self._pin.set_text("")
        self._closing = replace(self._closing, pin="")
        self.show_error(error)
        self._draw()
        self.refresh()

    # --- drawing ----------------------------------------------------------------------------

    def _view(self) -> IssuesView:
        now = self.office.now().utc
        return issues_view(self._rows, self._chosen, self._closing, now)

    def redraw(self) -> None:
        """Draw how long they wait."""
        view, now = self._view(), self.office.now().utc
        age = data_age(self.office.reached_utc, now)
        self.head.set_words(_("Sync issues"), f"{view.scope} · {age}")
        if view.table != self._table.view:
            self._table.set_view(view.table)
            self._table.setFixedHeight(self._table.height_of(max(1, min(len(self._rows), 11))))

    def _draw(self) -> None:
        view, some = self._view(), self._chosen is not None
        self._table.setVisible(some)
        self._panel.setVisible(some)
        self._nothing.setVisible(not some)
        self._heading.setText(view.heading)
        self._facts.set_view(replace(view.facts, name_px=88))
        for field in (self._badge, self._pin):
            field.setVisible(view.second)
        self._effect.setText(view.effect)
        self._close.set_view(view.close)
        self.redraw()


def _is(row: IssueRow, other: IssueRow | None) -> bool:
    return other is not None and (
        row.parked.parked_operation_id == other.parked.parked_operation_id
    )


def _nothing_refused() -> NothingView:
    return NothingView(
        mark=Mark.OK,
        title=_("City hall refused nothing"),
        text=_(
            "What a terminal saved and city hall could not take in is kept and comes here by "
            "itself, from every terminal of the city."
        ),
    )
