"""What every page of the desk shows at its rail: who is here, how central answers, what waits.

Owner thread: the GUI thread. One per window, shared by the desk's screens. Must not import Qt.
"""

from collections.abc import Callable
from datetime import datetime

from app.lanes import Task
from app.ports import NetState, TerminalNews
from app.post import Duty
from app.usecases.sync_issues import Waiting
from parking.clock import Clock, Reading
from parking.officer import Officer


class Office:
    """Remembers what the screens heard last, so that a page is right the moment it is shown.

    Args:
        clock: Of this terminal.
        duty: Tells who works here now.
        waiting: Counts what waits; None leaves that to the pages.

    Attributes:
        news: The last news of the sync loop; None before its first word.
        reached_utc: When central last answered; what is known here is as old as that.
        held: Citations that wait for a decision.
        conflicts: Values of which one must be chosen.
        issues: Operations that central refused.
        payments: Card payments that a person must look at.
    """

    def __init__(
        self,
        clock: Clock,
        duty: Callable[[], Duty | None],
        waiting: Callable[[], Task[Waiting]] | None = None,
    ) -> None:
        self._clock = clock
        self._duty = duty
        self.waiting = waiting
        self.news: TerminalNews | None = None
        self.reached_utc: datetime | None = None
        self.held = self.conflicts = self.issues = self.payments = 0

    def hear(self, news: TerminalNews) -> None:
        """Take news of the sync loop; taking the same twice does no harm."""
        if news is self.news:
            return
        self.news = news
        if news.sync.net is NetState.ONLINE:
            self.reached_utc = self._clock.now().utc

    def count(self, found: Waiting) -> None:
        """Take how much waits."""
        self.conflicts, self.issues = found.conflicts, found.issues
        self.payments = found.payments

    def now(self) -> Reading:
        """Return the terminal's time."""
        return self._clock.now()

    @property
    def person(self) -> Officer | None:
        """Who is signed in."""
        duty = self._duty()
        return None if duty is None else duty.sign_in.officer
