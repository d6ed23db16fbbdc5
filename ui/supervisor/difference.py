"""What differs between values: words of a text, letters of a plate. Pure, any thread.

Differences are told by more than colour: words that only one side has are marked, letters that
look alike are spelled out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.words import _

MOST_WORDS = 800
"""Longer texts are compared line by line: comparing words takes the square of their number."""
_MOST_SPELLED = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a value; ``differs`` when no other side has them here."""

    text: str
    differs: bool


def pieces(text: str, others: Sequence[str]) -> tuple[Piece, ...]:
    """Cut a text into pieces that the other texts share, and pieces that they do not.

    A word differs when any of the others has it not in the same place.
    """
    if not text:
        return ()
    if all(text == other for other in others):
        return (Piece(text, differs=False),)
    mine = _cut(text)
    shared = [True] * len(mine)
    for other in others:
        kept = [False] * len(mine)
        matcher = SequenceMatcher(a=mine, b=_cut(other), autojunk=False)
        for block in matcher.get_matching_blocks():
            kept[block.a : block.a + block.size] = [True] * block.size
        shared = [one and two for one, two in zip(shared, kept, strict=True)]
    return tuple(_joined(mine, shared))


def spelled(plate: str, others: Sequence[str]) -> str:
    """Spell the letters of a plate around the place where it differs from the others.

    ``BK-47291`` beside ``BK-47Z91`` gives ``Number 7, number 2, number 9``; empty when nothing
    differs or the whole plate does.
    """
    mine = _letters(plate)
    differing: set[int] = set()
    for other in others:
        matcher = SequenceMatcher(a=mine, b=_letters(other), autojunk=False)
        for kind, start, end, *_other in matcher.get_opcodes():
            if kind != "equal":
                differing |= set(range(start, end) or range(start - 1, start + 1))
    differing &= set(range(len(mine)))
    if not differing or len(differing) > _MOST_SPELLED:
        return ""
    shown = range(max(0, min(differing) - 1), min(len(mine), max(differing) + 2))
    words = ", ".join(_spelled(mine[at]) for at in shown)
    return words[:1].upper() + words[1:]


def _letters(plate: str) -> list[str]:
    return [letter for letter in plate if letter.isalnum()]


def _spelled(letter: str) -> str:
    if letter.isdigit():
        return _("number {digit}").format(digit=letter)
    return _("letter {letter}").format(letter=letter)


def _cut(text: str) -> list[str]:
    """Cut into words with the space behind them, or into lines when there are too many."""
    words = text.replace("\n", " \n ").split(" ")
    return words if len(words) <= MOST_WORDS else text.split("\n")


def _joined(words: Sequence[str], shared: Sequence[bool]) -> Iterator[Piece]:
    run: list[str] = []
    for at, word in enumerate(words):
        if run and shared[at] != shared[at - 1]:
            yield Piece(" ".join(run), differs=not shared[at - 1])
            run = []
        run.append(word)
    yield Piece(" ".join(run), differs=not shared[-1])
