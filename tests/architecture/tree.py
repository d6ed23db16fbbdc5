"""The source tree as the architecture tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("parking", "sync", "local_db", "central", "app", "ui", "simulator")


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its path from the root and its text."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree, parsed anew and kept by nobody.

        A million nodes that live on would slow every later collection of garbage down, and a
        window collects whenever it is dressed: three seconds for each test of a screen.
        """
        return ast.parse(self.text)


def modules(*folders: str) -> Iterator[Module]:
    """Reads every Python file below some folders of the root, one after the other."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield Module(path.relative_to(ROOT), path.read_text())
