"""The sync loop of a terminal: two threads, one that exchanges and one that listens for wake-ups.

A round runs when central says "cursor moved", when something was saved here, and by a timer that
depends on neither: an upload that failed is tried again by itself, forever. Where central says at
once what moved, that is taken in without a round. Must not import ``local_db``, httpx or anything
above.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from parking.errors import BugError, ParkingError, UserError
from sync.engine import SyncEngine
from sync.failures import UNREACHABLE, BusyError, clock_jumped, still_exchanging, unknown_version
from sync.news import NetState, SyncListener, SyncNews, ToSend
from sync.progress import Estimate
from sync.records import Lane
from sync.report import SyncReport
from sync.rounds import Rounds

_JITTER = random.SystemRandom()
_LOG = logging.getLogger("parking.sync")
_NEWS_APART_S = 0.1
"""Least time between two news of one round: screens need no more."""
_GATHER_S = 0.02
"""Least time between two rounds: one serves a burst of wake-ups, and the first goes at once."""
_AWAY = UNREACHABLE | {"central.trouble"}
_OUR_FAULT = "The sync of this terminal has a fault. Everything is kept here. Tell IT."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often to try, in seconds.

    Attributes:
        poll_s: Between rounds when all is well; jittered by a third, so that terminals spread.
        first_retry_s: After the first failure.
        longest_retry_s: Most between two tries.
        outage_s: When central was away for longer, many terminals wait for it.
        spread_s: They then come back at random within this time, but for those with orders.
    """

    poll_s: float = 45.0
    first_retry_s: float = 1.0
    longest_retry_s: float = 300.0
    outage_s: float = 60.0
    spread_s: float = 60.0


class Backoff:
    """Decorrelated jitter: each wait is random between the first and three times the last."""

    def __init__(self, pace: Pace, draw: Callable[[float, float], float] = _JITTER.uniform) -> None:
        """Start as after a success.

        Args:
            pace: First and longest wait.
            draw: Gives a number between two bounds.
        """
        self._pace = pace
        self._draw = draw
        self._last_s = 0.0

    def reset(self) -> None:
        """Forget past failures."""
        self._last_s = 0.0

    def next_s(self) -> float:
        """Return how long to wait after one more failure, in seconds."""
        first_s = self._pace.first_retry_s
        high_s = max(first_s, self._last_s * 3)
        self._last_s = min(self._pace.longest_retry_s, self._draw(first_s, high_s))
        return self._last_s

    def poll_s(self) -> float:
        """Return how long to wait after a success, in seconds."""
        return self._draw(self._pace.poll_s * 2 / 3, self._pace.poll_s * 4 / 3)


class SyncLoop:
    """Runs rounds of one engine on a thread of its own until stopped."""

    def __init__(self, engine: SyncEngine, told: SyncListener, *, pace: Pace | None = None) -> None:
        """Prepare; ``start`` begins.

        Args:
            engine: Used by this loop's thread alone from now on.
            told: Gets news on the sync thread, at most some ten times a second; must not block.
            pace: How often to try.
        """
        self._engine = engine
        self._told = told
        self._pace = pace or Pace()
        self._woken = threading.Event()
        self._due = False
        self._ended_at = float("-inf")
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._exchange, name="sync", daemon=True),
            threading.Thread(target=self._listen, name="sync-wake", daemon=True),
        ]
        self._untold: frozenset[str] = frozenset()
        self._to_send: ToSend | None = None
        self._told_at = 0.0
        self._rounds = Rounds()
        self._estimate = Estimate(time.monotonic)
        self._away_since: float | None = None

    def start(self) -> None:
        """Start both threads; the first round runs at once."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Run a round soon: something was saved here, or central has something. Any thread."""
        self._due = True
        self._woken.set()

    def run_now(self, *, timeout_s: float) -> SyncReport:
        """Run a whole round now and wait for its end; never on the sync thread.

        Args:
            timeout_s: Longest wait, in seconds.

        Returns:
            What it did; its ``error`` says what did not work.

        Raises:
            UnavailableError: ``sync.slow``; the round goes on by itself.
        """
        report = self._rounds.next_whole(self.wake, timeout_s)
        if report is None:
            raise still_exchanging()
        return report

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """End after the exchange that runs now.

        Raises:
            BugError: A thread did not end in time.
        """
        self._stopping.set()
        self._woken.set()
        self._rounds.close()
        self._engine.gateway.stop_waking()
        ends = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            raise BugError(f"did not stop in {timeout_s} s: {', '.join(late)}")

    def _exchange(self) -> None:
        backoff = Backoff(self._pace)
        while not self._gathered():
            self._due = False
            self._rounds.begin()
            report = self._round()
            self._tell(report)
            self._rounds.end(report)
            self._ended_at = time.monotonic()
            if report.error is None:
                backoff.reset()
                if not report.again:
                    self._rest(report.again_in_s or backoff.poll_s())
            elif isinstance(report.error, BusyError):
                wait_s = max(backoff.next_s(), report.error.retry_after_s)
                self._sit_out(report, report.error, wait_s=wait_s)
            else:
                self._woken.wait(backoff.next_s())

    def _gathered(self) -> bool:
        """Let a burst of wake-ups come together as one; True when it is time to stop."""
        self._stopping.wait(max(0.0, self._ended_at + _GATHER_S - time.monotonic()))
        self._woken.clear()
        # Asked last: a stop whose wake-up was just cleared away would wait for the next timer.
        return self._stopping.is_set()

    def _rest(self, longest_s: float) -> None:
        """Wait until a round is due, and take in meanwhile what comes along with wake-ups."""
        ends = time.monotonic() + longest_s
        while (left_s := ends - time.monotonic()) > 0 and self._woken.wait(left_s):
            if self._gathered() or self._due:
                return
            report = self._guarded(self._engine.take_in)
            self._ended_at = time.monotonic()
            if report.again:
                return
            self._tell(report, self._to_send)
            if report.error:
                return

    def _sit_out(self, report: SyncReport, busy: BusyError, *, wait_s: float) -> None:
        """Wait as central asked; what is saved in lanes below the shed one goes at once."""
        below, ends = report.busy_lane, time.monotonic() + wait_s
        while (left_s := ends - time.monotonic()) > 0 and not self._stopping.is_set():
            if not self._woken.wait(left_s):
                return
            self._stopping.wait(_GATHER_S)
            self._woken.clear()
            self._rounds.begin()
            push = partial(self._engine.push_below, below, progress=self._progress)
            urgent = self._guarded(push)
            if isinstance(urgent.error, BusyError):
                below = urgent.busy_lane
                ends = max(ends, time.monotonic() + urgent.error.retry_after_s)
            urgent.error = urgent.error or busy
            self._tell(urgent)
            self._rounds.end(urgent)

    def _round(self) -> SyncReport:
        return self._guarded(
            lambda: self._engine.run_once(progress=self._progress, hurry=self._woken.is_set)
        )

    def _guarded(self, work: Callable[[], SyncReport]) -> SyncReport:
        report = self._worked(work)
        if report.error is None:
            self._away_since = None
        elif getattr(report.error, "key", "") in _AWAY and self._away_since is None:
            self._away_since = time.monotonic()
        return report

    def _worked(self, work: Callable[[], SyncReport]) -> SyncReport:
        try:
            return work()
        except ParkingError as error:
            _LOG.warning("round failed key=%s", getattr(error, "key", "bug"))
            return SyncReport(error=error)
        except Exception as error:  # noqa: BLE001  # the sync loop must go on whatever happens
            _LOG.exception("round failed by a fault of ours")
            return SyncReport(error=BugError(repr(error)))

    def _progress(self, report: SyncReport) -> None:
        if time.monotonic() - self._told_at >= _NEWS_APART_S:
            self._tell(report)

    def _tell(self, report: SyncReport, to_send: ToSend | None = None) -> None:
        """Tell what changed since the last news, and how it stands now.

        Args:
            report: What was done.
            to_send: What waits, where nothing was sent or saved since it was looked up.
        """
        fresh = report.changed | self._untold
        report.changed = frozenset()
        self._untold = fresh
        try:
            self._to_send = to_send = to_send or self._engine.to_send()
        except ParkingError as error:
            _LOG.warning("news held back key=%s", getattr(error, "key", "bug"))
            return
        offset = self._engine.gateway.clock_offset
        jump_ms = self._engine.clock.now().jump_ms
        news = SyncNews(
            net=_net(report.error),
            changed=fresh,
            to_send=to_send,
            remaining=report.remaining,
            remaining_s=self._estimate.seconds(report.remaining),
            sentence=_sentence(report, jump_ms),
            clock_offset_ms=0 if offset is None else offset.offset_ms,
            clock_uncertainty_ms=0 if offset is None else offset.uncertainty_ms,
            clock_measured_utc=None if offset is None else offset.measured_utc,
            clock_jump_ms=jump_ms,
        )
        self._untold = frozenset()
        self._told_at = time.monotonic()
        try:
            self._told(news)
        except Exception:  # noqa: BLE001  # the sync loop must go on whatever a listener does
            _LOG.exception("a listener of the sync loop failed")

    def _listen(self) -> None:
        backoff = Backoff(self._pace)

        def moved() -> None:
            backoff.reset()
            self._let_others_come_too()
            self._woken.set()

        while not self._stopping.is_set():
            try:
                self._engine.gateway.wake(moved)
            except ParkingError as error:
                _LOG.info("wake channel ended key=%s", getattr(error, "key", "bug"))
            self._stopping.wait(backoff.next_s())

    def _let_others_come_too(self) -> None:
        """After a long outage of central come back at random; what money depends on comes at once.

        What is saved here meanwhile goes at once, too: only the first try for news is put off.
        """
        away_since = self._away_since
        if away_since is None or time.monotonic() - away_since < self._pace.outage_s:
            return
        if any(lane == Lane.ORDERS and count for lane, count in self._engine.to_send().lanes):
            return
        self._stopping.wait(_JITTER.uniform(0.0, self._pace.spread_s))


def _net(error: ParkingError | None) -> NetState:
    if error is None:
        return NetState.ONLINE
    return NetState.REFUSED if isinstance(error, UserError) else NetState.OFFLINE


def _sentence(report: SyncReport, jump_ms: int) -> str:
    wrong = ""
    if report.error is not None:
        wrong = str(getattr(report.error, "sentence", _OUR_FAULT))
    elif report.unread:
        wrong = unknown_version().sentence
    return f"{wrong} {clock_jumped(jump_ms)}".strip() if jump_ms else wrong
