"""The console command ``parking-terminal``: a window first, then storage, network and crypto.

A newcomer starts here: options, window, ``ui.flow`` (which screen comes when), ``ui.opening``
(everything heavy, on a lane). Owner thread: the GUI thread.
"""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.adapters.linux.service_manager import ServiceManager
from app.guard import guard_against_this_thread, no_guard
from app.lanes import Lane, Lanes, Task, Ticket
from app.options import Options
from app.profile import TerminalProfile
from app.words import _
from parking.errors import BugError, ParkingError
from parking.terminal import TerminalKind
from ui.heartbeat import Heartbeat
from ui.screen import NoticeKind, Screen
from ui.shell import Shell
from ui.tasks import Tasks
from ui.theme.look import apply_theme, product_tokens
from ui.theme.tokens import Theme

if TYPE_CHECKING:
    from ui.flow import Flow
    from ui.kiosk_life.window import KioskWindow

    Lead = Callable[[Shell, TerminalProfile, Lanes], Flow]

_LOG = logging.getLogger("parking.terminal")
_DRIVE_GROUP = "parking_terminal.drive"
_LOAD_S = 120.0
_SIGNALS_MS = 250
_LOOKS = {
    TerminalKind.OFFICER: ("officer", Theme.DAY),
    TerminalKind.KIOSK: ("kiosk", Theme.DAY),
    TerminalKind.SUPERVISOR: ("desk", Theme.DESK),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a terminal until its window is closed, or one of its commands; return the status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["sync"]:
        from app.sync_command import main as sync_command

        return sync_command(words[1:])
    if words[:1] == ["hand-over"]:
        from app.hand_over_command import main as hand_over_command

        return hand_over_command(words[1:])
    if words[:1] == ["service-pin"]:
        from app.service_pin_command import main as service_pin_command

        return service_pin_command(words[1:])
    parser = _parser(can_be_driven=_can_be_driven(words))
    options = parser.parse_args(words)
    if fault := _fault(options):
        parser.error(fault)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    profile = _profile(options)
    place, theme = _LOOKS[profile.kind]
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise BugError("an application without windows is running in this process")
    apply_theme(app, theme, profile=options.panel or place, reduced_motion=options.still)
    lanes = Lanes()
    shell = Shell(Tasks(lanes))
    _catch_faults(shell)
    shell.setWindowTitle(_("Stamford Parking"))
    first = first_screen(profile, shell.tasks)
    shell.add(first)
    shell.show_screen(first.name)
    led = _Led(shell, profile, lanes)
    shell.first_painted.connect(led.load)
    heartbeat = Heartbeat(ServiceManager(), app)
    shell.first_painted.connect(heartbeat.begin)
    locked = _show(shell, full=options.fullscreen, kind=profile.kind)
    _end_on_signals(app)
    drive = _driven(options, app, shell)
    try:
        return app.exec()
    finally:
        heartbeat.end()
        if locked is not None:
            locked.let_go()
        drive()
        led.close()
        lanes.stop()


def first_screen(profile: TerminalProfile, tasks: Tasks) -> Screen:
    """Return the first themed screen, chosen by the look of the data folder alone."""
    # Only the one that is shown is imported: the others would make the person wait.
    if not profile.has_joined:
        from ui.enrol.enrol import EnrolScreen

        return EnrolScreen(tasks)
    if profile.kind is TerminalKind.KIOSK:
        from ui.start_screen import StartScreen

        return StartScreen(tasks)
    from ui.signin.sign_in import SignInScreen

    return SignInScreen(tasks)


class _Led:
    """Loads what is heavy once the first screen is painted, then leads through the others."""

    def __init__(self, shell: Shell, profile: TerminalProfile, lanes: Lanes) -> None:
        self._shell = shell
        self._profile = profile
        self._lanes = lanes
        self._flow: Flow | None = None

    def load(self) -> None:
        """Import storage, network, crypto and the work screens on a lane."""

        def work(_ticket: Ticket) -> "Lead":
            from ui.opening import lead

            return lead

        task = Task(name="load", lane=Lane.IO, deadline_s=_LOAD_S, work=work)
        self._shell.tasks.start(
            self._shell, task, self._on_loaded, failed=self._on_not_loaded, words=_("Starting")
        )

    def close(self) -> None:
        """Close what is open."""
        if self._flow is not None:
            self._flow.close()

    def _on_loaded(self, lead: "Lead") -> None:
        self._flow = lead(self._shell, self._profile, self._lanes)

    def _on_not_loaded(self, _error: ParkingError) -> None:
        self._shell.current.tell(
            _("This program is not whole and cannot start. Nothing was lost. Tell IT."),
            kind=NoticeKind.BAD,
        )


def _parser(*, can_be_driven: bool) -> Options:
    parser = Options(prog="parking-terminal", description="The parking terminal of Stamford.")
    parser.ask_for_data()
    parser.ask_for_central()
    parser.ask_for_secrets()
    parser.add_argument(
        "--printer",
        default="file",
        help="file[:<folder>], usb:<device file> or network:<host>[:<port>]",
    )
    parser.add_argument("--photos", type=Path, help="folder of photos that stands in for a camera")
    parser.add_argument(
        "--photo-rate",
        type=int,
        default=0,
        help="most bytes a second that photos may take of a metered network; 0 is no cap",
    )
    parser.add_argument("--panel", default="", help="device profile of the screen, e.g. officer_13")
    parser.add_argument(
        "--fullscreen", action="store_true", help="fill the panel; nobody leaves a pay station then"
    )
    parser.add_argument("--still", action="store_true", help="no moving pictures")
    if can_be_driven:
        parser.add_argument("--drive", type=Path, help="socket for remote control (demonstration)")
    return parser


def _fault(options: argparse.Namespace) -> str:
    """Return what is wrong with the options in words, empty when they can be used."""
    if not options.central.startswith(("https://", "http://")):
        return "--central is an address like https://parking.example"
    if options.printer.partition(":")[0] not in {"file", "usb", "network"}:
        return "--printer is file, usb:<device file> or network:<host>"
    panels = product_tokens().profiles
    if options.panel and options.panel not in panels:
        return f"--panel is one of {', '.join(panels)}"
    if options.photos is not None and not options.photos.is_dir():
        return "--photos is a folder of pictures"
    if options.photo_rate < 0:
        return "--photo-rate is a number of bytes a second, or 0"
    return ""


def _profile(options: argparse.Namespace) -> TerminalProfile:
    bundled = getattr(sys, "frozen", False)
    return TerminalProfile(
        data=options.data.expanduser().resolve(),
        central_url=options.central,
        kind=options.kind,
        secrets=options.secrets,
        printer=options.printer,
        photos=options.photos,
        photo_bytes_per_s=options.photo_rate,
        guard=no_guard if bundled else guard_against_this_thread(),
    )


def _show(shell: Shell, *, full: bool, kind: TerminalKind) -> "KioskWindow | None":
    """Show the window; a pay station that fills its panel lets nobody out of it."""
    if full and kind is TerminalKind.KIOSK:
        from ui.kiosk_life.window import KioskWindow

        window = KioskWindow(shell)
        window.open()
        return window
    if full:
        shell.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        shell.showFullScreen()
    else:
        shell.show()
    return None


def _catch_faults(shell: Shell) -> None:
    """Log every fault nobody caught and show the safe screen; the work before it is saved."""

    def on_painter(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _LOG.critical("fault on the painting thread", exc_info=(kind, error, trace))
        fault = error if isinstance(error, BugError) else BugError(kind.__name__)
        shell.show_fault(fault)

    def on_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            _LOG.critical("fault on a worker thread", exc_info=told.exc_value)

    sys.excepthook = on_painter
    threading.excepthook = on_thread


def _end_on_signals(app: QApplication) -> None:
    """End in order when the system asks; Python hears a signal between two events.

    A window that lets nobody out would refuse to be closed (``quit``): ``exit`` does not ask it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: app.exit(0))
    listening = QTimer(app)
    listening.start(_SIGNALS_MS)


def _can_be_driven(words: Sequence[str]) -> bool:
    """Whether remote control is installed; looked up only when somebody asks for it."""
    if not {"--drive", "-h", "--help"} & {word.partition("=")[0] for word in words}:
        return False
    from importlib.metadata import entry_points

    return bool(entry_points(group=_DRIVE_GROUP))


def _driven(options: argparse.Namespace, app: QApplication, shell: Shell) -> Callable[[], None]:
    """Offer remote control where the demonstration tree is installed; return how to end it."""
    path = getattr(options, "drive", None)
    if path is None:
        return lambda: None
    from importlib.metadata import entry_points

    (entry,) = entry_points(group=_DRIVE_GROUP)
    detach: Callable[[], None] = entry.load()(app, shell, path)
    return detach


if __name__ == "__main__":
    sys.exit(main())
