"""Waking terminals: one LISTEN connection per process, fanned out to server-sent events.

A wake-up says only "the cursor moved", and only to those whose records and zones did: the hub reads
the end of the feed once per movement, however many terminals listen. A row may still lie above the
feed's horizon when its notification arrives, because an older transaction is open; the hub looks
again until it is below, so no row waits for the next poll. Runs on the event loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import psycopg

from central.feed.scope import Scope
from central.problems import try_later
from central.store import FEED_CHANNEL

LISTENER_NAME = "parking-central wake"
"""Of the LISTEN connection, in ``pg_stat_activity``."""

_log = logging.getLogger("central.wake")
_EVENT = b"data: {}\n\n"
_BEAT = b": beat\n\n"
_HORIZON = """
select low::text, exists (
    select from (select xid from feed order by xid desc limit 1) newest where xid >= low
), array (
    select distinct array[name, coalesce(scope, '')] from feed
    where xid >= %(since)s::text::xid8 and xid < low
) from pg_snapshot_xmin(pg_current_snapshot()) low
"""
_NOW = "select pg_snapshot_xmin(pg_current_snapshot())::text"
_SCOPES_CHANGE = frozenset({"terminal", "zone"})
_LOOK_AGAIN_S = 0.02
_RECONNECT_S = 1.0


Told = Sequence[Sequence[str]]
"""What moved: name of the record and zone, empty where the record has none."""


@dataclass(eq=False, slots=True)
class Listener:
    """One terminal that waits.

    Attributes:
        scope: What it reads; None until that is known, and again when zones or terminals changed:
            it is then woken by everything.
    """

    moved: asyncio.Event
    scope: Scope | None = None
    closed: bool = False

    def hear(self, told: Told) -> None:
        """Wake up if something of what moved is read here."""
        if any(name in _SCOPES_CHANGE for name, _ in told):
            self.scope = None
        if self.scope is None or any(self._reads(self.scope, name, zone) for name, zone in told):
            self.moved.set()

    @staticmethod
    def _reads(scope: Scope, name: str, zone: str) -> bool:
        return name in scope.names and (not zone or scope.zones is None or zone in scope.zones)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a movement; False when there was none in time, or the hub closed."""
        try:
            await asyncio.wait_for(self.moved.wait(), timeout_s)
        except TimeoutError:
            return False
        self.moved.clear()
        return not self.closed


class WakeHub:
    """Hands every notification of the feed to the open wake channels, coalesced.

    Attributes:
        connected: Whether the LISTEN connection stands; terminals poll meanwhile if it does not.
    """

    def __init__(self, direct_url: str, *, most: int, heartbeat_s: float = 15.0) -> None:
        self._direct_url = direct_url
        self._most = most
        self._heartbeat_s = heartbeat_s
        self._listeners: set[Listener] = set()
        self._since = "0"
        self._notified = asyncio.Event()
        self.connected = False

    @property
    def open_channels(self) -> int:
        """Return how many terminals listen now."""
        return len(self._listeners)

    async def run(self) -> None:
        """Listen until cancelled; connects again after a failure, and then wakes everybody."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                _log.warning("wake_listen_lost error=%s", type(error).__name__)
            self.connected = False
            await asyncio.sleep(_RECONNECT_S)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._direct_url,
            autocommit=True,
            prepare_threshold=None,
            application_name=LISTENER_NAME,
        )
        async with connection:
            await connection.execute(f"listen {FEED_CHANNEL}")
            found = await (await connection.execute(_NOW)).fetchone()
            self._since = found[0] if found else "0"
            self.connected = True
            self.wake_all()
            while True:
                heard = connection.notifies(timeout=self._heartbeat_s, stop_after=1)
                # The generator holds the connection, so it ends before the next query.
                if [notice async for notice in heard]:
                    await self._wake_until_seen(connection)

    async def _wake_until_seen(self, connection: psycopg.AsyncConnection) -> None:
        # The loop ends because every writer has a statement and an idle limit (central.schema).
        above = True
        while above:
            _ = [notice async for notice in connection.notifies(timeout=0)]
            found = await (await connection.execute(_HORIZON, {"since": self._since})).fetchone()
            self._since, above, told = found or (self._since, False, [])
            if told:
                for listener in self._listeners:
                    listener.hear(told)
            if above:
                await asyncio.sleep(_LOOK_AGAIN_S)

    def wake_all(self) -> None:
        """Tell every open channel that the cursor moved."""
        for listener in self._listeners:
            listener.moved.set()

    def close(self) -> None:
        """End every open channel, so that the server can stop."""
        for listener in self._listeners:
            listener.closed = True
            listener.moved.set()

    def check_room(self) -> None:
        """Refuse one more channel when this process has as many as it may.

        Raises:
            RefusedError: 503 ``wake.full``; the terminal polls instead.
        """
        if len(self._listeners) >= self._most:
            raise try_later(
                "wake.full", "Too many terminals listen here; poll instead.", after_s=30
            )

    @contextlib.contextmanager
    def listening(self, scope: Scope | None = None) -> Iterator[Listener]:
        """Hear of movements while the block lasts."""
        listener = Listener(asyncio.Event(), scope)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def events(self, scope: Scope | None = None) -> AsyncIterator[bytes]:
        """Yield one event now, one per (coalesced) movement, and a comment as heartbeat."""
        with self.listening(scope) as listener:
            yield _EVENT
            while not listener.closed:
                if await listener.wait(self._heartbeat_s):
                    yield _EVENT
                elif not listener.closed:
                    yield _BEAT


@contextlib.asynccontextmanager
async def running(hub: WakeHub) -> AsyncIterator[WakeHub]:
    """Run the hub's listening task while the block lasts."""
    task = asyncio.create_task(hub.run(), name="wake-hub")
    try:
        yield hub
    finally:
        hub.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
