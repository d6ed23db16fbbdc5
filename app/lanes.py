"""Two lanes of plain threads: one store worker, a few I/O workers. No Qt.

A ``Task`` is a plain function with a name, a lane and a deadline. Its outcome is handed to a
callback on the worker's thread; ``ui.tasks`` carries it to the GUI thread. Owner thread: any may
start a task. Must not import anything above ``parking``.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from parking.errors import BugError, ParkingError, UnavailableError

T = TypeVar("T")
_LOG = logging.getLogger("parking.lanes")
IO_WORKERS = 4


class Lane(StrEnum):
    """Where a task runs. Every local write runs on ``STORE``, one after the other."""

    STORE = "store"
    IO = "io"


class Ticket:
    """The life of one started task: cancel flag and deadline. Any thread.

    Work that can take long looks at ``over`` between its steps, or waits with ``pause``.
    """

    def __init__(self, name: str, deadline_s: float) -> None:
        self.name = name
        self._ends = time.monotonic() + deadline_s
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; what is already saved stays saved."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled.is_set()

    @property
    def left_s(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(0.0, self._ends - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the work should stop now: cancelled or past its deadline."""
        return self.cancelled or self.left_s <= 0

    def pause(self, seconds: float) -> bool:
        """Wait, at most until the deadline or a cancel; return False when the work is over."""
        self._cancelled.wait(min(seconds, self.left_s))
        return not self.over


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[T]):
    """Something to do on a lane, not yet started.

    Attributes:
        name: For the log, e.g. ``check_plate``.
        deadline_s: Seconds. A task that has not begun by then is refused, nothing of it happened;
            one that runs sees it in its ticket.
        work: Takes the ticket, returns an immutable value or raises a ``ParkingError``.
        patient: True for work that may wait behind a person's (pages of the feed).
    """

    name: str
    lane: Lane
    deadline_s: float
    work: Callable[[Ticket], T]
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The task returned a value."""

    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The task raised; a fault that is not ours by name arrives as ``BugError``."""

    error: ParkingError


Outcome = Done[T] | Failed
Told = Callable[[Outcome[T]], None]


@dataclass(order=True, slots=True)
class _Job:
    """A started task in the order of its lane: people first, then by age."""

    rank: int
    number: int
    task: Task[Any] | None = field(compare=False)
    ticket: Ticket = field(compare=False)
    told: Callable[[Any], None] = field(compare=False)


class Lanes:
    """The worker threads of a terminal, started at once and stopped by ``stop``."""

    def __init__(self, *, io_workers: int = IO_WORKERS) -> None:
        self._queues: dict[Lane, queue.PriorityQueue[_Job]] = {
            lane: queue.PriorityQueue() for lane in Lane
        }
        self._numbers = itertools.count()
        self._running: set[Ticket] = set()
        self._guard = threading.Lock()
        self._stopped = False
        self._threads = [self._worker(Lane.STORE, 1)]
        self._threads += [self._worker(Lane.IO, number) for number in range(1, io_workers + 1)]
        self._lane_of = {thread: Lane(thread.name.split("-")[1]) for thread in self._threads}

    def start(self, task: Task[T], told: Told[T]) -> Ticket:
        """Put a task on its lane; ``told`` gets the outcome once, on the worker's thread.

        Raises:
            BugError: The lanes have been stopped.
        """
        ticket = Ticket(task.name, task.deadline_s)
        with self._guard:
            if self._stopped:
                raise BugError(f"task {task.name} was started after the lanes stopped")
            self._running.add(ticket)
            job = _Job(int(task.patient), next(self._numbers), task, ticket, told)
            self._queues[task.lane].put(job)
        return ticket

    def run(self, task: Task[T]) -> T:
        """Start a task and wait for it; for callers without a screen.

        Raises:
            ParkingError: What the task raised.
            BugError: Called on the lane that would have to do the work.
        """
        if self._lane_of.get(threading.current_thread()) is task.lane is Lane.STORE:
            raise BugError(f"task {task.name} would wait for its own lane")
        answers: queue.SimpleQueue[Outcome[T]] = queue.SimpleQueue()
        self.start(task, answers.put)
        outcome = answers.get()
        if isinstance(outcome, Failed):
            raise outcome.error
        return outcome.value

    def on_store(self, name: str, work: Callable[[], T]) -> T:
        """Run a local write on the store lane and wait; at once when called on that lane.

        Raises:
            ParkingError: What the work raised.
        """
        if self._lane_of.get(threading.current_thread()) is Lane.STORE:
            return work()
        return self.run(saving(name, work))

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Cancel what waits, let what runs come to its end, end the threads.

        Raises:
            BugError: A worker did not end in time.
        """
        with self._guard:
            if self._stopped:
                return
            self._stopped = True
            for ticket in self._running:
                ticket.cancel()
            for thread in self._threads:
                last = _Job(2, next(self._numbers), None, Ticket("stop", 0), _nobody)
                self._queues[self._lane_of[thread]].put(last)
        ends = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            raise BugError(f"lanes did not stop in {timeout_s} s: {', '.join(late)}")

    def _worker(self, lane: Lane, number: int) -> threading.Thread:
        thread = threading.Thread(
            target=self._serve, args=(lane,), name=f"lane-{lane}-{number}", daemon=True
        )
        thread.start()
        return thread

    def _serve(self, lane: Lane) -> None:
        while True:
            job = self._queues[lane].get()
            if job.task is None:
                return
            outcome = _outcome(job.task, job.ticket)
            with self._guard:
                self._running.discard(job.ticket)
            job.told(outcome)


def reading(name: str, work: Callable[[], T]) -> Task[T]:
    """Make a task that only reads here: any I/O worker, ten seconds."""
    return Task(name=name, lane=Lane.IO, deadline_s=10.0, work=lambda _ticket: work())


def saving(name: str, work: Callable[[], T]) -> Task[T]:
    """Make a task that writes here: the store worker, ten seconds."""
    return Task(name=name, lane=Lane.STORE, deadline_s=10.0, work=lambda _ticket: work())


def _nobody(outcome: object) -> None:
    """Take an outcome that nobody waits for."""


def _outcome(task: Task[T], ticket: Ticket) -> Outcome[T]:
    if ticket.over:
        return Failed(_not_begun(ticket))
    try:
        return Done(task.work(ticket))
    except ParkingError as error:
        if isinstance(error, BugError):
            _LOG.exception("task=%s outcome=bug", task.name)
        return Failed(error)
    except Exception as error:  # noqa: BLE001 - the job runner: a fault must reach the screen
        _LOG.exception("task=%s outcome=bug", task.name)
        bug = BugError(f"{task.name}: {error!r}")
        bug.__cause__ = error
        return Failed(bug)


def _not_begun(ticket: Ticket) -> UnavailableError:
    if ticket.cancelled:
        return UnavailableError(
            "task.cancelled", "This was stopped before it began.", retry_safe=True
        )
    return UnavailableError(
        "task.too_late",
        "This device was too busy to begin. Nothing was changed. Do it again.",
        retry_safe=True,
    )
