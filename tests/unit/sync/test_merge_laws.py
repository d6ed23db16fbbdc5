"""Laws of the merge over random histories; each history is one tree that several people perturb."""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from parking.edit import ConflictState
from sync.records import Rule
from tests.unit.sync.laws import (
    all_come_to_the_same,
    asked_exactly_when_unknowing,
    nothing_lost_silently,
    order_changes_nothing,
    sides,
)
from tests.unit.sync.sheet import (
    BLANK,
    SHEET,
    World,
    choice,
    folded,
    named,
    value_of,
)

LAW = settings(max_examples=40)
"""The soak searches longer."""
YEARS_10_MS = 10 * 365 * 86_400_000
CLOCKS = st.lists(
    st.sampled_from([0, 0, 40_000, -YEARS_10_MS, YEARS_10_MS]), min_size=3, max_size=3
)
WHO = st.integers(0, 2)
FEW_WORDS = st.sampled_from(["", "A", "B"])
CHANGES = st.one_of(
    st.fixed_dictionaries({"plate": FEW_WORDS, "state": FEW_WORDS}),
    st.fixed_dictionaries({"remark": FEW_WORDS}),
    st.fixed_dictionaries({"motto": FEW_WORDS, "car": FEW_WORDS}),
    st.fixed_dictionaries({"odometer": st.integers(0, 3), "spoiled": st.integers(0, 90)}),
    st.fixed_dictionaries({"tags": st.lists(st.sampled_from("abcdefgh"), max_size=6).map(tuple)}),
)
STEPS = st.lists(st.tuples(WHO, st.one_of(st.none(), CHANGES)), max_size=14)


def told(clocks_ms: list[int], steps: list[tuple[int, dict[str, Any] | None]]) -> World:
    """Play a history: each step is an edit, or, where it has none, an exchange with central."""
    world = World(clocks_ms)
    for who, changed in steps:
        if changed is None:
            world.sync(who)
        else:
            world.edit(who, **changed)
    return world


@LAW
@given(clocks=CLOCKS, steps=STEPS, seed=st.randoms(use_true_random=False))
def test_no_order_and_no_repetition_changes_what_edits_come_to(
    clocks: list[int], steps: Any, seed: random.Random
) -> None:
    order_changes_nothing(told(clocks, steps), seed)


@LAW
@given(clocks=CLOCKS, steps=STEPS)
def test_what_came_in_pieces_comes_to_the_same_as_at_once(clocks: list[int], steps: Any) -> None:
    all_come_to_the_same(told(clocks, steps))


UNIQUE = st.lists(st.tuples(WHO, st.booleans()), max_size=12)


def unique_words(
    clocks_ms: list[int], steps: list[tuple[int, bool]], names: tuple[str, ...]
) -> World:
    """Play a history in which no value is written twice."""
    world = World(clocks_ms)
    for number, (who, is_edit) in enumerate(steps):
        if is_edit:
            world.edit(who, **dict.fromkeys(names, f"{number}"[-2:]))
        else:
            world.sync(who)
    return world


@LAW
@given(clocks=CLOCKS, steps=UNIQUE)
def test_a_person_is_asked_exactly_when_people_did_not_know_of_each_other(
    clocks: list[int], steps: list[tuple[int, bool]]
) -> None:
    asked_exactly_when_unknowing(unique_words(clocks, steps, ("remark",)))


@LAW
@given(clocks=CLOCKS, steps=UNIQUE)
def test_no_value_is_lost_silently(clocks: list[int], steps: list[tuple[int, bool]]) -> None:
    nothing_lost_silently(unique_words(clocks, steps, ("remark",)))


@LAW
@given(steps=UNIQUE, clocks=CLOCKS)
def test_clocks_that_jump_by_years_change_no_question(
    steps: list[tuple[int, bool]], clocks: list[int]
) -> None:
    asked = [
        bool(folded(unique_words(each, steps, ("remark",)).all).divergences)
        for each in ([0, 0, 0], clocks)
    ]
    assert asked[0] == asked[1]


@LAW
@given(clocks=CLOCKS, steps=STEPS)
def test_plate_and_state_are_never_of_two_people(clocks: list[int], steps: Any) -> None:
    world = told(clocks, steps)
    merged = folded(world.all)
    pairs = {("", "")}
    for one in world.all:
        plate, state = named(one, "plate"), named(one, "state")
        assert (plate is None) == (state is None)
        if plate is not None and state is not None:
            pairs.add((msgspec.json.decode(plate.value), msgspec.json.decode(state.value)))
    sheet = value_of(merged)
    assert (sheet.plate, sheet.state) in pairs


@LAW
@given(clocks=CLOCKS, steps=STEPS)
def test_counters_add_every_difference_within_their_limits(clocks: list[int], steps: Any) -> None:
    world = told(clocks, steps)
    changes = [found for one in world.all if (found := named(one, "spoiled")) is not None]
    total = sum(
        msgspec.json.decode(each.value)
        - (0 if each.base == "null" else msgspec.json.decode(each.base))
        for each in changes
    )
    assert value_of(folded(world.all)).spoiled == min(max(total, 0), 100)


@LAW
@given(steps=st.lists(st.tuples(WHO, st.sampled_from(["add", "drop", "sync"])), max_size=14))
def test_a_tag_is_in_unless_somebody_who_saw_it_took_it_out(steps: list[tuple[int, str]]) -> None:
    world = World([0, 0, 0])
    added: set[str] = set()
    removed: set[str] = set()
    for number, (who, what) in enumerate(steps):
        shown = world.laptops[who].shown or BLANK
        if what == "sync":
            world.sync(who)
        elif what == "add" and len(shown.tags) < 6 and len(added) < 6:
            world.edit(who, tags=(*shown.tags, f"t{number}"))
            added.add(f"t{number}")
        elif what == "drop" and shown.tags:
            world.edit(who, tags=shown.tags[1:])
            removed.add(shown.tags[0])
    merged = folded(world.all)
    assert set(value_of(merged).tags) == added - removed
    assert not merged.divergences


@LAW
@given(clocks=CLOCKS, steps=STEPS)
def test_where_a_rule_decides_nobody_is_asked_and_every_loser_is_logged(
    clocks: list[int], steps: Any
) -> None:
    merged = folded(told(clocks, steps).all)
    for each in merged.divergences:
        decided = each.rule is not Rule.ASK
        assert not decided or each.state is ConflictState.LOGGED
        assert len({side.value for side in each.sides}) >= 2 or each.rule is Rule.UNION


@LAW
@given(clocks=CLOCKS, steps=UNIQUE, later=UNIQUE, side=st.integers(0, 9))
def test_a_choice_settles_what_it_saw_and_nothing_else(
    clocks: list[int], steps: list[tuple[int, bool]], later: list[tuple[int, bool]], side: int
) -> None:
    world = unique_words(clocks, steps, ("remark",))
    first = folded(world.all)
    if not first.divergences:
        return
    (asked,) = first.divergences
    chosen = choice(asked, side % len(asked.sides), number=77, base_revision=world.revision)
    after = folded([*world.all, chosen])
    assert after.values["remark"] == asked.sides[side % len(asked.sides)].value[0]
    (settled,) = after.divergences
    assert (settled.state, settled.choice_id) == (ConflictState.DECIDED, UUID(int=77))
    seen = {each.edit_id for each in world.all}
    for number, (who, _) in enumerate(later):
        world.edit(who, remark=f"x{number}")
    unknowing = [one for one in world.all if one.edit_id not in seen]
    again = folded([*world.all, chosen])
    if unknowing:
        (reopened,) = again.divergences
        assert reopened.state is ConflictState.OPEN
        assert again.values["remark"] == after.values["remark"]
        assert {named(each, "remark").value for each in _last_of_each(unknowing)} <= sides(  # type: ignore[union-attr]  # every edit of this world is of the remark
            again, "remark"
        )


@LAW
@given(clocks=CLOCKS, steps=UNIQUE, side=st.integers(0, 9), who=WHO)
def test_an_edit_that_knew_the_choice_stands_and_asks_nobody(
    clocks: list[int], steps: list[tuple[int, bool]], side: int, who: int
) -> None:
    world = unique_words(clocks, steps, ("remark",))
    first = folded(world.all)
    if not first.divergences:
        return
    (asked,) = first.divergences
    chosen = choice(asked, side % len(asked.sides), number=77, base_revision=world.revision)
    decided = replace(value_of(folded([*world.all, chosen])), revision=world.revision + 1)
    laptop = world.laptops[who]
    laptop.row = laptop.shown = decided
    made = world.edit(who, remark="later")
    after = folded([*world.all, chosen])
    assert made is not None
    assert after.values["remark"] == '"later"'
    assert [each.state for each in after.divergences] == [ConflictState.DECIDED]


def _last_of_each(edits: list[Any]) -> list[Any]:
    return list({one.terminal_id: one for one in edits}.values())


def test_the_sheet_has_a_field_for_every_rule() -> None:
    assert {SHEET.rules.get(name, Rule.ASK) for name in folded([]).values} == set(Rule)
