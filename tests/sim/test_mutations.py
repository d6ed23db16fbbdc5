"""The simulator bites: each bug planted in the product's source breaks an invariant."""

import pytest

from tests.sim.cases import cases, world_of
from tests.sim.history import run
from tests.sim.mutations import MUTATIONS, Mutation, planted


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_planted_bug_is_caught_by_its_case_and_only_the_bug_is(mutation: Mutation) -> None:
    case, make = cases()[mutation.name], world_of(mutation)
    assert len(case.steps) <= 10
    with planted(mutation):
        assert run(case, make).broken
    assert not run(case, make).broken


def test_a_bug_whose_place_in_the_source_moved_is_named() -> None:
    moved = Mutation(name="moved", module="sync.push", old="no such line", new="")
    with pytest.raises(LookupError, match=r"moved: sync\.push"), planted(moved):
        raise AssertionError("the block must not run")


def test_after_the_block_the_product_is_itself_again() -> None:
    from sync.pull import PullLeg

    (mutation,) = (
        each for each in MUTATIONS if each.module == "sync.pull" and "epoch" in each.name
    )
    before = PullLeg._bring_in.__code__
    with planted(mutation):
        assert PullLeg._bring_in.__code__ is not before
    assert PullLeg._bring_in.__code__ is before
