"""The laws of the merge as checks of one history; the tests and the soak share them."""

import random
from dataclasses import replace
from itertools import combinations

from parking.edit import ConflictState, Edit
from sync.merge import Merged
from tests.unit.sync.sheet import BLANK, CITY_SHEET, World, folded, named, value_of


def sides(merged: Merged, name: str) -> set[str]:
    """Return the values of a field that are kept somewhere, standing or beside."""
    found = {merged.values[name]}
    for each in merged.divergences:
        if name in each.fields:
            at = each.fields.index(name)
            found |= {side.value[at] for side in each.sides}
    return found


def order_changes_nothing(world: World, draw: random.Random) -> None:
    """No order of delivery and no repetition changes what edits come to."""
    shuffled = [*world.all, *world.all[:3]]
    draw.shuffle(shuffled)
    assert folded(shuffled) == folded(world.all)
    assert folded(shuffled, CITY_SHEET) == folded(world.all, CITY_SHEET)


def all_come_to_the_same(world: World) -> None:
    """What came in pieces comes to the same as at once, and every laptop shows it."""
    for who in (0, 1, 2, 0, 1):
        world.sync(who)
    shown = {replace(each.shown or BLANK, revision=0) for each in world.laptops}
    assert shown == {value_of(folded(world.all))}


def asked_exactly_when_unknowing(world: World) -> None:
    """A person is asked exactly when people did not know of each other; of one unit's edits."""
    merged = folded(world.all)
    met = [pair for pair in combinations(world.all, 2) if world.concurrent(*pair)]
    assert bool(met) == bool(merged.divergences)
    for divergence in merged.divergences:
        assert divergence.state is ConflictState.OPEN
        assert sum(side.kept for side in divergence.sides) == 1


def nothing_lost_silently(world: World) -> None:
    """Every value stands, is a side, or was replaced by its own terminal or knowingly."""
    kept = sides(folded(world.all), "remark")
    for one in world.all:
        said = named(one, "remark")
        assert said is not None
        if not _replaced_at_home(world, one) and (_met(world, one) or not _replaced(world, one)):
            assert said.value in kept


def _replaced_at_home(world: World, one: Edit) -> bool:
    return any(
        later.terminal_id == one.terminal_id and one.edit_id in world.knew[later.edit_id]
        for later in world.all
    )


def _replaced(world: World, one: Edit) -> bool:
    return any(one.edit_id in knew for knew in world.knew.values())


def _met(world: World, one: Edit) -> bool:
    return any(world.concurrent(one, other) for other in world.all if other is not one)
