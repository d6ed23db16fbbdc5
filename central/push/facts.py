"""Facts inside operations: read, checked, stored, compared with what a key already holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from central.edits.checks import check_choice, check_edit
from central.store import Row, store_many
from central.tables import PAYLOAD_HASH
from parking.citation import CitationEvent, EventKind
from parking.edit import ConflictChoice, Edit
from parking.errors import UserError
from parking.terminal import Terminal, TerminalKind
from sync.records import BY_NAME, Record, RecordKind, decode, extra_of
from sync.wire import Op, OpResult

_STREET_EVENTS = frozenset(
    {EventKind.PRINTED, EventKind.SERVED, EventKind.VOID_REQUESTED, EventKind.VOIDED}
)
_CENTRAL_EVENTS = frozenset({EventKind.PAID, EventKind.REFUNDED, EventKind.NOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One operation that carries a readable fact."""

    seq: int
    record: Record[Any]
    row: Row

    @property
    def key(self) -> Any:
        """Return the fact's key."""
        return getattr(self.row.value, self.record.key)


def read_fact(op: Op, payload_sha256: bytes, terminal: Terminal, *, lane: int) -> Fact | OpResult:
    """Read an operation that came in a lane, or say why central does not store it."""
    record = BY_NAME.get(op.name)
    if record is None:
        return refused(op.seq, "record.unknown", f"Central does not know records named {op.name}.")
    if record.kind is not RecordKind.FACT:
        return refused(op.seq, "record.not_yours", f"Only central changes {op.name} records.")
    if record.lane != lane:
        return refused(
            op.seq, "push.lane", f"{op.name} records travel in lane {record.lane}, not {lane}."
        )
    try:
        value = decode(record, op.data)
        extra = extra_of(record, op.data, value)
        _check_sender(value, terminal)
    except UserError as error:
        return refused(op.seq, error.key, error.sentence)
    row = Row(value=value, payload_sha256=payload_sha256, extra=extra)
    return Fact(seq=op.seq, record=record, row=row)


def refused(seq: int, code: str, text: str) -> OpResult:
    """Return the answer to an operation that the terminal must park."""
    # A sentence may quote the record, and PostgreSQL holds no NUL.
    return OpResult(seq, "refused", code, text.replace("\0", "")[:500])


def _check_sender(value: Any, terminal: Terminal) -> None:
    """Refuse what a terminal of this kind may not say."""
    if isinstance(value, CitationEvent) and not _may_send(terminal, value.kind):
        raise UserError(
            "event.not_allowed", f"This device may not record that a citation was {value.kind}."
        )
    if isinstance(value, Edit):
        check_edit(value, terminal)
    if isinstance(value, ConflictChoice):
        check_choice(value, terminal)


def _may_send(terminal: Terminal, kind: EventKind) -> bool:
    if terminal.kind is TerminalKind.SUPERVISOR:
        return kind not in _CENTRAL_EVENTS
    return terminal.kind is TerminalKind.OFFICER and kind in _STREET_EVENTS


def store_facts(
    connection: Connection, facts: Sequence[Fact], received_utc: datetime
) -> tuple[list[Fact], list[OpResult]]:
    """Store facts, class by class.

    Returns:
        The facts that are new, and the refusals of those whose key holds something else. A fact
        that was stored before with the same bytes is in neither.
    """
    new: list[Fact] = []
    clashes: list[OpResult] = []
    by_record: dict[str, list[Fact]] = {}
    for fact in facts:
        by_record.setdefault(fact.record.name, []).append(fact)
    for name, group in by_record.items():
        rows = [fact.row for fact in group]
        stored = set(store_many(connection, BY_NAME[name], rows, received_utc=received_utc))
        again: list[Fact] = []
        for fact in group:
            (new if fact.key in stored else again).append(fact)
            stored.discard(fact.key)
        clashes += _clashes(connection, name, again)
    return new, clashes


def _clashes(connection: Connection, name: str, again: Sequence[Fact]) -> list[OpResult]:
    if not again:
        return []
    keys = [str(fact.key) for fact in again]
    found = connection.exec_driver_sql(_hashes(name), {"keys": keys})
    held: dict[str, bytes] = {str(key): stored for key, stored in found}
    return [
        refused(fact.seq, "key.taken", f"Another {name} is stored under this identifier.")
        for fact in again
        if held[str(fact.key)] != fact.row.payload_sha256
    ]


@cache
def _hashes(name: str) -> str:
    record = BY_NAME[name]
    template = sql.SQL("select {key}::text, {hash} from {table} where {key} = any ({keys}::uuid[])")
    return template.format(
        key=sql.Identifier(record.key),
        hash=sql.Identifier(PAYLOAD_HASH),
        table=sql.Identifier(record.table_at_central),
        keys=sql.Placeholder("keys"),
    ).as_string(None)
