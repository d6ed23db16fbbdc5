"""Reads records back as domain values, from one file or from both. Any worker thread.

A fact made here also comes back by the feed; where both files hold it, it is given once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, select

from local_db.opening import EncryptedFile
from local_db.rows import mapping_of, micros, stored
from local_db.tables import FACT_TABLES, FEED_TABLES
from sync.records import key_of

T = TypeVar("T")


def read(
    file: EncryptedFile,
    tables: dict[str, Table],
    of: type[T],
    *,
    where: Sequence[ColumnElement[bool]] = (),
    order: Sequence[ColumnElement[Any]] = (),
    most: int | None = None,
) -> tuple[T, ...]:
    """Return records of one file.

    Args:
        file: The file.
        tables: ``FACT_TABLES`` or ``FEED_TABLES``, as the file has.
        of: The record class.
        where: Conditions on the table's columns, all of which must hold.
        order: Columns to order by.
        most: Largest number of records.

    Raises:
        UnavailableError: The file is damaged or the disk fails.
    """
    mapping = mapping_of(of)
    table = tables[mapping.record.name]
    statement = select(*(table.c[name] for name in mapping.names))
    statement = statement.where(and_(True, *where)).order_by(*order).limit(most)
    with file.reading() as connection:
        rows = connection.execute(statement).all()
    return tuple(mapping.value(row) for row in rows)


class BothFiles:
    """Facts wherever they are: made here, or brought by the feed."""

    def __init__(self, records: EncryptedFile, reference: EncryptedFile) -> None:
        """Read from two open files."""
        self._files = ((records, FACT_TABLES), (reference, FEED_TABLES))

    def where_in(self, of: type[T], field: str, values: Iterable[object]) -> tuple[T, ...]:
        """Return the facts whose field has one of some values."""
        wanted = [stored(value) for value in values]
        return self._read(of, lambda table: table.c[field].in_(wanted))

    def between(
        self, of: type[T], field: str, first_utc: datetime, end_utc: datetime
    ) -> tuple[T, ...]:
        """Return the facts whose instant lies in [first_utc, end_utc)."""
        first, end = micros(first_utc), micros(end_utc)
        return self._read(of, lambda table: and_(table.c[field] >= first, table.c[field] < end))

    def _read(self, of: type[T], condition: Any) -> tuple[T, ...]:
        name = mapping_of(of).record.name
        found: dict[Any, T] = {}
        for file, tables in self._files:
            for value in read(file, tables, of, where=(condition(tables[name]),)):
                found.setdefault(key_of(value), value)
        return tuple(found.values())
