"""Corrected plates: judged against all rights, and held while people disagree about them.

A citation whose plate is disputed costs no late fee and boots no car until a supervisor chose.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from central.edits.folding import Folded
from central.edits.load import Known, conflict_id
from central.late_truth.judge import judge, store_events
from parking.citation import CitationEvent, EventKind
from parking.edit import PLATE_DISPUTED, ConflictState, PlateCorrection
from parking.ids import uuid7
from parking.plate import plate_key

_OPEN = """
select h.citation_id, h.right_id from citation_event h
where h.citation_id = any (%(ids)s::uuid[]) and h.kind = 'held' and h.reason_code = %(code)s
    and not exists (
        select 1 from citation_event r
        where r.citation_id = h.citation_id and r.kind = 'released' and r.right_id = h.right_id
    )
"""


def plates_of(folded: Iterable[Folded]) -> list[str]:
    """Return the keys of the plates that corrections now say."""
    return [
        plate_key(each.value.plate) for each in folded if isinstance(each.value, PlateCorrection)
    ]


def judge_corrections(
    connection: Connection, folded: Sequence[Folded], known: Known, *, now_utc: datetime
) -> int:
    """Judge what corrections now say, hold what is disputed, release what was decided.

    Args:
        connection: Of the unit of work that stored the corrections, their plates locked.
        folded: All records of the push.
        known: With the choices.
        now_utc: When.

    Returns:
        How many citations were held because a right covers them.
    """
    corrected = [each for each in folded if each.record.of is PlateCorrection]
    if not corrected:
        return 0
    held = _held(connection, [each.place[1] for each in corrected])
    events = []
    for each in corrected:
        citation_id = UUID(each.place[1])
        state = next((found.state for found in each.merged.divergences), None)
        if state is ConflictState.OPEN and citation_id not in held:
            events.append(_hold(citation_id, now_utc))
        if state is ConflictState.DECIDED and citation_id in held:
            events.append(_release(each, known, held[citation_id], now_utc))
    store_events(connection, events, now_utc)
    return len(judge(connection, plates_of(corrected), now_utc=now_utc))


def _held(connection: Connection, citation_ids: list[str]) -> dict[UUID, UUID]:
    found = connection.exec_driver_sql(_OPEN, {"ids": citation_ids, "code": PLATE_DISPUTED})
    return {row[0]: row[1] for row in found}


def _hold(citation_id: UUID, now_utc: datetime) -> CitationEvent:
    return CitationEvent(
        citation_event_id=uuid7(now_utc),
        citation_id=citation_id,
        kind=EventKind.HELD,
        at_utc=now_utc,
        reason_code=PLATE_DISPUTED,
        right_id=uuid7(now_utc),
    )


def _release(folded: Folded, known: Known, hold: UUID, now_utc: datetime) -> CitationEvent:
    (divergence,) = folded.merged.divergences
    made = known.choices[conflict_id(folded.place, divergence.fields)]
    choice = next(each.value for each in made if each.value.choice_id == divergence.choice_id)
    return CitationEvent(
        citation_event_id=uuid7(now_utc),
        citation_id=UUID(folded.place[1]),
        kind=EventKind.RELEASED,
        at_utc=now_utc,
        actor_id=choice.officer_id,
        terminal_id=choice.terminal_id,
        reason_code=choice.reason,
        text=choice.note,
        right_id=hold,
    )
