"""Words can be collected for translators: no sentence is put together before `_` gets it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT

_FOLDERS = ("app", "ui", "parking", "central")
_TAKES = {"_": 1, "ngettext": 2}


def _sentences(file: Path) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from node.args[: _TAKES.get(node.func.id, 0)]


def _is_put_together(sentence: ast.expr) -> bool:
    if isinstance(sentence, ast.Call):
        return isinstance(sentence.func, ast.Attribute) and sentence.func.attr == "format"
    return isinstance(sentence, ast.JoinedStr | ast.BinOp)


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    made = [
        f"{file.relative_to(ROOT)}:{sentence.lineno}"
        for folder in _FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for sentence in _sentences(file)
        if _is_put_together(sentence)
    ]
    assert made == []
