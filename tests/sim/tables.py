"""Tables in memory with transactions and a journal: what a disk or a database keeps, and loses.

A commit is the only moment in which anything becomes durable. The journal takes the last commits
back one by one: a restored central is a central some transactions ago.
"""

from collections.abc import Callable, Iterator
from typing import Any

Key = tuple[str, Any]
_MISSING = object()


def _nothing() -> None:
    """Do nothing at a commit."""


class Tables:
    """Named tables; every change goes through a transaction.

    Attributes:
        before_commit: Called first in each commit; what it raises undoes the transaction.
        commits: How many there were, those taken back included.
    """

    def __init__(self, *, journal: bool) -> None:
        self._rows: dict[str, dict[Any, Any]] = {}
        self._journal: list[list[tuple[Key, Any]]] = []
        self._keeps_journal = journal
        self.commits = 0
        self.before_commit: Callable[[], None] = _nothing

    def table(self, name: str) -> dict[Any, Any]:
        """Return a table as committed; only to read."""
        return self._rows.setdefault(name, {})

    def begin(self) -> "Work":
        return Work(self)

    def commit(self, changes: dict[Key, Any]) -> None:
        self.before_commit()
        undo = []
        for (name, key), value in changes.items():
            rows = self.table(name)
            undo.append(((name, key), rows.get(key, _MISSING)))
            _put(rows, key, value)
        self.commits += 1
        if self._keeps_journal:
            self._journal.append(undo)

    def forget_journal(self) -> None:
        """Make everything so far impossible to take back."""
        self._journal.clear()

    def take_back(self, count: int) -> int:
        """Undo the last commits, as many as the journal has at most; return how many."""
        count = min(count, len(self._journal))
        for _ in range(count):
            for (name, key), value in reversed(self._journal.pop()):
                _put(self._rows[name], key, value)
        return count

    def copy(self) -> "Tables":
        """Return tables with the same rows and no journal: a copied disk."""
        twin = Tables(journal=False)
        twin._rows = {name: dict(rows) for name, rows in self._rows.items()}
        return twin


class Work:
    """One transaction: sees its own changes, keeps them only by ``commit``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._changes: dict[Key, Any] = {}

    def get(self, name: str, key: Any) -> Any:
        """Return a row as this transaction sees it, or None."""
        if (name, key) in self._changes:
            found = self._changes[name, key]
            return None if found is _MISSING else found
        return self._tables.table(name).get(key)

    def set(self, name: str, key: Any, value: Any) -> None:
        self._changes[name, key] = value

    def drop(self, name: str, key: Any) -> None:
        self._changes[name, key] = _MISSING

    def items(self, name: str) -> Iterator[tuple[Any, Any]]:
        """Yield a table's rows as this transaction sees them."""
        for key, value in self._tables.table(name).items():
            if (name, key) not in self._changes:
                yield key, value
        for (table, key), value in self._changes.items():
            if table == name and value is not _MISSING:
                yield key, value

    def commit(self) -> None:
        self._tables.commit(self._changes)


def _put(rows: dict[Any, Any], key: Any, value: Any) -> None:
    if value is _MISSING:
        rows.pop(key, None)
    else:
        rows[key] = value
