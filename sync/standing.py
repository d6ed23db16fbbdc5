"""The standing leg of a round: what may be forgotten, what the city vouches for about this device.

A terminal asks every few minutes, sooner while it keeps what central took, and gives what central
vouched for back to one that was restored. Sans network; sync thread only. Must not import
``local_db``, httpx or anything above.
"""

import time
from collections.abc import Callable
from typing import Protocol

from sync.report import Progress, SyncReport
from sync.vouching import ComeBack, ComeBackAnswer, Standing

ASK_EVERY_S = 600.0
ASK_WHILE_KEEPING_S = 60.0
"""Between two questions while operations are kept that central took."""


class StandingStore(Protocol):
    """What the leg needs of the local store; ``local_db.standing.LocalStanding`` is it."""

    def keeps_answered(self) -> bool:
        """Tell whether operations are kept that central took."""
        ...

    def is_dated(self) -> bool:
        """Tell whether an officer was activated here whom the certificate does not name."""
        ...

    def keep(self, standing: Standing) -> None:
        """Check and keep what central said; forget what its backups hold."""
        ...

    def to_give_back(self, *, unknown: bool) -> ComeBack | None:
        """Return what central may have lost; None when there is no reason, or nothing to give."""
        ...

    def gave_back(self) -> None:
        """Note that central, in its present life, was given everything."""
        ...


class StandingGateway(Protocol):
    """What the leg needs of the network; raises as ``sync.engine.Gateway``."""

    def standing(self) -> Standing:
        """Ask how this terminal stands."""
        ...

    def come_back(self, given: ComeBack) -> ComeBackAnswer:
        """Give back what central may have lost."""
        ...


class StandingLeg:
    """Keeps one terminal's standing; lives as long as its engine."""

    def __init__(
        self,
        store: StandingStore,
        gateway: StandingGateway,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet.

        Args:
            store: The local store.
            gateway: The network.
            monotonic: Gives seconds that never go back.
        """
        self._store = store
        self._gateway = gateway
        self._monotonic = monotonic
        self._asked_at: float | None = None

    def run(self, _report: SyncReport, _progress: Progress, _hurry: Callable[[], bool]) -> None:
        """Give back what a restored central may have lost, and ask again when it is time.

        Raises:
            UserError: Central refused, or what it said is not signed by the city.
            UnavailableError: See ``sync.failures``, or the local disk fails.
        """
        self._give_back(unknown=False)
        if self._is_time():
            self._store.keep(self._gateway.standing())
            self._asked_at = self._monotonic()

    def come_back(self) -> bool:
        """Show a central that does not know this device what it said about it.

        Returns:
            False when there is nothing to show: it must be enrolled.

        Raises:
            UserError: Central does not take it back.
            UnavailableError: See ``sync.failures``.
        """
        self._asked_at = None
        return self._give_back(unknown=True)

    def _give_back(self, *, unknown: bool) -> bool:
        given = self._store.to_give_back(unknown=unknown)
        if given is None:
            return False
        self._gateway.come_back(given)
        self._store.gave_back()
        return True

    def _is_time(self) -> bool:
        if self._asked_at is None:
            return True
        passed_s = self._monotonic() - self._asked_at
        if passed_s >= ASK_EVERY_S or self._store.is_dated():
            return True
        return passed_s >= ASK_WHILE_KEEPING_S and self._store.keeps_answered()
