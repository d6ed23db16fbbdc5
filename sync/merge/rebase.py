"""A terminal's own edits on top of central's row: what was written here does not flicker away.

Pure. The result is only shown; central's ``fold`` decides what stands.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from parking.edit import Edit
from sync.merge.fields import blank, made_of, rule_of, spelled, values_of
from sync.merge.sums import within
from sync.merge.versions import edit_version
from sync.records import Record, Rule

T = TypeVar("T")


def rebase(
    record: Record[T], key: str, row: T | None, edits: Iterable[Edit], *, revision: int = 0
) -> T | None:
    """Return a row with edits on top that it does not carry yet.

    Args:
        record: The class.
        key: Its key as text.
        row: Central's row, None when there is none.
        edits: Our own that central's row does not carry, in any order.
        revision: Of central's row.
    """
    values = blank(record) if row is None else values_of(record, row)
    waiting = sorted(edits, key=lambda edit: (edit.hlc, edit.edit_id))
    if not waiting:
        return row
    for edit in waiting:
        version = edit_version(record, edit)
        for name, value in version.value.items():
            values[name] = _on_top(record, name, values[name], (version.base[name], value))
    return made_of(record, key, values, revision=revision)


def _on_top(record: Record[Any], name: str, now: str, change: tuple[str, str]) -> str:
    base, value = change
    rule = rule_of(record, (name,))
    if now == base or rule not in {Rule.UNION, Rule.COUNTER, Rule.LARGEST}:
        return value
    there, before, after = (msgspec.json.decode(text) for text in (now, base, value))
    if rule is Rule.UNION:
        kept = set(there) - (set(before) - set(after)) | (set(after) - set(before))
        return spelled(record, name, kept)
    if rule is Rule.COUNTER:
        return spelled(record, name, within(record, name, there + after - before))
    return spelled(record, name, max(there, after))
