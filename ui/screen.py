"""What every screen is: one page of the shell's stack.

A pure function in a sibling module turns values into a frozen view state; the screen draws it and
emits intents as past-tense signals. Owner thread: the GUI thread. A screen holds no rows, opens no
file and asks no clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from app.lanes import Task, Ticket
from parking.errors import BugError, ParkingError
from ui.sentences import advised
from ui.tasks import Tasks
from ui.theme.look import look

if TYPE_CHECKING:
    from app.ports import TerminalNews
    from parking.clock import Reading

T = TypeVar("T")


class NoticeKind(StrEnum):
    """How a notice looks; the words say what happened."""

    DONE = "done"
    INFO = "info"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence shown in place, over the action bar, never in a dialog.

    Attributes:
        text: What happened, what it means, what to do.
        undo_text: Words on the undo button; empty for none.
        undo: Called once when the person presses it.
    """

    text: str
    kind: NoticeKind = NoticeKind.INFO
    undo_text: str = ""
    undo: Callable[[], None] | None = None


class Screen(QWidget):
    """One page. Subclasses set ``name`` and override what they need.

    Signals:
        screen_chosen: Show another screen: its name and the keyword values for ``entered``.
        notice_raised: Show a ``Notice``.
        fault_raised: A ``BugError``: the shell shows the safe screen.
        sign_out_chosen: The person is done here.
    """

    name: ClassVar[str] = ""
    screen_chosen = Signal(str, object)
    notice_raised = Signal(object)
    fault_raised = Signal(object)
    sign_out_chosen = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(self.name)
        self._tasks = tasks
        self._visit = 0
        self._running: dict[str, Ticket] = {}
        self._renewals: dict[str, Callable[[], object]] = {}

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self, *args: Any, **values: Any) -> None:
        """The screen is about to be shown; override with named parameters."""

    def left(self) -> None:
        """The screen is about to be hidden; keep the draft here."""

    def default_focus(self) -> QWidget | None:
        """Return the widget of the safest useful action, which gets the focus."""
        return None

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """Return what keys do now, by name: ``F9``, ``Enter``, ``Esc``, ``Down``, ``1``."""
        return {}

    def notice_room(self) -> QRect:
        """Return where a notice may lie, in this screen's own coordinates: above the action row."""
        margin = look().tokens.margin[look().profile.place]
        under = {"officer": 104, "kiosk": 472, "desk": margin}[look().profile.place]
        left = margin + (224 if look().profile.place == "desk" else 0)
        return QRect(left, 0, self.width() - left - margin, self.height() - under)

    def heard(self, news: "TerminalNews") -> None:
        """The sync loop brought something; called only while the screen is shown."""

    def ticked(self, now: "Reading") -> None:
        """A second has passed; called only while the screen is shown."""

    def begin_visit(self) -> None:
        """Begin with nothing to wait for. The shell calls it before ``entered``."""
        self.end_visit()

    def end_visit(self) -> None:
        """Forget what this visit still waits for. The shell calls it after ``left``."""
        self._visit += 1
        self._running.clear()
        self._renewals.clear()

    # --- what a screen calls ----------------------------------------------------------------

    def ask(
        self,
        task: Task[T],
        done: Callable[[T], None],
        *,
        failed: Callable[[ParkingError], None] | None = None,
        words: str = "",
        renew: bool = False,
    ) -> Ticket:
        """Start a use case; ``done`` or ``failed`` follows on the GUI thread.

        While a task of the same name runs in this visit it is not started again: a double press
        does nothing. An outcome that arrives after the person left the screen is dropped.

        Args:
            task: From the terminal, e.g. ``officer.check_plate(...)``.
            done: Gets the value.
            failed: Gets the error; without it ``show_error`` does.
            words: What the person waits for, shown after a second ("Asking for the price").
            renew: The world has changed (``heard``): when the same task runs already, run it once
                more after it has landed.
        """
        running = self._running.get(task.name)
        if running is not None:
            if renew:
                self._renewals[task.name] = lambda: self.ask(task, done, failed=failed, words=words)
            return running
        visit = self._visit

        def landed(answer: Callable[[Any], None], value: Any) -> None:
            if visit != self._visit:
                return
            self._running.pop(task.name, None)
            again = self._renewals.pop(task.name, None)
            answer(value)
            if again is not None and visit == self._visit:
                again()

        ticket = self._tasks.start(
            self,
            task,
            lambda value: landed(done, value),
            failed=lambda error: landed(failed or self.show_error, error),
            words=words,
        )
        self._running[task.name] = ticket
        return ticket

    def asking(self, name: str) -> bool:
        """Tell whether a task of this name runs in this visit."""
        return name in self._running

    def go(self, name: str, **values: Any) -> None:
        """Show another screen."""
        self.screen_chosen.emit(name, values)

    def tell(
        self,
        text: str,
        *,
        kind: NoticeKind = NoticeKind.INFO,
        undo_text: str = "",
        undo: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence in place, with an undo where one is offered."""
        self.notice_raised.emit(Notice(text=text, kind=kind, undo_text=undo_text, undo=undo))

    def show_error(self, error: ParkingError) -> None:
        """Show what went wrong as a sentence; our own faults go to the safe screen."""
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self.tell(advised(error), kind=NoticeKind.CAUTION)
