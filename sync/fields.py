"""Fields of the domain dataclasses as records see them: their types, their markers, the checks.

Knows no SQL and no record. Any thread.
"""

import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter, ge, le
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from parking.errors import BugError, UserError
from parking.markers import Items, Octets, Span, Text

Marker = Span | Text | Octets | Items
FieldTest = Callable[[Any], None]
LOCAL_TYPES: dict[type, str] = {
    str: "TEXT",
    int: "INTEGER",
    bool: "INTEGER",
    bytes: "BLOB",
    UUID: "BLOB",
    datetime: "INTEGER",
    tuple: "TEXT",
}
"""How a terminal's SQLite keeps a field: UUIDs as 16 bytes, instants as whole microseconds since
1970, tuples as JSON, enums as their words. Snapshots are made in this form."""
GENERATION = "generation"
"""A terminal's own column of what the feed brought; rows of a snapshot are of the first one, 1."""
FILE_PAGE_BYTES, FILE_RESERVED_BYTES = 4096, 80
"""Pages of a snapshot's SQLite file, and what is free at the end of each: there a terminal puts
what encrypting the page adds, so that it need not lay out a single row again."""
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record.

    Attributes:
        base: ``str int bool bytes datetime UUID``, an enum class, or ``tuple``.
        item: Class of a tuple's items, else None.
        optional: Whether None is allowed.
        markers: Ranges and lengths.
    """

    name: str
    base: type
    item: type | None
    optional: bool
    markers: tuple[Marker, ...]
    required: bool


_FIELDS: dict[type, tuple[Field, ...]] = {}
_TESTS: dict[type, tuple[FieldTest, ...]] = {}


def fields_of(of: type) -> tuple[Field, ...]:
    """Return the fields of a domain dataclass in declared order.

    Raises:
        BugError: A field has a type that the wire or the tables cannot hold.
    """
    if of not in _FIELDS:
        hints = typing.get_type_hints(of, include_extras=True)
        _FIELDS[of] = tuple(
            _field(entry.name, hints[entry.name], required=entry.default is MISSING)
            for entry in fields(of)
        )
    return _FIELDS[of]


def _field(name: str, hint: Any, *, required: bool) -> Field:
    hint, markers = _without_markers(hint)
    optional = False
    if get_origin(hint) in {typing.Union, types.UnionType}:
        inner = [arg for arg in get_args(hint) if arg is not types.NoneType]
        if len(inner) != 1:
            raise BugError(f"field {name}: only one type, or that type and None")
        hint, more = _without_markers(inner[0])
        markers, optional = markers + more, True
    item = None
    if get_origin(hint) is tuple:
        item, hint = get_args(hint)[0], tuple
    return Field(
        name=name, base=hint, item=item, optional=optional, markers=markers, required=required
    )


def _without_markers(hint: Any) -> tuple[Any, tuple[Marker, ...]]:
    if get_origin(hint) is Annotated:
        base, *extras = get_args(hint)
        return base, tuple(extra for extra in extras if isinstance(extra, Marker))
    return hint, ()


def local_type(base: type) -> str:
    """Return the SQLite type in which a terminal keeps a field's base class."""
    return "TEXT" if issubclass(base, StrEnum) else LOCAL_TYPES[base]


def check(value: Any) -> None:
    """Check ranges and lengths of every field of a dataclass, tuples of dataclasses included.

    Raises:
        UserError: ``record.field``; the sentence names the field and what is allowed.
    """
    quick = _QUICK.get(type(value)) or _quick_of(type(value))
    # What does not fit at a glance is looked at field by field, which names the field.
    tests = quick.others if quick.fits(value) else _tests_of(type(value))
    for test in tests:
        test(value)


@dataclass(frozen=True, slots=True)
class _Quick:
    """The tests of a class for the usual case, in which everything fits.

    Attributes:
        fits: Whether all required fields are in their bounds and all required times are UTC.
        others: Tests of the fields it does not look at.
    """

    fits: Callable[[Any], bool]
    others: tuple[FieldTest, ...]


_QUICK: dict[type, _Quick] = {}


def _quick_of(of: type) -> _Quick:
    required = [field for field in fields_of(of) if not field.optional]
    bounded = [(field, marker) for field in required for marker in field.markers]
    counted = [(field, marker) for field, marker in bounded if not isinstance(marker, Span)]
    spans = [(field, marker) for field, marker in bounded if isinstance(marker, Span)]
    lengths_fit, values_fit = _fit(counted, sized=True), _fit(spans, sized=False)
    times = _values_of([field.name for field in required if field.base is datetime])

    def fits(value: Any) -> bool:
        usual = all(found.tzinfo is UTC and 1 < found.year < 9999 for found in times(value))
        return usual and lengths_fit(value) and values_fit(value)

    others = [test for field in fields_of(of) if field.optional for test in _tests(of, field)]
    others += [_items_test(field) for field in required if _has_records(field)]
    _QUICK[of] = _Quick(fits, tuple(others))
    return _QUICK[of]


def _fit(bounded: Sequence[tuple[Field, Marker]], *, sized: bool) -> Callable[[Any], bool]:
    values = _values_of([field.name for field, _ in bounded])
    bounds = [_bounds(marker) for _, marker in bounded]
    lows, highs = [low for low, _, _ in bounds], [high for _, high, _ in bounds]

    def fit(value: Any) -> bool:
        found = values(value)
        sizes = tuple(map(len, found)) if sized else found
        return all(map(le, lows, sizes)) and all(map(ge, highs, sizes))

    return fit


def _values_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _has_records(field: Field) -> bool:
    return field.item is not None and hasattr(field.item, "__dataclass_fields__")


_FIELD_TESTS: dict[tuple[type, str], tuple[FieldTest, ...]] = {}


def check_field(of: type, name: str, value: Any) -> None:
    """Check the range and length of one field's value, as ``check`` does in a whole record.

    Raises:
        UserError: ``record.field``; the sentence names the field and what is allowed.
    """
    if (of, name) not in _FIELD_TESTS:
        (found,) = (field for field in fields_of(of) if field.name == name)
        _FIELD_TESTS[of, name] = tuple(_tests(of, found))
    holder = types.SimpleNamespace(**{name: value})
    for test in _FIELD_TESTS[of, name]:
        test(holder)


def _tests_of(of: type) -> tuple[FieldTest, ...]:
    if of not in _TESTS:
        _TESTS[of] = tuple(test for field in fields_of(of) for test in _tests(of, field))
    return _TESTS[of]


def _tests(of: type, field: Field) -> Iterator[FieldTest]:
    where = f"{of.__name__}.{field.name}"
    for marker in field.markers:
        yield _range_test(where, field, marker)
    if field.base is datetime:
        yield _offset_test(where, field)
    if _has_records(field):
        yield _items_test(field)


def _range_test(where: str, field: Field, marker: Marker) -> FieldTest:
    low, high, unit = _bounds(marker)
    counted = not isinstance(marker, Span)

    def test(value: Any) -> None:
        found = getattr(value, field.name)
        if found is None:
            return
        size = len(found) if counted else found
        if not low <= size <= high:
            raise UserError("record.field", f"{where}: {low} to {high} {unit} allowed, not {size}.")

    return test


def _bounds(marker: Marker) -> tuple[int, int, str]:
    if isinstance(marker, Span):
        return marker.low, marker.high, "is"
    if isinstance(marker, Text):
        return marker.shortest, marker.longest, "characters are"
    if isinstance(marker, Octets):
        return marker.shortest, marker.longest, "bytes are"
    return marker.least, marker.most, "items are"


def _offset_test(where: str, field: Field) -> FieldTest:
    def test(value: Any) -> None:
        found = getattr(value, field.name)
        if found is None:
            return
        if found.utcoffset() is None:
            raise UserError("record.field", f"{where}: a time must carry its offset from UTC.")
        if not _EARLIEST <= found <= _LATEST:
            raise UserError("record.field", f"{where}: a time of the years 1 to 9999 is allowed.")

    return test


def _items_test(field: Field) -> FieldTest:
    def test(value: Any) -> None:
        for item in getattr(value, field.name):
            check(item)

    return test
