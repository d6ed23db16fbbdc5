"""Waking terminals: one LISTEN connection per process, fanned out to server-sent events.

A wake-up says only "the cursor moved". A row may still lie above the feed's horizon when its
notification arrives, because an older transaction is open; the hub looks again until it is below
and then wakes once more, so no row waits for the next poll. Runs on the event loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg

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
) from pg_snapshot_xmin(pg_current_snapshot()) low
"""
_LOOK_AGAIN_S = 0.02
_RECONNECT_S = 1.0


@dataclass(eq=False, slots=True)
class _Listener:
    moved: asyncio.Event
    closed: bool = False


class WakeHub:
    """Hands every notification of the feed to the open wake channels, coalesced.

    Attributes:
        connected: Whether the LISTEN connection stands; terminals poll meanwhile if it does not.
    """

    def __init__(self, direct_url: str, *, most: int, heartbeat_s: float = 15.0) -> None:
        self._direct_url = direct_url
        self._most = most
        self._heartbeat_s = heartbeat_s
        self._listeners: set[_Listener] = set()
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
            self.connected = True
            self.wake_all()
            while True:
                heard = connection.notifies(timeout=self._heartbeat_s, stop_after=1)
                # The generator holds the connection, so it ends before the next query.
                if [notice async for notice in heard]:
                    await self._wake_until_seen(connection)

    async def _wake_until_seen(self, connection: psycopg.AsyncConnection) -> None:
        # The loop ends because every writer has a statement and an idle limit (central.schema).
        woken_at, above = "", True
        while above:
            _ = [notice async for notice in connection.notifies(timeout=0)]
            found = await (await connection.execute(_HORIZON)).fetchone()
            low, above = found or ("", False)
            if low != woken_at:
                self.wake_all()
                woken_at = low
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

    async def events(self) -> AsyncIterator[bytes]:
        """Yield one event now, one per (coalesced) movement, and a comment as heartbeat."""
        listener = _Listener(asyncio.Event())
        self._listeners.add(listener)
        try:
            yield _EVENT
            while not listener.closed:
                try:
                    await asyncio.wait_for(listener.moved.wait(), self._heartbeat_s)
                except TimeoutError:
                    yield _BEAT
                    continue
                listener.moved.clear()
                if not listener.closed:
                    yield _EVENT
        finally:
            self._listeners.discard(listener)


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
