"""Central's side of edits in a simulation: all edits of a record folded by the shared law.

``sync.merge`` is the law of both sides, so it is used here too; what central does around it (which
edits it folds, revisions, conflict rows) is written anew.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from msgspec import json

from parking.edit import Conflict, ConflictChoice, ConflictSide, ConflictState, Edit
from sync.hlc import clamped
from sync.merge import (
    Divergence,
    Version,
    blank,
    choice_version,
    edit_version,
    fold,
    made_of,
    units,
)
from sync.records import BY_NAME, Record, encode

if TYPE_CHECKING:
    from tests.sim.central import Central, Open
    from tests.sim.disk import Place

_CONFLICTS = UUID(int=0xC0)
Heard = tuple[bytes, datetime]


def conflict_id(place: "Place", fields: tuple[str, ...]) -> UUID:
    """Return what the conflict of some fields of a record is called, whoever finds it."""
    return uuid5(_CONFLICTS, f"{place}{fields}")


def take_edit(
    central: "Central", opened: "Open", data: bytes, now_utc: datetime
) -> tuple[str, str]:
    """Merge an edit; return outcome and code, which names the revision that carries it."""
    edit = json.decode(data, type=Edit)
    place = edit.record, edit.record_key
    _remember(central, opened, ("edits", place), (data, now_utc))
    _fold_again(central, opened, place, now_utc)
    row = opened.work.get("rows", place)
    revision = 0 if row is None else json.decode(row)["revision"]
    return "merged", f"revision.{revision}"


def take_choice(
    central: "Central", opened: "Open", data: bytes, now_utc: datetime
) -> tuple[str, str]:
    """Take a supervisor's choice, even of a conflict that a restored central does not know yet."""
    choice = json.decode(data, type=ConflictChoice)
    _remember(central, opened, ("choices", choice.conflict_id), (data, now_utc))
    row = opened.work.get("rows", ("conflict", str(choice.conflict_id)))
    if row is not None:
        conflict = json.decode(row, type=Conflict)
        _fold_again(central, opened, (conflict.record, conflict.record_key), now_utc)
    return "applied", ""


def _remember(central: "Central", opened: "Open", where: tuple[str, Any], heard: Heard) -> None:
    central.lock(opened, where)
    opened.work.set(*where, (*(opened.work.get(*where) or ()), heard))


def _fold_again(central: "Central", opened: "Open", place: "Place", now_utc: datetime) -> None:
    central.lock(opened, place)
    record, work = BY_NAME[place[0]], opened.work
    heard: tuple[Heard, ...] = work.get("edits", place) or ()
    edits = [(json.decode(data, type=Edit), at_utc) for data, at_utc in heard]
    versions = [*_edit_versions(record, edits), *_choice_versions(record, place, opened)]
    merged = fold(record, blank(record), versions)
    before = work.get("rows", place)
    revision = 0 if before is None else json.decode(before, type=record.of).revision
    row = made_of(record, place[1], merged.values, revision=revision)
    if row is not None and encode(row) != before:
        # Revisions of a central that was restored go on above what terminals have seen.
        revision = max(revision, *(edit.base_revision for edit, _ in edits), 0) + 1
        row = made_of(record, place[1], merged.values, revision=revision)
        central.put(opened, *place, encode(row))
    found = {conflict_id(place, each.fields): each for each in merged.divergences}
    for unit in units(record):
        identifier = conflict_id(place, unit)
        _put_conflict(central, opened, place, (identifier, found.get(identifier)), now_utc)


def _edit_versions(record: Record[Any], edits: list[tuple[Edit, datetime]]) -> Iterator[Version]:
    for edit, at_utc in edits:
        yield edit_version(record, edit, counted_hlc=clamped(edit.hlc, at_utc))


def _choice_versions(record: Record[Any], place: "Place", opened: "Open") -> Iterator[Version]:
    for unit in units(record):
        for data, _at_utc in opened.work.get("choices", conflict_id(place, unit)) or ():
            yield choice_version(record, json.decode(data, type=ConflictChoice))


def _put_conflict(
    central: "Central",
    opened: "Open",
    place: "Place",
    found: tuple[UUID, Divergence | None],
    now_utc: datetime,
) -> None:
    identifier, divergence = found
    at = "conflict", str(identifier)
    row = opened.work.get("rows", at)
    before = None if row is None else json.decode(row, type=Conflict)
    revision = before.revision if before else 0
    if divergence is None:
        return
    made = Conflict(
        conflict_id=identifier,
        record=place[0],
        record_key=place[1],
        fields=divergence.fields,
        base=_object(divergence.fields, divergence.base),
        rule=divergence.rule,
        sides=tuple(
            ConflictSide(
                edit_id=side.version_id,
                content=_object(divergence.fields, side.value),
                officer_id=None,
                terminal_id=None,
                made_utc=None,
                received_utc=None,
                kept=side.kept,
            )
            for side in divergence.sides
        ),
        state=divergence.state,
        found_utc=before.found_utc if before else now_utc,
        choice_id=divergence.choice_id,
        revision=revision,
    )
    if made != before:
        central.put(opened, *at, encode(replace(made, revision=revision + 1)))


def _object(fields: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = zip(fields, values, strict=False)
    return "{" + ",".join(f'"{name}":{text or "null"}' for name, text in pairs) + "}"


def is_open(data: bytes) -> bool:
    """Tell whether a conflict's row waits for a choice."""
    return json.decode(data, type=Conflict).state is ConflictState.OPEN
