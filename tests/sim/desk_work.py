"""What a person at a terminal sees of records that may change, and does with them."""

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import json

from parking.edit import Conflict, Edit
from sync.hlc import next_hlc
from tests.sim import facts
from tests.sim.disk import Place
from tests.sim.merging import is_open

if TYPE_CHECKING:
    from tests.sim.world import Device

_SHIFTS = (str(UUID(int=0x51)), str(UUID(int=0x52)))


def make_edit(person: facts.Person, device: "Device") -> Edit:
    """Return an edit of a record that others may edit too, from what the terminal shows."""
    place = _some_record(person.draw, device)
    shown, base_revision = device.disk.shown(place)
    wanted = facts.changed(person, *place, shown)
    device.last_hlc = next_hlc(device.last_hlc, now_utc=person.now.utc, heard_utc=None)
    return facts.edit(
        person, place, (shown, wanted), base_revision=base_revision, hlc=device.last_hlc
    )


def make_choice(person: facts.Person, device: "Device") -> list[Any]:
    """Return a supervisor's choice on a conflict that waits for one; nothing when none does."""
    rows = device.disk.rows()
    waiting = sorted(
        data for (name, _key), data in rows.items() if name == "conflict" and is_open(data)
    )
    if not waiting:
        return []
    conflict = json.decode(person.draw.choice(waiting), type=Conflict)
    row = rows.get((conflict.record, conflict.record_key))
    revision = 0 if row is None else json.decode(row)["revision"]
    return [facts.choice(person, conflict, revision)]


def _some_record(draw: Random, device: "Device") -> Place:
    citations = sorted(key for name, key in device.disk.rows() if name == "citation")[:3]
    if citations and draw.random() < 0.7:
        return draw.choice(("citation_note", "plate_correction")), draw.choice(citations)
    return "shift_header", draw.choice(_SHIFTS)
