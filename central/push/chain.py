"""The audit chains of a terminal at central: where each stands, and whether a push continues it.

Every lane of an epoch is a chain of its own. One signature covers a push: the device signs the last
link, and every link hashes all before it. A push may repeat operations (their stored answers are
given again). A push that continues another history under the same numbers is a fork: a cloned or
restored disk. Source: SYNC.md 5, DESIGN.md 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection

from central.identity.tokens import public_key
from central.problems import RefusedError
from parking.audit import GENESIS, head_bytes, link_after
from parking.terminal import Terminal
from sync.wire import Op, OpResult, PushRequest

_OPEN = """
insert into sync_chains (terminal_id, epoch, lane, last_seq, last_link, head_signature,
    clock_offset_ms, schema_level, heard_utc)
values (%(terminal)s, %(epoch)s, %(lane)s, 0, %(genesis)s, '', 0, 1, now()) on conflict do nothing
returning last_seq, last_link
"""
_LOCK = """
select last_seq, last_link from sync_chains
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s for update
"""
_STORED = """
select op_seq, payload_sha256, link, coalesce(again.outcome, first.outcome),
    coalesce(again.code, first.code), coalesce(again.text, first.text)
from sync_operations first
left join retaken_operations again using (terminal_id, epoch, lane, op_seq)
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
    and op_seq between %(first)s and %(last)s
"""
_PARKED_LINKS = """
select link from parked_operations
where terminal_id = %(terminal)s and epoch = %(epoch)s and lane = %(lane)s
    and op_seq = %(seq)s and code = 'fork'
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An operation that central answered before."""

    payload_sha256: bytes
    link: bytes
    result: OpResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A push whose signature holds.

    Attributes:
        hashes: Of each operation's payload, in order.
        links: Of each operation, in order.
        stored: Operations answered before, by seq.
        fork_at: Place in ``ops`` from which they belong to another history, or their number.
        last_seq: Highest operation central had before.
    """

    hashes: list[bytes]
    links: list[bytes]
    stored: dict[int, Stored]
    fork_at: int
    last_seq: int


def verify(
    connection: Connection, terminal: Terminal, push: PushRequest
) -> Verified | RefusedError:
    """Lock the chain of the push and check that the push continues it or forks from it.

    Returns:
        A refusal as a value when the signature fits no history, so that the alarm is committed.

    Raises:
        RefusedError: 400 ``push.order``, 403 ``push.terminal``, 409 ``push.epoch`` or ``push.gap``.
    """
    first = _check_form(terminal, push)
    where = _where(push)
    last_seq, last_link = _lock(connection, where)
    hashes = [sha256(op.data).digest() for op in push.ops]
    stored: dict[int, Stored] = {}
    base: bytes | None = last_link
    # Nearly every push goes on where the last one ended and repeats nothing.
    if first != last_seq + 1:
        stored = _stored(connection, where, first, push.ops[-1].seq)
        base = GENESIS if first == 1 else _link_before(stored, first)
    if links := _continues(terminal, push, base, hashes):
        fork_at = _first_difference(push.ops, hashes, stored)
        return Verified(
            hashes=hashes, links=links, stored=stored, fork_at=fork_at, last_seq=last_seq
        )
    parked = connection.exec_driver_sql(_PARKED_LINKS, {**where, "seq": first - 1})
    for other in parked.scalars():
        if links := _continues(terminal, push, other, hashes):
            return Verified(hashes=hashes, links=links, stored=stored, fork_at=0, last_seq=last_seq)
    if first > last_seq + 1:
        raise _gap(first, last_seq + 1)
    return RefusedError(409, "push.chain", "The signature does not fit the operations sent before.")


def _where(push: PushRequest) -> dict[str, Any]:
    return {"terminal": push.terminal_id, "epoch": push.epoch, "lane": push.lane}


def _gap(first: int, wanted: int) -> RefusedError:
    sentence = f"Central goes on from operation {wanted}, not {first}."
    return RefusedError(409, "push.gap", sentence, next_seq=wanted)


def _link_before(stored: dict[int, Stored], first: int) -> bytes | None:
    known = stored.get(first - 1)
    return known.link if known else None


def _continues(
    terminal: Terminal, push: PushRequest, base: bytes | None, hashes: Sequence[bytes]
) -> list[bytes]:
    """Return the links of the operations if the device signed them after ``base``, else none."""
    links = _links(base, push.ops, hashes) if base is not None else []
    return links if links and _signed(terminal, push, links[-1]) else []


def _check_form(terminal: Terminal, push: PushRequest) -> int:
    if push.terminal_id != terminal.terminal_id:
        raise RefusedError(403, "push.terminal", "A device may send only its own operations.")
    if push.epoch > terminal.epoch:
        raise RefusedError(
            409, "push.epoch", f"This device was enrolled for epoch {terminal.epoch}."
        )
    first = push.ops[0].seq
    if [op.seq for op in push.ops] != list(range(first, first + len(push.ops))):
        raise RefusedError(400, "push.order", "Operations are sent in order, without gaps.")
    return first


def _lock(connection: Connection, where: dict[str, Any]) -> tuple[int, bytes]:
    """Return the last operation of the chain and its link."""
    found = connection.exec_driver_sql(_LOCK, where).first()
    if found is None:
        found = connection.exec_driver_sql(_OPEN, {**where, "genesis": GENESIS}).first()
    if found is None:
        found = connection.exec_driver_sql(_LOCK, where).one()
    return int(found[0]), bytes(found[1])


def _stored(
    connection: Connection, where: dict[str, Any], first: int, last: int
) -> dict[int, Stored]:
    found = connection.exec_driver_sql(_STORED, {**where, "first": first - 1, "last": last})
    return {
        seq: Stored(payload_sha256, link, OpResult(seq, outcome, code, text))
        for seq, payload_sha256, link, outcome, code, text in found
    }


def _links(base: bytes, ops: Sequence[Op], hashes: Sequence[bytes]) -> list[bytes]:
    links = []
    for op, payload_sha256 in zip(ops, hashes, strict=True):
        base = link_after(base, seq=op.seq, name=op.name, payload_sha256=payload_sha256)
        links.append(base)
    return links


def _signed(terminal: Terminal, push: PushRequest, link: bytes) -> bool:
    head = head_bytes(
        terminal_id=terminal.terminal_id,
        epoch=push.epoch,
        lane=push.lane,
        seq=push.ops[-1].seq,
        link=link,
    )
    try:
        public_key(terminal.public_key).verify(push.head_signature, head)
    except InvalidSignature:
        return False
    return True


def _first_difference(ops: Sequence[Op], hashes: Sequence[bytes], stored: dict[int, Stored]) -> int:
    for place, (op, payload_sha256) in enumerate(zip(ops, hashes, strict=True)):
        known = stored.get(op.seq)
        if known is not None and known.payload_sha256 != payload_sha256:
            return place
    return len(ops)
