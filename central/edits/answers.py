"""What central answers to edits and choices, in words for people; and what is odd about them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from central.edits.folding import Folded
from central.edits.load import Place
from central.log import flag
from parking.edit import ConflictState, Edit
from parking.terminal import Terminal
from sync.hlc import clamped
from sync.wire import OpResult

_OFFICERS = "select officer_id from users where officer_id = any (%(ids)s::uuid[])"
Odd = tuple[str, str]
"""Stable code and one sentence."""


def flag_odd(
    connection: Connection, terminal: Terminal, edits: Sequence[Edit], now_utc: datetime
) -> dict[UUID, Odd]:
    """Mark edits that are stored though a person should look; return the first reason of each."""
    if not edits:
        return {}
    ids = [str(each) for each in {edit.officer_id for edit in edits}]
    officers = set(connection.exec_driver_sql(_OFFICERS, {"ids": ids}).scalars())
    found: dict[UUID, list[Odd]] = {}
    for edit in edits:
        if edit.terminal_id != terminal.terminal_id:
            odd = ("edit.terminal", "Another terminal is named than the one that sent this.")
            found.setdefault(edit.edit_id, []).append(odd)
        if edit.officer_id not in officers:
            odd = ("edit.officer", "The officer is not known.")
            found.setdefault(edit.edit_id, []).append(odd)
        if clamped(edit.hlc, now_utc) < edit.hlc:
            odd = ("edit.clock", "The terminal's clock is more than 5 minutes ahead.")
            found.setdefault(edit.edit_id, []).append(odd)
    flag(
        connection,
        [("edit", str(key), *odd) for key, all_ in found.items() for odd in all_],
        now_utc,
    )
    return {key: odd[0] for key, odd in found.items()}


def edit_answer(
    seq: int,
    edit: Edit,
    folded: Folded,
    revisions: Mapping[Place, int],
    odd: Mapping[UUID, Odd],
) -> OpResult:
    """Answer an edit; the code names the revision of the row that carries it."""
    if folded.value is None:
        text = f"Central has no {folded.record.name} {folded.place[1]}; the edit is kept."
        return OpResult(seq, "flagged", "edit.no_record", text)
    code = f"revision.{revisions[folded.place]}"
    ours = [
        each
        for each in folded.merged.divergences
        if any(side.version_id == edit.edit_id for side in each.sides)
    ]
    asked = [each for each in ours if each.state is ConflictState.OPEN]
    if asked:
        names = _words(name for each in asked for name in each.fields)
        text = f"Somebody else changed {names} without knowing of this; a supervisor chooses."
        return OpResult(seq, "conflict", code, text)
    lost = [
        each
        for each in ours
        if any(side.version_id == edit.edit_id and not side.kept for side in each.sides)
    ]
    if lost:
        names = _words(name for each in lost for name in each.fields)
        return OpResult(
            seq, "merged", code, f"Another value of {names} stands; yours is kept on record."
        )
    if edit.edit_id in odd:
        return OpResult(seq, "flagged", code, odd[edit.edit_id][1])
    return OpResult(seq, "merged" if edit.base_revision < folded.revision else "applied", code)


def choice_answer(
    seq: int,
    about: tuple[Place, tuple[str, ...]] | None,
    folded: Mapping[Place, Folded],
) -> OpResult:
    """Answer a choice by place and fields of its conflict, None when central knows none."""
    if about is None:
        text = "Central does not know this conflict yet; the choice is kept for it."
        return OpResult(seq, "flagged", "choice.unknown", text)
    place, fields = about
    found = (each for each in folded[place].merged.divergences if each.fields == fields)
    divergence = next(found, None)
    if divergence is not None and divergence.state is ConflictState.OPEN:
        text = f"More values of {_words(fields)} came since; the conflict is open again."
        return OpResult(seq, "conflict", "", text)
    return OpResult(seq, "applied")


def _words(names: Iterable[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)
