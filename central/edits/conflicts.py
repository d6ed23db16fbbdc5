"""What diverged, as the rows that supervisors read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from central.edits.folding import Folded
from central.edits.load import Known, ReceivedChoice, ReceivedEdit, conflict_id
from parking.edit import (
    STARTED_WITH,
    Conflict,
    ConflictChoice,
    ConflictSide,
    ConflictState,
    Edit,
)
from sync.merge import Divergence, Side

Received = ReceivedEdit | ReceivedChoice
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def conflicts_of(all_: Iterable[Folded], known: Known, now_utc: datetime) -> Iterator[Conflict]:
    """Yield the conflicts of records as they stand now.

    One that the facts no longer show (an import of the city overtook it) is closed, never removed.
    """
    found = set()
    for folded in all_:
        for divergence in folded.merged.divergences:
            identifier = conflict_id(folded.place, divergence.fields)
            found.add(identifier)
            yield _conflict(identifier, folded, divergence, known, now_utc)
    for identifier, before in known.conflicts.items():
        if before.state is ConflictState.OPEN and identifier not in found:
            yield replace(before, state=ConflictState.LOGGED)


def _conflict(
    identifier: UUID, folded: Folded, divergence: Divergence, known: Known, now_utc: datetime
) -> Conflict:
    before = known.conflicts.get(identifier)
    opened_again = (
        before is not None
        and divergence.state is ConflictState.OPEN
        and before.state is not ConflictState.OPEN
    )
    choices = {each.value.choice_id: each for each in known.choices.get(identifier, ())}
    received: dict[UUID, Received] = {
        each.value.edit_id: each for each in known.edits.get(folded.place, ())
    }
    received |= choices
    chosen = choices[divergence.choice_id].value if divergence.choice_id else None
    return Conflict(
        conflict_id=identifier,
        record=folded.place[0],
        record_key=folded.place[1],
        fields=divergence.fields,
        base=_object(divergence.fields, divergence.base),
        rule=divergence.rule,
        sides=tuple(_sides(divergence, received)),
        state=divergence.state,
        found_utc=now_utc if before is None or opened_again else before.found_utc,
        decided_utc=None if chosen is None else chosen.decided_utc,
        choice_id=divergence.choice_id,
    )


def _sides(divergence: Divergence, received: dict[UUID, Received]) -> Iterable[ConflictSide]:
    def arrival(side: Side) -> tuple[datetime, UUID]:
        known = received.get(side.version_id)
        return (known.received_utc if known else _LONG_AGO), side.version_id

    for side in sorted(divergence.sides, key=arrival):
        yield _side(side, divergence.fields, received.get(side.version_id))


def _side(side: Side, fields: Sequence[str], received: Received | None) -> ConflictSide:
    content = _object(fields, side.value)
    if received is None or side.version_id == STARTED_WITH:
        return ConflictSide(
            edit_id=None,
            content=content,
            officer_id=None,
            terminal_id=None,
            made_utc=None,
            received_utc=None,
            kept=side.kept,
        )
    made: Edit | ConflictChoice = received.value
    is_edit = isinstance(made, Edit)
    return ConflictSide(
        edit_id=side.version_id,
        content=content,
        officer_id=made.officer_id,
        terminal_id=made.terminal_id,
        made_utc=made.made_utc if isinstance(made, Edit) else made.decided_utc,
        clock_uncertainty_ms=made.clock_uncertainty_ms,
        received_utc=received.received_utc,
        data_as_of_utc=made.data_as_of_utc if isinstance(made, Edit) else None,
        reason=str(made.reason) if is_edit else (made.reason + " " + _note(made)).strip()[:200],
        kept=side.kept,
    )


def _note(made: Edit | ConflictChoice) -> str:
    return made.note if isinstance(made, ConflictChoice) else ""


def _object(fields: Sequence[str], values: Sequence[str]) -> str:
    """Return the JSON text of an object of fields whose values are JSON texts already."""
    inside = ",".join(
        f'"{name}":{text or "null"}' for name, text in zip(fields, values, strict=False)
    )
    return "{" + inside + "}"
