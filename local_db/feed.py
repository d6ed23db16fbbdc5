"""Brings pages of the feed into ``reference``. Sync thread only.

One short transaction per page, cursor included. A row that cannot be read is set aside, told, and
keeps the ages of the sources from moving on: a check then says "cannot know" instead of "not paid".
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from local_db.opening import EncryptedFile
from local_db.rows import mapping_of, micros
from local_db.scope import (
    KeysInUse,
    drop,
    drop_left,
    drop_outside,
    drop_what_waited,
    stay,
)
from local_db.tables import (
    FEED_STATE,
    FEED_TABLES,
    LEAVING,
    SOURCE_STATUS,
    UNREAD_ROW,
)
from parking.errors import UserError
from parking.zone import Source
from sync.pull import FeedPosition
from sync.records import BY_NAME, GENERATION, RECORDS, Record, RecordKind, decode, extra_of
from sync.wire import SCHEMA_LEVEL, FeedPage, FeedRow

_START = FeedPosition(feed_epoch="", cursor="")
_SOURCES = frozenset(source.value for source in Source)
_ROWS_AT_ONCE = 25
"""Some 0.3 ms of pure Python, which a person's save would otherwise wait for at every statement."""
Rows = dict[str, list[tuple[Any, ...]]]
Unread = list[dict[str, Any]]


def _nobody_waits() -> None:
    """Let nobody go first."""


class Feed:
    """The receiving end of the feed on one terminal."""

    def __init__(
        self,
        reference: EncryptedFile,
        in_use: KeysInUse = frozenset[bytes],
        people_first: Callable[[], None] = _nobody_waits,
    ) -> None:
        """Receive into an open file; a newer program asks for everything once more.

        What an older version could not store, this one may be able to.

        Args:
            reference: The file.
            in_use: Gives the keys of rows that must not go yet (``local_db.scope``).
            people_first: Waits while a person saves; called every few rows, never in a transaction.
        """
        self._file = reference
        self._in_use = in_use
        self._people_first = people_first
        with reference.writing() as connection:
            state = connection.execute(select(FEED_STATE)).first()
            if state is None:
                _set_state(connection, _START, generation=1, catching_up=1)
            elif state.wire_level != SCHEMA_LEVEL:
                start = FeedPosition(feed_epoch=state.feed_epoch, cursor="")
                _set_state(connection, start, generation=state.generation + 1, catching_up=1)
            connection.commit()

    def position(self) -> FeedPosition:
        """Return where to go on."""
        with self._file.reading() as connection:
            state = connection.execute(select(FEED_STATE)).one()
        return FeedPosition(feed_epoch=state.feed_epoch, cursor=state.cursor)

    def start_again(self, feed_epoch: str, *, cursor: str = "", same: Collection[str] = ()) -> None:
        """Go back to the beginning of the feed; rows stay usable until the new ones are in.

        Args:
            feed_epoch: Central's present one.
            cursor: Where to begin, if not from nothing.
            same: Records whose rows are known to be as at central; they stay.
        """
        with self._file.writing() as connection:
            state = connection.execute(select(FEED_STATE)).one()
            start = FeedPosition(feed_epoch=feed_epoch, cursor=cursor)
            generation = state.generation + 1
            _set_state(connection, start, generation=generation, catching_up=1, same=same)
            connection.commit()

    def apply(self, page: FeedPage) -> frozenset[str]:
        """Bring a page in, all or nothing; return the names of the records it had.

        Raises:
            UnavailableError: The disk is full or fails; nothing of the page was kept.
        """
        with self._file.reading() as connection:
            state = connection.execute(select(FEED_STATE)).one()
        rows, unread = self._read(page.rows, state.generation)
        with self._file.writing() as connection:
            for name, values in rows.items():
                connection.exec_driver_sql(_PUT_SQL[name], values)
                self._bring_back(connection, name, values)
            if unread:
                connection.execute(insert(UNREAD_ROW).on_conflict_do_nothing(), unread)
            zones = _zones_text(page.zones)
            if page.zones is not None and zones != state.zones:
                drop_outside(connection, page.zones, self._in_use)
            drop_left(connection, page.left, self._in_use)
            if not page.more:
                self._finish(connection, state, page)
            position = FeedPosition(feed_epoch=page.feed_epoch, cursor=page.cursor)
            _set_state(
                connection,
                position,
                generation=state.generation,
                catching_up=int(bool(state.catching_up) and page.more),
                zones=zones,
                same=msgspec.json.decode(state.same) if page.more else (),
            )
            connection.commit()
        return frozenset(rows)

    def _read(self, feed_rows: Sequence[FeedRow], generation: int) -> tuple[Rows, Unread]:
        rows: Rows = {}
        unread: Unread = []
        for start in range(0, len(feed_rows), _ROWS_AT_ONCE):
            _read_rows(feed_rows[start : start + _ROWS_AT_ONCE], generation, rows, unread)
            self._people_first()
        return rows, unread

    def _bring_back(self, connection: Connection, name: str, values: list[tuple[Any, ...]]) -> None:
        # Rows of any record may be leaving: after a restore those go that central no longer has.
        if connection.execute(select(LEAVING.c.name).limit(1)).first():
            at = mapping_of(BY_NAME[name].of).names.index(BY_NAME[name].key)
            stay(connection, name, [row[at] for row in values])

    def _finish(self, connection: Connection, state: Any, page: FeedPage) -> None:
        """Close a whole feed: drop what it no longer has, and let the sources' ages move on."""
        if state.catching_up:
            same = frozenset(msgspec.json.decode(state.same))
            for name in FEED_TABLES.keys() - same:
                old = FEED_TABLES[name].c[GENERATION] < state.generation
                drop(connection, name, old, self._in_use)
            connection.execute(delete(UNREAD_ROW).where(UNREAD_ROW.c.generation < state.generation))
        drop_what_waited(connection, self._in_use)
        if connection.execute(select(UNREAD_ROW.c.name).limit(1)).first() is None:
            set_ages(connection, page.as_of)

    def unread(self) -> int:
        """Return how many rows this version could not read."""
        with self._file.reading() as connection:
            return len(connection.execute(select(UNREAD_ROW.c.name)).all())


def _read_rows(feed_rows: Sequence[FeedRow], generation: int, rows: Rows, unread: Unread) -> None:
    """Add the rows that can be read to one, the others to the other."""
    for feed_row in feed_rows:
        record = BY_NAME.get(feed_row.name)
        if record is None:
            # A newer central has records that this version has no use for.
            continue
        try:
            row = _row(record, feed_row, generation)
        except UserError as error:
            payload = bytes(feed_row.data)
            unread.append(
                {
                    "name": feed_row.name,
                    "payload_sha256": sha256(payload).digest(),
                    "payload": payload,
                    "text": error.sentence,
                    GENERATION: generation,
                }
            )
        else:
            rows.setdefault(record.name, []).append(row)


def _row(record: Record[Any], feed_row: FeedRow, generation: int) -> tuple[Any, ...]:
    value = decode(record, feed_row.data)
    extra = extra_of(record, feed_row.data, value)
    text = msgspec.json.encode(extra).decode() if extra else ""
    return (*mapping_of(record.of).row(value, text), generation)


def _put_sql(record: Record[Any]) -> str:
    """Return the statement that inserts facts once, and replaces the rest unless ours is newer."""
    table = FEED_TABLES[record.name]
    names = (*mapping_of(record.of).columns, GENERATION)
    statement = insert(table).values({name: bindparam(name) for name in names})
    new = statement.excluded
    if record.kind is RecordKind.FACT:
        statement = statement.on_conflict_do_update(
            index_elements=[table.c[record.key]], set_={GENERATION: new[GENERATION]}
        )
    else:
        statement = statement.on_conflict_do_update(
            index_elements=[table.c[record.key]],
            set_={name: new[name] for name in names if name != record.key},
            where=(new.revision >= table.c.revision) | (table.c.generation < new.generation),
        )
    return str(statement.compile(dialect=sqlite.dialect()))


# A page has hundreds of rows: the driver gets them as they are, past SQLAlchemy's parameters.
_PUT_SQL = {record.name: _put_sql(record) for record in RECORDS}


def _age_sql() -> str:
    statement = insert(SOURCE_STATUS).values(
        source=bindparam("source"), as_of_utc=bindparam("as_of_utc")
    )
    statement = statement.on_conflict_do_update(
        index_elements=[SOURCE_STATUS.c.source],
        set_={"as_of_utc": statement.excluded.as_of_utc},
    )
    return str(statement.compile(dialect=sqlite.dialect()))


_AGE_SQL = _age_sql()


def set_ages(connection: Connection, as_of: Mapping[str, datetime]) -> None:
    """Note until when each source is complete."""
    ages = [(name, micros(at)) for name, at in as_of.items() if name in _SOURCES]
    if ages:
        connection.exec_driver_sql(_AGE_SQL, ages)


def _zones_text(zones: Sequence[str] | None) -> str:
    return "" if zones is None else msgspec.json.encode(zones).decode()


def _set_state(
    connection: Connection,
    position: FeedPosition,
    *,
    generation: int,
    catching_up: int,
    zones: str | None = None,
    same: Collection[str] = (),
) -> None:
    values: dict[str, Any] = {
        "id": 1,
        "feed_epoch": position.feed_epoch,
        "cursor": position.cursor,
        "wire_level": SCHEMA_LEVEL,
        GENERATION: generation,
        "catching_up": catching_up,
        "same": msgspec.json.encode(list(same)).decode(),
    }
    if zones is not None:
        values["zones"] = zones
    connection.execute(
        insert(FEED_STATE)
        .values(values)
        .on_conflict_do_update(index_elements=[FEED_STATE.c.id], set_=values)
    )
