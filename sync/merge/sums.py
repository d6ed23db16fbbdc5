"""Units to which everybody adds: sets and counters. Nothing is overwritten, so nothing is asked."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from parking.markers import Items, Span
from sync.merge.fields import spelled
from sync.merge.history import History, Word
from sync.records import Record, fields_of

_IN, _OUT = ("true",), ("false",)


def counted(record: Record[Any], name: str, start: str, words: Iterable[Word]) -> tuple[str, bool]:
    """Return a counter after all differences, within the field's limits; whether it was cut."""
    unique = {word.version.version_id: word for word in words}
    total = _plain(start) + sum(
        _plain(word.value[0]) - _plain(word.base[0])
        for word in unique.values()
        if not word.version.is_choice
    )
    held = within(record, name, total)
    return spelled(record, name, held), held != total and len(unique) > 1


def united(record: Record[Any], name: str, start: str, words: Sequence[Word]) -> tuple[str, bool]:
    """Return a set after all that was added and removed; whether the field could not hold it.

    An element is in when some addition of it is known to no removal: a removal takes out only what
    its maker saw.
    """
    edits = [word for word in words if not word.version.is_choice]
    first = frozenset(_plain(start))
    every = first.union(*(_plain(word.value[0]) for word in edits))
    kept = sorted(each for each in every if _is_in(each, each in first, edits))
    most = _most(record, name)
    return spelled(record, name, kept[:most]), len(kept) > most


def within(record: Record[Any], name: str, total: int) -> int:
    """Return a number cut to the field's limits."""
    for marker in _markers(record, name):
        if isinstance(marker, Span):
            total = min(max(total, marker.low), marker.high)
    return total


def _is_in(element: Any, at_first: bool, edits: Sequence[Word]) -> bool:
    touching = []
    for word in edits:
        before, after = (element in _plain(word.base[0]), element in _plain(word.value[0]))
        if before != after:
            touching.append(
                Word(
                    version=word.version,
                    base=_IN if before else _OUT,
                    value=_IN if after else _OUT,
                )
            )
    if not touching:
        return at_first
    history = History(touching)
    return any(history.words[place].value == _IN for place in history.heads())


def _plain(text: str) -> Any:
    return msgspec.json.decode(text)


def _most(record: Record[Any], name: str) -> int:
    limits = [marker.most for marker in _markers(record, name) if isinstance(marker, Items)]
    return min(limits, default=2**31)


def _markers(record: Record[Any], name: str) -> tuple[Any, ...]:
    return next(field.markers for field in fields_of(record.of) if field.name == name)
