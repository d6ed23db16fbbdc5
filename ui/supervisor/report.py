"""The shift report of one day: figures, charts, officers; saved as PDF and CSV.

Owner thread: the GUI thread. Home of the desk.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.lanes import Task
from app.ports import ReportDay
from app.usecases.held_citations import HeldRow
from app.usecases.shift_report import DayReport
from app.words import _
from parking.clock import Reading
from parking.clockface import local_day
from ui.devices.report_folder import ReportFolder
from ui.devices.report_pdf import report_pdf
from ui.placing import Columns
from ui.screen import NoticeKind
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.rail_state import REPORT
from ui.supervisor.report_paper import file_name, report_paper
from ui.supervisor.report_state import (
    Figures,
    ReportState,
    report_state,
    report_title,
    scope_words,
    waiting_state,
)
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Card, Label
from ui.widgets.charts import BarChart, BarChartView, HBarChart, HBarChartView
from ui.widgets.desk import NumberCard
from ui.widgets.shapes import Mark
from ui.widgets.table import DataTable, TableView

_LEAST_ROWS, _MOST_ROWS = 2, 4
_ZONES_PX = 440


class TellsReports(Protocol):
    """What this screen asks of the terminal (``app.acts.desk.DeskActs``)."""

    def report(self, day: ReportDay | None = None) -> Task[DayReport]:
        """Fold the report of a day, today without one."""
        ...

    def report_csv(self, day: ReportDay | None = None) -> Task[bytes]:
        """Return the report as CSV."""
        ...

    def held(self) -> Task[tuple[HeldRow, ...]]:
        """List the citations on hold."""
        ...


class ReportScreen(DeskScreen):
    """One day in figures; it renews itself while it is shown.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        desk: The use cases.
        folder: Where reports are kept as files.
    """

    name = REPORT
    rests_on = frozenset(
        {"plate_check", "citation", "citation_event", "shift_event", "zone", "officer", "terminal"}
    )
    asks = ("report", "held")

    def __init__(
        self, tasks: Tasks, office: Office, desk: TellsReports, folder: ReportFolder
    ) -> None:
        super().__init__(tasks, office)
        self._desk = desk
        self._folder = folder
        self._day: ReportDay | None = None
        self._figures: Figures | None = None
        self._numbers: dict[str, NumberCard] = {}
        for name, view in waiting_state():
            self._numbers[name] = NumberCard(view)
            self._numbers[name].setObjectName(name)
        self._hours = BarChart(BarChartView(bars=(), value_words=""))
        self._zones = HBarChart(HBarChartView(bars=(), value_words=""))
        self._shifts = DataTable(TableView(columns=(), rows=()))
        self._shifts.setObjectName("shift_rows")
        self._shifts.setSelectionMode(DataTable.SelectionMode.NoSelection)
        self._shifts_note = Label("", "desk.second", ink="second")
        self._shifts_note.setProperty("off_grid", True)  # Its right edge is on the grid.
        self._no_hours, self._no_zones, self._no_shifts = map(Nothing, _nothing_yet())
        for part in (self._no_hours, self._no_zones, self._no_shifts):
            part.hide()  # Nothing is claimed before the figures are counted.
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self._before = _button("day_before", _("Earlier"), Icon.BEFORE)
        self._after = _button("day_after", _("Later"), Icon.NEXT)
        self._csv = _button("save_csv", _("CSV"), Icon.DOWNLOAD)
        self._pdf = _button("save_pdf", _("Save as PDF"), Icon.PAPER, key="F9")
        self._before.clicked.connect(lambda: self._show_day(-1))
        self._after.clicked.connect(lambda: self._show_day(1))
        self._csv.clicked.connect(self._on_csv_pressed)
        self._pdf.clicked.connect(self._on_pdf_pressed)
        for button in (self._before, self._after, self._csv, self._pdf):
            self.head.buttons.addWidget(button)

    def _lay_out(self) -> None:
        self.body.addWidget(Columns(tuple(self._numbers.values())))
        hours = Card(title=_("Checks and citations by hour"), title_use="desk.heading")
        hours.body.addWidget(self._hours, 1)
        hours.body.addWidget(self._no_hours, 1)
        zones = Card(title=_("Citations by zone"), title_use="desk.heading")
        zones.setFixedWidth(_ZONES_PX)
        zones.body.addWidget(self._zones, 1)
        zones.body.addWidget(self._no_zones, 1)
        charts = QHBoxLayout()
        charts.setSpacing(GUTTER)
        charts.addWidget(hours, 1)
        charts.addWidget(zones)
        self.body.addLayout(charts, 1)
        officers = Card()
        head = QHBoxLayout()
        head.addWidget(Label(_("By officer"), "desk.heading"), 1)
        head.addWidget(self._shifts_note)
        officers.body.addLayout(head)
        officers.body.addWidget(self._shifts)
        officers.body.addWidget(self._no_shifts)
        self.body.addWidget(officers)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show today."""
        self._show(None)

    def default_focus(self) -> QWidget:
        """Saving changes nothing and is what a report is for."""
        return self._pdf

    def ticked(self, now: Reading) -> None:
        """A second has passed; at midnight the report of today is another one."""
        of = self._figures
        if of is not None and self._day is None:
            over = of.of.day.day != local_day(now.utc, of.of.day.time_zone)
            self.figures_are_old = self.figures_are_old or over
        super().ticked(now)

    # --- figures ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the figures of the day on show, and how many citations wait."""
        self.ask(self._desk.report(self._day), self._on_report, words=_("Counting the figures"))
        self.ask(self._desk.held(), self._on_held)

    def _on_report(self, report: DayReport) -> None:
        today = local_day(report.report.as_of_utc, report.day.time_zone)
        self._figures = Figures(of=report, today=report.day.day == today)
        self._draw(report_state(self._figures))
        self.redraw()

    def _on_held(self, rows: tuple[HeldRow, ...]) -> None:
        self.office.held = len(rows)
        self.draw_rail()

    def _show(self, day: ReportDay | None) -> None:
        self._day = day
        self.draw_rail()
        self.redraw()
        self.refresh()

    def _show_day(self, step: int) -> None:
        if self._figures is None or self.asking("report"):
            return
        shown = self._figures.of.day
        day = replace(shown, day=shown.day + timedelta(days=step))
        today = local_day(self.office.now().utc, shown.time_zone)
        self._show(None if day.day >= today else day)

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the line under the title: the age of the figures goes on."""
        if self._figures is None:
            self.head.set_words(_("Shift report"), _("The figures are being counted."))
            return
        now, reached_utc = self.office.now().utc, self.office.reached_utc
        title = report_title(self._figures.of)
        self.head.set_words(title, scope_words(self._figures, reached_utc, now))

    def _draw(self, state: ReportState) -> None:
        for name, number in state.numbers:
            self._numbers[name].set_view(number)
        self._hours.set_view(state.hours)
        self._zones.set_view(state.zones)
        self._shifts.set_view(state.shifts)
        self._shifts_note.setText(state.shifts_note)
        for part, words, some in (
            (self._hours, self._no_hours, bool(state.hours.bars)),
            (self._zones, self._no_zones, bool(state.zones.bars)),
            (self._shifts, self._no_shifts, bool(state.shifts.rows)),
        ):
            part.setVisible(some)
            words.setVisible(not some)
        rows = max(_LEAST_ROWS, min(len(state.shifts.rows), _MOST_ROWS))
        self._shifts.setFixedHeight(self._shifts.height_of(rows))
        self._after.setVisible(self._day is not None)

    # --- saving -----------------------------------------------------------------------------

    def _on_pdf_pressed(self) -> None:
        figures, office = self._figures, self.office
        if figures is None:
            return
        person = "" if office.person is None else office.person.display_name
        paper = report_paper(
            figures, reached_utc=office.reached_utc, now_utc=office.now().utc, person=person
        )
        name = file_name(figures.of, "pdf")
        task = self._folder.keep(name, lambda: report_pdf(paper))
        self.ask(task, self._on_saved, words=_("Drawing the report"))

    def _on_csv_pressed(self) -> None:
        if self._figures is not None:
            self.ask(self._desk.report_csv(self._day), self._on_csv, words=_("Writing the figures"))

    def _on_csv(self, content: bytes) -> None:
        if self._figures is not None:
            name = file_name(self._figures.of, "csv")
            self.ask(self._folder.keep(name, lambda: content), self._on_saved)

    def _on_saved(self, file: Path) -> None:
        words = _("Saved as {name} in {folder}").format(name=file.name, folder=file.parent)
        self.tell(words, kind=NoticeKind.DONE)


def _button(name: str, label: str, icon: Icon, *, key: str = "") -> ActionButton:
    role = ButtonRole.MAIN if key else ButtonRole.PLAIN
    button = ActionButton(ButtonView(label=label, icon=icon, key=key, role=role), ButtonSize.DESK)
    button.setObjectName(name)
    return button


def _nothing_yet() -> tuple[NothingView, NothingView, NothingView]:
    return (
        NothingView(
            mark=Mark.OFF,
            title=_("No checks"),
            text=_("No plate was checked on this day. Checks appear here by themselves."),
        ),
        NothingView(
            mark=Mark.OFF,
            title=_("No citations"),
            text=_("No citation was issued on this day."),
        ),
        NothingView(
            mark=Mark.OFF,
            title=_("No shifts"),
            text=_("A shift appears here as soon as an officer starts one."),
        ),
    )
