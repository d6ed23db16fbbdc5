import importlib.util
from pathlib import Path

import pytest

from tests.soak.central_mutations import CENTRAL_MUTATIONS, CentralMutation

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutation", CENTRAL_MUTATIONS, ids=lambda each: each.name)
def test_a_bug_can_be_planted_and_its_tests_are_there(mutation: CentralMutation) -> None:
    spec = importlib.util.find_spec(mutation.module)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text()
    assert source.count(mutation.old) == 1
    compile(source.replace(mutation.old, mutation.new), spec.origin, "exec")
    assert all((ROOT / each).exists() for each in mutation.tests)
