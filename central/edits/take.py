"""``merge_facts``: what a push's new edits and choices do to the records they are about.

Called once per push, after its facts are stored and in the same transaction. Each touched record is
locked and folded anew from *all* its edits: the order in which pushes arrive, or repeat after a
restore, cannot change the outcome (docs/decisions/0017-edits-are-facts.md).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from psycopg import sql
from sqlalchemy import Connection

from central.edits.answers import choice_answer, edit_answer, flag_odd
from central.edits.conflicts import conflicts_of
from central.edits.folding import Folded, fold_place
from central.edits.load import (
    Place,
    ReceivedEdit,
    load_known,
    lock_places,
    place_of,
    places_of_choices,
)
from central.edits.plates import judge_corrections, plates_of
from central.edits.start import load_starts, save_starts
from central.late_truth.judge import lock_plates
from central.store import MOST_AT_ONCE, Row, store_many
from parking.edit import Conflict, ConflictChoice, Edit
from parking.terminal import Terminal
from sync.records import BY_CLASS, BY_NAME, Record
from sync.wire import OpResult

_TOUCH = """
with touched as (
    update {table} set revision = revision + 1 where {key}::text = any (%(keys)s::text[])
    returning {key}::text as key, {scope} as scope
)
insert into feed (name, key, scope) select {name}, key, scope from touched
"""
_LIFT = """
update {table} set revision = %(revision)s where {key}::text = %(row)s
"""


class Stored(Protocol):
    """A fact of the push that is new; ``central.push.facts.Fact`` is it."""

    @property
    def seq(self) -> int:
        """Its number in the push."""
        ...

    @property
    def row(self) -> Row:
        """What was stored."""
        ...


def merge_facts(
    connection: Connection, terminal: Terminal, facts: Sequence[Stored], *, now_utc: datetime
) -> tuple[list[OpResult], int]:
    """Merge the edits and choices among new facts.

    Returns:
        Their answers, and how many citations were held because a right covers a corrected plate.
    """
    edits = {fact.seq: fact.row.value for fact in facts if isinstance(fact.row.value, Edit)}
    choices = {
        fact.seq: fact.row.value for fact in facts if isinstance(fact.row.value, ConflictChoice)
    }
    if not edits and not choices:
        return [], 0
    about = places_of_choices(connection, list(choices.values()))
    places = sorted({*map(place_of, edits.values()), *(place for place, _ in about.values())})
    lock_places(connection, places)
    fresh = [ReceivedEdit(edit, now_utc) for edit in edits.values()]
    known = load_known(connection, places, fresh)
    starts = load_starts(connection, places, now_utc=now_utc)
    folded = {place: fold_place(place, known, starts.get(place)) for place in places}
    lock_plates(connection, plates_of(folded.values()))
    chosen = {place for place, _ in about.values()}
    revisions = _store_rows(connection, folded.values(), chosen, now_utc)
    _store_conflicts(connection, list(conflicts_of(folded.values(), known, now_utc)), now_utc)
    for place, start in starts.items():
        start.folded = folded[place].merged.values
    save_starts(connection, starts)
    held = judge_corrections(connection, list(folded.values()), known, now_utc=now_utc)
    odd = flag_odd(connection, terminal, list(edits.values()), now_utc)
    answers = [
        edit_answer(seq, edit, folded[place_of(edit)], revisions, odd)
        for seq, edit in edits.items()
    ]
    answers += [
        choice_answer(seq, about.get(choice.conflict_id), folded) for seq, choice in choices.items()
    ]
    return answers, held


def _store_rows(
    connection: Connection, folded: Iterable[Folded], chosen: set[Place], now_utc: datetime
) -> dict[Place, int]:
    """Store the records; return the revision that each now has, 0 where there is no record.

    Args:
        connection: Of the unit of work.
        folded: The records.
        chosen: Those that a new choice is about: their revision grows even when they keep what
            they had, so that later edits tell that they knew of the choice.
        now_utc: When.
    """
    by_record: dict[str, list[Folded]] = {}
    revisions = {}
    for each in folded:
        revisions[each.place] = each.revision
        if each.value is not None:
            by_record.setdefault(each.record.name, []).append(each)
    for name, group in by_record.items():
        rows = [Row(value=each.value, extra=each.extra) for each in group]
        stored = store_many(connection, BY_NAME[name], rows, received_utc=now_utc)
        changed = {str(key) for key in stored}
        for each in group:
            if each.place[1] in changed:
                revisions[each.place] = _lifted(connection, each)
        kept = [each for each in group if each.place in chosen and each.place[1] not in changed]
        _touch(connection, BY_NAME[name], [each.place[1] for each in kept])
        revisions |= {each.place: each.revision + 1 for each in kept}
    return revisions


def _touch(connection: Connection, record: Record[Any], keys: Sequence[str]) -> None:
    if keys:
        statement = sql.SQL(_TOUCH).format(
            table=sql.Identifier(record.table_at_central),
            key=sql.Identifier(record.key),
            scope=sql.Identifier(record.scope) if record.scope else sql.SQL("null::text"),
            name=sql.Literal(record.name),
        )
        connection.exec_driver_sql(statement.as_string(None), {"keys": list(keys)})


def _lifted(connection: Connection, folded: Folded) -> int:
    """Return the revision of a row just stored, lifted above all that its edits saw.

    They saw more than we have only after a restore; revisions must not come twice.
    """
    revision = folded.revision + 1
    if folded.highest_base < revision:
        return revision
    record = folded.record
    statement = sql.SQL(_LIFT).format(
        table=sql.Identifier(record.table_at_central), key=sql.Identifier(record.key)
    )
    revision = folded.highest_base + 1
    where = {"revision": revision, "row": folded.place[1]}
    connection.exec_driver_sql(statement.as_string(None), where)
    return revision


def _store_conflicts(
    connection: Connection, conflicts: Sequence[Conflict], now_utc: datetime
) -> None:
    record: Record[Any] = BY_CLASS[Conflict]
    for first in range(0, len(conflicts), MOST_AT_ONCE):
        rows = [Row(value=each) for each in conflicts[first : first + MOST_AT_ONCE]]
        store_many(connection, record, rows, received_utc=now_utc)
