"""The supervisor's queue: citations on hold, with what holds them. Reads only."""

from dataclasses import dataclass

from app.city import fine_rules
from app.ports import HeldCitation
from app.post import Post
from parking.citation import CitationState, fold
from parking.officer import Officer
from parking.violation import ViolationCode
from parking.zone import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One held citation with its folded state and who, where and what it is about."""

    held: HeldCitation
    state: CitationState
    zone: Zone | None
    officer: Officer | None
    code: ViolationCode | None


def held_citations(post: Post) -> tuple[HeldRow, ...]:
    """Return what is still held, oldest hold first."""
    now = post.clock.now().utc
    zones = {zone.zone_id: zone for zone in post.store.zones()}
    officers = {officer.officer_id: officer for officer in post.store.officers()}
    codes = {code.code: code for code in post.store.violation_codes()}
    rows = (
        HeldRow(
            held=held,
            state=fold(held.citation, held.events, as_of_utc=now, rules=fine_rules(zone)),
            zone=zone,
            officer=officers.get(held.citation.officer_id),
            code=codes.get(held.citation.violation_code),
        )
        for held in post.store.held_citations()
        for zone in (zones.get(held.citation.zone_id),)
    )
    return tuple(row for row in rows if row.state.held)
