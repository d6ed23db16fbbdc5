"""What an edit or a choice contributes to the fold of one record. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from parking.edit import ConflictChoice, Edit
from sync.hlc import at
from sync.merge.fields import NULL, Values, blank, respelled
from sync.records import Record

_CONTENT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Values that somebody gave to fields of one record.

    Attributes:
        version_id: Of the edit or the choice.
        terminal_id: Where it was made; None for what the record started with.
        base_revision: Of the row that was seen. Central counts it up with every change, so what
            was made knowing another version has a higher one, whatever the clocks say.
        hlc: As made: the order of one terminal's own versions.
        counted_hlc: As it counts against others, cut by ``sync.hlc.clamped``.
        base: What was seen, in one spelling.
        value: What it is to be.
        seen: Versions that a choice settles.
        is_choice: Made by a supervisor who saw the sides.
    """

    version_id: UUID
    terminal_id: UUID | None
    base_revision: int
    hlc: int
    counted_hlc: int
    base: Values
    value: Values
    seen: frozenset[UUID] = frozenset()
    is_choice: bool = False


def edit_version(record: Record[Any], edit: Edit, *, counted_hlc: int | None = None) -> Version:
    """Return an edit as the fold takes it.

    Args:
        record: The class it edits.
        edit: Checked: its texts can be read as values of the fields.
        counted_hlc: As it counts against others; the edit's own by default.
    """
    nothing = blank(record)
    base: dict[str, str] = {}
    for change in edit.changes:
        seen = respelled(record, change.field, change.base)
        base[change.field] = nothing[change.field] if seen == NULL else seen
    return Version(
        version_id=edit.edit_id,
        terminal_id=edit.terminal_id,
        base_revision=edit.base_revision,
        hlc=edit.hlc,
        counted_hlc=edit.hlc if counted_hlc is None else counted_hlc,
        base=base,
        value={each.field: respelled(record, each.field, each.value) for each in edit.changes},
    )


def choice_version(record: Record[Any], choice: ConflictChoice) -> Version:
    """Return a supervisor's choice as the fold takes it."""
    content: Mapping[str, msgspec.Raw] = _CONTENT.decode(choice.content)
    hlc = at(choice.decided_utc)
    return Version(
        version_id=choice.choice_id,
        terminal_id=choice.terminal_id,
        base_revision=choice.base_revision,
        hlc=hlc,
        counted_hlc=hlc,
        base={},
        value={name: respelled(record, name, bytes(raw).decode()) for name, raw in content.items()},
        seen=frozenset(choice.seen),
        is_choice=True,
    )
