"""Every signal of the product can be emitted as it is declared, thousands of times."""

import ast
import inspect
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.unit.ui_screens.signals import (
    bare,
    declaring,
    emissions,
    modules,
    parameters,
    wrong_emissions,
)

EMISSIONS = 5_000
VALUES: dict[str, Any] = {
    "QString": "words",
    "PyObject": {"plate": ("AB12345", True, None)},
    "bool": True,
    "int": 3,
    "double": 0.5,
}
DECLARING = declaring()


@pytest.fixture(scope="module")
def arities() -> dict[str, set[int]]:
    """How many values the signals of each name declare."""
    found: dict[str, set[int]] = {}
    for kind, names in DECLARING.items():
        made = bare(kind)
        for name in names:
            found.setdefault(name, set()).add(len(parameters(made, name)))
    return found


@pytest.mark.parametrize("kind", DECLARING, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_declared_signal_can_be_emitted_thousands_of_times(
    kind: type[QObject], qtbot: QtBot
) -> None:
    assert qtbot is not None
    made = bare(kind)
    for name in DECLARING[kind]:
        values = tuple(VALUES[each] for each in parameters(made, name))
        signal = getattr(made, name)
        heard: list[tuple[Any, ...]] = []
        signal.connect(lambda *given, heard=heard: heard.append(given))
        for _number in range(EMISSIONS):
            signal.emit(*values)
        assert len(heard) == EMISSIONS, name
        assert heard[0] == heard[-1] == values
        with pytest.raises(TypeError):
            signal.emit(*values, "one too many")


def test_signals_are_named_after_what_has_happened() -> None:
    names = {name.lstrip("_") for names in DECLARING.values() for name in names}
    past = ("ed", "made", "chosen", "shown", "held", "signed_in")
    assert not [name for name in names if not name.endswith(past)]


@pytest.mark.usefixtures("qapp")
def test_a_name_stands_for_one_kind_of_signal(arities: dict[str, set[int]]) -> None:
    assert {name: counts for name, counts in arities.items() if len(counts) > 1} == {}


@pytest.mark.usefixtures("qapp")
def test_every_emit_in_the_source_gives_what_is_declared(arities: dict[str, set[int]]) -> None:
    wrong, seen = [], 0
    for module in modules():
        file = inspect.getsourcefile(module)
        assert file is not None
        tree = ast.parse(inspect.getsource(module))
        wrong += wrong_emissions(tree, module.__name__, arities)
        seen += sum(1 for _one in emissions(tree, file))
    assert wrong == []
    assert seen > 30


def test_an_emit_with_too_few_or_too_many_values_is_found() -> None:
    source = (
        "self.chosen.emit()\nself._page.chosen.emit('a', 1)\nself.chosen.emit('a')\nlog.emit(7)"
    )
    wrong = wrong_emissions(ast.parse(source), "sample", {"chosen": {1}})
    assert wrong == ["sample:1 gives chosen 0 values", "sample:2 gives chosen 2 values"]
