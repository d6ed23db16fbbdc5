"""Parked operations: kept with their bytes, shown to supervisors, closed, or taken after all.

Nothing a device truly signed is dropped: what central does not store as a record it parks for a
person. A terminal may send a parked operation again, the same bytes under the same number; central
judges it once more, as it may know more by then. Runs inside the push's unit of work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.push.chain import Verified
from central.push.facts import Fact, refused
from central.store import Row, load_many, store_many, value_of
from parking.parked import (
    CLOSED,
    FINAL_REFUSALS,
    ParkedClosing,
    ParkedOperation,
    parked_operation_id,
)
from parking.terminal import Terminal, TerminalKind
from sync.records import BY_CLASS, Lane
from sync.wire import OpResult, PushRequest

_PARK = """
insert into parked_operations
    (terminal_id, epoch, lane, op_seq, payload_sha256, link, name, payload, code, text,
        received_utc)
select %(terminal)s, %(epoch)s, %(lane)s, *, %(now)s from unnest(%(seqs)s::int8[],
    %(hashes)s::bytea[], %(links)s::bytea[], %(names)s::text[], %(payloads)s::bytea[],
    %(codes)s::text[], %(texts)s::text[])
on conflict do nothing returning op_seq
"""
# Locked: a supervisor closes while a terminal sends again.
_LOCK = """
select parked_operation_id from parked_operation where parked_operation_id = any (%(ids)s::uuid[])
order by parked_operation_id for update
"""
_PEOPLE = "select officer_id from users where active and officer_id = any (%(ids)s::uuid[])"
_RECORD = BY_CLASS[ParkedOperation]
_TWO = 2
_CLOSED = "A supervisor closed this operation; it is not taken any more."


def park(
    connection: Connection,
    push: PushRequest,
    verified: Verified,
    results: Mapping[int, OpResult],
    *,
    now_utc: datetime,
) -> set[str]:
    """Keep the bytes of every refused operation of the push, and show it to supervisors.

    Returns:
        Codes of those that were not parked before.
    """
    places = [place for place, op in enumerate(push.ops) if results[op.seq].outcome == "refused"]
    if not places:
        return set()
    found = [results[push.ops[place].seq] for place in places]
    columns: dict[str, Any] = {
        "terminal": push.terminal_id,
        "epoch": push.epoch,
        "lane": push.lane,
        "now": now_utc,
        "seqs": [result.seq for result in found],
        "hashes": [verified.hashes[place] for place in places],
        "links": [verified.links[place] for place in places],
        "names": [push.ops[place].name for place in places],
        "payloads": [bytes(push.ops[place].data) for place in places],
        "codes": [result.code for result in found],
        "texts": [result.text for result in found],
    }
    new = set(connection.exec_driver_sql(_PARK, columns).scalars())
    shown = [
        ParkedOperation(
            parked_operation_id=_id(push, verified, place),
            terminal_id=push.terminal_id,
            epoch=push.epoch,
            lane=push.lane,
            op_seq=result.seq,
            name=push.ops[place].name,
            code=result.code,
            text=result.text,
            parked_utc=now_utc,
        )
        for place, result in zip(places, found, strict=True)
        if result.seq in new
    ]
    _store(connection, shown, now_utc)
    return {each.code for each in shown}


def to_judge_again(
    connection: Connection,
    push: PushRequest,
    verified: Verified,
    places: Sequence[int],
    results: dict[int, OpResult],
) -> list[int]:
    """Return the places of operations that were refused before and may pass now.

    Args:
        connection: Of the push's unit of work.
        push: Repeats operations.
        verified: The push.
        places: Operations whose stored answer is a refusal.
        results: The answers; it is told here that a supervisor closed an operation.
    """
    ids = {place: _id(push, verified, place) for place in places}
    open_ones = []
    known = _locked(connection, ids.values())
    for place, each in ids.items():
        seq = push.ops[place].seq
        if each in known and known[each].closed_utc is not None:
            results[seq] = refused(seq, CLOSED, _CLOSED)
        elif results[seq].code not in FINAL_REFUSALS:
            open_ones.append(place)
    return open_ones


def close_taken(
    connection: Connection,
    push: PushRequest,
    verified: Verified,
    places: Iterable[int],
    *,
    now_utc: datetime,
) -> None:
    """Close operations that were parked and are stored now."""
    known = _locked(connection, [_id(push, verified, place) for place in places])
    _store(connection, [replace(each, closed_utc=now_utc) for each in known.values()], now_utc)


def refuse_closings(
    connection: Connection, terminal: Terminal, facts: Sequence[Fact]
) -> list[OpResult]:
    """Return refusals of those closings among the facts that nobody may make."""
    closings = [fact for fact in facts if isinstance(fact.row.value, ParkedClosing)]
    if not closings:
        return []
    known = _locked(connection, {fact.row.value.parked_operation_id for fact in closings})
    named = {each for fact in closings for each in _both(fact.row.value)}
    people = set(connection.exec_driver_sql(_PEOPLE, {"ids": [*map(str, named)]}).scalars())
    answers = []
    for fact in closings:
        parked = known.get(fact.row.value.parked_operation_id)
        if why := _why_not(terminal, fact.row.value, parked, people):
            answers.append(refused(fact.seq, *why))
    return answers


def close(connection: Connection, closings: Sequence[ParkedClosing], now_utc: datetime) -> None:
    """Let stored closings close their operations; what is closed stays as it is."""
    known = _locked(connection, {closing.parked_operation_id for closing in closings})
    when = {each.parked_operation_id: each.closed_utc for each in reversed(closings)}
    closed = [
        replace(each, closed_utc=when[each.parked_operation_id])
        for each in known.values()
        if each.closed_utc is None
    ]
    _store(connection, closed, now_utc)


def _why_not(
    terminal: Terminal, closing: ParkedClosing, parked: ParkedOperation | None, people: set[UUID]
) -> tuple[str, str] | None:
    if terminal.kind is not TerminalKind.SUPERVISOR:
        return "parked.not_allowed", "Only a supervisor's terminal closes a parked operation."
    if parked is None:
        return "parked.unknown", "Central has no parked operation under this identifier."
    if parked.lane == Lane.ORDERS and len(_both(closing) & people) < _TWO:
        return (
            "parked.second_person",
            "Money depends on this operation: two different people of the city close it.",
        )
    return None


def _both(closing: ParkedClosing) -> set[UUID]:
    named = (closing.officer_id, closing.second_officer_id)
    return {each for each in named if each is not None}


def _id(push: PushRequest, verified: Verified, place: int) -> UUID:
    return parked_operation_id(
        terminal_id=push.terminal_id,
        epoch=push.epoch,
        lane=push.lane,
        op_seq=push.ops[place].seq,
        payload_sha256=verified.hashes[place],
    )


def _locked(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, ParkedOperation]:
    keys = [str(each) for each in ids]
    if not keys:
        return {}
    connection.exec_driver_sql(_LOCK, {"ids": keys})
    found = [value_of(_RECORD, row) for row in load_many(connection, _RECORD, keys).values()]
    return {each.parked_operation_id: each for each in found}


def _store(connection: Connection, values: Iterable[ParkedOperation], now_utc: datetime) -> None:
    rows = [Row(value=value) for value in values]
    store_many(connection, _RECORD, rows, received_utc=now_utc)
