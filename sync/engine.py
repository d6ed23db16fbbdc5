"""The sync engine of a terminal: one ``run_once`` that pushes, pulls and uploads, in that order.

Sans loop and sans network: the store and the gateway are the small Protocols below. Sync thread
only. Must not import ``local_db``, httpx or anything above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from parking.clock import Clock
from parking.errors import UnavailableError, UserError
from sync.beside import Beside, afterwards
from sync.failures import UNREACHABLE
from sync.news import ToSend
from sync.pull import PullGateway, PullLeg, PullStore
from sync.push import PushGateway, PushLeg, PushStore
from sync.report import Progress, SyncReport
from sync.standing import StandingLeg
from sync.starting import Starting
from sync.token_bucket import TokenBucket
from sync.upload import PhotoGateway, PhotoLeg, PhotoStore
from sync.vouching import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """How far central's clock is ahead of ours, by one exchange (Cristian's method).

    Attributes:
        offset_ms: Central minus terminal.
        uncertainty_ms: Half of the round trip, rounded up, >= 1.
        measured_utc: By our clock.
    """

    offset_ms: int
    uncertainty_ms: int
    measured_utc: datetime


class SyncStore(PushStore, PullStore, Protocol):
    """What the engine needs of the local store; ``local_db.outbox.LocalOutbox`` is it."""

    @property
    def photos(self) -> PhotoStore:
        """Return the photos of this terminal."""
        ...

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        ...


class Gateway(PushGateway, PullGateway, PhotoGateway, Protocol):
    """What the engine and its loop need of the network; ``sync.gateway.HTTPGateway`` is it.

    Every method raises ``UnavailableError`` (see ``sync.failures``) when the exchange did not work
    and ``UserError`` with central's words when central refused.
    """

    @property
    def clock_offset(self) -> ClockOffset | None:
        """Return the newest measurement, None before the first."""
        ...

    def wake(self, moved: Callable[[], None]) -> None:
        """Hold the wake channel open and call ``moved`` at each event, until it ends."""
        ...

    def stop_waking(self) -> None:
        """End ``wake`` from another thread, now and for good."""
        ...


_Leg = Callable[[SyncReport, Progress, Callable[[], bool]], None]


def _unheard(_report: SyncReport) -> None:
    """Hear of progress when nobody wants to."""


class SyncEngine:
    """Brings one terminal and central together, a round at a time."""

    def __init__(
        self,
        store: SyncStore,
        gateway: Gateway,
        clock: Clock,
        *,
        terminal_id: UUID,
        sign: Callable[[bytes], bytes],
        photo_bytes_per_s: int = 0,
        starting: Starting | None = None,
        standing: StandingLeg | None = None,
        beside: Beside = afterwards,
    ) -> None:
        """Work for one enrolled device.

        Args:
            store: The local store.
            gateway: The network.
            clock: The terminal's clock.
            terminal_id: Who the device is.
            sign: Ed25519 by the device key, 64 bytes; signs one chain head per push.
            photo_bytes_per_s: Most that photos may take of the network, >= 0; 0 is no cap.
            starting: Starts from files and digests; None reads pages only.
            standing: Keeps what the city says about this device; None asks nothing.
            beside: How a push is on its way while the store is worked on.
        """
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._pushing = PushLeg(
            store, gateway, clock, terminal_id=terminal_id, sign=sign, beside=beside
        )
        self._pulling = PullLeg(store, gateway, starting)
        self._standing = standing
        self._came_back = False
        self._photos = PhotoLeg(store.photos, gateway, clock, TokenBucket(photo_bytes_per_s))

    @property
    def gateway(self) -> Gateway:
        """Return the network it works with."""
        return self._gateway

    @property
    def clock(self) -> Clock:
        """Return the terminal's clock."""
        return self._clock

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        return self._store.to_send()

    def run_once(
        self,
        *,
        progress: Progress = _unheard,
        hurry: Callable[[], bool] = lambda: False,
    ) -> SyncReport:
        """Push all operations, pull all pages, then upload photos; the very first time pull first.

        Photos come last so that megabytes never hold up what an officer's next check rests on. A
        leg that fails does not keep the next one from running, unless nobody can be reached.

        Args:
            progress: Called after each exchange that did something.
            hurry: Asked between chunks of photos; True ends the round, to be run again at once.

        Returns:
            What was done; errors of the network and refusals are in it, not raised.

        Raises:
            UnavailableError: The local disk fails.
        """
        report = SyncReport()
        for leg in self._legs():
            try:
                leg(report, progress, hurry)
            except (UnavailableError, UserError) as error:
                if error.key == UNKNOWN:
                    self._come_back(report, error)
                    break
                report.error = report.error or error
                if error.key in UNREACHABLE:
                    break
        else:
            self._came_back = False
        return report

    def _come_back(self, report: SyncReport, unknown: UnavailableError | UserError) -> None:
        """Show a central that was restored to before this device joined what it said about it."""
        try:
            if not self._came_back and self._standing and self._standing.come_back():
                # Once: where it does not help, a person has to.
                self._came_back = report.again = True
                return
        except (UnavailableError, UserError) as error:
            unknown = error
        report.error = unknown

    def take_in(self) -> SyncReport:
        """Bring in the pages that came along with wake-ups and do nothing else; as ``run_once``.

        Returns:
            As ``run_once``; ``again`` where central has to be asked: a whole round is due.
        """
        report = SyncReport()
        try:
            self._pulling.take_in(report)
        except (UnavailableError, UserError) as error:
            report.error = error
        return report

    def push_below(self, lane: int, *, progress: Progress = _unheard) -> SyncReport:
        """Push what waits in the lanes below one and nothing else: central asked to wait.

        Args:
            lane: ``busy_lane`` of the report with the ``BusyError``.
            progress: As ``run_once``.

        Returns:
            As ``run_once``.

        Raises:
            UnavailableError: The local disk fails.
        """
        report = SyncReport()
        try:
            self._pushing.run(report, progress, below=lane)
        except (UnavailableError, UserError) as error:
            report.error = error
        return report

    def _legs(self) -> tuple[_Leg, ...]:
        standing = () if self._standing is None else (self._standing.run,)
        # What is pushed to a central whose epoch is unknown has to be pushed once more when it is
        # known: it could have been restored in between.
        if not self._store.feed_position().feed_epoch:
            return self._pulling.run, self._push, *standing, self._photos.run
        return self._push, self._pulling.run, *standing, self._photos.run

    def _push(self, report: SyncReport, progress: Progress, _hurry: Callable[[], bool]) -> None:
        self._pushing.run(report, progress)
