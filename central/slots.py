"""A cap on what one process does at the same time; above it, callers are told to come back."""

import asyncio
import heapq
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from central.problems import RefusedError, try_later

_COMES_BACK_S = 1.0
"""A terminal with a backlog sends its next batch well within this."""


@dataclass(order=True, slots=True)
class _Waiting:
    """One in the line: the most urgent first, then the first to come."""

    rank: float
    number: int
    share: float = field(compare=False)
    called: "asyncio.Future[None]" = field(compare=False)


class Slots:
    """A fixed number of places, of which less urgent callers may take only a share. Any thread.

    Who may wait stands in a line of at most ``line``: a rush of small requests is then served as
    fast as central can, instead of coming back later all at once.
    """

    def __init__(self, most: int, *, line: int = 0) -> None:
        self._most = most
        self._held = 0
        self._longest = line
        self._line: list[_Waiting] = []
        self._came = 0
        self._turn = threading.Lock()
        self._left_at = float("-inf")

    @property
    def busy(self) -> bool:
        """Whether anybody holds a place now, or left one so lately that more will come."""
        return self._held > 0 or time.monotonic() - self._left_at < _COMES_BACK_S

    def check(self, share: float = 1.0) -> None:
        """Look whether there is a place now, without taking it; as ``place``.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when there is none.
        """
        if self._held >= self._most * share:
            raise _busy()

    def check_line(self, share: float = 1.0) -> None:
        """Look whether one more may wait; as ``waited_place``.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when the line is full.
        """
        if len(self._line) >= self._longest * share:
            self.check(share)

    @asynccontextmanager
    async def waited_place(self, share: float = 1.0, *, most_s: float) -> AsyncIterator[None]:
        """Hold one place while the block lasts, and wait for it in the line. Event loop only.

        Args:
            share: As ``place``; the larger goes first.
            most_s: Longest wait, in seconds, > 0.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when none came free in time, or
                the line is full.
        """
        waiting = self._stand_in_line(share)
        if waiting is not None:
            await self._wait(waiting, most_s)
        try:
            yield
        finally:
            self._leave()

    def _stand_in_line(self, share: float) -> _Waiting | None:
        """Take a place at once where there is one, else one in the line."""
        with self._turn:
            if self._held < self._most * share:
                self._held += 1
                return None
            self.check_line(share)
            self._came += 1
            called = asyncio.get_running_loop().create_future()
            waiting = _Waiting(-share, self._came, share, called)
            heapq.heappush(self._line, waiting)
            return waiting

    async def _wait(self, waiting: _Waiting, most_s: float) -> None:
        try:
            await asyncio.wait([waiting.called], timeout=most_s)
        except asyncio.CancelledError:
            if not self._left_line(waiting):
                self._leave()
            raise
        if self._left_line(waiting):
            raise _busy()

    def _left_line(self, waiting: _Waiting) -> bool:
        """Leave the line; False for who was given a place already."""
        with self._turn:
            if waiting not in self._line:
                return False
            self._line.remove(waiting)
            heapq.heapify(self._line)
            return True

    def _leave(self) -> None:
        with self._turn:
            self._held -= 1
            self._left_at = time.monotonic()
            while self._line and self._held < self._most * self._line[0].share:
                called = heapq.heappop(self._line).called
                self._held += 1
                called.get_loop().call_soon_threadsafe(_call, called)

    @contextmanager
    def place(self, share: float = 1.0) -> Iterator[None]:
        """Hold one place while the block lasts.

        Args:
            share: Above 0, up to 1: given only while fewer than this part of all places are held.

        Raises:
            RefusedError: 503 ``central.busy`` with ``Retry-After`` when there is none.
        """
        with self._turn:
            self.check(share)
            self._held += 1
        try:
            yield
        finally:
            self._leave()


def _busy() -> RefusedError:
    return try_later("central.busy", "Central is busy; it will take this in a second.")


def _call(called: "asyncio.Future[None]") -> None:
    if not called.done():
        called.set_result(None)
