"""What one round of sync did, and who hears of it. Data only; sync thread."""

from collections.abc import Callable
from dataclasses import dataclass

from parking.errors import ParkingError
from sync.records import Lane

ALL_LANES = max(Lane) + 1
"""Every lane is below it."""


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What one round did.

    Attributes:
        pushed: Operations central answered.
        photos: Photos central took.
        rows: Rows pulled.
        changed: Names of the records pulled.
        remaining: Rows still to pull, 0 when caught up.
        unread: Rows set aside because this version cannot read them.
        error: The first thing that did not work, else None. Nothing is lost by it.
        again: There is more to do at once.
        again_in_s: There is more to do after this many seconds, > 0: photos wait for their share
            of the network; 0 when nothing waits for that.
        busy_lane: Where ``error`` says that central is busy: lanes below may go meanwhile.
    """

    pushed: int = 0
    photos: int = 0
    rows: int = 0
    changed: frozenset[str] = frozenset()
    remaining: int = 0
    unread: int = 0
    error: ParkingError | None = None
    again: bool = False
    again_in_s: float = 0.0
    busy_lane: int = ALL_LANES


Progress = Callable[[SyncReport], None]
