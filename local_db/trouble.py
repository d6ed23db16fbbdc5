"""What is known here of drivers who could not pay: their slips, and pay stations that were out."""

from uuid import UUID

from local_db.reads import BothFiles
from parking.outage import Outage, OutageEvent, outages
from parking.slip import CouldNotPay
from parking.terminal import Terminal


def slips_of(facts: BothFiles, key: str) -> tuple[CouldNotPay, ...]:
    """Return the slips of a plate key."""
    return facts.where_in(CouldNotPay, "plate_key", [key])


def outages_in(
    facts: BothFiles, zone_id: str, terminals: tuple[Terminal, ...]
) -> tuple[Outage, ...]:
    """Return the outages of a zone's pay stations, the oldest first."""
    names = {each.terminal_id: each.name for each in terminals}
    events: dict[UUID, list[OutageEvent]] = {}
    for event in facts.where_in(OutageEvent, "zone_id", [zone_id]):
        events.setdefault(event.terminal_id, []).append(event)
    found = [
        outage
        for terminal_id, told in events.items()
        for outage in outages(told, names.get(terminal_id, ""))
    ]
    return tuple(sorted(found, key=lambda each: each.from_utc))
