"""Size budgets: code that is read in one sitting."""

import ast
from collections.abc import Mapping

from tests.architecture.tree import PRODUCT, modules

_CODE = (*PRODUCT, "tests")


def _breaches(lines: Mapping[str, int], *, most: int, usual: int) -> list[str]:
    """What is over a limit, and, when more than one in twenty is over the usual size, those too."""
    above_usual = sorted(((n, name) for name, n in lines.items() if n > usual), reverse=True)
    too_many = len(above_usual) > len(lines) / 20
    return [f"{name}: {n} lines" for n, name in above_usual if n > most or too_many]


def test_functions_have_at_most_60_lines_and_mostly_40() -> None:
    lines = {}
    for module in modules(*_CODE):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{module.name}:{node.lineno} {node.name}"
                lines[place] = (node.end_lineno or node.lineno) - node.lineno + 1
    assert not _breaches(lines, most=60, usual=40)


def test_files_have_at_most_600_lines_and_mostly_400() -> None:
    lines = {module.name: module.text.count("\n") for module in modules(*_CODE)}
    assert not _breaches(lines, most=600, usual=400)
