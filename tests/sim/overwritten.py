"""I5: no edit is overwritten in silence. Own code: shares nothing with ``sync.merge``.

Every value that somebody wrote stands in the record, is a side of a conflict, was seen by whoever
replaced it, was replaced later on the same terminal, or was before a supervisor who chose. Sums and
sets lose no part.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from msgspec import json

from parking.edit import Conflict, ConflictChoice, Edit

Rows = Mapping[tuple[str, str], bytes]
_MOST_FORMS, _MOST_TAGS = 1000, 20


@dataclass(slots=True)
class Record:
    """All that was ever said about one record."""

    row: dict[str, Any]
    edits: list[Edit] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)

    def changes(self, name: str) -> Iterator[tuple[Edit, Any, Any]]:
        """Yield the edits of a field with the value they started from and the one they set."""
        for edit in self.edits:
            for change in edit.changes:
                if change.field == name:
                    yield edit, json.decode(change.base), json.decode(change.value)


def overwritten(rows: Rows) -> Iterator[str]:
    """Yield a sentence for each value that went away without a trace.

    Args:
        rows: Of central, by record name and key.
    """
    for (name, _key), record in _records(rows).items():
        for each in sorted({change.field for edit in record.edits for change in edit.changes}):
            if each == "forms_spoiled":
                yield from _lost_in_sum(record, each)
            elif each == "tags":
                yield from _lost_in_set(record, each)
            else:
                yield from _lost_values(record, name, each)


def _records(rows: Rows) -> dict[tuple[str, str], Record]:
    found: dict[tuple[str, str], Record] = {}
    conflicts: dict[tuple[str, str], list[Conflict]] = defaultdict(list)
    for edit in _all(rows, "edit", Edit):
        place = edit.record, edit.record_key
        row = json.decode(rows[place]) if place in rows else {}
        found.setdefault(place, Record(row)).edits.append(edit)
    for conflict in _all(rows, "conflict", Conflict):
        conflicts[conflict.record, conflict.record_key].append(conflict)
    seen = {each for one in _all(rows, "conflict_choice", ConflictChoice) for each in one.seen}
    for place, record in found.items():
        sides = (side for each in conflicts[place] for side in each.sides)
        record.told = seen | {side.edit_id for side in sides if side.edit_id}
    return found


def _all(rows: Rows, name: str, of: type[Any]) -> Iterable[Any]:
    return (json.decode(data, type=of) for place, data in rows.items() if place[0] == name)


def _lost_values(record: Record, name: str, of: str) -> Iterator[str]:
    changes = list(record.changes(of))
    known = [base for _edit, base, _value in changes]
    last = {edit.terminal_id: 0 for edit, _base, _value in changes}
    for edit, _base, _value in changes:
        last[edit.terminal_id] = max(last[edit.terminal_id], edit.hlc)
    for edit, _base, value in changes:
        if edit.hlc < last[edit.terminal_id]:
            continue
        if value != record.row.get(of) and value not in known and edit.edit_id not in record.told:
            yield f"{name}.{of} = {value!r} of terminal {edit.terminal_id.int:x} is gone"


def _lost_in_sum(record: Record, of: str) -> Iterator[str]:
    added = sum(value - (base or 0) for _edit, base, value in record.changes(of))
    wanted = max(0, min(_MOST_FORMS, added))
    if record.row.get(of) != wanted:
        yield f"{of} is {record.row.get(of)}, people added {wanted}"


def _lost_in_set(record: Record, of: str) -> Iterator[str]:
    added: set[str] = set()
    removed: set[str] = set()
    for _edit, base, value in record.changes(of):
        added |= set(value) - set(base or ())
        removed |= set(base or ()) - set(value)
    lost = added - removed - set(record.row.get(of, ()))
    if lost and len(added) <= _MOST_TAGS:
        yield f"{of} lost {min(lost)}"
