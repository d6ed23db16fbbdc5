"""What sync tells the screens: how it stands with the network and what waits. Data only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """What waits for the network.

    Attributes:
        count: Operations and photos not yet acknowledged; a photo whose record central refused
            waits for the person who looks at the record, not for the network.
        oldest_utc: When the oldest was saved, None when nothing waits.
        parked: Operations and photos central refused; a person must look.
        lanes: Operations not yet acknowledged by lane (``sync.records.Lane``), lowest lane first;
            lanes where nothing waits are left out.
    """

    count: int
    oldest_utc: datetime | None
    parked: int
    lanes: tuple[tuple[int, int], ...] = ()


class NetState(StrEnum):
    """What the terminal can say of the network."""

    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncNews:
    """What the sync loop tells the screens after each exchange.

    Attributes:
        changed: Names of records that the last exchange brought.
        remaining: Rows still to pull, 0 when caught up.
        remaining_s: How long that will take, an estimate in seconds; None while nobody can say.
        sentence: What is wrong, in words; empty when all is well.
        clock_offset_ms: Central minus terminal.
        clock_uncertainty_ms: Half-width of the interval in which the true offset lies.
        clock_measured_utc: When that was, by the clock it was measured against; None before the
            first exchange.
        clock_jump_ms: How far the wall clock of this terminal jumped since central was last heard,
            0 when it did not; until it is heard the terminal is unsure of the time by as much.
    """

    net: NetState
    changed: frozenset[str]
    to_send: ToSend
    remaining: int
    sentence: str
    clock_offset_ms: int
    clock_uncertainty_ms: int
    remaining_s: int | None = None
    clock_measured_utc: datetime | None = None
    clock_jump_ms: int = 0


SyncListener = Callable[[SyncNews], None]
