"""The plate lookup: one prepared statement finds all that is known about a plate, in one snapshot.

A bare cursor on a read-only connection of its own: building statements or pooling connections would
cost more than the lookup itself (STACK.md 1.1). The ages of the sources are read in the very same
snapshot, so no answer can claim fresher data than it saw. Any worker thread.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects import sqlite
from sqlcipher3 import dbapi2

from local_db.failures import failure
from local_db.opening import EncryptedFile
from local_db.rows import Mapping, instant, mapping_of, micros
from local_db.tables import FEED_TABLES, SOURCE_STATUS
from parking.check import Candidates
from parking.hotlist import HotlistEntry
from parking.plate import look_alikes
from parking.right import ParkingSession, Permit, Right, right_end_utc
from parking.zone import Source

_MAPPINGS: tuple[Mapping[Any], ...] = (
    mapping_of(ParkingSession),
    mapping_of(Permit),
    mapping_of(HotlistEntry),
)
_VALUE = tuple(mapping.value for mapping in _MAPPINGS)
_AGES = len(_MAPPINGS)
_WIDTH = max(len(mapping.names) for mapping in _MAPPINGS)
_SOURCES = {source.value: source for source in Source}
REMEMBERED = timedelta(days=7)
"""Payments that ended longer ago say nothing about a car that is seen now."""

Ages = MappingProxyType[Source, datetime]
Found = tuple[list[ParkingSession], list[Permit], list[HotlistEntry], Ages]
_NEVER_HEARD: Ages = MappingProxyType({})


class Lookup:
    """Finds candidates in one file; made once, used by one thread at a time."""

    def __init__(self, reference: EncryptedFile, *, cache_kib: int) -> None:
        """Open the connection.

        Args:
            reference: The file with the rights.
            cache_kib: Most of it that may stay decrypted in memory, in KiB.

        Raises:
            UnavailableError: The file is damaged or the disk fails.
        """
        self._open = partial(reference.raw_reader, cache_kib=cache_kib)
        self._noted = reference.noted
        self._connection = self._open()
        self._turn = threading.Lock()
        reference.follow(self._pause, self._resume)
        self._heard: tuple[str, Ages] = ("", _NEVER_HEARD)

    def candidates(self, key: str, *, now_utc: datetime) -> Candidates:
        """Return all that is known about one plate key.

        Look-alikes are sought only where no right found by the exact key is valid now: that is
        when an officer might cite.

        Args:
            key: As made by ``parking.plate.plate_key``; an empty key finds nothing.
            now_utc: Decides only whether look-alikes are worth a second read.

        Raises:
            UnavailableError: The file is damaged or the disk fails.
        """
        since = micros(now_utc - REMEMBERED)
        rights, permits, hotlist, as_of = self._read(_EXACT, key, since)
        found: tuple[Right | HotlistEntry, ...] = ()
        known: tuple[Right, ...] = (*rights, *permits)
        if not any(_valid(right, now_utc) for right in known):
            found = self._look_alikes(tuple(look_alikes(key)), since)
        return Candidates(
            rights=tuple(rights),
            permits=tuple(permits),
            hotlist=tuple(hotlist),
            look_alikes=found,
            as_of=as_of,
        )

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self._connection.close()

    def _pause(self) -> None:
        """Close the connection; whoever looks something up waits for ``_resume``."""
        self._turn.acquire()
        self._connection.close()

    def _resume(self) -> None:
        try:
            self._connection = self._open()
        finally:
            self._turn.release()

    def _look_alikes(self, keys: tuple[str, ...], since: int) -> tuple[Right | HotlistEntry, ...]:
        if not keys:
            return ()
        text = msgspec.json.encode(keys).decode()
        rights, permits, hotlist, _ = self._read(_AMONG, text, since)
        return (*rights, *permits, *hotlist)

    def _read(self, sql: str, key: str, since: int) -> Found:
        try:
            with self._turn:
                rows = self._connection.execute(sql, {"key": key, "since": since}).fetchall()
        except dbapi2.Error as error:
            raise self._noted(failure(error)) from error
        rights: list[ParkingSession] = []
        permits: list[Permit] = []
        hotlist: list[HotlistEntry] = []
        found: tuple[list[Any], ...] = (rights, permits, hotlist)
        as_of = _NEVER_HEARD
        for row in rows:
            if row[0] == _AGES:
                as_of = self._ages(row[1])
            else:
                found[row[0]].append(_VALUE[row[0]](row[1:]))
        return rights, permits, hotlist, as_of

    def _ages(self, told: str) -> Ages:
        """Return the ages of the sources, which rarely differ from the last look's."""
        last_told, as_of = self._heard
        if told == last_told:
            return as_of
        ages: dict[str, int] = msgspec.json.decode(told)
        as_of = MappingProxyType(
            {_SOURCES[name]: instant(at) for name, at in ages.items() if name in _SOURCES}
        )
        self._heard = told, as_of
        return as_of


def _valid(right: Right, now_utc: datetime) -> bool:
    return right.start_utc <= now_utc < right_end_utc(right)


def _prepared(
    matches: Callable[[ColumnElement[str]], ColumnElement[bool]], *, with_ages: bool
) -> str:
    """Return the statement for a bare cursor, with the parameters ``:key`` and ``:since``."""
    parts = [
        _part(which, [table.c[name] for name in mapping.names]).where(matches(table.c.plate_key))
        for which, mapping in enumerate(_MAPPINGS)
        for table in (FEED_TABLES[mapping.record.name],)
    ]
    parts[0] = parts[0].where(FEED_TABLES["parking_session"].c.end_utc > bindparam("since"))
    if with_ages:
        status = SOURCE_STATUS.c
        parts.append(_part(_AGES, [func.json_group_object(status.source, status.as_of_utc)]))
    return str(union_all(*parts).compile(dialect=sqlite.dialect(paramstyle="named")))


def _part(which: int, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    padding = [null()] * (_WIDTH - len(columns))
    all_columns = [literal_column(str(which)), *columns, *padding]
    return select(*(column.label(f"c{at}") for at, column in enumerate(all_columns)))


_EXACT = _prepared(lambda key: key == bindparam("key"), with_ages=True)
_AMONG = _prepared(
    lambda key: key.in_(select(func.json_each(bindparam("key")).table_valued("value").c.value)),
    with_ages=False,
)
