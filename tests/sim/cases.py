"""The shortest histories known to show each planted bug; ``./soak mutations`` finds others."""

from functools import cache, partial
from pathlib import Path

from msgspec import json

from tests.sim.history import MakeWorld, make_world
from tests.sim.mutations import Mutation
from tests.sim.real_disk import real_disk
from tests.sim.steps import Plan

_on_real_disks = partial(make_world, make_disk=real_disk)


@cache
def cases() -> dict[str, Plan]:
    """Return the case of each bug by its name."""
    text = Path(__file__).with_name("cases.json").read_bytes()
    return json.decode(text, type=dict[str, Plan])


def world_of(mutation: Mutation) -> MakeWorld:
    """Return what makes the city in which a bug can show."""
    return _on_real_disks if mutation.real else make_world
