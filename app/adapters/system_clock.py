"""The clock of a terminal: central's time, carried on by a clock that nobody sets.

After an exchange with central, time runs on the machine's uptime from there; the wall clock gives
the time only until then. A wall clock that jumps, within a start of the machine or back over a
restart, makes the terminal unsure by as much until central is heard again. Any thread. Source:
docs/decisions/0021.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.adapters.boot_clock import boot_id, since_boot_s
from app.adapters.clock_anchor import Anchor, AnchorFile, Jump
from parking.clock import Reading

UNMEASURED_MS = 5_000
"""Assumed until central was heard: a laptop that had network time at its last boot."""
DRIFT_PPM = 100
"""How fast a laptop's clock may run away from the last measurement."""
JUMP = timedelta(seconds=2)
"""What the wall clock may be off against the uptime before it counts as a jump."""
_SLEWED_PPM = 500
"""How fast a time server may push the wall clock without a jump (adjtimex(2))."""
_SAVE_EVERY_S = 60.0
_MOST_JUMPS = 20
_LOG = logging.getLogger("parking.clock")


def _wall() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSources:
    """Where a clock gets its time from.

    Attributes:
        wall: The machine's wall clock, which people and servers set.
        since_boot_s: Seconds since the machine was started, sleep included; only grows.
        boot_id: Which start of the machine this is; empty when the system does not say.
    """

    wall: Callable[[], datetime] = _wall
    since_boot_s: Callable[[], float] = since_boot_s
    boot_id: str = field(default_factory=boot_id)


class RawClock:
    """The wall clock as it was at the start, carried on by the uptime.

    Offsets to central are measured against it: between two looks it never jumps.
    """

    def __init__(self, sources: TimeSources | None = None) -> None:
        self._sources = sources or TimeSources()
        self._start_s = self._sources.since_boot_s()
        self._start_utc = self._sources.wall()

    def now(self) -> Reading:
        """Return the carried-on time."""
        passed_s = self._sources.since_boot_s() - self._start_s
        return Reading(self._start_utc + timedelta(seconds=passed_s), UNMEASURED_MS)


class SystemClock:
    """Gives the best known time; the uncertainty grows with the time since central was heard.

    Attributes:
        raw: What offsets for ``learn`` are measured against.
    """

    def __init__(
        self, anchor: AnchorFile | None = None, *, sources: TimeSources | None = None
    ) -> None:
        """Start from what was kept, or from the wall clock.

        Args:
            anchor: Where it is kept; None for clocks that live shortly.
            sources: Other clocks, for tests.
        """
        self._sources = sources or TimeSources()
        self.raw = RawClock(self._sources)
        self._file = anchor
        self._lock = threading.Lock()
        self._measured_utc: datetime | None = None
        self._saved_s = float("-inf")
        self._jumps: tuple[Jump, ...] = ()
        self._jump_ms = 0
        self._known_s: float
        self._known_utc: datetime
        self._uncertainty_ms: int
        self._wall_s: float
        self._wall_utc: datetime
        self._set(self._sources.wall(), UNMEASURED_MS)
        kept = anchor.load() if anchor is not None else None
        if kept is not None:
            self._go_on_from(kept)

    def now(self) -> Reading:
        """Return the present instant with its uncertainty."""
        with self._lock:
            return self._look()

    def learn(self, *, offset_ms: int, uncertainty_ms: int, measured_utc: datetime) -> None:
        """Take over what an exchange with central showed, if it is surer than what is known.

        After a jump, and where it contradicts what is known, the newest exchange counts.

        Args:
            offset_ms: Central minus ``raw``.
            uncertainty_ms: Half-width of the interval in which the true offset lies, >= 1.
            measured_utc: By ``raw``; the same again is nothing new.
        """
        with self._lock:
            if measured_utc == self._measured_utc:
                return
            self._measured_utc = measured_utc
            known = self._look()
            utc = self.raw.now().utc + timedelta(milliseconds=offset_ms)
            apart_ms = abs(utc - known.utc) / timedelta(milliseconds=1)
            contradicts = apart_ms > uncertainty_ms + known.uncertainty_ms
            if contradicts or self._jump_ms or uncertainty_ms <= known.uncertainty_ms:
                self._jump_ms = 0
                self._set(utc, uncertainty_ms)

    def keep(self) -> None:
        """Keep what is known over a restart; at most once a minute, cheap otherwise."""
        with self._lock:
            now_s = self._sources.since_boot_s()
            if self._file is None or now_s - self._saved_s < _SAVE_EVERY_S:
                return
            self._saved_s = now_s
            known = self._look()
            anchor = Anchor(
                boot_id=self._sources.boot_id,
                since_boot_s=now_s,
                wall_utc=self._wall_utc,
                true_utc=known.utc,
                uncertainty_ms=known.uncertainty_ms,
                jump_ms=self._jump_ms,
                jumps=self._jumps,
            )
        self._file.save(anchor)

    def _look(self) -> Reading:
        now_s = self._sources.since_boot_s()
        wall_utc, passed_s = self._sources.wall(), now_s - self._wall_s
        ahead = wall_utc - self._wall_utc - timedelta(seconds=passed_s)
        if abs(ahead) > JUMP + timedelta(seconds=passed_s * _SLEWED_PPM / 1e6):
            self._jumped(ahead, same_boot=True)
        self._wall_utc, self._wall_s = wall_utc, now_s
        return self._reading(now_s)

    def _reading(self, now_s: float) -> Reading:
        passed_s = now_s - self._known_s
        uncertainty_ms = self._uncertainty_ms + round(passed_s * DRIFT_PPM / 1000)
        return Reading(
            utc=self._known_utc + timedelta(seconds=passed_s),
            uncertainty_ms=max(uncertainty_ms, self._jump_ms),
            jump_ms=self._jump_ms,
        )

    def _set(self, utc: datetime, uncertainty_ms: int) -> None:
        self._known_s = self._wall_s = self._sources.since_boot_s()
        self._known_utc, self._uncertainty_ms = utc, uncertainty_ms
        self._wall_utc = self._sources.wall()

    def _go_on_from(self, kept: Anchor) -> None:
        """Carry on what was kept: by the uptime, or by the wall clock over a restart."""
        self._jump_ms, self._jumps = kept.jump_ms, kept.jumps
        now_s, wall_utc = self._sources.since_boot_s(), self._sources.wall()
        same_boot = kept.boot_id == self._sources.boot_id != "" and now_s >= kept.since_boot_s
        if same_boot:
            self._known_s, self._known_utc = kept.since_boot_s, kept.true_utc
            self._uncertainty_ms = kept.uncertainty_ms
            self._wall_s, self._wall_utc = kept.since_boot_s, kept.wall_utc
            self._look()
            return
        passed = wall_utc - kept.wall_utc
        drift_ms = round(abs(passed.total_seconds()) * DRIFT_PPM / 1000)
        utc = kept.true_utc + max(passed, timedelta(0))
        self._set(utc, max(UNMEASURED_MS, kept.uncertainty_ms) + drift_ms)
        if passed < -JUMP:
            self._jumped(passed, same_boot=False)

    def _jumped(self, ahead: timedelta, *, same_boot: bool) -> None:
        jump_ms = round(ahead / timedelta(milliseconds=1))
        self._jump_ms = max(self._jump_ms, abs(jump_ms))
        found_utc = self._reading(self._sources.since_boot_s()).utc
        jump = Jump(found_utc=found_utc, jump_ms=jump_ms, same_boot=same_boot)
        self._jumps = (*self._jumps, jump)[-_MOST_JUMPS:]
        _LOG.warning("the wall clock jumped ms=%d same_boot=%s", jump_ms, same_boot)
