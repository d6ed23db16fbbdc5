"""PostgreSQL's binary form of one-dimensional arrays, made a whole column at a time.

psycopg's own dumper asks every item what it is; a column's type is known beforehand. For the 14,000
items of a push that is a fifth of the time. Form: ``array_recv`` of PostgreSQL. No I/O, any thread.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from struct import Struct
from typing import Any

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD, _EMPTY = Struct(">iiIii").pack, Struct(">iiI").pack
_LENGTH, _INT8, _INT4 = Struct(">i").pack, Struct(">iq").pack, Struct(">ii").pack
_NULL = _LENGTH(-1)
_TRUE, _FALSE = _LENGTH(1) + b"\1", _LENGTH(1) + b"\0"
_UUID_LENGTH = _LENGTH(16)
_DAY_ONE = date(2000, 1, 1)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


class BinaryArray:
    """A whole array, ready to travel; the statement must cast it (``%(ids)s::_uuid``)."""

    __slots__ = ("data",)

    def __init__(self, kind: str, items: Sequence[Any]) -> None:
        """Encode a column.

        Args:
            kind: ``text``, ``int8``, ``bool``, ``bytea``, ``timestamptz``, ``date`` or ``uuid``.
            items: Values of the class that psycopg takes for that type, or None.
        """
        oid, encoded = _KINDS[kind]
        if not items:
            self.data = _EMPTY(0, 0, oid)
        elif None in items:
            parts = [_NULL if item is None else encoded(item) for item in items]
            self.data = _HEAD(1, 1, oid, len(items), 1) + b"".join(parts)
        else:
            self.data = _HEAD(1, 0, oid, len(items), 1) + b"".join(map(encoded, items))


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: BinaryArray) -> bytes:
        return obj.data


def take_arrays(connection: Connection[Any]) -> None:
    """Let a connection take ``BinaryArray`` parameters."""
    connection.adapters.register_dumper(BinaryArray, _AsItIs)


def _text(item: str) -> bytes:
    data = item.encode()
    return _LENGTH(len(data)) + data


def _bytea(item: bytes) -> bytes:
    return _LENGTH(len(item)) + item


def _instant(item: datetime) -> bytes:
    since = item - _MIDNIGHT
    return _INT8(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


_KINDS: Mapping[str, tuple[int, Callable[[Any], bytes]]] = {
    "text": (25, _text),
    "int8": (20, lambda item: _INT8(8, item)),
    "bool": (16, lambda item: _TRUE if item else _FALSE),
    "bytea": (17, _bytea),
    "timestamptz": (1184, _instant),
    "date": (1082, lambda item: _INT4(4, (item - _DAY_ONE).days)),
    "uuid": (2950, lambda item: _UUID_LENGTH + item.bytes),
}
"""Object id of the item type, fixed in PostgreSQL's catalogue, and how one item is written."""
