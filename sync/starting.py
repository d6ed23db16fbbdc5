"""Starting, and starting over: one signed file instead of many pages, or only what differs.

Used by the pull leg where much is to come or where its cursor is no longer good; pages of the feed
remain the way when this one is closed. Sans network; sync thread only. Must not import
``local_db``, httpx or anything above.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from parking.errors import UnavailableError, UserError
from sync.failures import cut_short
from sync.report import Progress, SyncReport
from sync.wire import (
    DigestAnswer,
    DigestRequest,
    SnapshotHead,
    SnapshotOffer,
)

LARGE_ROWS = 5_000
"""From here on a file is faster than pages, even when it must be packed first."""
PART_BYTES = 1024 * 1024
_LEAST_PART_BYTES = 64 * 1024
_LOG = logging.getLogger("parking.sync")


class StartStore(Protocol):
    """What starting needs of the local store; ``local_db.starting.LocalStart`` is it."""

    def digests(self) -> DigestRequest:
        """Return what is held, record by record."""
        ...

    def go_on(self, answer: DigestAnswer) -> None:
        """Keep what is as at central and fetch the rest, from where central says."""
        ...

    def begin_snapshot(self, offer: SnapshotOffer) -> tuple[SnapshotHead, int]:
        """Check an offer; return its head and how many bytes of the file are here."""
        ...

    def keep_part(self, at: int, chunk: bytes) -> None:
        """Keep bytes that follow those here, durable on return."""
        ...

    def adopt(self, told: Callable[[int], None]) -> frozenset[str]:
        """Bring the whole snapshot in, all or nothing; return the names of the records it had."""
        ...


class StartGateway(Protocol):
    """What starting needs of the network; raises as ``sync.engine.Gateway``."""

    def digests(self, request: DigestRequest) -> DigestAnswer:
        """Say what is held; hear what differs."""
        ...

    def snapshot(self) -> SnapshotOffer:
        """Ask for a file to start from."""
        ...

    def snapshot_part(self, snapshot_id: str, at: int, most: int) -> bytes:
        """Fetch at most ``most`` bytes of it, at least one."""
        ...


class Starting:
    """Starts one terminal; lives as long as its engine."""

    def __init__(self, store: StartStore, gateway: StartGateway) -> None:
        """Do nothing yet."""
        self._store = store
        self._gateway = gateway
        self._part_bytes = PART_BYTES

    def over(self) -> bool:
        """Start over where the cursor is no longer good: keep what is as at central.

        Returns:
            False when central cannot say; everything must be fetched.

        Raises:
            UnavailableError: The network or the disk; nothing has changed.
        """
        try:
            answer = self._gateway.digests(self._store.digests())
        except UserError as error:
            _LOG.warning("digests refused key=%s", error.key)
            return False
        self._store.go_on(answer)
        return True

    def from_file(self, report: SyncReport, progress: Progress, hurry: Callable[[], bool]) -> bool:
        """Fetch a file and start from it; a download that was interrupted goes on.

        Args:
            report: Of the round.
            progress: Called now and then.
            hurry: Asked between parts; True ends the round, to go on in the next.

        Returns:
            False when pages must be read instead, or when the round ends here (``report.again``).

        Raises:
            UnavailableError: The network or the disk; what arrived is kept.
        """
        try:
            head, held = self._store.begin_snapshot(self._gateway.snapshot())
            while held < head.byte_length:
                held += self._fetch(head, held)
                report.remaining = round(head.rows * (1 - held / head.byte_length / 2))
                progress(report)
                if hurry() and held < head.byte_length:
                    report.again = True
                    return False
            self._adopt(head, report, progress)
        except UserError as error:
            _LOG.warning("snapshot not used key=%s", error.key)
            return False
        return True

    def _fetch(self, head: SnapshotHead, at: int) -> int:
        most = min(self._part_bytes, head.byte_length - at)
        try:
            chunk = self._gateway.snapshot_part(head.snapshot_id, at, most)
        except UnavailableError as error:
            if error.key == "network.timeout":
                self._part_bytes = max(_LEAST_PART_BYTES, self._part_bytes // 2)
            raise
        if not 0 < len(chunk) <= most:
            raise cut_short()
        self._store.keep_part(at, chunk)
        return len(chunk)

    def _adopt(self, head: SnapshotHead, report: SyncReport, progress: Progress) -> None:
        def told(rows: int) -> None:
            report.remaining = max(0, (head.rows - rows) // 2)
            progress(report)

        report.changed |= self._store.adopt(told)
        report.rows += head.rows
        report.remaining = 0
        progress(report)
