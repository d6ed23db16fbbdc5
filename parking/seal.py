"""Canonical bytes of frozen values: what officers and the city sign, and what versions hash. Pure.

Every field travels with its name, type and length, so no two values share their bytes. A field at
its declared default is left out: a release that adds a field with a default still verifies every
older seal. For the same reason a default, once shipped, never changes. Any thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from parking.citation import Citation
from parking.errors import BugError

_CITATION_PREFIX = b"stamford-citation-seal-1\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def sealed_bytes(citation: Citation) -> bytes:
    """Return the bytes that the officer's key signs: every field but ``seal``.

    Raises:
        BugError: An instant has no UTC offset.
    """
    return canonical_bytes(citation, prefix=_CITATION_PREFIX, without=frozenset({"seal"}))


def canonical_bytes(
    value: object, *, prefix: bytes, without: frozenset[str] = frozenset()
) -> bytes:
    """Return one deterministic encoding of a dataclass.

    Args:
        value: A dataclass instance; its fields hold ``None bool int str bytes UUID datetime date``,
            enums of ``str``, tuples, or dataclasses of these.
        prefix: Names what is encoded and the version of the encoding.
        without: Fields of ``value`` itself that are left out.

    Raises:
        BugError: A field holds anything else, or an instant without UTC offset.
    """
    return prefix + b"".join(_field_parts(value, without))


def _field_parts(value: Any, without: frozenset[str]) -> Iterator[bytes]:
    for field in fields(value):
        content = getattr(value, field.name)
        if field.name not in without and content != field.default:
            yield _part(b"f", field.name.encode())
            yield _encoded(content)


def _part(tag: bytes, body: bytes) -> bytes:
    return tag + len(body).to_bytes(4, "big") + body


def _encoded(content: object) -> bytes:
    for kind, tag, body in _KINDS:
        if isinstance(content, kind):
            return _part(tag, body(content))
    if not is_dataclass(content):
        raise BugError(f"no canonical bytes for a {type(content).__name__}")
    return _part(b"r", b"".join(_field_parts(content, frozenset())))


def _microseconds(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise BugError("an instant without UTC offset has no canonical bytes")
    return (instant - _EPOCH) // _MICROSECOND


_KINDS: tuple[tuple[type, bytes, Callable[[Any], bytes]], ...] = (
    (type(None), b"n", lambda _: b""),
    (bool, b"b", lambda flag: b"\1" if flag else b"\0"),
    (int, b"i", lambda number: str(number).encode()),
    (str, b"s", str.encode),
    (bytes, b"x", bytes),
    (UUID, b"u", lambda identifier: identifier.bytes),
    (datetime, b"t", lambda instant: str(_microseconds(instant)).encode()),
    (date, b"d", lambda day: day.isoformat().encode()),
    (tuple, b"l", lambda items: b"".join(map(_encoded, items))),
)
"""Subclasses before their base: bool is an int, datetime a date."""
