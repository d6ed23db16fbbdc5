"""A disk as POSIX promises it and no more: what a power cut may leave of what was written.

A file's bytes are there for good after an fsync of the file, its name only after an fsync of its
folder. Until then each write may be there or not, whole or in sectors of 512 bytes, in any order.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from tests.faults.calls import Call

SECTOR = 512
Tree = dict[str, bytes | None]
"""Paths below the root with their bytes; None for a folder."""
Signature = tuple[object, ...]


class Fate(StrEnum):
    """What becomes of what was not synced."""

    LOST = "lost"
    KEPT = "kept"
    SOME = "some"
    TORN = "torn"


@dataclass(slots=True)
class _Node:
    """A file or folder.

    Attributes:
        content: Its bytes that are there for good, a file's.
        entries: Its names that are there for good, a folder's.
        pending: What was asked since the last sync, first to last.
        synced: How often it was synced.
    """

    number: int
    is_folder: bool
    content: bytearray = field(default_factory=bytearray)
    entries: dict[str, "_Node"] = field(default_factory=dict)
    pending: list["_Write | _Cut | _Names"] = field(default_factory=list)
    synced: int = 0


@dataclass(frozen=True, slots=True)
class _Write:
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Cut:
    length: int


@dataclass(frozen=True, slots=True)
class _Names:
    """One change of a folder, all or nothing: names that go and names that come."""

    gone: str = ""
    new: str = ""
    node: _Node | None = None


class Disk:
    """One folder of a disk."""

    def __init__(self, root: Path, at_first: Tree) -> None:
        """Watch what happens below ``root``.

        Args:
            root: Absolute path, as the calls name it.
            at_first: What is there for good before the first call.
        """
        self._root = PurePosixPath(root)
        self._count = 0
        self._top = self._node(is_folder=True)
        self._open: dict[int, _Node] = {}
        self._places: dict[int, int] = {}
        for path in sorted(at_first):
            content = at_first[path]
            *folders, name = PurePosixPath(path).parts
            folder = self._find(folders)
            assert folder is not None
            node = folder.entries[name] = self._node(is_folder=content is None)
            node.content = bytearray(content or b"")

    def apply(self, call: Call) -> bool:
        """Do what a call did; tell whether it was about this disk."""
        if call.result < 0:
            return False
        handler = _HANDLERS.get(call.name)
        if handler is None:
            if self._below(call.path) is not None and call.name not in _HARMLESS:
                raise NotImplementedError(f"{call.name} of {call.path}")
            return False
        return handler(self, call)

    def image(
        self, draw: random.Random, contents: Fate, names: Fate
    ) -> tuple[Signature, "Remains"]:
        """Return what a cut now may leave, and what tells this image from others.

        Args:
            draw: Chooses for ``SOME`` and ``TORN``.
            contents: What becomes of bytes that were not synced.
            names: What becomes of names that were not synced; ``TORN`` is not for names.
        """
        remains: Remains = {}
        signature: list[object] = []
        chosen_of: dict[int, _Chosen] = {}
        folders: list[tuple[str, _Node]] = [("", self._top)]
        while folders:
            path, folder = folders.pop()
            chosen = _choose(folder.pending, draw, names)
            signature.append((folder.number, folder.synced, chosen))
            for name, node in sorted(_entries(folder, chosen).items()):
                place = f"{path}/{name}" if path else name
                if node.is_folder:
                    remains[place] = None
                    folders.append((place, node))
                elif not name.endswith("-shm"):
                    # That one lives in memory and is made anew.
                    if node.number not in chosen_of:
                        chosen_of[node.number] = _Chosen.of(node, draw, contents)
                    remains[place] = chosen_of[node.number]
        signature.extend(one.signature for one in chosen_of.values())
        return tuple(signature), remains

    def _node(self, *, is_folder: bool) -> _Node:
        self._count += 1
        return _Node(self._count, is_folder)

    def _below(self, path: str) -> tuple[str, ...] | None:
        if not path.startswith("/") or not PurePosixPath(path).is_relative_to(self._root):
            return None
        return PurePosixPath(path).relative_to(self._root).parts

    def _find(self, parts: Iterable[str]) -> _Node | None:
        node: _Node | None = self._top
        for part in parts:
            if node is None:
                return None
            node = _entries(node, range(len(node.pending))).get(part)
        return node

    def _parent(self, path: str) -> tuple[_Node, str] | None:
        parts = self._below(path)
        if not parts:
            return None
        folder = self._find(parts[:-1])
        return None if folder is None else (folder, parts[-1])

    def _opened(self, call: Call) -> bool:
        parts = self._below(call.path)
        # The number belongs to another file from now on, wherever that is.
        self._open.pop(call.result, None)
        if parts is None:
            return False
        node = self._find(parts)
        found = self._parent(call.path)
        if node is None and found is not None and "O_CREAT" in call.flags:
            node = self._node(is_folder=False)
            found[0].pending.append(_Names(new=found[1], node=node))
        elif node is not None and "O_TRUNC" in call.flags:
            node.pending.append(_Cut(0))
        if node is None:
            return False
        self._open[call.result], self._places[call.result] = node, 0
        return bool(call.flags & {"O_CREAT", "O_TRUNC"})

    def _made_folder(self, call: Call) -> bool:
        found = self._parent(call.path)
        if found is not None:
            found[0].pending.append(_Names(new=found[1], node=self._node(is_folder=True)))
        return found is not None

    def _renamed(self, call: Call) -> bool:
        old, new = self._parent(call.path), self._parent(call.other)
        if old is None or new is None:
            return False
        if old[0] is not new[0]:
            raise NotImplementedError("a rename from folder to folder")
        node = _entries(old[0], range(len(old[0].pending)))[old[1]]
        old[0].pending.append(_Names(gone=old[1], new=new[1], node=node))
        return True

    def _unlinked(self, call: Call) -> bool:
        found = self._parent(call.path)
        if found is not None:
            found[0].pending.append(_Names(gone=found[1]))
        return found is not None

    def _wrote(self, call: Call) -> bool:
        node = self._open.get(call.descriptor)
        if node is None:
            return False
        at = call.numbers[-1] if call.name == "pwrite64" else self._places[call.descriptor]
        node.pending.append(_Write(at, call.data[: call.result]))
        if call.name == "write":
            self._places[call.descriptor] += call.result
        return True

    def _moved(self, call: Call) -> bool:
        if call.descriptor in self._open:
            self._places[call.descriptor] = call.result
        return False

    def _cut(self, call: Call) -> bool:
        node = self._open.get(call.descriptor)
        if node is not None:
            node.pending.append(_Cut(call.numbers[-1]))
        return node is not None

    def _synced(self, call: Call) -> bool:
        node = self._open.get(call.descriptor)
        if node is None:
            return False
        if node.is_folder:
            node.entries = _entries(node, range(len(node.pending)))
        else:
            for change in node.pending:
                _change(node.content, change)
        node.pending.clear()
        node.synced += 1
        return True


_HANDLERS: dict[str, Callable[[Disk, Call], bool]] = {
    "openat": Disk._opened,
    "mkdir": Disk._made_folder,
    "rename": Disk._renamed,
    "unlink": Disk._unlinked,
    "write": Disk._wrote,
    "pwrite64": Disk._wrote,
    "lseek": Disk._moved,
    "ftruncate": Disk._cut,
    "fsync": Disk._synced,
    "fdatasync": Disk._synced,
}
# It only reserves room.
_HARMLESS = frozenset({"fallocate"})


def _entries(folder: _Node, chosen: Iterable[int]) -> dict[str, _Node]:
    """Return the names of a folder after some of its pending changes."""
    entries = dict(folder.entries)
    for at in chosen:
        change = folder.pending[at]
        assert isinstance(change, _Names)
        entries.pop(change.gone, None)
        if change.node is not None:
            entries[change.new] = change.node
    return entries


def _choose(
    pending: list["_Write | _Cut | _Names"], draw: random.Random, fate: Fate
) -> tuple[int, ...]:
    everything = tuple(range(len(pending)))
    if fate is Fate.LOST:
        return ()
    if fate is Fate.KEPT:
        return everything
    share = draw.random()
    return tuple(at for at in everything if draw.random() < share)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which pending changes of a file reached the disk; ``tears`` seeds those that did in part."""

    node: _Node
    chosen: tuple[int, ...]
    tears: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, node: _Node, draw: random.Random, fate: Fate) -> "_Chosen":
        chosen = _choose(node.pending, draw, fate)
        torn = fate is Fate.TORN
        tears = ((at, draw.getrandbits(32)) for at in chosen if torn and draw.random() < 0.5)
        return cls(node, chosen, tuple(tears))

    @property
    def signature(self) -> tuple[object, ...]:
        return self.node.number, self.node.synced, self.chosen, self.tears

    def content(self) -> bytes:
        content, tears = bytearray(self.node.content), dict(self.tears)
        for at in self.chosen:
            change = self.node.pending[at]
            if at in tears and isinstance(change, _Write):
                for part in _torn(change, random.Random(tears[at])):
                    _change(content, part)
            else:
                _change(content, change)
        return bytes(content)


Remains = dict[str, _Chosen | None]
"""What a cut may leave, by path; None for a folder. Good until the disk changes again."""


def _torn(write: _Write, draw: random.Random) -> Iterator[_Write]:
    """Give the sectors of a write that reached the disk, in whatever order they did."""
    start = -write.offset % SECTOR
    edges = [0, *range(start or SECTOR, len(write.data), SECTOR), len(write.data)]
    for low, high in itertools.pairwise(edges):
        if draw.random() < 0.5:
            yield _Write(write.offset + low, write.data[low:high])


def _change(content: bytearray, change: "_Write | _Cut | _Names") -> None:
    if isinstance(change, _Cut):
        del content[change.length :]
        content.extend(bytes(change.length - len(content)))
    elif isinstance(change, _Write):
        # What was skipped reads as zeros.
        content.extend(bytes(max(0, change.offset - len(content))))
        content[change.offset : change.offset + len(change.data)] = change.data


def read_tree(folder: Path) -> Tree:
    """Return all that is below a folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def lay_out(remains: Remains, folder: Path) -> None:
    """Write what a cut left into an empty folder."""
    for path in sorted(remains):
        found, place = remains[path], folder / path
        if found is None:
            place.mkdir()
        else:
            place.write_bytes(found.content())
