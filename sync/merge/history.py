"""Who knew of what among the versions of one unit. Pure.

A version knew another when it was made at the same terminal later, when it started from exactly the
other's value, or when it is a choice that names the other. Knowledge is inherited: who saw the
result of an edit knew all that the edit knew. Versions are taken in an order that respects it (the
row's revision first, then the terminal's own counter), so the relation has no rings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sync.merge.versions import Version

Rank = tuple[int, int, UUID]
_AFTER_ALL_EDITS = 2**63
"""Central counts a row's revision up when it applies a choice, so only what was made on a higher
one can have known the choice; no clock has a say in it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One version of a unit, its values as one tuple."""

    version: Version
    base: tuple[str, ...]
    value: tuple[str, ...]


class History:
    """The versions of one unit, each with everything it knew, as bits by their places.

    Attributes:
        words: In an order in which nothing comes before what it knew.
        knew: Per place the bits of the places it knew.
    """

    def __init__(self, words: Iterable[Word]) -> None:
        found = list({word.version.version_id: word for word in words}.values())
        ranks = _ranks([word.version for word in found])
        self.words: Sequence[Word] = sorted(found, key=lambda word: ranks[word.version.version_id])
        self.knew: list[int] = []
        for place, word in enumerate(self.words):
            bits = 0
            for earlier in range(place - 1, -1, -1):
                if not bits >> earlier & 1 and _knew(word, self.words[earlier]):
                    bits |= 1 << earlier | self.knew[earlier]
            self.knew.append(bits)

    def lineage(self, place: int) -> int:
        """Return the bits of a place and of all it knew."""
        return self.knew[place] | 1 << place

    def heads(self) -> list[int]:
        """Return the places that nobody knew of when making something else."""
        known = 0
        for bits in self.knew:
            known |= bits
        return [place for place in range(len(self.words)) if not known >> place & 1]

    def unsettled(self) -> int:
        """Return the bits of all that met another value without knowing of it, and no choice saw.

        An edit made on top of one of two such values settles nothing: only a choice does.
        """
        settled = [
            self.lineage(place) for place, word in enumerate(self.words) if word.version.is_choice
        ]
        found = 0
        for place, word in enumerate(self.words):
            for other in bits_of(~self.knew[place] & (1 << place) - 1):
                pair = 1 << place | 1 << other
                if word.value != self.words[other].value and not any(
                    each & pair == pair for each in settled
                ):
                    found |= pair
        return found

    def last_words(self, bits: int) -> int:
        """Return the last version of every terminal that has one among the bits, and their choices.

        Whatever a terminal said before, it replaced itself.
        """
        last: dict[UUID | None, int] = {}
        found = 0
        for place, word in enumerate(self.words):
            if not word.version.is_choice:
                last[word.version.terminal_id] = place
        for place in bits_of(bits):
            version = self.words[place].version
            found |= 1 << (place if version.is_choice else last[version.terminal_id])
        return found


def bits_of(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _knew(later: Word, earlier: Word) -> bool:
    if later.version.is_choice:
        return earlier.version.version_id in later.version.seen
    same = later.version.terminal_id == earlier.version.terminal_id
    return same or later.base == earlier.value


def _ranks(versions: Sequence[Version]) -> dict[UUID, Rank]:
    """Return each version's place in line; a choice stands behind all it saw."""
    ranks: dict[UUID, Rank] = {
        each.version_id: (each.base_revision, each.hlc, each.version_id)
        for each in versions
        if not each.is_choice
    }
    choices = {each.version_id: each for each in versions if each.is_choice}
    for choice in sorted(choices.values(), key=lambda each: (each.hlc, each.version_id)):
        _rank_choice(choice, choices, ranks, frozenset())
    return ranks


def _rank_choice(
    choice: Version,
    choices: dict[UUID, Version],
    ranks: dict[UUID, Rank],
    waiting: frozenset[UUID],
) -> None:
    """Rank a choice after the choices it saw; one that claims to have seen itself saw nothing."""
    if choice.version_id in ranks or choice.version_id in waiting:
        return
    for seen in sorted(choice.seen & choices.keys()):
        _rank_choice(choices[seen], choices, ranks, waiting | {choice.version_id})
    below = [ranks[seen] for seen in choice.seen if seen in ranks]
    revision = max([choice.base_revision, *(rank[0] for rank in below)])
    step = max([_AFTER_ALL_EDITS, *(rank[1] for rank in below)]) + 1
    ranks[choice.version_id] = (revision, step, choice.version_id)
