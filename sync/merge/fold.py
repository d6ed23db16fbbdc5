"""The state of a record as a function of the set of its versions. Pure.

Per unit (a group, or one field): what nobody replaced stands; where that is more than one value the
rule decides, and what did not win is a side of a divergence with its version. Nothing here looks at
the order of delivery.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from parking.edit import STARTED_WITH, ConflictState
from sync.merge.fields import Values, rule_of, units
from sync.merge.history import History, Word, bits_of
from sync.merge.sums import counted, united
from sync.merge.versions import Version
from sync.records import Record, RecordKind, Rule

MOST_SIDES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One value of a divergence.

    Attributes:
        version_id: Of the edit or choice; ``STARTED_WITH`` for the record's first values.
        kept: Whether the record carries it.
    """

    version_id: UUID
    value: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """Values of one unit that did not know of each other.

    Attributes:
        base: What they started from, as far as it is one value: that of the first side's version.
        choice_id: The choice that settled it.
    """

    fields: tuple[str, ...]
    rule: Rule
    base: tuple[str, ...]
    sides: tuple[Side, ...]
    state: ConflictState
    choice_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a record is now: every field but key and revision, and what diverged."""

    values: dict[str, str]
    divergences: tuple[Divergence, ...]


def fold(record: Record[Any], start: Values, versions: Iterable[Version]) -> Merged:
    """Return a record's state; the same for every order and repetition of its versions.

    Args:
        record: The class.
        start: Every field before the first edit. Of reference data they are the city's word and a
            side like any other; nobody wrote the blank fields of a mutable record.
        versions: All edits of the record and all choices on its conflicts.
    """
    found = list({each.version_id: each for each in versions}.values())
    values, divergences = dict(start), []
    for unit in units(record):
        touching = [each for each in found if unit[0] in each.value]
        if not touching:
            continue
        before = tuple(start[name] for name in unit)
        rule = rule_of(record, unit)
        words = [_word(each, unit) for each in touching]
        words = [each for each in words if each.version.is_choice or each.base != each.value]
        if rule in {Rule.UNION, Rule.COUNTER}:
            sums = united if rule is Rule.UNION else counted
            value, lost = sums(record, unit[0], before[0], words)
            after: tuple[str, ...] = (value,)
            divergence = _cut(unit, rule, after, words) if lost and len(words) > 1 else None
        else:
            after, divergence = _register(record, unit, before, words)
        values.update(zip(unit, after, strict=True))
        if divergence is not None:
            divergences.append(divergence)
    return Merged(values=values, divergences=tuple(divergences))


def _word(version: Version, unit: tuple[str, ...]) -> Word:
    return Word(
        version=version,
        base=tuple(version.base.get(name, "") for name in unit),
        value=tuple(version.value[name] for name in unit),
    )


def _register(
    record: Record[Any], unit: tuple[str, ...], start: tuple[str, ...], words: list[Word]
) -> tuple[tuple[str, ...], Divergence | None]:
    """Fold a unit that carries one value at a time."""
    if not words:
        return start, None
    if record.kind is not RecordKind.REFERENCE and len(words) == 1:
        return words[0].value, None
    if record.kind is RecordKind.REFERENCE:
        words = [*words, Word(version=_first_word(), base=(), value=start)]
    history = History(words)
    rule = rule_of(record, unit)
    kept = history.words[_winner(history, rule)].value
    return kept, _divergence(history, unit, rule, kept)


def _first_word() -> Version:
    return Version(
        version_id=STARTED_WITH,
        terminal_id=None,
        base_revision=-1,
        hlc=-1,
        counted_hlc=-1,
        base={},
        value={},
    )


def _winner(history: History, rule: Rule) -> int:
    """Return the place whose value stands, whatever order things came in.

    A choice stands until the next one. Each head counts with what it was made on top of, so that a
    value which stood is not thrown out by an edit made on top of it.
    """
    heads = history.heads()
    chosen = [place for place in heads if _has_choice(history, place)]
    heads = chosen or heads
    shared = -1
    for place in heads:
        shared &= history.lineage(place)

    def stamps(place: int) -> list[tuple[int, UUID]]:
        own = bits_of(history.lineage(place) & ~shared)
        return sorted(_stamp(history, each) for each in own) or [_stamp(history, place)]

    best: dict[Rule, Callable[[], int]] = {
        Rule.LATEST: lambda: max(heads, key=lambda place: (stamps(place)[-1], place)),
        Rule.LARGEST: lambda: max(heads, key=lambda place: (_size(history, place), stamps(place))),
    }
    first = min(heads, key=lambda place: (stamps(place)[0], _stamp(history, place)))
    return best[rule]() if rule in best else first


def _has_choice(history: History, place: int) -> bool:
    return any(history.words[each].version.is_choice for each in bits_of(history.lineage(place)))


def _stamp(history: History, place: int) -> tuple[int, UUID]:
    version = history.words[place].version
    return version.counted_hlc, version.version_id


def _size(history: History, place: int) -> Any:
    return msgspec.json.decode(history.words[place].value[0])


def _divergence(
    history: History, unit: tuple[str, ...], rule: Rule, kept: tuple[str, ...]
) -> Divergence | None:
    heads = sum(1 << place for place in history.heads())
    unsettled = history.unsettled()
    everything = unsettled | heads
    asked = history.last_words(everything) if rule is Rule.ASK else everything
    state = ConflictState.OPEN if rule is Rule.ASK else ConflictState.LOGGED
    choice = None
    if unsettled and len(_values(history, asked)) < 2:
        # They came to agree; what was said before stays on record.
        asked, state = everything, ConflictState.LOGGED
    if not unsettled:
        choice = _last_choice(history)
        if choice is None:
            return None
        state = ConflictState.DECIDED
        asked = sum(
            1 << place
            for place, word in enumerate(history.words)
            if word.version.version_id in choice.seen
        )
        if asked.bit_count() < 2:
            return None
    places = list(bits_of(asked))
    return Divergence(
        fields=unit,
        rule=rule,
        base=history.words[places[0]].base,
        sides=_sides(history, places, kept),
        state=state,
        choice_id=choice.version_id if choice else None,
    )


def _values(history: History, bits: int) -> set[tuple[str, ...]]:
    return {history.words[place].value for place in bits_of(bits)}


def _last_choice(history: History) -> Version | None:
    made = (word.version for word in reversed(history.words) if word.version.is_choice)
    return next(made, None)


def _sides(history: History, places: Sequence[int], kept: tuple[str, ...]) -> tuple[Side, ...]:
    words = [history.words[place] for place in places]
    return _as_sides(words, kept)


def _as_sides(words: Sequence[Word], kept: tuple[str, ...]) -> tuple[Side, ...]:
    standing = [word for word in words if word.value == kept][-1:]
    rest = [word for word in words if word not in standing][-(MOST_SIDES - len(standing)) :]
    return tuple(
        Side(version_id=each.version.version_id, value=each.value, kept=each.value == kept)
        for each in sorted([*rest, *standing], key=lambda word: word.version.version_id)
    )


def _cut(
    unit: tuple[str, ...], rule: Rule, kept: tuple[str, ...], words: Sequence[Word]
) -> Divergence:
    """Return the record of what a set or a sum could not hold within the field's limits."""
    ordered = sorted(words, key=lambda word: (word.version.hlc, word.version.version_id))
    return Divergence(
        fields=unit,
        rule=rule,
        base=ordered[0].base,
        sides=_as_sides(ordered, kept),
        state=ConflictState.LOGGED,
    )
