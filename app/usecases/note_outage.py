"""Note when this pay station cannot take payment, and when it can again. Store lane.

A driver who could not pay must not be fined for it: the times are facts that officers and appeals
rest on. Source: DESIGN.md 5 (the outbox's first lane).
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from app.post import Post
from parking.clock import Reading
from parking.errors import BugError
from parking.ids import uuid7
from parking.outage import OutageEvent, OutageEventKind

OPEN_OUTAGE = "open_outage"
"""Setting with the start of the outage that has not ended; it outlives a power cut."""
SHORTEST = timedelta(seconds=15)
"""What the next try mends keeps nobody from paying."""


class OutageWatch:
    """Follows whether one pay station reaches central. One thread at a time."""

    def __init__(self, post: Post) -> None:
        """Watch a pay station.

        Raises:
            BugError: It stands in no zone.
        """
        if not post.terminal.zone_id:
            raise BugError("only a pay station with a zone notes outages")
        self._post = post
        self._missed: Reading | None = None

    def heard(self, *, reachable: bool, at: Reading) -> OutageEvent | None:
        """Take what the last exchange showed; save the start or the end of an outage, if it is one.

        Args:
            reachable: Whether central answered.
            at: The clock when it did or did not.

        Returns:
            The fact that was saved, else None.

        Raises:
            UnavailableError: The disk fails; nothing was saved, call again.
        """
        started = self._open()
        if reachable:
            self._missed = None
            ended = OutageEventKind.ENDED
            return None if started is None else self._save(started.outage_id, ended, at)
        self._missed = self._missed or at
        if started is not None or at.utc - self._missed.utc < SHORTEST:
            return None
        return self._save(uuid7(at.utc), OutageEventKind.STARTED, self._missed)

    def _open(self) -> OutageEvent | None:
        kept = self._post.store.setting(OPEN_OUTAGE)
        return None if kept is None else msgspec.json.decode(kept, type=OutageEvent)

    def _save(self, outage_id: UUID, kind: OutageEventKind, at: Reading) -> OutageEvent:
        event = OutageEvent(
            outage_event_id=uuid7(at.utc),
            outage_id=outage_id,
            terminal_id=self._post.terminal.terminal_id,
            zone_id=self._post.terminal.zone_id,
            kind=kind,
            cause="network",
            at_utc=at.utc,
            clock_uncertainty_ms=min(at.uncertainty_ms, 600_000),
        )
        begun = kind is OutageEventKind.STARTED
        with self._post.store.saving() as work:
            work.add(event)
            work.keep_setting(OPEN_OUTAGE, msgspec.json.encode(event) if begun else None)
            work.commit()
        return event
