"""Turns records into rows and rows back into records; the only place that does. Any thread.

Rows are plain tuples in column order, the same for SQLAlchemy Core and for a bare cursor: UUIDs are
16 bytes, instants whole microseconds, enums their words, tuples JSON.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from parking.plate import plate_key
from sync.records import BY_CLASS, EXTRA, Field, Record, fields_of

T = TypeVar("T")
Converter = Callable[[Any], Any]
PLATE_KEY = "plate_key"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """Return whole microseconds since 1970 of an aware instant."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(microseconds: int) -> datetime:
    """Return the aware UTC instant of whole microseconds since 1970."""
    return _EPOCH + timedelta(0, 0, microseconds)


def stored(value: Any) -> Any:
    """Return one field's value as a column holds it; None stays None."""
    writer = _writer(type(value))
    return value if writer is None else writer(value)


def _writer(base: type) -> Converter | None:
    if issubclass(base, Enum):
        return attrgetter("value")
    if issubclass(base, UUID):
        return attrgetter("bytes")
    if issubclass(base, datetime):
        return micros
    if issubclass(base, tuple):
        return _json
    return int if issubclass(base, bool) else None


def _json(items: tuple[Any, ...]) -> str:
    return msgspec.json.encode(items).decode()


@dataclass(frozen=True, slots=True)
class Mapping(Generic[T]):
    """How one record class lies in its table.

    Attributes:
        record: The declaration.
        columns: Column names; the record's fields first, then our own.
        has_plate: Whether ``plate_key`` is among our own.
        names: Of the record's fields.
        readers: What turns a column's value back, for fields that ``msgspec.convert`` cannot.
        fields: Gives all fields of a value.
        writers: Places of the fields whose columns hold something else, with what makes it.
    """

    record: Record[T]
    columns: tuple[str, ...]
    has_plate: bool
    names: tuple[str, ...]
    readers: tuple[tuple[str, Converter], ...]
    fields: Callable[[T], tuple[Any, ...]]
    writers: tuple[tuple[int, Converter], ...]

    def row(self, value: T, extra: str = "") -> tuple[Any, ...]:
        """Return the row of a value, our own columns included.

        Args:
            value: An instance of the record's class.
            extra: JSON of the fields that this version does not know, or empty.
        """
        row = list(self.fields(value))
        for at, writer in self.writers:
            if row[at] is not None:
                row[at] = writer(row[at])
        if self.has_plate:
            row.append(plate_key(value.plate))  # type: ignore[attr-defined]  # has_plate says so
        row.append(extra)
        return tuple(row)

    def value(self, row: Sequence[Any]) -> T:
        """Return the value of a row whose first columns are the record's fields."""
        fields = dict(zip(self.names, row, strict=False))
        for name, reader in self.readers:
            if fields[name] is not None:
                fields[name] = reader(fields[name])
        # Makes UUIDs of bytes and enums of words on the way, in half the time of the constructor.
        return msgspec.convert(fields, self.record.of)


def _reader(field: Field) -> Converter | None:
    if field.base is datetime:
        return instant
    if field.base is bool:
        return bool
    if field.base is tuple:
        items: Any = tuple[field.item, ...]  # type: ignore[name-defined]  # a class at run time
        return msgspec.json.Decoder(items).decode
    return None


def _mapping(record: Record[T]) -> Mapping[T]:
    fields = fields_of(record.of)
    names = tuple(field.name for field in fields)
    has_plate = "plate" in names
    return Mapping(
        record=record,
        columns=(*names, *((PLATE_KEY,) if has_plate else ()), EXTRA),
        has_plate=has_plate,
        names=names,
        readers=tuple(
            (field.name, reader) for field in fields if (reader := _reader(field)) is not None
        ),
        fields=attrgetter(*names),
        writers=tuple(
            (at, writer)
            for at, field in enumerate(fields)
            if (writer := _writer(field.base)) is not None
        ),
    )


MAPPINGS: dict[type, Mapping[Any]] = {of: _mapping(record) for of, record in BY_CLASS.items()}


def mapping_of(of: type[T]) -> Mapping[T]:
    """Return how a record class lies in its table."""
    return MAPPINGS[of]
