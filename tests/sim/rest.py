"""How a terminal comes to rest by itself: the product's sync loop on virtual time.

The loop's two events wait on virtual time. Nothing is saved and nobody wakes it, so what gets sent
gets sent by the loop's own timer (I8).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from parking.errors import UnavailableError
from sync.loop import SyncLoop
from sync.news import NetState, SyncNews
from tests.sim.network import Fault
from tests.sim.watch import BrokenError

if TYPE_CHECKING:
    from tests.sim.world import Device, World

BOUND_S = 3600.0
"""A queue that is not empty after an hour of good network is stuck."""


class _Waiting:
    """Stands in for ``threading.Event``: waits on virtual time, and is set when the test ends."""

    def __init__(
        self, waited: Callable[[float | None], None], is_over: Callable[[], bool] = lambda: False
    ) -> None:
        self._waited, self._is_over = waited, is_over

    def wait(self, timeout: float | None = None) -> bool:
        self._waited(timeout)
        return self._is_over()

    def set(self) -> None:
        """Nobody wakes the loop."""

    def clear(self) -> None:
        """Nobody woke the loop."""

    def is_set(self) -> bool:
        return self._is_over()


class _VirtualLoop(SyncLoop):
    """The loop, run on the caller's thread until its device is at rest or the bound is reached."""

    def __init__(self, world: "World", device: "Device") -> None:
        super().__init__(device.engine, self._hear)
        self._world = world
        self._device = device
        self._left_s = BOUND_S
        self._reached = False
        self._woken = _Waiting(self._pass)  # type: ignore[assignment]  # a threading.Event on virtual time
        self._stopping = _Waiting(self._pass, self._is_over)  # type: ignore[assignment]  # likewise

    def run(self) -> None:
        """Run until at rest.

        Raises:
            BrokenError: The bound was reached, or the loop waits for ever.
        """
        self._exchange()
        if not self._at_rest():
            waiting = self._device.disk.outbox.to_send().count
            raise BrokenError(f"I8: {self._device.name} is stuck with {waiting} to send")

    def _pass(self, seconds: float | None) -> None:
        self._left_s -= BOUND_S if seconds is None else seconds
        self._world.time.pass_by(0.0 if seconds is None else seconds)

    def _is_over(self) -> bool:
        return self._left_s <= 0 or self._at_rest()

    def _hear(self, news: SyncNews) -> None:
        self._reached = news.net is NetState.ONLINE

    def _at_rest(self) -> bool:
        return self._reached and self._device.disk.outbox.to_send().count == 0


def come_to_rest(world: "World") -> None:
    """Let every terminal send all and then fetch all, with a network and central that work.

    Raises:
        BrokenError: A queue does not get empty by itself, or the feed does not end.
    """
    world.settle()
    world.watch.checked["I8 progress"] += 1
    for device in world.devices:
        # The very first try still fails: nothing but the loop's own timer brings the next one.
        device.link.begin_round({0: Fault.DOWN})
        _VirtualLoop(world, device).run()
        device.link.begin_round({})
    for device in world.devices:
        _fetch(device)


def start_from_nothing(world: "World") -> None:
    """Let one terminal lose all that the feed brought, and read the whole feed once more.

    Raises:
        BrokenError: It does not get what those have that followed the feed all along.
    """
    world.watch.checked["I12 replay from zero"] += 1
    device = world.devices[world.plan.seed % len(world.devices)]
    device.disk.lose_reference()
    device.start()
    _fetch(device)
    if device.disk.rows() != world.central.projection(device.terminal.terminal_id):
        raise BrokenError(f"I12: {device.name} got other rows when it started from nothing")


def _fetch(device: "Device") -> None:
    for _ in range(10):
        try:
            report = device.engine.run_once()
        except UnavailableError as error:
            raise BrokenError(f"I8: {device.name} cannot fetch: {error.sentence}") from error
        if report.error is None and not report.again and not report.remaining:
            return
    raise BrokenError(f"I8: {device.name} never catches up: {report.error}")
