"""Reads strace's log: the calls that changed the disk, with their data, in their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.tracing import TELLS

OPTIONS = ("-xx", "-y", "-s", "1000000")
"""For strace: whole data, every text in hexadecimal, descriptors with their paths."""

_LINE = re.compile(r"(\w+)\((.*)\) = (-?\d+)(<[^>]*>)?(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")
_FLAGS = re.compile(r"\b(O_[A-Z|_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        name: Of the system call.
        path: Of its file or first name; absolute.
        descriptor: Its number where it works on an open file, else -1.
        other: The second name of a rename or link.
        data: What was written.
        numbers: Its plain numbers, e.g. length and offset.
        flags: Of an opening.
        result: What it returned, -1 when it failed.
    """

    name: str
    path: str
    descriptor: int
    other: str
    data: bytes
    numbers: tuple[int, ...]
    flags: frozenset[str]
    result: int


def told_by(call: Call) -> list[str]:
    """Return the lines that a call told (``tracing.TELLS``)."""
    if call.name != TELLS or not call.path.startswith("socket:"):
        return []
    return call.data.decode(errors="replace").splitlines()


def read_calls(log: Path) -> Iterator[Call]:
    """Give the calls of a log; one that was cut off by a kill is not among them."""
    with log.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found:
                yield _call(found)


def _call(found: re.Match[str]) -> Call:
    name, arguments, result, opened = found[1], found[2], int(found[3]), found[4]
    texts = [_bytes(text) for text in _TEXT.findall(arguments)]
    plain = _TEXT.sub("", arguments)
    descriptor = re.match(r"(\d+)<", plain)
    paths = [_bytes(path).decode() for path in _DESCRIPTOR.findall(plain)]
    flags = frozenset(flag for group in _FLAGS.findall(plain) for flag in group.split("|"))
    on_names = descriptor is None
    if opened:
        paths = [_bytes(opened[1:-1]).decode()]
    elif on_names:
        paths = [text.decode() for text in texts]
    numbers = re.findall(r"(?<![\w<\\])-?\d+\b(?!<)", _DESCRIPTOR.sub("", plain))
    return Call(
        name=name,
        path=paths[0] if paths else "",
        descriptor=result if opened else int(descriptor[1]) if descriptor else -1,
        other=paths[1] if on_names and len(paths) > 1 else "",
        data=b"" if on_names or not texts else texts[0],
        numbers=tuple(map(int, numbers)),
        flags=flags,
        result=result,
    )


def _bytes(escaped: str) -> bytes:
    # A path that strace leaves as it is has no escapes at all.
    return bytes.fromhex(escaped.replace("\\x", "")) if "\\x" in escaped else escaped.encode()
