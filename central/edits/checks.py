"""Which edits and choices central does not store: malformed, or not this terminal's to make. Pure.

What is well-formed but odd (an officer nobody knows, a clock far ahead) is stored and flagged
(``central.edits.take``); a record that does not exist yet is made from its blank fields.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from parking.edit import ChoiceReason, ConflictChoice, Edit, FieldChange
from parking.errors import UserError
from parking.terminal import Terminal, TerminalKind
from sync.merge import readable, units
from sync.records import BY_NAME, Record, fields_of

_CONTENT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def check_edit(edit: Edit, terminal: Terminal) -> None:
    """Check what an edit says of itself.

    Raises:
        UserError: ``edit.field`` naming the field and what is allowed; ``edit.not_allowed``.
    """
    record = BY_NAME.get(edit.record)
    if record is None or not record.editors:
        raise UserError("edit.field", f"Edit.record: {edit.record} records are not edited.")
    if terminal.kind not in record.editors:
        raise UserError(
            "edit.not_allowed", f"This device may not edit {record.name} records; its kind may not."
        )
    check_key(record, edit.record_key)
    names = [change.field for change in edit.changes]
    if len(set(names)) < len(names):
        raise UserError("edit.field", "Edit.changes: each field is named once.")
    _check_units(record, names)
    for change in edit.changes:
        _check_change(record, change)


def check_choice(choice: ConflictChoice, terminal: Terminal) -> None:
    """Check what a choice says of itself.

    Raises:
        UserError: ``choice.not_allowed``, ``choice.note``, ``choice.content``.
    """
    if terminal.kind is not TerminalKind.SUPERVISOR:
        raise UserError("choice.not_allowed", "Only a supervisor's desk decides conflicts.")
    if choice.reason is ChoiceReason.OTHER and not choice.note.strip():
        raise UserError("choice.note", "ConflictChoice.note: needed with the reason other.")
    try:
        _CONTENT.decode(choice.content)
    except msgspec.DecodeError as error:
        raise UserError("choice.content", f"ConflictChoice.content: {error}") from error


def check_key(record: Record[Any], key: str) -> None:
    """Check that a text can be the key of a record.

    Raises:
        UserError: ``edit.field``.
    """
    base = next(field.base for field in fields_of(record.of) if field.name == record.key)
    if base is not UUID:
        readable(record, record.key, msgspec.json.encode(key).decode())
        return
    try:
        same = str(UUID(key)) == key
    except ValueError:
        same = False
    if not same:
        raise UserError("edit.field", f"Edit.record_key: {record.name} keys are UUIDs.")


def content_fits(record: Record[Any], choice: ConflictChoice, fields: Iterable[str]) -> bool:
    """Tell whether a choice gives a readable value to exactly the fields of its conflict."""
    content = _CONTENT.decode(choice.content)
    try:
        for name, raw in content.items():
            readable(record, name, bytes(raw).decode())
    except UserError:
        return False
    return content.keys() == set(fields)


def _check_units(record: Record[Any], names: Iterable[str]) -> None:
    named = set(names)
    known = {name for unit in units(record) for name in unit}
    if unknown := sorted(named - known):
        allowed = ", ".join(sorted(known))
        raise UserError(
            "edit.field", f"{record.name}.{unknown[0]}: no field to edit; there are {allowed}."
        )
    for unit in units(record):
        if named & set(unit) and not named >= set(unit):
            raise UserError(
                "edit.field", f"{record.name}: {' and '.join(unit)} are changed together."
            )


def _check_change(record: Record[Any], change: FieldChange) -> None:
    readable(record, change.field, change.value)
    if change.base != "null":
        readable(record, change.field, change.base)
