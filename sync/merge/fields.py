"""Fields of a record as the merge compares them: one spelling of JSON per value. Pure."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import msgspec

from parking.edit import FieldChange
from parking.errors import UserError
from sync.records import Record, Rule, check_field, fields_of

T = TypeVar("T")
Values = Mapping[str, str]
"""Field to the JSON text of its value, in the one spelling of ``readable``."""
NULL = "null"
_REVISION = "revision"
_UNITS: dict[type, tuple[tuple[str, ...], ...]] = {}
_BLANKS: dict[type, dict[str, str]] = {}
_DECODERS: dict[tuple[type, str], msgspec.json.Decoder[Any]] = {}


def units(record: Record[Any]) -> tuple[tuple[str, ...], ...]:
    """Return what wins or loses together: the groups, then every other field by itself.

    The key and central's revision are not among them: nobody edits them.
    """
    if record.of not in _UNITS:
        grouped = {name for group in record.groups for name in group}
        apart = grouped | {record.key, _REVISION}
        alone = tuple((each.name,) for each in fields_of(record.of) if each.name not in apart)
        _UNITS[record.of] = (*record.groups, *alone)
    return _UNITS[record.of]


def rule_of(record: Record[Any], unit: tuple[str, ...]) -> Rule:
    """Return the rule of a unit; the first field of a group speaks for it."""
    return record.rules.get(unit[0], Rule.ASK)


def readable(record: Record[Any], name: str, text: str) -> Any:
    """Return the value of a field from its JSON text, checked by the field's own markers.

    Raises:
        UserError: ``edit.field``, naming the field and what is allowed.
    """
    try:
        value = _decoder(record, name).decode(text)
        check_field(record.of, name, value)
    except msgspec.DecodeError as error:
        raise UserError("edit.field", f"{record.of.__name__}.{name}: {error}") from error
    except UserError as error:
        raise UserError("edit.field", error.sentence) from error
    if any(
        "\0" in text
        for text in (value if isinstance(value, tuple) else (value,))
        if isinstance(text, str)
    ):
        raise UserError("edit.field", f"{record.of.__name__}.{name}: no NUL is allowed.")
    return value


def spelled(record: Record[Any], name: str, value: Any) -> str:
    """Return the one JSON spelling of a value: the words of a set in order, without repeats."""
    if record.rules.get(name) is Rule.UNION:
        value = sorted(set(value))
    return msgspec.json.encode(value).decode()


def respelled(record: Record[Any], name: str, text: str) -> str:
    """Return the one spelling of a stored JSON text; ``null`` stays."""
    if text == NULL:
        return text
    return spelled(record, name, _decoder(record, name).decode(text))


def _decoder(record: Record[Any], name: str) -> msgspec.json.Decoder[Any]:
    if (record.of, name) not in _DECODERS:
        (found,) = (each for each in fields_of(record.of) if each.name == name)
        hint: Any = (
            found.base if found.item is None else types.GenericAlias(tuple, (found.item, ...))
        )
        _DECODERS[record.of, name] = msgspec.json.Decoder(hint | None if found.optional else hint)
    return _DECODERS[record.of, name]


def blank(record: Record[Any]) -> dict[str, str]:
    """Return the values of a record that nobody wrote anything in; ``null`` where none is given."""
    if record.of not in _BLANKS:
        _BLANKS[record.of] = {
            each.name: NULL if each.default is MISSING else spelled(record, each.name, each.default)
            for each in fields(record.of)
            if each.name not in {record.key, _REVISION}
        }
    return dict(_BLANKS[record.of])


def values_of(record: Record[Any], value: Any) -> dict[str, str]:
    """Return what may be edited in a record, field by field."""
    return {
        name: spelled(record, name, getattr(value, name)) for unit in units(record) for name in unit
    }


def made_of(record: Record[T], key: str, values: Values, *, revision: int = 0) -> T | None:
    """Make a record of its values; None while a field that it cannot do without is missing.

    Args:
        record: The class.
        key: Its key as text.
        values: Every field but key and revision, in one spelling.
        revision: Of central's row.
    """
    found: dict[str, Any] = {name: msgspec.json.decode(text) for name, text in values.items()}
    found |= {record.key: key, _REVISION: revision}
    missing = (each for each in fields_of(record.of) if not each.optional)
    if any(found.get(each.name) is None for each in missing):
        return None
    return msgspec.convert(found, record.of)


def changes_between(record: Record[Any], before: Any | None, after: Any) -> tuple[FieldChange, ...]:
    """Return what was changed, whole groups at a time; empty when nothing was.

    Args:
        record: The class of both.
        before: What the person saw; None when there was nothing.
        after: What it is to be.
    """
    old = blank(record) if before is None else values_of(record, before)
    new = values_of(record, after)
    return tuple(
        FieldChange(field=name, base=NULL if before is None else old[name], value=new[name])
        for unit in units(record)
        if any(old[name] != new[name] for name in unit)
        for name in unit
    )
