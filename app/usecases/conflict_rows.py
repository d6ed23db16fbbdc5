"""Conflicts that wait for a supervisor, with who, where and what they are about. Reads only."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.post import Post
from parking.citation import Citation, open_hold
from parking.edit import Conflict, ConflictSide
from parking.officer import Officer
from parking.photo import Photo
from parking.terminal import Terminal
from parking.zone import Zone

_OF_CITATIONS = frozenset({"citation_note", "plate_correction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One value of a conflict, with the person and the terminal behind it.

    Attributes:
        values: Field to value, as the record would carry them.
        officer: None for the value the record started with, or somebody not known here.
    """

    side: ConflictSide
    values: Mapping[str, Any]
    officer: Officer | None
    terminal: Terminal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """One conflict that waits.

    Attributes:
        base: Field to value that all sides started from.
        citation: The citation it is about; None for other records, or when it is not here yet.
        zone: Where the citation was issued, or the zone that was edited.
        photos: Of the citation, in the order they were taken.
        held: The citation is on hold: it costs the driver nothing more while this waits.
    """

    conflict: Conflict
    base: Mapping[str, Any]
    sides: tuple[SideRow, ...]
    citation: Citation | None
    zone: Zone | None
    photos: tuple[Photo, ...]
    held: bool = False


def conflict_rows(post: Post) -> tuple[ConflictRow, ...]:
    """Return the conflicts that wait for a choice, the oldest first."""
    store = post.store
    officers = {each.officer_id: each for each in store.officers()}
    terminals = {each.terminal_id: each for each in store.terminals()}
    zones = {each.zone_id: each for each in store.zones()}
    found = []
    for conflict in store.open_conflicts():
        citation, held = _citation(post, conflict)
        zone_id = conflict.record_key if conflict.record == "zone" else ""
        found.append(
            ConflictRow(
                conflict=conflict,
                base=json.loads(conflict.base),
                sides=tuple(_sides(conflict.sides, officers, terminals)),
                citation=citation,
                zone=zones.get(zone_id if citation is None else citation.zone_id),
                photos=() if citation is None else store.photos_of(citation.citation_id),
                held=held,
            )
        )
    return tuple(found)


def _sides(
    sides: Iterable[ConflictSide],
    officers: Mapping[UUID, Officer],
    terminals: Mapping[UUID, Terminal],
) -> Iterable[SideRow]:
    for side in sides:
        yield SideRow(
            side=side,
            values=json.loads(side.content),
            officer=None if side.officer_id is None else officers.get(side.officer_id),
            terminal=None if side.terminal_id is None else terminals.get(side.terminal_id),
        )


def _citation(post: Post, conflict: Conflict) -> tuple[Citation | None, bool]:
    """Return the citation a conflict is about, and whether it is on hold."""
    if conflict.record not in _OF_CITATIONS:
        return None, False
    found = post.store.citation(UUID(conflict.record_key))
    if found is None:
        return None, False
    citation, events = found
    return citation, open_hold(events) is not None
