"""What moved since the hub looked last, and the pages that ride along in wake-ups.

Terminals of one scope that are all caught up miss the very same rows, so their page is read and
encoded once, however many they are. Everything of one look is one transaction. Blocks; worker
threads only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.database import Database
from central.feed.cursor import Cursor
from central.feed.epoch import OpenEpochs, feed_epoch
from central.feed.read import quiet_s, read_tail
from central.feed.scope import Scope, scope_of
from central.problems import RefusedError
from central.store import load_many, value_of
from parking.clock import Clock
from parking.terminal import Terminal
from sync.records import BY_CLASS
from sync.wire import FeedPage

MOST_ROWS = 50
"""What rides along; for more a terminal asks, and gets it compressed."""
_HORIZON = """
select low::text, exists (
    select from (select xid from feed order by xid desc limit 1) newest where xid >= low
), array (
    select distinct array[name, coalesce(scope, '')] from feed
    where xid >= %(since)s::text::xid8 and xid < low
) from pg_snapshot_xmin(pg_current_snapshot()) low
"""

Told = Sequence[Sequence[str]]
"""What moved: name of the record and zone, empty where the record has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one look found.

    Attributes:
        low: The horizon; everything below it was told with this look or before.
        above: Whether feed rows wait above it.
        told: What moved between the last look and the horizon.
        scopes: What the terminals asked about read now; those that were revoked are missing.
        pages: The rows of ``told`` by scope; a scope whose rows are too many is missing.
    """

    low: int
    above: bool
    told: Told
    scopes: Mapping[UUID, Scope] = field(default_factory=dict)
    pages: Mapping[Scope, FeedPage] = field(default_factory=dict)


def reads(scope: Scope, told: Told) -> bool:
    """Tell whether something of what moved is read in a scope."""
    return any(
        name in scope.names and (not zone or scope.zones is None or zone in scope.zones)
        for name, zone in told
    )


class Looks:
    """Looks into the feed for one hub."""

    def __init__(self, database: Database, clock: Clock, epochs: OpenEpochs) -> None:
        """Look nowhere yet."""
        self._database = database
        self._clock = clock
        self._epochs = epochs

    def __call__(
        self, since: int, scopes: Collection[Scope], levels: Mapping[UUID, int]
    ) -> Movement:
        """Return what moved.

        Args:
            since: The horizon of the last look.
            scopes: Whose pages are wanted.
            levels: Schema levels of terminals whose scope is wanted, and its page.

        Raises:
            UnavailableError: As ``Database.unit_of_work``.
        """
        with self._database.unit_of_work("worker:wake") as connection:
            now_utc = self._clock.now().utc
            # Before the horizon: what is not below it yet commits after this.
            heard_utc = now_utc - timedelta(seconds=quiet_s(connection))
            low, above, told = _moved(connection, since)
            found = _scopes(connection, levels) if told else {}
            moved = {scope for scope in (*scopes, *found.values()) if reads(scope, told)}
            epoch = self._whole_epoch(connection) if moved else ""
            pages = {
                scope: read_tail(
                    connection,
                    Cursor(epoch, since, 0, scope.scope_id),
                    scope,
                    now_utc=now_utc,
                    heard_utc=heard_utc,
                    most=MOST_ROWS,
                    below=low,
                )
                for scope in (moved if epoch else ())
            }
        pages = {scope: page for scope, page in pages.items() if not page.more}
        return Movement(low=low, above=above, told=told, scopes=found, pages=pages)

    def _whole_epoch(self, connection: Connection) -> str:
        """Return the feed's epoch, empty while it is not whole: who asks is told to come later."""
        epoch = feed_epoch(connection)
        try:
            self._epochs.check(connection, epoch)
        except RefusedError:
            return ""
        return epoch


def _moved(connection: Connection, since: int) -> tuple[int, bool, Told]:
    low, above, told = connection.exec_driver_sql(_HORIZON, {"since": str(since)}).one()
    return int(low), above, told


def _scopes(connection: Connection, levels: Mapping[UUID, int]) -> dict[UUID, Scope]:
    """Return what terminals read now, without those that were revoked."""
    record = BY_CLASS[Terminal]
    known: dict[tuple[Any, ...], Scope] = {}
    found: dict[UUID, Scope] = {}
    for row in load_many(connection, record, levels).values() if levels else ():
        terminal: Terminal = value_of(record, row)
        level = levels[terminal.terminal_id]
        alike = terminal.kind, terminal.zone_id, terminal.zone_ids, level
        if terminal.revoked:
            continue
        if alike not in known:
            known[alike] = scope_of(connection, terminal, level)
        found[terminal.terminal_id] = known[alike]
    return found
