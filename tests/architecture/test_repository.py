"""What a stranger gets with the repository: nothing of our machines, and locks that hold."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

_MADE_HERE = {"out", "build", "dist", "mutants", "htmlcov", "__pycache__"}
_WRITTEN_BY_PEOPLE = {"", ".css", ".html", ".in", ".md", ".py", ".pyi", ".sh", ".toml", ".txt"}
# Written so that this page does not hold what it looks for, and is looked at like any other.
_UNWANTED = {
    "a path of somebody's machine": re.compile(
        r"/[w]ork/(main|shared)|/[r]oot/|/[t]mp/w/|/[h]ome/\w+/"
    ),
    "the address of a package index": re.compile(
        r"pypi\.org|[p]ythonhosted|deb\.debian\.org|snapshot\.debian|registry\.npmjs"
    ),
    "unfinished work": re.compile(r"\b(T[O]DO|F[I]XME)\b"),
}
_LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+) \\$", re.MULTILINE)


def _written_files() -> Iterator[Path]:
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name
            for name in subfolders
            if name == ".ci" or not (name.startswith(".") or name in _MADE_HERE)
            if not name.endswith(".egg-info")
        ]
        for name in names:
            path = Path(folder, name)
            if path.suffix in _WRITTEN_BY_PEOPLE:
                yield path


@pytest.mark.parametrize("unwanted", _UNWANTED)
def test_no_file_holds(unwanted: str) -> None:
    pattern = _UNWANTED[unwanted]
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in _written_files()
        if (found := pattern.search(path.read_text()))
    ]
    assert not wrong


def _pins(lock: Path) -> dict[str, str]:
    return dict(_PIN.findall(lock.read_text()))


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_versions_and_hashes_and_no_address(lock: Path) -> None:
    line = re.compile(r"[a-z0-9-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?|")
    comment = re.compile(r"\s*#(?!.*(://|\s/)).*")
    lines = lock.read_text().splitlines()
    assert not [text for text in lines if not (line.fullmatch(text) or comment.fullmatch(text))]


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.stem)
def test_what_is_shipped_has_the_versions_that_are_tested(lock: Path) -> None:
    tested = _pins(ROOT / "requirements/dev.txt")
    # On no machine of ours: what Windows alone needs, and models that bring no code.
    elsewhere = {"colorama", "pywin32-ctypes", "rapidocr"}
    shipped = {name: pin for name, pin in _pins(lock).items() if name not in elsewhere}
    assert shipped == {name: tested.get(name) for name in shipped}


@pytest.mark.parametrize("use", ["central", "scan", "terminal-windows", "dev"])
def test_a_lock_holds_all_that_is_asked_for(use: str) -> None:
    assert _asked_for(f"{use}.in") <= set(_pins(ROOT / f"requirements/{use}.txt"))


def test_the_lock_for_linux_holds_all_that_a_terminal_asks_for() -> None:
    assert _asked_for("terminal.in") <= set(_pins(ROOT / "requirements/terminal-linux.txt"))


def _asked_for(file: str) -> set[str]:
    names = set()
    for line in (ROOT / "requirements" / file).read_text().splitlines():
        if line.startswith("-r "):
            names |= _asked_for(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            names.add(re.split(r"[\[=;]", line)[0].lower().replace("_", "-"))
    return names


@pytest.mark.parametrize("command", ["run", "test", "bench", "soak", ".ci/run", "scripts/lock.sh"])
def test_a_command_can_be_started_and_is_posix_sh(command: str) -> None:
    path = ROOT / command
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", path], check=True)


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.stem
)
def test_what_a_page_points_at_is_there(page: Path) -> None:
    text = page.read_text()
    linked = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    named = re.findall(r"`((?:tests|docs)/[\w/.-]+\.\w+)`", text)
    wrong = [link for link in linked if not (page.parent / link).exists()]
    wrong += [name for name in named if not (ROOT / name).exists()]
    wrong += [f"{file}::{test}" for file, test in _TEST.findall(text) if not _holds(file, test)]
    assert not wrong


_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _holds(file: str, test: str) -> bool:
    path = ROOT / file
    return path.exists() and re.search(rf"def {test}\(", path.read_text()) is not None
