"""What anybody at a terminal can ask of sync. Made once per terminal; methods from any thread."""

from collections.abc import Callable
from typing import Any

from app.lanes import Lane, Task, Ticket, reading
from app.last_exchange import LastExchange
from app.post import Post
from app.sync_report import failed_report, sync_report
from app.usecases.sync_status import SyncStatus, sync_status
from parking.errors import BugError, ParkingError
from sync.report import SyncReport

ROUND_S = 600.0
"""Longest wait for a round that somebody asked for: a first pull over a slow line."""
RunRound = Callable[[float], SyncReport | None]


class SyncActs:
    """Sync as people see it, bound to this terminal.

    Args:
        post: This terminal.
        last: What the sync loop said last.
    """

    def __init__(self, post: Post, last: LastExchange) -> None:
        self._post = post
        self._last = last
        self._run_round: RunRound | None = None

    def run_by(self, run_round: RunRound) -> None:
        """Name what runs a whole round and waits for its end, at most so many seconds."""
        self._run_round = run_round

    def status(self) -> Task[SyncStatus]:
        """Return how it stands now."""
        return reading("sync_status", lambda: sync_status(self._post, self._last.exchange))

    def sync_now(self) -> Task[SyncStatus]:
        """Run a round now and return how it stands then; what did not work stands in there.

        What central refused goes once more, too.

        Raises:
            UnavailableError: ``sync.slow`` in the task, when the round takes longer than ten
                minutes, or city hall asked to wait; it goes on by itself.
        """

        def work(_ticket: Ticket) -> SyncStatus:
            self._round(ROUND_S)
            return sync_status(self._post, self._last.exchange)

        return Task(name="sync_now", lane=Lane.IO, deadline_s=ROUND_S, work=work)

    def answer(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Answer a wish of the control socket: ``sync`` runs a round, ``status`` only looks.

        Never raises: what did not work stands in the answer. Any thread but the sync thread.
        """
        try:
            done = self._round(_seconds(wish)) if wish["do"] == "sync" else None
            status = sync_status(self._post, self._last.exchange)
        except ParkingError as error:
            return failed_report(error, running=True)
        now_utc = self._post.clock.now().utc
        return sync_report(status, done, now_utc=now_utc, running=True)

    def _round(self, timeout_s: float) -> SyncReport | None:
        if self._run_round is None:
            raise BugError("sync was asked for before the terminal was open")
        # Who asks for a round wants to know: central may have been updated, or a supervisor has
        # closed what was refused.
        self._post.store.send_parked_again()
        return self._run_round(timeout_s)


def _seconds(wish: dict[str, Any]) -> float:
    given = wish.get("timeout_s")
    return min(ROUND_S, max(0.0, given)) if isinstance(given, int | float) else ROUND_S
