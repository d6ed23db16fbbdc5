"""The rows of the beat choice: pure, no Qt. Any thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.usecases.pick_beat import BeatChoice
from app.words import _

PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatButton:
    """One row.

    Attributes:
        zones: Numbers of its zones, in words.
        key: The digit that chooses it.
    """

    beat_id: str
    label: str
    zones: str
    key: str
    chosen: bool


def beat_buttons(beats: Sequence[BeatChoice], *, chosen: str, page: int) -> tuple[BeatButton, ...]:
    """Return one page of beats as rows; pages count from 0 and start over after the last."""
    first = page % pages(beats) * PAGE
    return tuple(
        BeatButton(
            beat_id=choice.beat.beat_id,
            label=choice.beat.name,
            zones=_("Zones {zones}").format(zones=", ".join(choice.beat.zone_ids)),
            key=str(number),
            chosen=choice.beat.beat_id == chosen,
        )
        for number, choice in enumerate(beats[first : first + PAGE], start=1)
    )


def pages(beats: Sequence[BeatChoice]) -> int:
    """Return how many pages the beats take, at least 1."""
    return max(1, -(-len(beats) // PAGE))
