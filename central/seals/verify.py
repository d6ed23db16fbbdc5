"""The seal worker: checks queued citations against the officer's keys, flags what does not hold.

A row of the queue has the citations of one push. Any number of processes may run it; each takes
rows the others have not locked.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection

from central.database import Database
from central.identity.tokens import public_key
from central.log import alarm, flag
from central.store import load_many, value_of
from parking.citation import Citation
from parking.clock import Clock
from parking.officer import OfficerKey
from parking.seal import sealed_bytes
from sync.records import BY_CLASS

BATCH = 2
# After a restore terminals send citations again before they give the officers' keys back that were
# lost: for a day nobody is judged by a key that may still come.
_RESTORED = """
select exists (
    select from feed_epochs where opened_utc > %(now)s - interval '1 day'
        and opened_utc <> (select min(opened_utc) from feed_epochs)
)
"""
_TAKE = """
select push_id, citation_ids from seal_queue q
where not %(restored)s or exists (
    select from violations v join officer_keys k using (officer_id, terminal_id)
    where v.citation_id = any (q.citation_ids)
)
order by push_id limit %(most)s for update of q skip locked
"""
_DONE = "delete from seal_queue where push_id = any (%(pushes)s::int8[])"
_LATER = "insert into seal_queue (citation_ids) values (%(ids)s::uuid[])"
_KEYS = "select officer_key_id from officer_keys where officer_id = any (%(ids)s::uuid[])"
_RESULT = """
insert into seal_checks (citation_id, valid, officer_key_id, checked_utc)
select *, %(now)s from unnest(%(ids)s::uuid[], %(valid)s::bool[], %(keys)s::uuid[])
on conflict do nothing
"""
_BAD = "seal.invalid"
_BAD_WORDS = "The officer's seal does not fit this citation; it is no evidence until explained."


def verify_seals(database: Database, clock: Clock) -> int:
    """Check the citations of the next pushes in the queue.

    Returns:
        Of how many pushes; call again at once when it is ``BATCH``.

    Raises:
        UnavailableError: As ``Database.unit_of_work``.
    """
    now_utc = clock.now().utc
    with database.unit_of_work("worker:seals") as connection:
        restored = connection.exec_driver_sql(_RESTORED, {"now": now_utc}).scalar_one()
        taken = connection.exec_driver_sql(_TAKE, {"most": BATCH, "restored": restored}).all()
        if not taken:
            return 0
        found = load_many(
            connection, BY_CLASS[Citation], [each for _, ids in taken for each in ids]
        )
        citations: list[Citation] = [value_of(BY_CLASS[Citation], row) for row in found.values()]
        keys = _keys(connection, {citation.officer_id for citation in citations})
        if restored:
            later = [one.citation_id for one in citations if not _own(one, keys)]
            citations = [one for one in citations if _own(one, keys)]
            if later:
                connection.exec_driver_sql(_LATER, {"ids": later})
        _check(connection, citations, keys, now_utc)
        connection.exec_driver_sql(_DONE, {"pushes": [push_id for push_id, _ in taken]})
        return len(taken)


def _check(
    connection: Connection,
    citations: Sequence[Citation],
    keys: Sequence[OfficerKey],
    now_utc: datetime,
) -> None:
    """Keep what became of each seal; flag what does not hold."""
    signers = [_signer(citation, keys) for citation in citations]
    columns = {
        "now": now_utc,
        "ids": [citation.citation_id for citation in citations],
        "valid": [signer is not None for signer in signers],
        "keys": [str(signer) if signer else None for signer in signers],
    }
    connection.exec_driver_sql(_RESULT, columns)
    bad = [one for one, signer in zip(citations, signers, strict=True) if signer is None]
    flag(
        connection,
        [("citation", str(one.citation_id), _BAD, _BAD_WORDS) for one in bad],
        now_utc,
    )
    for one in bad:
        alarm(connection, _BAD, f"citation:{one.citation_id}", _BAD_WORDS, now_utc)


def _keys(connection: Connection, officers: set[UUID]) -> list[OfficerKey]:
    ids = connection.exec_driver_sql(_KEYS, {"ids": list(officers)}).scalars().all()
    found = load_many(connection, BY_CLASS[OfficerKey], ids)
    return [value_of(BY_CLASS[OfficerKey], row) for row in found.values()]


def _signer(citation: Citation, keys: Sequence[OfficerKey]) -> UUID | None:
    signed = sealed_bytes(citation)
    for key in _own(citation, keys):
        if _holds(key.public_key, citation.seal, signed):
            return key.officer_key_id
    return None


def _own(citation: Citation, keys: Sequence[OfficerKey]) -> list[OfficerKey]:
    """Return the keys that its officer has on its terminal."""
    wanted = citation.officer_id, citation.terminal_id
    return [key for key in keys if (key.officer_id, key.terminal_id) == wanted]


def _holds(raw_key: bytes, seal: bytes, signed: bytes) -> bool:
    try:
        public_key(raw_key).verify(seal, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
