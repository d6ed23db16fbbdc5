"""Decides which of the texts in a photo is the plate, and how sure that is.

Pure: the rules of parking and the message types only; any thread. The weights were chosen on the
developer photos; none of them ever changes a character of the first read.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.scan.forms import is_known, usual_in, weight_of
from app.scan.messages import Box, Candidate
from parking.plate import look_alikes

LONGEST, SHORTEST = 10, 2

_FORM_POWER = 0.5
_DOUBT = 0.1
_CONTRADICTED = 0.08
_LEAST_SHARE = 0.004
_LOOK_ALIKE_SHARE = 0.3
_STRAY_FACTOR = 0.3
_CAPTION_SHARE = 0.05
_CAPTION_FACTOR = 0.3
_FLATTEST, _TALLEST = 6.5, 1.5
_ODD_SHAPE_FACTOR = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One line of text in the photo and what it may say.

    Attributes:
        box: Where it stands, in photo pixels.
        texts: Text to probability, 0..1; sums to at most 1.
        found: The detector's score, 0..1.
        strays: Marks in the line that no plate has.
    """

    box: Box
    texts: Mapping[str, float]
    found: float
    strays: int = 0


def blend(views: Sequence[Iterable[tuple[str, float]]]) -> dict[str, float]:
    """Average what several looks at one line say; a look without a text counts as 0 for it.

    Args:
        views: For each look its (text, probability) pairs.

    Returns:
        Text to mean probability, without texts too short or too long for a plate.
    """
    total: defaultdict[str, float] = defaultdict(float)
    for view in views:
        for text, chance in view:
            if SHORTEST <= len(text) <= LONGEST:
                total[text] += chance / len(views)
    return dict(total)


def plate_worth(reading: Reading, *, photo_height: int) -> float:
    """How much speaks for this line being a plate, 0..1; used to choose where to look again."""
    weights = _weights(reading, photo_height)
    return max(weights.values(), default=0.0)


def candidates(
    readings: Sequence[Reading], *, photo_height: int, limit: int = 5
) -> tuple[Candidate, ...]:
    """Rank the texts of all lines of one photo.

    Args:
        readings: Lines with their texts, in any order.
        photo_height: Pixels, to know the caption strips at the upper and lower edge.
        limit: At most this many are returned.

    Returns:
        Best first, each text once; empty when no line has a text of a plate's length.
    """
    best: dict[str, tuple[float, Reading]] = {}
    for reading in readings:
        for text, weight in _weights(reading, photo_height).items():
            if weight > best.get(text, (0.0, reading))[0]:
                best[text] = (weight, reading)
    _suggest_look_alikes(best)
    whole = sum(weight for weight, _ in best.values()) + _DOUBT
    shares = {text: weight / whole for text, (weight, _) in best.items()}
    order = sorted(shares, key=lambda text: (-shares[text], text))[:limit]
    return tuple(
        Candidate(
            text=text,
            score=round(shares[text], 4),
            box=best[text][1].box,
            usual_in=usual_in(text),
            note=pattern_note(text),
            uncertain=uncertain_positions(text, shares),
        )
        for text in order
        if shares[text] >= _LEAST_SHARE
    )


def _suggest_look_alikes(best: dict[str, tuple[float, Reading]]) -> None:
    """Offer usual plates that look like the likeliest text where that is arranged like none.

    They never come before it: only a person may take a look-alike (RULES.md 23).
    """
    if not best:
        return
    first = max(best, key=lambda text: (best[text][0], text))
    if is_known(first):
        return
    weight, reading = best[first]
    suggested = weight * _LOOK_ALIKE_SHARE
    for other in look_alikes(first):
        if usual_in(other) and best.get(other, (0.0, reading))[0] < suggested:
            best[other] = (suggested, reading)


def pattern_note(text: str) -> str:
    """Say in plain English what the arrangement of letters and digits tells."""
    states = usual_in(text)
    if not states:
        return "may be vanity or from elsewhere"
    return f"fits {', '.join(states[:4])}"


def uncertain_positions(text: str, shares: Mapping[str, float]) -> tuple[int, ...]:
    """Positions of a text that the other texts contradict with some weight.

    Args:
        text: The text to judge.
        shares: All texts of the photo with their share of the belief.
    """
    against = [0.0] * len(text)
    for other, share in shares.items():
        for position in _differing(text, other):
            against[position] += share
    limit = _CONTRADICTED * max(shares.get(text, 0.0), _LEAST_SHARE)
    return tuple(position for position, weight in enumerate(against) if weight > limit)


def _differing(text: str, other: str) -> list[int]:
    if len(text) == len(other):
        unequal = [
            at for at, pair in enumerate(zip(text, other, strict=True)) if len(set(pair)) > 1
        ]
        return unequal if len(unequal) <= len(text) // 2 else []
    if abs(len(text) - len(other)) > 1:
        return []
    head = _common(text, other)
    tail = _common(text[::-1], other[::-1])
    if head + tail < min(len(text), len(other)):
        return []
    return [min(head, len(text) - 1)]


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _weights(reading: Reading, photo_height: int) -> dict[str, float]:
    place = _place_weight(reading, photo_height)
    return {
        text: place * chance * math.pow(weight_of(text), _FORM_POWER)
        for text, chance in reading.texts.items()
    }


def _place_weight(reading: Reading, photo_height: int) -> float:
    box = reading.box
    weight = 0.5 + 0.5 * reading.found
    if reading.strays:
        weight *= _STRAY_FACTOR
    middle = (box.y + box.height / 2) / max(1, photo_height)
    if not _CAPTION_SHARE < middle < 1 - _CAPTION_SHARE:
        weight *= _CAPTION_FACTOR
    if not _TALLEST <= box.width / max(1, box.height) <= _FLATTEST:
        weight *= _ODD_SHAPE_FACTOR
    return weight
