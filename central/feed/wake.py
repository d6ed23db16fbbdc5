"""Waking terminals: one LISTEN connection per process, fanned out to server-sent events.

Only those are woken whose records and zones moved: the hub looks into the feed once per movement,
however many terminals listen, and a short page rides along in the event, so that nobody has to ask
for it. A row may still lie above the feed's horizon when its notification arrives, because an older
transaction is open; the hub looks again until it is below, so no row waits for the next poll. Runs
on the event loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import psycopg
from msgspec import json

from central.feed.cursor import read_cursor
from central.feed.riding import Movement, Told, reads
from central.feed.scope import Scope
from central.problems import try_later
from central.store import FEED_CHANNEL
from parking.errors import ParkingError
from sync.wire import FeedPage, WakeNews

LISTENER_NAME = "parking-central wake"
"""Of the LISTEN connection, in ``pg_stat_activity``."""
MOST_BYTES = 16 * 1024
"""Of a page that rides along; a larger one is asked for and comes compressed."""

_log = logging.getLogger("central.wake")
_EVENT = b"data: {}\n\n"
_BEAT = b": beat\n\n"
_MOST_PAGES = 8
"""Pages that wait for one terminal; who falls behind is told to ask."""
_NOW = "select pg_snapshot_xmin(pg_current_snapshot())::text"
_SCOPES_CHANGE = frozenset({"terminal", "zone"})
_LOOK_AGAIN_S, _LOOK_AGAIN_MOST_S = 0.002, 0.02
_RECONNECT_S = 1.0

Look = Callable[[int, Collection[Scope], Mapping[UUID, int]], Movement]
"""``central.feed.riding.Looks``; blocks."""


@dataclass(eq=False, slots=True)
class Listener:
    """One terminal that waits.

    Attributes:
        scope: What it reads; None until that is known, and again when zones or terminals changed:
            it is then woken by everything.
        terminal_id: Who it is, where pages shall ride along; None where it asks anyway.
        level: Its schema level.
    """

    scope: Scope | None = None
    terminal_id: UUID | None = None
    level: int = 0
    closed: bool = False
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _pages: list[bytes] = field(default_factory=list)
    _asks: bool = False

    def hear(self, told: Told, pages: Mapping[Scope, bytes]) -> None:
        """Wake up if something of what moved is read here.

        Args:
            told: What moved.
            pages: Events with the rows of it, by scope.
        """
        if any(name in _SCOPES_CHANGE for name, _ in told):
            self.scope = None
        if self.scope is None:
            self.ask()
        elif reads(self.scope, told):
            page = pages.get(self.scope) if self.terminal_id else None
            if page is None or len(self._pages) == _MOST_PAGES:
                self.ask()
            elif not self._asks:
                self._pages.append(page)
                self.moved.set()

    def ask(self) -> None:
        """Wake up and let the terminal ask."""
        self._asks = True
        self._pages.clear()
        self.moved.set()

    def close(self) -> None:
        """Let the wait end for good."""
        self.closed = True
        self.moved.set()

    async def wait(self, timeout_s: float) -> bytes:
        """Wait for a movement.

        Returns:
            Its event; empty when there was none in time, or the hub closed.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self.moved.wait()
        except TimeoutError:
            return b""
        self.moved.clear()
        event = _EVENT if self._asks else b"".join(self._pages)
        self._asks = False
        self._pages.clear()
        return b"" if self.closed else event


class WakeHub:
    """Hands every notification of the feed to the open wake channels, coalesced.

    Attributes:
        connected: Whether the LISTEN connection stands; terminals poll meanwhile if it does not.
    """

    def __init__(
        self, direct_url: str, look: Look, *, most: int, heartbeat_s: float = 15.0
    ) -> None:
        """Listen to nothing yet.

        Args:
            direct_url: Of the database, past any pooler.
            look: Tells what moved; called on a thread.
            most: Channels of this process.
            heartbeat_s: Between two signs of life on a quiet channel.
        """
        self._direct_url = direct_url
        self._look = look
        self._most = most
        self._heartbeat_s = heartbeat_s
        self._listeners: set[Listener] = set()
        self._since = 0
        self._quiet_since: dict[Scope, int] = {}
        """By scope: nothing that is read in it moved from this transaction to ``_since``."""
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
            except (psycopg.Error, ParkingError) as error:
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
        # A thread of its own: requests that fill the others do not hold wake-ups up.
        with ThreadPoolExecutor(1, "wake") as thread:
            thread.submit(int)  # It starts now, not in the middle of a wake-up.
            async with connection:
                await connection.execute(f"listen {FEED_CHANNEL}")
                found = await (await connection.execute(_NOW)).fetchone()
                self._since = int(found[0]) if found else 0
                self._quiet_since.clear()
                self.connected = True
                self.wake_all()
                while True:
                    heard = connection.notifies(timeout=self._heartbeat_s, stop_after=1)
                    # The generator holds the connection, so it ends before the next one.
                    if [notice async for notice in heard]:
                        await self._wake_until_seen(connection, thread)

    async def _wake_until_seen(self, connection: psycopg.AsyncConnection, thread: Executor) -> None:
        # The loop ends because every writer has a statement and an idle limit (central.schema).
        again_s = _LOOK_AGAIN_S
        while True:
            _ = [notice async for notice in connection.notifies(timeout=0)]
            levels = self._levels()
            work = partial(self._look, self._since, self._scopes(), levels)
            movement = await asyncio.get_running_loop().run_in_executor(thread, work)
            self._tell(movement, asked=frozenset(levels))
            if not movement.above:
                return
            await asyncio.sleep(again_s)
            again_s = min(again_s * 2, _LOOK_AGAIN_MOST_S)

    def _scopes(self) -> frozenset[Scope]:
        """Return the scopes whose pages may ride along, and forget those of nobody."""
        scopes = {one.scope for one in self._listeners if one.scope and one.terminal_id}
        self._quiet_since = {scope: self._quiet_since.get(scope, self._since) for scope in scopes}
        return frozenset(scopes)

    def _levels(self) -> dict[UUID, int]:
        """Return levels of the terminals whose scope has to be looked up."""
        return {
            one.terminal_id: one.level
            for one in self._listeners
            if one.scope is None and one.terminal_id
        }

    def _tell(self, movement: Movement, *, asked: Collection[UUID]) -> None:
        """Wake those who read what moved.

        Args:
            movement: What moved.
            asked: The terminals whose scope was looked up with it.
        """
        before, self._since = self._since, movement.low
        if not movement.told:
            return
        for scope in movement.scopes.values():
            self._quiet_since.setdefault(scope, before)
        pages = {
            scope: event
            for scope, page in movement.pages.items()
            if (event := _event(page, since=self._quiet_since.get(scope, before)))
        }
        for scope in self._quiet_since:
            if reads(scope, movement.told):
                self._quiet_since[scope] = movement.low
        for listener in self._listeners:
            who = listener.terminal_id
            if who and listener.scope is None and who in asked:
                listener.scope = movement.scopes.get(who)
                if listener.scope is None:
                    # Revoked: when it asks again it is told so.
                    listener.close()
            listener.hear(movement.told, pages)

    def wake_all(self) -> None:
        """Tell every open channel that the cursor moved."""
        for listener in self._listeners:
            listener.ask()

    def close(self) -> None:
        """End every open channel, so that the server can stop."""
        for listener in self._listeners:
            listener.close()

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
    def listening(self, listener: Listener) -> Iterator[None]:
        """Let somebody hear of movements while the block lasts."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def events(self, listener: Listener) -> AsyncIterator[bytes]:
        """Yield one event now, one per (coalesced) movement, and a comment as heartbeat."""
        with self.listening(listener):
            yield _EVENT
            while not listener.closed:
                event = await listener.wait(self._heartbeat_s)
                if event or not listener.closed:
                    yield event or _BEAT


def _event(page: FeedPage, *, since: int) -> bytes:
    """Return the event with which a page rides along, empty when it is too large for that."""
    cursor = read_cursor(page.cursor, epoch=page.feed_epoch)
    after = str(replace(cursor, xid=since, seq=0))
    event = b"data: " + json.encode(WakeNews(after=after, page=page)) + b"\n\n"
    return event if len(event) <= MOST_BYTES else b""


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
