"""Note when this pay station cannot take payment, and when it can again. Store lane.

A driver who could not pay must not be fined for it: the times are facts that officers and appeals
rest on. One outage may be open for each cause; that of the printer is an alarm alone.
Source: DESIGN.md 5 (the outbox's first lane).
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from app.post import Post
from parking.clock import Reading
from parking.errors import BugError
from parking.ids import uuid7
from parking.outage import OutageCause, OutageEvent, OutageEventKind

SHORTEST = timedelta(seconds=15)
"""What the next try mends keeps nobody from paying."""


class OutageWatch:
    """Follows whether what paying needs works at one pay station. One thread at a time."""

    def __init__(self, post: Post) -> None:
        """Watch a pay station.

        Raises:
            BugError: It stands in no zone.
        """
        if not post.terminal.zone_id:
            raise BugError("only a pay station with a zone notes outages")
        self._post = post
        self._missed: dict[OutageCause, Reading] = {}

    def heard(self, cause: OutageCause, *, works: bool, at: Reading) -> OutageEvent | None:
        """Take what was last seen of one part; save the start or end of an outage, if it is one.

        Args:
            cause: The part.
            works: Whether it does.
            at: The clock when it was seen.

        Returns:
            The fact that was saved, else None.

        Raises:
            UnavailableError: The disk fails; nothing was saved, call again.
        """
        started = self._open(cause)
        if works:
            self._missed.pop(cause, None)
            ended = OutageEventKind.ENDED
            return None if started is None else self._save(cause, started.outage_id, ended, at)
        missed = self._missed.setdefault(cause, at)
        if started is not None or at.utc - missed.utc < SHORTEST:
            return None
        return self._save(cause, uuid7(at.utc), OutageEventKind.STARTED, missed)

    def _open(self, cause: OutageCause) -> OutageEvent | None:
        kept = self._post.store.setting(_setting(cause))
        return None if kept is None else msgspec.json.decode(kept, type=OutageEvent)

    def _save(
        self, cause: OutageCause, outage_id: UUID, kind: OutageEventKind, at: Reading
    ) -> OutageEvent:
        event = OutageEvent(
            outage_event_id=uuid7(at.utc),
            outage_id=outage_id,
            terminal_id=self._post.terminal.terminal_id,
            zone_id=self._post.terminal.zone_id,
            kind=kind,
            cause=cause,
            at_utc=at.utc,
            clock_uncertainty_ms=min(at.uncertainty_ms, 600_000),
        )
        begun = kind is OutageEventKind.STARTED
        with self._post.store.saving() as work:
            work.add(event)
            work.keep_setting(_setting(cause), msgspec.json.encode(event) if begun else None)
            work.commit()
        return event


def _setting(cause: OutageCause) -> str:
    """Name the setting with the start of the outage that has not ended: it outlives a power cut."""
    return f"open_outage:{cause}"
