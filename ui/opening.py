"""What the first window must not wait for: storage, network, crypto, the work screens.

Imported on a lane by ``ui.main``, after the first window is on screen.
"""

from app.bootstrap import build
from app.lanes import Lane, Lanes, Task, Ticket
from app.profile import TerminalProfile
from app.terminal_app import TerminalApp
from parking.terminal import TerminalKind
from ui.devices.pdf import ticket_pdf
from ui.flow import Flow, Opened
from ui.kiosk.screens import kiosk_screens
from ui.kiosk_life.life import KioskLife
from ui.officer.screens import officer_screens
from ui.screen import Screen
from ui.shell import Shell
from ui.signin.activate import ActivateScreen
from ui.signin.begin_shift import BeginShiftScreen
from ui.supervisor.screens import supervisor_screens
from ui.tasks import Tasks

_OPEN_S = 120.0


def lead(shell: Shell, profile: TerminalProfile, lanes: Lanes) -> Flow:
    """Take over the window: open the terminal and lead through its screens. GUI thread."""
    flow = Flow(shell, shell.tasks, profile, screens_for)
    flow.opened.connect(lambda terminal: _live(shell, terminal))

    def work(_ticket: Ticket) -> Opened:
        device = build(profile, lanes, paper=ticket_pdf)
        if isinstance(device, TerminalApp):
            return Opened(terminal=device)
        return Opened(fresh=device)

    flow.begin(Task(name="open_terminal", lane=Lane.IO, deadline_s=_OPEN_S, work=work))
    return flow


def _live(shell: Shell, terminal: TerminalApp) -> None:
    if terminal.kind is TerminalKind.KIOSK:
        KioskLife(shell)


def screens_for(terminal: TerminalApp, tasks: Tasks) -> tuple[Screen, ...]:
    """Make the screens of an opened terminal. GUI thread."""
    match terminal.kind:
        case TerminalKind.KIOSK:
            return kiosk_screens(terminal, tasks)
        case TerminalKind.SUPERVISOR:
            return (ActivateScreen(tasks, terminal.people), *supervisor_screens(terminal, tasks))
        case TerminalKind.OFFICER:
            return (
                ActivateScreen(tasks, terminal.people),
                BeginShiftScreen(tasks, terminal.officer),
                *officer_screens(terminal, tasks),
            )
