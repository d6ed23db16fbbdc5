"""Reads the characters of one cut-out line with the PP-OCRv6 recogniser.

The network knows 18,708 characters; only A-Z and 0-9 can stand on a plate, so every other one is
counted as "nothing here" and look-alikes in another case or dress as their plain letter. Runs in
the scan worker process only, on its one thread. Must not import storage, sync, keys or Qt.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.scan.detect import Pixels
from app.scan.models import open_model

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# These between plate characters speak for a date, a web address or a caption.
_NOT_ON_PLATES = frozenset(":/.,@()%&;")
_ROW_PX = 48
_MIN_WIDTH_PX = 48
_MAX_WIDTH_PX = 960
_LEAST = 1e-4

Steps = npt.NDArray[np.float64]


class Recogniser:
    """The loaded character recogniser. Costs about 0.1 s to build and 60 MB to keep."""

    def __init__(self, model: Path) -> None:
        self._model = open_model(model)
        written = self._model.get_modelmeta().custom_metadata_map["character"]
        self._characters = ["", *written.split("\n"), " "]
        self._groups = _groups(self._characters)

    def look(self, line: Pixels) -> tuple[Steps, int]:
        """Let the network look at one line.

        Args:
            line: The cut-out line, height x width x 3, blue-green-red, text upright.

        Returns:
            Rows from left to right of 37 probabilities (nothing, then `ALPHABET`), each row summing
            to 1; and how many marks were seen that no plate has.
        """
        height, width = line.shape[:2]
        wanted = min(_MAX_WIDTH_PX, max(_MIN_WIDTH_PX, round(width * _ROW_PX / height)))
        shrinks = height > _ROW_PX
        row = cv2.resize(
            line, (wanted, _ROW_PX), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        )
        values = row.astype(np.float32) / np.float32(127.5) - np.float32(1)
        tensor = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
        known = self._model.run(None, {"x": tensor})[0][0]
        return self._steps(known), self._strays(known)

    def _steps(self, known: npt.NDArray[np.float32]) -> Steps:
        steps = np.empty((len(known), len(ALPHABET) + 1), dtype=np.float64)
        for place, members in enumerate(self._groups, start=1):
            steps[:, place] = known[:, members].sum(axis=1)
        steps[:, 0] = np.clip(1.0 - steps[:, 1:].sum(axis=1), 0.0, 1.0)
        return steps

    def _strays(self, known: npt.NDArray[np.float32]) -> int:
        best = known.argmax(axis=1)
        text = (self._characters[index] for index in best)
        return sum(character in _NOT_ON_PLATES for character in text)


def _groups(characters: Sequence[str]) -> list[list[int]]:
    """For each letter of `ALPHABET` the classes that count as it."""
    members: defaultdict[str, list[int]] = defaultdict(list)
    for index, character in enumerate(characters):
        bare = unicodedata.normalize("NFKD", character).upper()
        bare = "".join(part for part in bare if not unicodedata.combining(part))
        if len(bare) == 1 and bare in ALPHABET:
            members[bare].append(index)
    return [members[letter] for letter in ALPHABET]


def beam_search(
    steps: Sequence[Sequence[float]], *, width: int = 12, limit: int = 10
) -> list[tuple[str, float]]:
    """Most likely texts of one look, by prefix beam search.

    Many paths through the steps spell the same text; they are summed per text, so the
    probabilities of different texts can be compared.

    Args:
        steps: Rows of 37 probabilities: nothing, then `ALPHABET`.
        width: How many beginnings are kept after each row, >= 1.
        limit: At most this many texts are returned.

    Returns:
        (text, probability) pairs, best first; the empty text may be among them.
    """
    # Each beginning maps to its probability when the last row was (nothing, a character).
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for row in steps:
        seen = [(place, chance) for place, chance in enumerate(row) if chance > _LEAST]
        grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (blank, lettered) in beams.items():
            for place, chance in seen:
                _grow(grown, text, (blank, lettered), (place, chance))
        best = sorted(grown.items(), key=lambda item: sum(item[1]), reverse=True)[:width]
        beams = {text: (both[0], both[1]) for text, both in best}
    ranked = [(text, sum(both)) for text, both in beams.items() if sum(both) > 0]
    return sorted(ranked, key=lambda item: item[1], reverse=True)[:limit]


def _grow(
    grown: defaultdict[str, list[float]],
    text: str,
    ended: tuple[float, float],
    step: tuple[int, float],
) -> None:
    blank, lettered = ended
    place, chance = step
    if place == 0:
        grown[text][0] += (blank + lettered) * chance
        return
    letter = ALPHABET[place - 1]
    if text.endswith(letter):
        grown[text][1] += lettered * chance
        grown[text + letter][1] += blank * chance
    else:
        grown[text + letter][1] += (blank + lettered) * chance
