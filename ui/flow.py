"""Which screen comes when: joining, sign-in, shift, work, sign-out. Owner thread: the GUI thread.

Begins when the first screen is up (``ui.main``) and everything heavy is loaded (``ui.opening``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.bootstrap import FreshTerminal
from app.lanes import Task
from app.ports import TerminalNews
from app.post import Duty
from app.profile import TerminalProfile
from app.terminal_app import TerminalApp
from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError
from parking.terminal import TerminalKind
from ui.enrol.enrol import EnrolScreen
from ui.safe_screen import SafeScreen
from ui.screen import Screen
from ui.sentences import sentence
from ui.shell import Shell
from ui.signin.sign_in import SignInScreen
from ui.start_screen import StartScreen
from ui.sync.sync_state import summary
from ui.tasks import Tasks
from ui.top_bar_state import top_bar

S = TypeVar("S", bound=Screen)
ScreensFor = Callable[[TerminalApp, Tasks], tuple[Screen, ...]]
_BEFORE_WORK = frozenset({"activate", "begin_shift"})
_LEAVES_NOTHING = frozenset({"check", "saved", "menu"})
"""Screens that can be left for another without losing what stands on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What opening brought: a terminal, or a device that has not joined yet."""

    terminal: TerminalApp | None = None
    fresh: FreshTerminal | None = None


class Flow(QObject):
    """Leads one window from its start to its end.

    Args:
        shell: The window.
        tasks: The bridge to the lanes.
        profile: What the terminal was started with.
        screens_for: Makes the screens of a terminal; the first after sign-in and shift is home.

    Signals:
        opened: The ``TerminalApp`` is open and its screens are on the stack.
    """

    opened = Signal(object)

    def __init__(
        self, shell: Shell, tasks: Tasks, profile: TerminalProfile, screens_for: ScreensFor
    ) -> None:
        super().__init__(shell)
        self._shell = shell
        self._tasks = tasks
        self._profile = profile
        self._screens_for = screens_for
        self._terminal: TerminalApp | None = None
        self._fresh: FreshTerminal | None = None
        self._opening: Task[Opened] | None = None
        self._news: TerminalNews | None = None
        self._home = ""
        self._first = shell.current.name
        self._sign_in = self._on_stack(SignInScreen)
        self._enrol = self._on_stack(EnrolScreen)
        self._start = self._on_stack(StartScreen)
        self._safe = SafeScreen(tasks)
        self._connect()

    def _on_stack(self, of: type[S]) -> S:
        """Return the first screen when it is of this class, else put a new one on the stack."""
        current = self._shell.current
        if isinstance(current, of):
            return current
        screen = of(self._tasks)
        self._shell.add(screen)
        return screen

    def _connect(self) -> None:
        self._shell.set_safe_screen(self._safe)
        self._safe.go_on_chosen.connect(self._on_go_on)
        self._start.again_chosen.connect(self._on_again)
        self._sign_in.signed_in.connect(self._on_signed_in)
        self._enrol.enrolled.connect(self._on_terminal)
        self._shell.sign_out_chosen.connect(self._on_sign_out)
        self._shell.bar_pressed.connect(self._on_bar_pressed)
        self._shell.ticked.connect(self._on_second)
        self._shell.screen_shown.connect(lambda _name: self._draw_bar())
        self._tasks.news_arrived.connect(self._on_news)

    @property
    def terminal(self) -> TerminalApp | None:
        """The opened terminal, None before."""
        return self._terminal

    def close(self) -> None:
        """Close whatever is open; lanes are stopped by the caller afterwards."""
        for open_now in (self._terminal, self._fresh):
            if open_now is not None:
                open_now.close()
                return

    def begin(self, task: Task[Opened]) -> None:
        """Open the terminal on a lane while the first screen is up."""
        self._opening = task
        self._tasks.start(
            self, task, self._on_opened, failed=self._on_not_opened, words=_("Opening the records")
        )

    def _on_opened(self, opened: Opened) -> None:
        if opened.terminal is not None:
            self._on_terminal(opened.terminal)
        elif opened.fresh is not None:
            self._fresh = opened.fresh
            self._enrol.open_for(opened.fresh)
            if self._shell.current is not self._enrol:
                self._shell.show_screen(self._enrol.name)

    def _on_not_opened(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self._shell.show_fault(error)
            return
        self._shell.show_screen(self._start.name, problem=sentence(error))

    def _on_again(self) -> None:
        if self._opening is not None:
            self._shell.show_screen(self._start.name)
            self.begin(self._opening)

    def _on_terminal(self, terminal: TerminalApp) -> None:
        self._terminal = terminal
        screens = self._screens_for(terminal, self._tasks)
        for screen in screens:
            self._shell.add(screen)
        self._home = next(screen.name for screen in screens if screen.name not in _BEFORE_WORK)
        self._shell.start_clock(terminal.clock)
        terminal.on_news(self._tasks.tell_news)
        for name in ("activate", "begin_shift"):
            if self._shell.has(name):
                self._before_work(name)
        self._sign_in.open_for(terminal.people)
        self.opened.emit(terminal)
        if terminal.kind is TerminalKind.KIOSK:
            self._shell.show_screen(self._home)
        elif self._shell.current is not self._sign_in:
            self._shell.show_screen(self._sign_in.name)

    def _before_work(self, name: str) -> None:
        screen: Any = self._shell.screen_named(name)
        if name == "activate":
            screen.signed_in.connect(self._on_signed_in)
        else:
            screen.shift_started.connect(lambda _shift: self._shell.show_screen(self._home))

    def _on_signed_in(self, duty: Duty) -> None:
        terminal = self._opened()
        if terminal.kind is not TerminalKind.OFFICER:
            self._shell.show_screen(self._home)
        elif duty.shift is None:
            self._shell.show_screen("begin_shift")
        else:
            self._tasks.start(
                self,
                terminal.officer.resume_shift(),
                lambda _shift: self._shell.show_screen(self._home),
                failed=self._on_not_opened,
            )

    def _on_sign_out(self) -> None:
        self._opened().people.sign_out()
        self._shell.show_screen(self._sign_in.name)

    def _on_go_on(self) -> None:
        terminal = self._terminal
        if terminal is None:
            self._shell.show_screen(self._first)
        elif terminal.kind is TerminalKind.KIOSK or self._at_work(terminal.duty):
            self._shell.show_screen(self._home)
        else:
            self._shell.show_screen(self._sign_in.name)

    def _at_work(self, duty: Duty | None) -> bool:
        if duty is None:
            return False
        return duty.shift is not None or self._profile.kind is TerminalKind.SUPERVISOR

    def _opened(self) -> TerminalApp:
        if self._terminal is None:
            raise BugError("somebody signed in before the terminal was open")
        return self._terminal

    def _on_news(self, news: TerminalNews) -> None:
        self._news = news
        self._draw_bar()

    def _on_bar_pressed(self) -> None:
        """Show how it stands with city hall; on a form that is being filled in, in a sentence."""
        duty = None if self._terminal is None else self._terminal.duty
        if not self._at_work(duty):
            return
        if self._shell.current.name in _LEAVES_NOTHING and self._shell.has("sync"):
            self._shell.show_screen("sync")
            return
        sync = None if self._news is None else self._news.sync
        words = summary(None, None) if sync is None else summary(sync.to_send, sync.net)
        self._shell.current.tell(words)

    def _on_second(self, now: Reading) -> None:
        duty = None if self._terminal is None else self._terminal.duty
        self._shell.set_bar(top_bar(duty, self._news, now))

    def _draw_bar(self) -> None:
        if self._terminal is not None:
            self._on_second(self._terminal.clock.now())
