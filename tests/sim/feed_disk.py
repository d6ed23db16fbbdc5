"""What the feed brought to a terminal, in memory, and which of it may go again."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from msgspec import json

from sync.pull import FeedPosition
from sync.records import BY_NAME, RecordKind
from sync.wire import FeedPage
from tests.sim.tables import Tables, Work

_UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def identifiers(payloads: Iterable[bytes]) -> frozenset[str]:
    """Return every identifier that payloads name."""
    return frozenset(found.decode() for data in payloads for found in _UUID.findall(data))


@dataclass(frozen=True, slots=True)
class Fed:
    """One row of the feed; ``zone`` is its scope, None when every zone reads it."""

    payload: bytes
    revision: int
    generation: int
    zone: str | None


@dataclass(frozen=True, slots=True)
class FeedState:
    """Where the feed stands."""

    feed_epoch: str = ""
    cursor: str = ""
    generation: int = 1
    catching_up: bool = True
    zones: tuple[str, ...] | None = None


class MemoryFeed:
    """The receiving end of the feed; rows in use stay until nothing uses them."""

    def __init__(self, tables: Tables, in_use: Callable[[], frozenset[str]]) -> None:
        self._tables = tables
        self._in_use = in_use

    def _state(self) -> FeedState:
        state: FeedState = self._tables.table("feed").get(0, FeedState())
        return state

    def is_yet_to_come(self, place: tuple[str, str], row: Fed) -> bool:
        """Tell whether a row is of before everything was asked for again, and has not come."""
        state, leaving = self._state(), self._tables.table("leaving")
        return row.generation < state.generation and (state.catching_up or place in leaving)

    def position(self) -> FeedPosition:
        state = self._state()
        return FeedPosition(feed_epoch=state.feed_epoch, cursor=state.cursor)

    def start_again(self, feed_epoch: str) -> None:
        work, state = self._tables.begin(), self._state()
        generation = state.generation + 1
        begun = replace(state, feed_epoch=feed_epoch, cursor="", generation=generation)
        work.set("feed", 0, replace(begun, catching_up=True))
        work.commit()

    def apply(self, page: FeedPage) -> frozenset[str]:
        state, work = self._state(), self._tables.begin()
        for row in page.rows:
            self._take_row(work, row.name, bytes(row.data), state.generation)
        zones = state.zones
        if page.zones is not None and tuple(page.zones) != zones:
            zones = kept = tuple(page.zones)
            self._drop(work, lambda _place, row: row.zone is not None and row.zone not in kept)
        left = {(gone.name, gone.key) for gone in page.left}
        self._drop(work, lambda place, _row: place in left)
        if not page.more:
            if state.catching_up:
                self._drop(work, lambda _place, row: row.generation < state.generation)
            self._drop_what_waited(work)
        going_on = state.catching_up and page.more
        then = replace(state, feed_epoch=page.feed_epoch, cursor=page.cursor, zones=zones)
        work.set("feed", 0, replace(then, catching_up=going_on))
        work.commit()
        return frozenset(row.name for row in page.rows)

    def _take_row(self, work: Work, name: str, data: bytes, generation: int) -> None:
        record, value = BY_NAME[name], json.decode(data)
        place, revision = (name, value[record.key]), value.get("revision", 0)
        known = work.get("fed", place)
        work.drop("leaving", place)
        if known is not None and record.kind is RecordKind.FACT:
            work.set("fed", place, replace(known, generation=generation))
        elif known is None or revision >= known.revision or known.generation < generation:
            zone = value[record.scope] if record.scope else None
            work.set("fed", place, Fed(data, revision, generation, zone))

    def _drop(self, work: Work, which: Callable[[tuple[str, str], Fed], bool]) -> None:
        for place, row in list(work.items("fed")):
            if which(place, row):
                if place[1] in self._in_use():
                    work.set("leaving", place, True)
                else:
                    work.drop("fed", place)

    def _drop_what_waited(self, work: Work) -> None:
        for place, _ in list(work.items("leaving")):
            if place[1] not in self._in_use():
                work.drop("fed", place)
                work.drop("leaving", place)
