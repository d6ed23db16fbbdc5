"""The supervisor's screens, wired: the only place that sees the whole terminal."""

from app.terminal_app import TerminalApp
from ui.correct.desk import DeskCorrectScreen
from ui.devices.report_folder import ReportFolder
from ui.devices.sticks import Sticks
from ui.note.desk import DeskNoteScreen
from ui.screen import Screen
from ui.supervisor.conflict import ConflictScreen
from ui.supervisor.find import FindScreen
from ui.supervisor.held import HeldScreen
from ui.supervisor.issues import IssuesScreen
from ui.supervisor.office import Office
from ui.supervisor.payments import PaymentsScreen
from ui.supervisor.report import ReportScreen
from ui.sync.desk import DeskSyncScreen
from ui.sync.hand_over import HandOverTaker
from ui.tasks import Tasks


def supervisor_screens(terminal: TerminalApp, tasks: Tasks) -> tuple[Screen, ...]:
    """Make the screens of a supervisor's desk; the first is home."""
    office = Office(terminal.clock, lambda: terminal.duty, terminal.issues.waiting)
    # News are heard here too, while somebody signs in: a page is right the moment it is shown.
    tasks.news_arrived.connect(office.hear)
    return (
        ReportScreen(tasks, office, terminal.desk, ReportFolder(terminal.reports)),
        HeldScreen(tasks, office, terminal.desk),
        FindScreen(tasks, office, terminal.desk, terminal.edits),
        PaymentsScreen(tasks, office, terminal.money),
        DeskCorrectScreen(tasks, office, terminal.edits),
        DeskNoteScreen(tasks, office, terminal.edits),
        ConflictScreen(tasks, office, terminal.desk),
        IssuesScreen(tasks, office, terminal.issues),
        DeskSyncScreen(
            tasks,
            office,
            terminal.sync,
            lambda screen: HandOverTaker(screen, terminal.desk, Sticks()),
        ),
    )
