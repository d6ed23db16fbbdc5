"""Rules of the house that neither the linter nor the import contracts can say."""

import ast
import re
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.tree import PRODUCT, ROOT, Module, modules

_OUTSIDE_WORLD = {"asyncio", "io", "logging", "os", "pathlib", "socket", "sqlite3", "subprocess"}
_OUTSIDE_WORLD |= {"tempfile", "threading", "time"}
_ASKS_THE_TIME = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today"}


def _imports(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_the_rules_of_parking_stand_on_the_standard_library_and_touch_nothing() -> None:
    allowed = (sys.stdlib_module_names - _OUTSIDE_WORLD) | {"parking"}
    wrong = [
        f"{module.name} imports {name}"
        for module in modules("parking")
        for name in _imports(module)
        if name.partition(".")[0] not in allowed
    ]
    assert not wrong


def test_only_a_clock_asks_the_time() -> None:
    wrong = [
        f"{module.name}:{call.lineno} {name}"
        for module in modules(*(set(PRODUCT) - {"simulator"}))
        for name, call in _calls(module)
        if name.removeprefix("datetime.") in _ASKS_THE_TIME or name in _ASKS_THE_TIME
        if "clock" not in module.path.stem
    ]
    assert not wrong


def test_no_test_waits_for_a_time() -> None:
    wrong = [
        f"{module.name}:{call.lineno} {name}"
        for module in modules("tests")
        for name, call in _calls(module)
        if name.rpartition(".")[2] == "sleep" or name == "qtbot.wait"
        # Giving other tasks of the same loop their turn waits for nothing.
        if ast.unparse(call) != "asyncio.sleep(0)"
    ]
    assert not wrong, "wait for a signal, or with tests.waiting.wait_until"


def _glossary_classes() -> list[str]:
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    return sorted(
        {word for row in rows for word in re.findall(r"`([A-Z]\w*[a-z]\w*(?:\.\w+)?)`", row)}
    )


@pytest.fixture(scope="module")
def class_names() -> set[str]:
    names = set()
    for module in modules(*PRODUCT):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
                for field in node.body:
                    targets = field.targets if isinstance(field, ast.Assign) else []
                    targets += [field.target] if isinstance(field, ast.AnnAssign) else []
                    names |= {f"{node.name}.{ast.unparse(target)}" for target in targets}
    return names


@pytest.mark.parametrize("word", _glossary_classes())
def test_every_class_of_the_glossary_exists(word: str, class_names: set[str]) -> None:
    assert word in class_names
