"""Cursors: where a terminal stands in the feed, as it gives them back. Pure.

A tail cursor is ``epoch:xid:seq:scope``. A walk cursor goes through the tables first and carries
the place where the tail begins: ``epoch:xid:seq:scope:held:left:names:name:key``.
"""

from dataclasses import dataclass, replace

from central.problems import RefusedError

_BEFORE_SCOPES, _TAIL, _WALK = 3, 4, 9
"""Parts of a cursor: of the first schema level, which starts over, and of the two forms of now."""
EVERY = "*"
"""Stands for every record of the reader in ``Walk.names``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A place on the way through the tables.

    Attributes:
        held: Name of the set of zones whose rows the terminal already has; ``none`` for no row.
        left: Rows still to come, an estimate, >= 0.
        names: The records to walk, by comma; ``*`` for all.
        name: Record of the last row given; empty at the start.
        key: Its key.
    """

    held: str
    left: int = 0
    names: str = EVERY
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the feed of one epoch.

    Attributes:
        scope: Name of the set of zones it was read with.
        walk: The place in the tables, None once they are through.
    """

    epoch: str
    xid: int
    seq: int
    scope: str
    walk: Walk | None = None

    def __str__(self) -> str:
        tail = f"{self.epoch}:{self.xid}:{self.seq}:{self.scope}"
        if self.walk is None:
            return tail
        walk = self.walk
        return f"{tail}:{walk.held}:{walk.left}:{walk.names}:{walk.name}:{walk.key}"

    def tail(self) -> "Cursor":
        """Return the cursor that goes on after the walk."""
        return replace(self, walk=None)


def read_cursor(text: str, *, epoch: str) -> Cursor:
    """Read a cursor that a terminal gave back.

    Raises:
        RefusedError: 410 ``feed.resync`` when it belongs to another epoch or an earlier schema
            level; 400 ``feed.cursor`` when it is no cursor of ours.
    """
    parts = text.split(":", _WALK - 1)
    if len(parts) == _BEFORE_SCOPES and all(_is_number(part) for part in parts[1:]):
        raise resync()
    if len(parts) not in {_TAIL, _WALK} or not all(_is_number(part) for part in parts[1:3]):
        raise _no_cursor()
    walk = None
    if len(parts) == _WALK:
        if not _is_number(parts[5]):
            raise _no_cursor()
        held, left, names, name, key = parts[4:]
        walk = Walk(held=held, left=int(left), names=names, name=name, key=key)
    if parts[0] != epoch:
        raise resync()
    return Cursor(parts[0], int(parts[1]), int(parts[2]), parts[3], walk)


def _no_cursor() -> RefusedError:
    return RefusedError(
        400, "feed.cursor", "This is no cursor of the feed; start from an empty one."
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < 2**63


def resync() -> RefusedError:
    """Return the refusal that makes a terminal start over."""
    return RefusedError(
        410,
        "feed.resync",
        "Central was restored, or this terminal was away for longer than the feed is kept; "
        "it starts over.",
    )
