"""The source tree as the architecture tests read it."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("parking", "sync", "local_db", "central", "app", "ui", "simulator")


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its path from the root, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Reads every Python file below some folders of the root."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            found.append(Module(path.relative_to(ROOT), text, ast.parse(text)))
    return tuple(found)
