"""The network between one terminal and central: it loses, cuts, repeats, delays and lies."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from parking.errors import UnavailableError, UserError
from sync.engine import ClockOffset
from sync.failures import (
    BusyError,
    GapError,
    ResyncError,
    TooLargeError,
    cut_short,
    in_trouble,
    no_network,
    not_central,
    too_slow,
    unknown_version,
)
from sync.upload import PhotoToSend
from sync.wire import FeedPage, PhotoPlace, PushAnswer, PushRequest
from tests.sim.central import Central
from tests.sim.disk import Crash

if TYPE_CHECKING:
    from tests.sim.world import Device, World

T = TypeVar("T")


class Fault(StrEnum):
    """What may become of one exchange."""

    DOWN = "down"
    LOSE_REQUEST = "lose request"
    LOSE_ANSWER = "lose answer"
    CUT_ANSWER = "cut answer"
    REPEAT = "repeat"
    DELIVER_LATE = "deliver late"
    COMMIT_LATE = "commit late"
    PORTAL = "portal"
    BUSY = "busy (503)"
    TROUBLE = "trouble (500)"
    TOO_LARGE = "too large (413)"
    RESYNC = "resync (410)"
    TOO_OLD = "too old (426)"
    OTHER_VERSION = "other version"
    RESTART = "central restarts"
    CRASH_BEFORE = "terminal crashes before sending"
    CRASH_AFTER = "terminal crashes before hearing"


_REFUSES: dict[Fault, Callable[[], Exception]] = {
    Fault.DOWN: no_network,
    Fault.LOSE_REQUEST: too_slow,
    Fault.PORTAL: not_central,
    Fault.BUSY: lambda: BusyError("Come back later.", retry_after_s=2.0),
    Fault.TROUBLE: lambda: in_trouble(500),
    Fault.TOO_OLD: lambda: UserError("central.too_old", "This terminal is too old."),
}
_SWALLOWS: dict[Fault, Callable[[], BaseException]] = {
    Fault.LOSE_ANSWER: too_slow,
    Fault.CUT_ANSWER: cut_short,
    Fault.OTHER_VERSION: unknown_version,
    Fault.CRASH_AFTER: Crash,
}
Arrival = Callable[[], T]


class Link:
    """The way from one terminal to central; satisfies ``sync.engine.Gateway``.

    Attributes:
        faults: What becomes of the exchanges of this round, by their number from 0.
        number: Of the next exchange.
        met: How often each fault happened.
        failed_lanes: Of this round: their pushes did not work.
        durable: By epoch and lane, the highest number that was told to be backed up.
    """

    def __init__(self, world: "World", device: "Device") -> None:
        self.faults: dict[int, Fault] = {}
        self.number = 0
        self.met: Counter[Fault] = Counter()
        self.failed_lanes: set[int] = set()
        self.durable: dict[tuple[int, int], int] = {}
        self._world = world
        self._device = device

    def begin_round(self, faults: dict[int, Fault]) -> None:
        """Count exchanges from 0 again; some of them meet a fault."""
        self.faults, self.number = faults, 0
        self.failed_lanes.clear()

    @property
    def clock_offset(self) -> ClockOffset | None:
        return None

    def push(self, request: PushRequest) -> PushAnswer:
        self._world.watch.pushed(self._device, request)
        try:
            answer = self._push(request)
        except (UnavailableError, UserError):
            self.failed_lanes.add(request.lane)
            raise
        chain = request.epoch, request.lane
        self.durable[chain] = max(self.durable.get(chain, 0), answer.durable_through)
        return answer

    def _push(self, request: PushRequest) -> PushAnswer:
        fault = self._fault()
        if fault is Fault.TOO_LARGE and len(request.ops) > 1:
            raise TooLargeError("Send less at once.")
        if fault is Fault.RESTART:
            self._begin(request)
            self._world.central.restart()
            raise cut_short()
        if fault is Fault.COMMIT_LATE:
            self._world.in_flight.append(self._begin(request))
            raise too_slow()

        def arrive() -> PushAnswer:
            return self._begin(request)()

        return self._through(fault, arrive)

    def _begin(self, request: PushRequest) -> Arrival[PushAnswer]:
        """Let central work on a push; what is returned commits and answers it."""
        central = self._world.central
        opened = central.begin()
        try:
            answer = central.take(opened, request)
        except (UserError, UnavailableError):
            central.abort(opened)
            raise
        try:
            self._world.run_inside(self._device, self.number - 1)
        except Crash:
            # The terminal is gone; central has the request and goes on.
            central.commit(opened)
            raise

        def commit() -> PushAnswer:
            if not central.commit(opened):
                raise cut_short()
            return answer

        return commit

    def feed(self, cursor: str) -> FeedPage:
        fault = self._fault()
        if fault is Fault.RESYNC:
            raise ResyncError("Read everything again.")

        terminal_id = self._device.terminal.terminal_id
        return self._ask(fault, lambda central: central.page(terminal_id, cursor))

    def came_along(self, cursor: str) -> list[FeedPage] | None:
        """Bring nothing along, like ``wake``: all pages are asked for."""
        del cursor
        return None

    def photo_place(self, sha256: bytes) -> PhotoPlace:
        return self._ask(self._fault(), lambda central: central.photo_place(sha256))

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        return self._ask(self._fault(), lambda central: central.keep_chunk(photo, offset, chunk))

    def put_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        self._ask(self._fault(), lambda central: central.keep_thumbnail(sha256, jpeg))

    def _ask(self, fault: Fault | None, question: Callable[[Central], T]) -> T:
        def arrive() -> T:
            self._world.run_inside(self._device, self.number - 1)
            return question(self._world.central)

        return self._through(fault, arrive)

    def wake(self, moved: Callable[[], None]) -> None:
        """Not simulated: a terminal must come to rest without it."""
        del moved
        raise no_network()

    def stop_waking(self) -> None:
        """Nothing to end."""

    def _fault(self) -> Fault | None:
        fault = self.faults.get(self.number)
        self.number += 1
        self._world.trace("exchange", self._device.name, self.number, fault)
        if fault is None:
            return None
        self.met[fault] += 1
        if fault in _REFUSES:
            raise _REFUSES[fault]()
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        return fault

    def _through(self, fault: Fault | None, arrive: Arrival[T]) -> T:
        if fault is Fault.DELIVER_LATE:
            self._world.in_flight.append(arrive)
            raise too_slow()
        if fault in _SWALLOWS:
            arrive()
            raise _SWALLOWS[fault]()
        if fault is Fault.REPEAT:
            arrive()
        return arrive()


def late(arrival: Arrival[object]) -> None:
    """Let a message arrive whose answer nobody waits for."""
    try:
        arrival()
    except (GapError, ResyncError, UnavailableError, UserError):
        return
