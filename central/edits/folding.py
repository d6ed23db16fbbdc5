"""One record folded anew from all its edits and choices. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from central.edits.checks import content_fits
from central.edits.load import Known, Place, ReceivedChoice, ReceivedEdit, Standing, conflict_id
from central.edits.start import Start
from sync.hlc import clamped
from sync.merge import Merged, Version, blank, choice_version, edit_version, fold, made_of, units
from sync.records import BY_NAME, Record

_NOTHING = Standing(0, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What became of one record.

    Attributes:
        revision: Of the row before; 0 when there was none.
        value: The record as it is to be stored; None when there is nothing to edit: a zone that
            nobody knows.
        extra: Fields of a newer version, kept as they are.
        highest_base: Highest revision that an edit saw; above ``revision`` only after a restore.
    """

    place: Place
    record: Record[Any]
    revision: int
    merged: Merged
    value: Any | None
    extra: Mapping[str, Any]
    highest_base: int


def fold_place(place: Place, known: Known, start: Start | None) -> Folded:
    """Fold a record.

    Args:
        place: Which one; everything about it is in ``known``.
        known: As loaded under the lock.
        start: Of reference data that exists, else None.
    """
    record = BY_NAME[place[0]]
    standing = known.rows.get(place, _NOTHING)
    edits = known.edits.get(place, [])
    versions = [
        *(_edit(record, each, start) for each in edits),
        *_choices(record, place, known, start),
    ]
    merged = fold(record, blank(record) if start is None else start.values, versions)
    return Folded(
        place=place,
        record=record,
        revision=standing.revision,
        merged=merged,
        value=made_of(record, place[1], merged.values),
        extra=standing.extra,
        highest_base=max((each.value.base_revision for each in edits), default=0),
    )


def _edit(record: Record[Any], edit: ReceivedEdit, start: Start | None) -> Version:
    version = edit_version(
        record, edit.value, counted_hlc=clamped(edit.value.hlc, edit.received_utc)
    )
    if start is None or not start.since:
        return version
    later = {name for name in version.value if not _settled(start, name, edit)}
    return replace(
        version,
        base={name: text for name, text in version.base.items() if name in later},
        value={name: text for name, text in version.value.items() if name in later},
    )


def _choices(
    record: Record[Any], place: Place, known: Known, start: Start | None
) -> Iterator[Version]:
    for unit in units(record) if known.choices else ():
        for choice in known.choices.get(conflict_id(place, unit), ()):
            made = choice.value
            settled = start is not None and _settled(start, unit[0], choice)
            if not settled and content_fits(record, made, unit):
                yield choice_version(record, made)


def _settled(start: Start, name: str, received: ReceivedEdit | ReceivedChoice) -> bool:
    return name in start.since and received.received_utc < start.since[name]
