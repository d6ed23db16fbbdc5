"""Records that may be edited, as this terminal shows them: central's row with our own edits on top.

An edit of ours is shown until central's row carries it. Central's answer names the revision of the
row that does, and until the feed has brought that revision the edit is put on top again: what was
written here does not flicker away, neither before nor after the acknowledgement. A restored central
counts its revisions anew: what it has to be sent again, and what is kept here while the row is one
of before the restore, is put on top whatever its revision. While an answer is lost and the page
came all the same, or a restored feed has not come yet, a counter shows an own difference twice;
what is saved names differences and is right. Reads on any worker thread. Must not import anything
above ``sync``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from local_db.opening import EncryptedFile
from local_db.reads import BothFiles, read
from local_db.rows import instant, stored
from local_db.tables import (
    FACT_TABLES,
    FEED_STATE,
    FEED_TABLES,
    LEAVING,
    MERGED_EDIT,
    OUTBOX,
    SOURCE_STATUS,
    SendState,
)
from local_db.values import Shown
from parking.edit import Conflict, ConflictChoice, ConflictState, Edit
from parking.photo import Photo
from parking.zone import Source
from sync.merge import rebase
from sync.records import BY_CLASS, Record, fields_of
from sync.wire import STORED, Op, OpResult

T = TypeVar("T")
MERGED_IN = "revision."
"""How central's answer to an edit names the revision of the row that carries it."""
_EDIT = FACT_TABLES["edit"].c


class _EditId(msgspec.Struct):
    edit_id: UUID


_EDIT_ID = msgspec.json.Decoder(_EditId)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where an edit of ours stands.

    Attributes:
        revision: That carries it, as central answered; 0 when refused, None when not answered.
        state: In the outbox; None when it was forgotten there, as central has it for good.
    """

    revision: int | None
    state: str | None

    def waits(self, *, at_revision: int, is_old: bool) -> bool:
        """Return whether a row may not carry it: one of a revision, and of before a restore."""
        if self.revision is None:
            return True
        if self.revision == 0:
            return False
        if self.state == SendState.TO_SEND or (is_old and self.state is not None):
            return True
        return self.revision > at_revision


class EditAnswers:
    """What use cases ask about records that may be edited, and about conflicts."""

    def __init__(self, records: EncryptedFile, reference: EncryptedFile) -> None:
        self._records = records
        self._reference = reference
        self._facts = BothFiles(records, reference)

    def shown(self, of: type[T], key: str) -> Shown[T]:
        """Return a record with our own edits on top of central's row."""
        record = BY_CLASS[of]
        # The row first: what is answered in between names a higher revision and is put on top.
        row, is_old = self._row(record, key)
        revision = 0 if row is None else int(row.revision)
        edits, standings, seen_revision = self._own_edits(record, key)
        waiting = [
            edit
            for edit in edits
            if standings[edit.edit_id].waits(at_revision=revision, is_old=is_old)
        ]
        return Shown(
            key=key,
            value=rebase(record, key, row, waiting, revision=revision),
            base_revision=max(revision, seen_revision),
            waiting=len(waiting),
            data_as_of_utc=self._heard_utc(),
        )

    def last_edit(self, of: type, key: str) -> Edit | None:
        """Return the newest edit of a record that is known here and was not refused.

        A laptop knows its own edits only; the desk hears everybody's.
        """
        record = BY_CLASS[of]
        own, standings, _seen = self._own_edits(record, key)
        found = {edit.edit_id: edit for edit in own if standings[edit.edit_id].revision != 0}
        fed = FEED_TABLES["edit"].c
        theirs = (fed.record == record.name, fed.record_key == key)
        for edit in read(self._reference, FEED_TABLES, Edit, where=theirs):
            found.setdefault(edit.edit_id, edit)
        return max(found.values(), key=lambda edit: (edit.made_utc, edit.hlc), default=None)

    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Return the conflicts that wait for a choice, oldest first, without those decided here."""
        is_open = FEED_TABLES["conflict"].c.state == ConflictState.OPEN
        found = read(self._reference, FEED_TABLES, Conflict, where=(is_open,))
        choices = self._facts.where_in(
            ConflictChoice, "conflict_id", [each.conflict_id for each in found]
        )
        waiting = (each for each in found if not _settled(each, choices))
        return tuple(sorted(waiting, key=lambda each: (each.found_utc, each.conflict_id)))

    def choices_of(self, conflict_id: UUID) -> tuple[ConflictChoice, ...]:
        """Return the choices made on a conflict, here or known by feed, oldest first."""
        found = self._facts.where_in(ConflictChoice, "conflict_id", [conflict_id])
        return tuple(sorted(found, key=lambda each: (each.decided_utc, each.choice_id)))

    def photos_of(self, citation_id: UUID) -> tuple[Photo, ...]:
        """Return the photo records of a citation, made here or known by feed, as taken."""
        found = self._facts.where_in(Photo, "citation_id", [citation_id])
        return tuple(sorted(found, key=lambda each: (each.taken_utc, each.photo_id)))

    def _own_edits(
        self, record: Record[Any], key: str
    ) -> tuple[tuple[Edit, ...], dict[UUID, _Standing], int]:
        """Return our edits of a record, where each stands, the highest revision they saw."""
        ours = (_EDIT.record == record.name, _EDIT.record_key == key)
        edits = read(self._records, FACT_TABLES, Edit, where=ours)
        if not edits:
            return (), {}, 0
        ids = [edit.edit_id.bytes for edit in edits]
        statement = (
            select(_EDIT.edit_id, MERGED_EDIT.c.revision, OUTBOX.c.state)
            .outerjoin(MERGED_EDIT, MERGED_EDIT.c.edit_id == _EDIT.edit_id)
            .outerjoin(OUTBOX, OUTBOX.c.record_id == _EDIT.edit_id)
            .where(_EDIT.edit_id.in_(ids))
        )
        with self._records.reading() as connection:
            standings = {
                UUID(bytes=edit_id): _Standing(revision, state)
                for edit_id, revision, state in connection.execute(statement)
            }
        return edits, standings, max(edit.base_revision for edit in edits)

    def _row(self, record: Record[Any], key: str) -> tuple[Any | None, bool]:
        """Return central's row, and whether it is one that the feed has yet to bring again."""
        table = FEED_TABLES[record.name].c
        column = table[record.key]
        is_uuid = any(each.base is UUID for each in fields_of(record.of) if each.name == record.key)
        wanted = stored(UUID(key)) if is_uuid else key
        with self._reference.reading() as connection:
            state = connection.execute(select(FEED_STATE)).one()
            generation = connection.execute(select(table.generation).where(column == wanted))
            is_before = (generation.scalar() or 0) < state.generation
            at = wanted if isinstance(wanted, bytes) else key.encode()
            gone = LEAVING.c.name == record.name, LEAVING.c.key == at
            is_gone = connection.execute(select(LEAVING.c.name).where(*gone)).first() is not None
        # Once all has come, and where central said that all is the same, what is here is its row,
        # unless central has none and it stays for what we have yet to send.
        is_coming = state.catching_up and record.name not in msgspec.json.decode(state.same)
        found = read(self._reference, FEED_TABLES, record.of, where=(column == wanted,))
        return (found[0] if found else None), bool(is_before and (is_coming or is_gone))

    def _heard_utc(self) -> Any:
        """Return until when central was heard: its pay stations' word is as fresh as the feed."""
        status = SOURCE_STATUS.c
        until = select(func.max(status.as_of_utc)).where(status.source == Source.PAY_STATION.value)
        with self._reference.reading() as connection:
            found = connection.execute(until).scalar()
        return None if found is None else instant(found)


def keep_edit_answers(
    connection: Connection, ops: Sequence[Op], results: Iterable[OpResult]
) -> None:
    """Note which revision of a row carries each answered edit; part of storing the answers.

    An edit that central refused is carried by none and is not shown any more: it is parked.
    """
    edits = {op.seq: op.data for op in ops if op.name == "edit"}
    rows = [
        {
            "edit_id": _EDIT_ID.decode(edits[result.seq]).edit_id.bytes,
            "revision": _revision(result),
        }
        for result in results
        if result.seq in edits
    ]
    if rows:
        statement = insert(MERGED_EDIT)
        statement = statement.on_conflict_do_update(
            index_elements=[MERGED_EDIT.c.edit_id],
            set_={"revision": statement.excluded.revision},
        )
        connection.execute(statement, rows)


def _revision(result: OpResult) -> int:
    named = result.code.removeprefix(MERGED_IN)
    if result.outcome in STORED and result.code.startswith(MERGED_IN) and named.isdecimal():
        return int(named)
    return 0


def _settled(conflict: Conflict, choices: Iterable[ConflictChoice]) -> bool:
    sides = {side.side_id for side in conflict.sides}
    return any(
        choice.conflict_id == conflict.conflict_id and sides <= set(choice.seen)
        for choice in choices
    )
